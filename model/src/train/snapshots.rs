//! What a run's pictures looked like on the way: averages of its generator, in 16 bits.
//!
//! Early on a run changes from step to step, later hardly in a thousand. So snapshots are spaced
//! evenly in u(s) = ln(1 + s/25): every few steps at first, then a fixed part of the steps so far.
//! Both which steps are taken and which are let go of follow from the steps alone, so that a resumed
//! run has the snapshots of an uninterrupted one, in the page and natively.

use std::collections::BTreeMap;

use half::f16;

use crate::{
    checkpoint::{Checkpoint, Dtype, Header, RawTensor, Updates, layout},
    config::SaganConfig,
    host::{HostTensor, HostTensors},
};

/// Snapshots that a run keeps at most.
const MOST: usize = 48;
/// Those of a large network are fewer, down to so many, so that they stay within so many bytes.
const FEWEST: usize = 8;
const BYTES: usize = 48 << 20;

/// Up to about this step snapshots are evenly spaced; beyond, they are a part of the steps apart.
const EVEN_STEPS: f64 = 25.0;
/// The least distance of two snapshots, in u.
const APART: f64 = 0.1;

const STEPS: &str = "snapshots.steps";
const VALUES: &str = "snapshots.values";
const PREFIX: &str = "average.";

/// A generator's average after some step.
#[derive(Clone, Debug, PartialEq)]
struct Snapshot {
    step: u64,
    /// All its tensors, one after the other in the order of their names, in 16 bits.
    bytes: Vec<u8>,
}

/// The snapshots of a run, in the order of their steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshots {
    config: SaganConfig,
    /// Numbers of one.
    numbers: usize,
    taken: Vec<Snapshot>,
}

/// Where a step lies among snapshots.
fn place(step: u64) -> f64 {
    (step as f64 / EVEN_STEPS).ln_1p()
}

impl Snapshots {
    /// None yet, of a run of this shape.
    pub fn new(config: &SaganConfig) -> Self {
        let shapes = layout::generator(config);
        let numbers = shapes.values().map(|shape| shape.iter().product::<usize>());
        Self {
            config: config.clone(),
            numbers: numbers.sum(),
            taken: Vec::new(),
        }
    }

    /// How many a run of this shape keeps at most.
    fn most(&self) -> usize {
        (BYTES / (2 * self.numbers).max(1)).clamp(FEWEST, MOST)
    }

    /// The steps after which they were taken.
    pub fn steps(&self) -> impl Iterator<Item = u64> {
        self.taken.iter().map(|snapshot| snapshot.step)
    }

    /// Whether one should be taken after this step.
    pub fn is_due(&self, step: u64) -> bool {
        let Some(last) = self.taken.last() else {
            return true;
        };
        let last = place(last.step);
        let apart = APART.max(last / self.most() as f64);
        place(step) - last >= apart
    }

    /// Takes one after `step`: `average` are the tensors of the generator's average, as
    /// [`super::Trainer::average_tensors`] reads them. Where there are too many, the one goes that
    /// is missed least: whose neighbours are nearest to each other. The first and the newest stay.
    ///
    /// One that does not fit 16 bits, or is of another shape, is left out.
    pub fn add(&mut self, step: u64, average: &HostTensors) {
        let values = average.values().flat_map(|tensor| &tensor.values);
        let halves: Vec<f16> = values.map(|&value| f16::from_f32(value)).collect();
        if halves.len() != self.numbers || !halves.iter().all(|half| half.is_finite()) {
            return;
        }
        // A run that went back takes a step again.
        self.taken.retain(|snapshot| snapshot.step < step);
        self.taken.push(Snapshot {
            step,
            bytes: halves.iter().flat_map(|half| half.to_le_bytes()).collect(),
        });
        if self.taken.len() > self.most() {
            let gap = |index: usize| {
                place(self.taken[index + 1].step) - place(self.taken[index - 1].step)
            };
            let inner = 1..self.taken.len() - 1;
            if let Some(least) = inner.min_by(|&a, &b| gap(a).total_cmp(&gap(b))) {
                self.taken.remove(least);
            }
        }
    }

    /// The snapshot nearest to this step, to draw from.
    pub fn checkpoint(&self, step: u64) -> Option<Checkpoint> {
        let nearest = self
            .taken
            .iter()
            .min_by_key(|one| one.step.abs_diff(step))?;
        let mut numbers = nearest.bytes.as_chunks::<2>().0.iter();
        let mut tensors = HostTensors::new();
        for (name, shape) in layout::generator(&self.config) {
            let length = shape.iter().product();
            let values = numbers.by_ref().take(length);
            let values = values
                .map(|half| f16::from_le_bytes(*half).to_f32())
                .collect();
            tensors.insert(format!("{PREFIX}{name}"), HostTensor { shape, values });
        }
        let header = Header {
            updates: Some(Updates {
                discriminator: nearest.step,
                generator: nearest.step,
            }),
            ..Header::new(self.config.clone())
        };
        Some(Checkpoint::new(header, tensors))
    }

