//! The plots of a run: which lines each has, and what they are compared with.

use super::curves::{Series, gammas, losses, scores, times};
use crate::protocol::{Progress, Vital};

/// A value that lines are compared with, and what it means.
pub type Reference = (f64, &'static str);

/// One plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Its name for tests and files.
    pub key: &'static str,
    /// What it shows.
    pub title: &'static str,
    /// Its lines.
    pub lines: Vec<Series>,
    /// What they are compared with.
    pub references: Vec<Reference>,
    /// Whether its lines jump from step to step, so that smoothing helps.
    pub jumpy: bool,
    /// Whether it is shown without being asked for.
    pub plain: bool,
}

/// The plots for which there is something to draw: first those that say how training goes, then
/// what the networks are like inside.
pub fn panels(history: &[Progress], names: &[String], vitals: &[Vital]) -> Vec<Panel> {
    let plain = |key, title, lines, references: &[Reference], jumpy| Panel {
        key,
        title,
        lines,
        references: references.to_vec(),
        jumpy,
        plain: true,
    };
    let inside =
        |key: &'static str, title, prefixes: &[(&str, &str)], references: &[Reference]| Panel {
            key,
            title,
            lines: prefixes
                .iter()
                .flat_map(|(prefix, called)| of(prefix, called, names, vitals))
                // A world knows partners of some layers only, and mostly not of drawn pictures.
                .filter(|line| key != "partners" || !line.points.is_empty())
                .collect(),
            references: references.to_vec(),
            jumpy: key == "gradients",
            plain: false,
        };
    let cannot_tell: Reference = (2.0, "2: cannot tell");
    let all = vec![
        plain(
            "losses",
            "Losses",
            losses(history),
            &[cannot_tell, (0.0, "0: tells all")],
            true,
        ),
        plain(
            "scores",
            "Mean scores",
            scores(history),
            &[(1.0, "real enough"), (-1.0, "drawn enough")],
            true,
        ),
        plain(
            "gammas",
            "γ, how much attention adds",
            gammas(history),
            &[(0.0, "0: off")],
            false,
        ),
        plain("times", "Time, in milliseconds", times(history), &[], false),
        inside(
            "shares",
            "‖γo‖/‖x‖, what attention adds to what passes",
            &[("share.", "layer")],
            &[(0.0, "0: nothing")],
        ),
        inside(
            "bits",
            "Bits by which a row is its pixel's own",
            &[("bits.", "layer")],
            &[(0.0, "0: all look alike")],
        ),
        inside(
            "ratios",
            "What else explains a map",
            &[("border.", "border, layer"), ("phase.", "phase, layer")],
            &[(1.0, "1: nothing special")],
        ),
        inside(
            "partners",
            "Partner selectivity: looking where the same stands once more",
            &[
                ("partner.generator.", "generator, layer"),
                ("partner.discriminator.", "discriminator, layer"),
            ],
            &[(1.0, "1: no preference")],
        ),
        inside(
            "gradients",
            "Norm of the gradients",
            &[("gradient.", "")],
            &[],
        ),
        inside(
            "sigma-generator",
            "σ of the generator's weights",
            &[("sigma.generator.", "stage")],
            &[],
        ),
        inside(
            "sigma-discriminator",
            "σ of the discriminator's weights",
            &[("sigma.discriminator.", "stage")],
            &[],
        ),
    ];
    let drawn = |panel: &Panel| panel.lines.iter().any(|line| !line.points.is_empty());
    all.into_iter().filter(drawn).collect()
}

/// The plots of two runs as one each: the lines of the first, then those of the second.
pub fn beside(first: Vec<Panel>, second: Vec<Panel>, names: [&str; 2]) -> Vec<Panel> {
    let named = |mut panel: Panel, name: &str| {
        for line in &mut panel.lines {
            line.name = format!("{name}: {}", line.name);
        }
        panel
    };
    let [own, other] = names;
    let mut all: Vec<_> = first.into_iter().map(|panel| named(panel, own)).collect();
    for panel in second.into_iter().map(|panel| named(panel, other)) {
        match all.iter_mut().find(|one| one.key == panel.key) {
            Some(one) => one.lines.extend(panel.lines),
            None => all.push(panel),
        }
    }
    all
}

