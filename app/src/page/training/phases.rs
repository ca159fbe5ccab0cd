//! The phases of a run, named by what its generator's attention does to be seen.
//!
//! SAGAN's γ begins at 0, so at first attention adds nothing. Then all rows are much alike: every
//! pixel fetches the same mix, which a constant would do as well. Then rows differ, so the maps are
//! worth pointing at; and where a world knows it, they find the place where the same information
//! stands once more. What is read of a run now and then tells which it is ([`Vital`]).

use crate::protocol::Vital;

/// ‖γo‖/‖x‖ from which on attention is no rounding, and from which on what it finds can be seen.
const ADDS: f32 = 0.01;
const SHOWS: f32 = 0.05;

/// Bits by which a row is its pixel's own, from which on a map changes with its pixel. Trained
/// layers have one to three.
const OWN: f32 = 0.3;

/// Partner selectivity from which on it is no chance: false partners come to about 1, in pictures
/// that are still noise now and then to 1.5.
const FINDS: f32 = 2.0;

/// Readings in a row that make a phase.
const HOLDS: usize = 3;

/// What attention does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// It adds next to nothing.
    Nothing,
    /// It adds the same everywhere.
    Alike,
    /// Each pixel looks its own way.
    Own,
    /// Pixels look at the place where the same information stands.
    Partner,
}

impl Phase {
    /// What is seen, as a sentence without its stop.
    pub fn words(self) -> &'static str {
        match self {
            Self::Nothing => "Attention adds nothing yet",
            Self::Alike => "All pixels look at the same places",
            Self::Own => "Each pixel looks its own way",
            Self::Partner => "Pixels look at their partners",
        }
    }

    /// What a reading shows of the layer that goes farthest; nothing where no layer was read.
    fn of(names: &[String], vital: &Vital) -> Option<Self> {
        let value = |name: &str| {
            let place = names.iter().position(|one| one == name)?;
            vital
                .values
                .get(place)
                .copied()
                .filter(|value| value.is_finite())
        };
        let layers = names.iter().filter_map(|name| name.strip_prefix("share."));
        let reached = layers.filter_map(|layer| {
            let adds = value(&format!("share.{layer}"))?;
            let bits = value(&format!("bits.{layer}"))?;
            let finds = value(&format!("partner.generator.{layer}")).unwrap_or(0.0);
            Some(match (adds >= ADDS, bits >= OWN) {
                (false, _) => Self::Nothing,
                (true, false) => Self::Alike,
                (true, true) if adds >= SHOWS && finds >= FINDS => Self::Partner,
                (true, true) => Self::Own,
            })
        });
        reached.max()
    }
}

/// From which step on the run is in which phase. What does not hold for some readings is none, but
/// for the first.
pub fn phases(names: &[String], vitals: &[Vital]) -> Vec<(u64, Phase)> {
    let read = vitals
        .iter()
        .filter_map(|vital| Some((vital.step, Phase::of(names, vital)?)));
    let read: Vec<_> = read.collect();
    let mut phases: Vec<(u64, Phase)> = Vec::new();
    for (place, &(step, phase)) in read.iter().enumerate() {
        let next = read.get(place..place + HOLDS);
        let holds = next.is_some_and(|next| next.iter().all(|&(_, one)| one == phase));
        let begins = phases.last().is_none_or(|&(_, last)| last != phase);
        if begins && (holds || phases.is_empty()) {
            // Before the first reading it was no other one.
            let from = if phases.is_empty() { 0 } else { step };
            phases.push((from, phase));
        }
    }
    phases
}

/// The place in the list of the phase that a step is in.
pub fn place_of(phases: &[(u64, Phase)], step: u64) -> Option<usize> {
    phases.iter().rposition(|&(from, _)| from <= step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        [
            "share.1",
            "bits.1",
            "share.2",
            "bits.2",
            "partner.generator.2",
        ]
        .map(str::to_owned)
        .into()
    }

    fn read(step: u64, values: [f32; 5]) -> Vital {
        Vital {
            step,
            values: values.into(),
        }
    }

    #[test]
    fn a_run_goes_through_its_phases() {
        const NONE: f32 = f32::NAN;
        let vitals = [
            read(5, [0.0, 0.0, 0.001, 0.0, NONE]),
            read(10, [0.0, 0.0, 0.004, 0.9, NONE]),
            // Of the two layers each has what the other lacks.
            read(20, [0.02, 0.1, 0.0, 0.9, 3.0]),
            read(30, [0.02, 0.1, 0.05, 0.2, 1.0]),
            read(35, [0.02, 0.1, 0.05, 0.2, 1.0]),
            // Two readings that jump are no phase.
            read(40, [0.02, 0.1, 0.05, 0.4, 1.0]),
            read(45, [0.02, 0.1, 0.05, 0.4, 1.0]),
            read(50, [0.02, 0.1, 0.05, 0.2, 1.0]),
            read(60, [0.02, 0.1, 0.05, 0.4, 1.0]),
            read(70, [0.02, 0.1, 0.05, 1.4, 1.2]),
            // Found by a layer of which next to nothing is added.
            read(75, [0.02, 0.1, 0.04, 1.4, 2.9]),
            read(80, [0.02, 0.1, 0.06, 1.4, 2.9]),
            read(85, [0.02, 0.1, 0.06, 1.4, 2.9]),
            read(90, [0.02, 0.1, 0.06, 1.4, 2.9]),
        ];
        let found = phases(&names(), &vitals);
        use Phase::{Alike, Nothing, Own, Partner};
        assert_eq!(found, [(0, Nothing), (20, Alike), (60, Own), (80, Partner)]);
        let places = [0, 19, 20, 79, 900].map(|step| place_of(&found, step));
        assert_eq!(places, [0, 0, 1, 2, 3].map(Some));
    }

    #[test]
    fn without_attention_or_readings_there_are_no_phases() {
        assert_eq!(phases(&names(), &[]), []);
        let names = vec!["gradient.generator".to_owned()];
        let vital = Vital {
            step: 1,
            values: vec![1.0],
        };
        assert_eq!(phases(&names, &[vital]), []);
        assert_eq!(place_of(&[], 3), None);
    }
}