    /// As a checkpoint carries them along: one row a snapshot.
    pub fn to_carried(&self) -> BTreeMap<String, RawTensor> {
        if self.taken.is_empty() {
            return BTreeMap::new();
        }
        let count = self.taken.len();
        let steps = self.steps().flat_map(u64::to_le_bytes);
        let values = self.taken.iter().flat_map(|one| one.bytes.iter().copied());
        let raw = |dtype, shape, bytes| RawTensor {
            dtype,
            shape,
            bytes,
        };
        BTreeMap::from([
            (
                STEPS.to_string(),
                raw(Dtype::U64, vec![count], steps.collect()),
            ),
            (
                VALUES.to_string(),
                raw(Dtype::F16, vec![count, self.numbers], values.collect()),
            ),
        ])
    }

    /// What a checkpoint carries along, up to step `last`; none where those are no snapshots of a
    /// run of this shape.
    pub fn from_carried(
        config: &SaganConfig,
        carried: &BTreeMap<String, RawTensor>,
        last: u64,
    ) -> Self {
        let mut snapshots = Self::new(config);
        snapshots.taken = snapshots.read(carried).unwrap_or_default();
        snapshots.taken.retain(|snapshot| snapshot.step <= last);
        snapshots
    }

    fn read(&self, carried: &BTreeMap<String, RawTensor>) -> Option<Vec<Snapshot>> {
        let (steps, values) = (carried.get(STEPS)?, carried.get(VALUES)?);
        let typed = steps.dtype == Dtype::U64 && values.dtype == Dtype::F16;
        let count = steps.bytes.len() / 8;
        let shaped = steps.shape == [count] && values.shape == [count, self.numbers];
        if !typed || !shaped || count > MOST || values.bytes.len() != 2 * count * self.numbers {
            return None;
        }
        let (steps, _) = steps.bytes.as_chunks::<8>();
        let rows = values.bytes.chunks_exact(2 * self.numbers);
        let taken = steps.iter().zip(rows).map(|(step, row)| Snapshot {
            step: u64::from_le_bytes(*step),
            bytes: row.to_vec(),
        });
        let taken: Vec<_> = taken.collect();
        let finite = |bytes: &[u8; 2]| f16::from_le_bytes(*bytes).is_finite();
        let whole = taken
            .iter()
            .all(|one| one.bytes.as_chunks::<2>().0.iter().all(finite));
        let ordered = taken.is_sorted_by(|a, b| a.step < b.step);
        (whole && ordered).then_some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> SaganConfig {
        SaganConfig::sized(32, 8, 16)
    }

    /// An average all of whose numbers are the same.
    fn average(value: f32) -> HostTensors {
        let shapes = layout::generator(&config()).into_iter();
        let filled = shapes.map(|(name, shape)| {
            let values = vec![value; shape.iter().product()];
            (name, HostTensor { shape, values })
        });
        filled.collect()
    }

    /// Steps alone, as if each average were one number.
    fn after(last: u64) -> Snapshots {
        let mut snapshots = Snapshots::new(&config());
        snapshots.numbers = 1;
        let one = HostTensor {
            shape: vec![1],
            values: vec![0.5],
        };
        let average = HostTensors::from([("one".into(), one)]);
        for step in 0..=last {
            if snapshots.is_due(step) {
                snapshots.add(step, &average);
            }
        }
        snapshots
    }

    #[test]
    fn a_run_of_any_length_has_few_evenly_spread_ones_with_its_first_and_its_newest() {
        for last in [0, 7, 100, 1000, 20_000, 300_000] {
            let steps: Vec<_> = after(last).steps().collect();
            assert!(steps.len() <= MOST, "{last}: {}", steps.len());
            assert_eq!(steps[0], 0);
            let end = steps[steps.len() - 1];
            let even = place(last) / MOST as f64;
            assert!(
                place(last) - place(end) <= 2.0 * APART.max(even),
                "{last}: {end}"
            );
            let gaps: Vec<_> = steps
                .windows(2)
                .map(|two| place(two[1]) - place(two[0]))
                .collect();
            let wide = gaps.iter().fold(0f64, |most, &gap| most.max(gap));
            // A step is the least that two can be apart.
            assert!(wide <= 3.0 * APART.max(even), "{last}: {wide} in {steps:?}");
            assert!(
                last < 1000 || steps.len() > MOST / 2,
                "{last}: {}",
                steps.len()
            );
        }
    }

    #[test]
    fn later_ones_are_further_apart() {
        let steps: Vec<_> = after(20_000).steps().collect();
        let half = steps.len() / 2;
        let mean = |steps: &[u64]| (steps[steps.len() - 1] - steps[0]) / (steps.len() as u64 - 1);
        assert!(
            mean(&steps[half..]) > 10 * mean(&steps[..half]),
            "{steps:?}"
        );
    }

    #[test]
    fn a_long_run_takes_fewer_and_fewer() {
        // Each costs a reading of the device.
        let mut snapshots = after(0);
        let one = snapshots.taken[0].clone();
        let mut taken = 0;
        for step in 1..=300_000 {
            if snapshots.is_due(step) {
                taken += 1;
                snapshots.taken = vec![Snapshot {
                    step,
                    ..one.clone()
                }];
            }
        }
        assert!((MOST..85).contains(&taken), "{taken}");
    }

    #[test]
    fn a_resumed_run_has_those_of_an_uninterrupted_one() {
        let mut resumed = after(900);
        let average = HostTensors::from([(
            "one".into(),
            HostTensor {
                shape: vec![1],
                values: vec![0.5],
            },
        )]);
        let again = Snapshots {
            taken: resumed.read(&resumed.to_carried()).expect("it was written"),
            ..resumed.clone()
        };
        assert_eq!(again, resumed);
        for step in 901..=5000 {
            if resumed.is_due(step) {
                resumed.add(step, &average);
            }
        }
        assert_eq!(resumed, after(5000));
    }

    #[test]
    fn the_nearest_is_drawn_from_in_its_shape() {
        let mut snapshots = Snapshots::new(&config());
        assert_eq!(snapshots.checkpoint(3), None);
        for (step, value) in [(0, 0.25), (10, 1.0 / 3.0), (40, -2.0)] {
            snapshots.add(step, &average(value));
        }
        for (asked, step, value) in [(0, 0, 0.25), (12, 10, 0.33325195), (99, 40, -2.0)] {
            let found = snapshots.checkpoint(asked).expect("there are some");
            assert_eq!(found.check(), Ok(()));
            assert_eq!(found.header.step(), Some(step));
            assert_eq!(found.generator_prefix(), PREFIX);
            let last = &found.tensors["average.last_weight"];
            assert!(
                last.values.iter().all(|&v| v == value),
                "{:?}",
                last.values[0]
            );
        }
    }

    #[test]
    fn what_does_not_fit_is_left_out_and_a_step_that_comes_again_takes_its_place() {
        let mut snapshots = Snapshots::new(&config());
        for (step, value) in [(0, 1.0), (5, 7e4), (6, f32::NAN), (9, 2.0), (20, 3.0)] {
            snapshots.add(step, &average(value));
        }
        snapshots.add(30, &HostTensors::new());
        assert_eq!(snapshots.steps().collect::<Vec<_>>(), [0, 9, 20]);
        snapshots.add(9, &average(4.0));
        assert_eq!(snapshots.steps().collect::<Vec<_>>(), [0, 9]);
        let taken = snapshots.checkpoint(9).expect("there are some");
        assert_eq!(taken.tensors["average.last_bias"].values[0], 4.0);
    }

    #[test]
    fn large_networks_keep_fewer() {
        let most = |size, width| Snapshots::new(&SaganConfig::sized(size, width, 100)).most();
        assert_eq!((most(32, 16), most(128, 128)), (MOST, FEWEST));
        let some = Snapshots::new(&SaganConfig::sized(64, 48, 100));
        assert!(
            some.most() > FEWEST && 2 * some.numbers * some.most() <= BYTES,
            "{}",
            some.most()
        );
    }

    #[test]
    fn what_a_file_carries_comes_back_and_what_is_damaged_is_none() {
        let mut snapshots = Snapshots::new(&config());
        for step in [0, 10, 40] {
            snapshots.add(step, &average(step as f32));
        }
        let good = snapshots.to_carried();
        let from = |carried: &BTreeMap<String, RawTensor>, last| {
            let found = Snapshots::from_carried(&config(), carried, last);
            found.steps().collect::<Vec<_>>()
        };
        assert_eq!(Snapshots::from_carried(&config(), &good, 40), snapshots);
        assert_eq!(from(&good, 39), [0, 10]);
        let with = |name: &str, change: &dyn Fn(&mut RawTensor)| {
            let mut carried = good.clone();
            change(carried.get_mut(name).expect("it was written"));
            from(&carried, 40)
        };
        assert_eq!(with(VALUES, &|_| ()), [0, 10, 40]);
        for damaged in [
            with(VALUES, &|raw| raw.dtype = Dtype::BF16),
            with(VALUES, &|raw| raw.shape = vec![raw.bytes.len() / 2]),
            with(VALUES, &|raw| raw.bytes.truncate(8)),
            with(VALUES, &|raw| {
                raw.bytes[..2].copy_from_slice(&f16::NAN.to_le_bytes())
            }),
            with(STEPS, &|raw| {
                raw.bytes[..8].copy_from_slice(&99u64.to_le_bytes())
            }),
            from(&BTreeMap::new(), 40),
        ] {
            assert_eq!(damaged, [0u64; 0]);
        }
        let other = SaganConfig::sized(32, 16, 16);
        let other = Snapshots::from_carried(&other, &good, 40);
        assert_eq!(other.steps().count(), 0);
    }
}
