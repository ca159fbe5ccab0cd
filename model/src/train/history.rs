//! What was read of a run while it went on, so that its curves can be drawn again from its file.

use std::collections::BTreeMap;

use crate::checkpoint::{Dtype, RawTensor};

/// Points that a run keeps; beyond, every second one is let go of.
const MOST: usize = 2048;

/// What was read of one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The step, from 1.
    pub step: u64,
    /// Hinge loss of the discriminator before its update.
    pub discriminator_loss: f32,
    /// Loss of the generator before its update.
    pub generator_loss: f32,
    /// Mean score of the batch's real pictures.
    pub real: f32,
    /// Mean score of as many fake ones.
    pub fake: f32,
    /// How long a step took, in milliseconds: the mean since the point before.
    pub millis: f32,
    /// γ of the generator's layers after the step, from the coarsest.
    pub gammas: Vec<f32>,
}

/// The points of a run, in the order of their steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    points: Vec<Point>,
}

impl History {
    /// What there is.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Adds what was read of a later step.
    pub fn push(&mut self, point: Point) {
        self.points.push(point);
        if self.points.len() > MOST {
            let mut index = 0;
            self.points.retain(|_| {
                index += 1;
                index % 2 == 1
            });
        }
    }

    /// As a checkpoint carries it along: one row a point.
    pub fn to_carried(&self) -> BTreeMap<String, RawTensor> {
        let Some(first) = self.points.first() else {
            return BTreeMap::new();
        };
        let columns = 5 + first.gammas.len();
        let rows = self.points.iter().flat_map(|point| {
            let fixed = [
                point.discriminator_loss,
                point.generator_loss,
                point.real,
                point.fake,
                point.millis,
            ];
            fixed.into_iter().chain(point.gammas.iter().copied())
        });
        let steps = self
            .points
            .iter()
            .flat_map(|point| point.step.to_le_bytes());
        BTreeMap::from([
            (
                STEPS.to_string(),
                RawTensor {
                    dtype: Dtype::U64,
                    shape: vec![self.points.len()],
                    bytes: steps.collect(),
                },
            ),
            (
                VALUES.to_string(),
                RawTensor {
                    dtype: Dtype::F32,
                    shape: vec![self.points.len(), columns],
                    bytes: rows.flat_map(f32::to_le_bytes).collect(),
                },
            ),
        ])
    }

    /// What a checkpoint carries along, up to step `last`; nothing where that is no history.
    pub fn from_carried(carried: &BTreeMap<String, RawTensor>, last: u64) -> Self {
        let points = read(carried).unwrap_or_default();
        let points = points.into_iter().filter(|point| point.step <= last);
        Self {
            points: points.collect(),
        }
    }
}

const STEPS: &str = "history.steps";
const VALUES: &str = "history.values";

fn read(carried: &BTreeMap<String, RawTensor>) -> Option<Vec<Point>> {
    let (steps, values) = (carried.get(STEPS)?, carried.get(VALUES)?);
    let (&[count], &[rows, columns]) = (steps.shape.as_slice(), values.shape.as_slice()) else {
        return None;
    };
    let typed = steps.dtype == Dtype::U64 && values.dtype == Dtype::F32;
    if !typed || rows != count || columns < 5 || count > MOST {
        return None;
    }
    let (steps, _) = steps.bytes.as_chunks::<8>();
    let (values, _) = values.bytes.as_chunks::<4>();
    let values: Vec<f32> = values
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect();
    let points = steps.iter().zip(values.chunks_exact(columns));
    let points = points.map(|(step, row)| Point {
        step: u64::from_le_bytes(*step),
        discriminator_loss: row[0],
        generator_loss: row[1],
        real: row[2],
        fake: row[3],
        millis: row[4],
        gammas: row[5..].to_vec(),
    });
    Some(points.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(step: u64) -> Point {
        let value = step as f32;
        Point {
            step,
            discriminator_loss: value + 0.25,
            generator_loss: -value,
            real: 0.5 * value,
            fake: -0.5,
            millis: 12.0,
            gammas: vec![0.125 * value, -0.25],
        }
    }

    fn history(steps: impl Iterator<Item = u64>) -> History {
        let mut history = History::default();
        steps.for_each(|step| history.push(point(step)));
        history
    }

    #[test]
    fn what_a_file_carries_comes_back() {
        let history = history((1..40).map(|i| i * 10));
        assert_eq!(History::from_carried(&history.to_carried(), 390), history);
        let earlier = History::from_carried(&history.to_carried(), 200);
        assert_eq!(earlier.points().last(), Some(&point(200)));
        let none = History::default();
        assert_eq!(History::from_carried(&none.to_carried(), 9), none);
    }

    #[test]
    fn a_long_run_keeps_its_first_and_its_newest_points() {
        let history = history(1..=10_000);
        let steps: Vec<_> = history.points().iter().map(|point| point.step).collect();
        assert!((MOST / 2..=MOST).contains(&steps.len()), "{}", steps.len());
        assert_eq!((steps[0], steps[steps.len() - 1]), (1, 10_000));
        assert!(steps.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn damaged_histories_are_none() {
        let good = history(1..4).to_carried();
        let with = |change: &dyn Fn(&mut RawTensor)| {
            let mut carried = good.clone();
            change(carried.get_mut(VALUES).expect("it was written"));
            History::from_carried(&carried, 9)
        };
        assert_eq!(with(&|_| ()).points().len(), 3);
        for damaged in [
            with(&|values| values.shape = vec![2, 7]),
            with(&|values| values.shape = vec![21]),
            with(&|values| values.shape = vec![3, 4]),
            with(&|values| values.dtype = Dtype::I32),
        ] {
            assert_eq!(damaged, History::default());
        }
    }
}
