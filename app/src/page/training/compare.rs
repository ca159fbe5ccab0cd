//! Stored runs beside each other: in what they differ, their curves on one plot, and the steps that
//! one slider goes through.

use super::panels::Panel;
use super::shelf::learned_from;
use crate::protocol::{PictureSource, RunConfig};

/// The most runs that are compared: more lines cannot be told apart on one plot.
pub const MOST: usize = 3;

/// What a run is.
pub type Described<'a> = (Option<&'a PictureSource>, Option<&'a RunConfig>);

/// In what these runs differ: each feature's name, and what it is in each run; empty where they are
/// alike.
pub fn differences(runs: &[Described]) -> Vec<(&'static str, Vec<String>)> {
    let features: Vec<_> = runs.iter().map(|run| features(*run)).collect();
    let Some(first) = features.first() else {
        return Vec::new();
    };
    let names = first.iter().enumerate();
    let differing = names.filter_map(|(place, &(name, _))| {
        let values: Vec<String> = features.iter().map(|one| one[place].1.clone()).collect();
        let differs = values.iter().any(|value| *value != values[0]);
        differs.then_some((name, values))
    });
    differing.collect()
}

/// What a run is, feature by feature, in the words of the form.
fn features((from, config): Described) -> Vec<(&'static str, String)> {
    let told = |what: &dyn Fn(&RunConfig) -> String| config.map_or("not known".into(), what);
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let sides = |sides: &[u32]| match sides {
        [] => "nowhere".to_owned(),
        sides => {
            let sides: Vec<_> = sides.iter().map(|side| format!("{side}×{side}")).collect();
            sides.join(" and ")
        }
    };
    vec![
        ("Pictures", learned_from(from)),
        ("Picture size", told(&|c| format!("{0}×{0}", c.size))),
        ("Width of the networks", told(&|c| c.conv_dim.to_string())),
        ("Numbers in a latent", told(&|c| c.z_dim.to_string())),
        ("Energy", told(&|c| c.energy.clone())),
        (
            "Numbers in a query",
            told(&|c| {
                c.query_width
                    .map_or("an eighth of the channels".into(), |w| w.to_string())
            }),
        ),
        ("Queries see their place", told(&|c| yes(c.place))),
        ("Blurred keys", told(&|c| yes(c.smooth_keys))),
        (
            "Attention in the generator",
            told(&|c| sides(&c.generator_attention)),
        ),
        (
            "Attention in the discriminator",
            told(&|c| sides(&c.discriminator_attention)),
        ),
        ("Spectral norm", told(&|c| c.spectral_norm.clone())),
        (
            "Discriminator sees variety",
            told(&|c| yes(c.minibatch_deviation)),
        ),
        ("Equal phase sums", told(&|c| yes(c.equal_phase_sums))),
        ("DiffAugment", told(&|c| yes(c.diff_augment))),
        ("Pictures a step", told(&|c| c.batch.to_string())),
        ("Seed", told(&|c| c.seed.to_string())),
        (
            "Generator's rate",
            told(&|c| format!("{:e}", c.generator_rate)),
        ),
        (
            "Discriminator's rate",
            told(&|c| format!("{:e}", c.discriminator_rate)),
        ),
        (
            "Adam's β₁ and β₂",
            told(&|c| format!("{} and {}", c.betas[0], c.betas[1])),
        ),
        (
            "Discriminator's updates a step",
            told(&|c| c.discriminator_steps.to_string()),
        ),
    ]
}

/// The plots of some runs as one each, every line named after its run.
pub fn together(runs: Vec<(String, Vec<Panel>)>) -> Vec<Panel> {
    let mut all: Vec<Panel> = Vec::new();
    for (name, panels) in runs {
        for mut panel in panels {
            for line in &mut panel.lines {
                line.name = format!("{name}: {}", line.name);
            }
            match all.iter_mut().find(|one| one.key == panel.key) {
                Some(one) => one.lines.extend(panel.lines),
                None => all.push(panel),
            }
        }
    }
    all
}

/// All steps after which one of the runs has a snapshot, in their order.
pub fn all_steps<'a>(runs: impl Iterator<Item = &'a [u64]>) -> Vec<u64> {
    let mut steps: Vec<u64> = runs.flatten().copied().collect();
    steps.sort_unstable();
    steps.dedup();
    steps
}

/// Names that can be told apart: those that come twice are numbered.
pub fn numbered(names: Vec<String>) -> Vec<String> {
    let count = |name: &String| names.iter().filter(|other| *other == name).count();
    let places = names.iter().enumerate();
    let told = places.map(|(place, name)| match count(name) {
        1 => name.clone(),
        _ => {
            let before = names[..place].iter().filter(|other| *other == name).count();
            format!("{name} {}", before + 1)
        }
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::super::curves::tests::reading;
    use super::super::form::Form;
    use super::super::panels::panels;
    use super::*;

    #[test]
    fn only_what_differs_is_listed_and_in_each_run() {
        let plain = RunConfig {
            energy: "dot".into(),
            ..Form::default().config()
        };
        let centred = RunConfig {
            energy: "centred".into(),
            generator_attention: Vec::new(),
            seed: plain.seed + 1,
            ..plain.clone()
        };
        let from = PictureSource::World("twins".into());
        let found = differences(&[(Some(&from), Some(&plain)), (Some(&from), Some(&centred))]);
        let names: Vec<_> = found.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["Energy", "Attention in the generator", "Seed"]);
        assert_eq!(found[0].1, ["dot", "centred"]);
        assert_eq!(found[1].1[1], "nowhere");
        assert!(differences(&[(Some(&from), Some(&plain)); 2]).is_empty());
        // A run of an earlier version does not say.
        let found = differences(&[(Some(&from), Some(&plain)), (Some(&from), None)]);
        assert_eq!(found.len(), 19);
        assert!(found.iter().all(|(_, values)| values[1] == "not known"));
        assert!(differences(&[]).is_empty());
    }

    #[test]
    fn each_line_says_whose_it_is() {
        let run = |loss| panels(&[reading(1, loss)], &[], &[]);
        let names = numbered(["twins", "faces", "twins"].map(str::to_owned).into());
        assert_eq!(names, ["twins 1", "faces", "twins 2"]);
        let runs = names.into_iter().zip([1.0, 2.0, 3.0]);
        let all = together(runs.map(|(name, loss)| (name, run(loss))).collect());
        assert_eq!(all.len(), run(1.0).len());
        let told: Vec<_> = all[0]
            .lines
            .iter()
            .map(|l| (l.name.as_str(), l.points[0].1))
            .collect();
        assert_eq!(
            told,
            [
                ("twins 1: discriminator", 1.0),
                ("twins 1: generator", -1.0),
                ("faces: discriminator", 2.0),
                ("faces: generator", -2.0),
                ("twins 2: discriminator", 3.0),
                ("twins 2: generator", -3.0),
            ]
        );
    }

    #[test]
    fn one_slider_goes_through_the_steps_of_all() {
        let runs: [&[u64]; 3] = [&[0, 3, 9], &[0, 4, 9, 40], &[]];
        assert_eq!(all_steps(runs.into_iter()), [0, 3, 4, 9, 40]);
    }
}
