//! The runs that are kept in this browser: what each is called, and what sets it apart.

use super::state::Beside;
use crate::page::words;
use crate::protocol::{PictureSource, Progress, Quality, StoredRun};

/// What a run learns from, as a part of a sentence.
pub fn learned_from(from: Option<&PictureSource>) -> String {
    match from {
        Some(PictureSource::World(name)) => name.replace('-', " "),
        Some(PictureSource::Own(_)) => "your own pictures".to_owned(),
        None => "a run".to_owned(),
    }
}

/// What a run is called: by its visitor, or else after its pictures.
pub fn called(run: &StoredRun) -> String {
    let name = run.name.clone();
    name.unwrap_or_else(|| learned_from(run.from.as_ref()))
}

/// The two runs that began beside each other, if the run of this number is one of them, and this tab
/// can have both: the first, then the second.
pub fn pair_of(id: u64, runs: &[StoredRun]) -> Option<(u64, Beside)> {
    let free = |id: u64| runs.iter().find(|run| run.id == id && !run.elsewhere);
    let second =
        |run: &&StoredRun| run.beside.is_some() && (run.id == id || run.beside == Some(id));
    let second = runs.iter().find(second)?;
    let (first, second) = (free(second.beside?)?, free(second.id)?);
    let names = [called(first), called(second)];
    let id = second.id;
    Some((first.id, Beside { id, names }))
}

/// In what each of these runs differs from others of them; nothing where all are alike.
pub fn differences(runs: &[StoredRun]) -> Vec<String> {
    let features: Vec<Vec<String>> = runs.iter().map(features).collect();
    let Some(first) = features.first() else {
        return Vec::new();
    };
    let differs = |place: usize| features.iter().any(|one| one[place] != first[place]);
    let places: Vec<usize> = (0..first.len()).filter(|&place| differs(place)).collect();
    let told = features.iter().map(|own| {
        let parts: Vec<&str> = places.iter().map(|&place| own[place].as_str()).collect();
        parts.join(", ")
    });
    told.collect()
}

/// What a run is, feature by feature.
fn features(run: &StoredRun) -> Vec<String> {
    let info = &run.info;
    vec![
        learned_from(run.from.as_ref()),
        format!("{0}×{0}", info.size),
        format!("width {}", info.conv_dim),
        format!("{} a step", info.batch),
        format!("{} energy", info.energy),
        format!("{} latents", info.z_dim),
    ]
}

/// What was read of a run last. Losses tell whether the two networks keep each other busy, not how
/// good the pictures are.
pub fn reading(last: Option<&Progress>) -> String {
    let Some(last) = last else {
        return "nothing yet".to_owned();
    };
    let value = |value: f32| words::signed(f64::from(value));
    let gammas: Vec<String> = last
        .gammas
        .iter()
        .map(|&gamma| words::gamma(gamma))
        .collect();
    let mut told = format!(
        "D {}, G {}",
        value(last.discriminator_loss),
        value(last.generator_loss)
    );
    if !gammas.is_empty() {
        told += &format!(", γ {}", gammas.join(" and "));
    }
    told
}

/// How far pictures are from real ones, of a run that is at this step by now.
pub fn distance(quality: &Quality, step: u64) -> String {
    let value = words::short(f64::from(quality.distance));
    match quality.step == step {
        true => value,
        false => format!("{value} at step {}", quality.step),
    }
}

#[cfg(test)]
mod tests {
    use super::super::curves::tests::reading as point;
    use super::*;
    use crate::protocol::RunInfo;

    /// A stored run of this number.
    fn stored(id: u64) -> StoredRun {
        StoredRun {
            id,
            name: None,
            info: RunInfo {
                size: 32,
                z_dim: 32,
                conv_dim: 8,
                energy: "dot".into(),
                batch: 4,
                step: 10,
            },
            from: Some(PictureSource::World("upright-butterflies".into())),
            at: 0.0,
            bytes: 1,
            last: None,
            quality: None,
            elsewhere: false,
            beside: None,
        }
    }

    #[test]
    fn only_what_sets_runs_apart_is_told() {
        assert_eq!(differences(&[]), Vec::<String>::new());
        assert_eq!(differences(&[stored(1)]), [""]);
        let mut wide = stored(2);
        wide.info.conv_dim = 16;
        let mut own = stored(3);
        own.from = Some(PictureSource::Own(1));
        own.info.step = 99;
        assert_eq!(
            differences(&[stored(1), wide, own]),
            [
                "upright butterflies, width 8",
                "upright butterflies, width 16",
                "your own pictures, width 8"
            ]
        );
        // A step more is no other run.
        let mut later = stored(4);
        later.info.step = 11;
        assert_eq!(differences(&[stored(1), later]), ["", ""]);
    }

    #[test]
    fn a_run_is_called_by_its_visitor_or_after_its_pictures() {
        let mut run = stored(1);
        assert_eq!(called(&run), "upright butterflies");
        run.name = Some("the one that worked".into());
        assert_eq!(called(&run), "the one that worked");
    }

    #[test]
    fn two_that_began_beside_each_other_are_found_by_either_unless_one_is_elsewhere() {
        let mut second = stored(2);
        second.beside = Some(1);
        second.name = Some("centred".into());
        let runs = [stored(3), second, stored(1)];
        let names = ["upright butterflies", "centred"].map(str::to_owned);
        for id in [1, 2] {
            let beside = Beside {
                id: 2,
                names: names.clone(),
            };
            assert_eq!(pair_of(id, &runs), Some((1, beside)));
        }
        assert_eq!(pair_of(3, &runs), None);
        assert_eq!(pair_of(2, &runs[..2]), None, "the first was forgotten");
        for taken in [1, 2] {
            let mut runs = runs.clone();
            runs[taken].elsewhere = true;
            assert_eq!(pair_of(1, &runs), None);
        }
    }

    #[test]
    fn a_distance_says_when_it_was_measured_unless_it_is_now() {
        let quality = Quality {
            step: 40,
            pictures: 256,
            distance: 3.25,
            of_real: 0.5,
        };
        assert_eq!(distance(&quality, 40), words::short(3.25));
        assert!(distance(&quality, 41).ends_with(" at step 40"));
    }

    #[test]
    fn a_reading_is_told_as_the_curves_call_it() {
        assert_eq!(reading(None), "nothing yet");
        let told = reading(Some(&Progress {
            discriminator_loss: 1.5,
            generator_loss: -0.25,
            gammas: vec![0.25, 0.01],
            ..point(3, 1.0)
        }));
        assert_eq!(told, "D 1.50, G −0.25, γ 0.25 and 0.0100");
    }
}