/// The lines of all vitals whose names begin so.
fn of(prefix: &str, called: &str, names: &[String], vitals: &[Vital]) -> Vec<Series> {
    let places = names.iter().enumerate();
    let places = places.filter_map(|(place, name)| Some((place, name.strip_prefix(prefix)?)));
    places
        .map(|(place, rest)| {
            let value = |vital: &Vital| Some((vital.step, f64::from(*vital.values.get(place)?)));
            let points = vitals.iter().filter_map(value);
            Series {
                name: format!("{called} {rest}").trim().to_owned(),
                points: points.filter(|(_, value)| value.is_finite()).collect(),
            }
        })
        .collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::curves::tests::reading;
    use super::*;

    pub(in super::super) fn names() -> Vec<String> {
        let names = [
            "share.1",
            "share.2",
            "gradient.generator",
            "sigma.generator.1",
        ];
        names.map(str::to_owned).into()
    }

    pub(in super::super) fn vital(step: u64) -> Vital {
        Vital {
            step,
            values: vec![0.25, 0.5, f32::NAN, step as f32],
        }
    }

    #[test]
    fn each_vital_has_its_line_and_what_there_is_none_of_no_plot() {
        let history = [reading(1, 1.0), reading(2, 2.0)];
        let vitals = [vital(1), vital(2)];
        let panels = panels(&history, &names(), &vitals);
        let keys: Vec<_> = panels.iter().map(|panel| panel.key).collect();
        assert_eq!(
            keys,
            [
                "losses",
                "scores",
                "gammas",
                "times",
                "shares",
                "sigma-generator"
            ]
        );
        let shares = &panels[4];
        let told: Vec<_> = shares.lines.iter().map(|line| line.name.as_str()).collect();
        assert_eq!(told, ["layer 1", "layer 2"]);
        assert_eq!(shares.lines[1].points, [(1, 0.5), (2, 0.5)]);
        assert_eq!(panels[5].lines[0].points, [(1, 1.0), (2, 2.0)]);
        assert!(panels[..4].iter().all(|panel| panel.plain) && !shares.plain);
        // Hinge: where the discriminator cannot tell, and where it tells all.
        let at: Vec<_> = panels[0].references.iter().map(|one| one.0).collect();
        assert_eq!(at, [2.0, 0.0]);
    }

    #[test]
    fn partners_are_drawn_of_the_layers_that_the_world_knows() {
        let names = [
            "partner.generator.1",
            "partner.discriminator.1",
            "partner.discriminator.2",
        ];
        let names = names.map(str::to_owned);
        let vital = Vital {
            step: 4,
            values: vec![f32::NAN, 1.5, f32::NAN],
        };
        let panels = panels(&[], &names, &[vital]);
        assert_eq!((panels.len(), panels[0].key), (1, "partners"));
        let told = panels[0]
            .lines
            .iter()
            .map(|line| (line.name.as_str(), line.points[0]));
        let told: Vec<_> = told.collect();
        assert_eq!(told, [("discriminator, layer 1", (4, 1.5))]);
        assert_eq!(panels[0].references[0].0, 1.0);
    }

    #[test]
    fn two_runs_share_each_plot_and_what_one_alone_has_stays() {
        let first = panels(&[reading(1, 1.0)], &[], &[]);
        let second = panels(&[reading(1, 3.0)], &names(), &[vital(1)]);
        let (one, two) = (first.len(), second.len());
        let both = beside(first, second, ["plain", "centred"]);
        assert_eq!(both.len(), one.max(two));
        let told: Vec<_> = both[0]
            .lines
            .iter()
            .map(|line| line.name.as_str())
            .collect();
        assert_eq!(
            told,
            [
                "plain: discriminator",
                "plain: generator",
                "centred: discriminator",
                "centred: generator"
            ]
        );
        assert_eq!(both[0].lines[2].points, [(1, 3.0)]);
        assert!(
            both[two - 1]
                .lines
                .iter()
                .all(|line| line.name.starts_with("centred"))
        );
    }

    #[test]
    fn a_reading_that_is_too_short_is_passed_over() {
        let short = Vital {
            step: 3,
            values: vec![0.125],
        };
        let panels = panels(&[], &names(), &[vital(1), short]);
        let lines = &panels[0].lines;
        assert_eq!((lines[0].points.len(), lines[1].points.len()), (2, 1));
    }
}
