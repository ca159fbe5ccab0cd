//! How far a run's pictures are from those that it learns from, as it was measured last: kept in its
//! file, so that runs can be told apart by it.

use std::collections::BTreeMap;

use crate::{
    checkpoint::{Dtype, RawTensor},
    data::Pictures,
    measures::{MeasureError, features, frechet},
};

const COUNTS: &str = "history.quality.counts";
const VALUES: &str = "history.quality.values";

/// The Fréchet distance of `sagan measure --data`. Not comparable with published FID, nor between
/// picture sizes, nor between numbers of pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// After which step it was measured.
    pub step: u64,
    /// How many drawn pictures were compared, with as many real ones.
    pub pictures: u64,
    /// Between drawn and real pictures.
    pub distance: f32,
    /// Between these real ones and as many others: what nothing can come below.
    pub of_real: f32,
}

impl Quality {
    /// As a checkpoint carries it along.
    pub fn to_carried(self) -> BTreeMap<String, RawTensor> {
        let raw = |dtype, bytes| RawTensor {
            dtype,
            shape: vec![2],
            bytes,
        };
        let counts = [self.step, self.pictures].map(u64::to_le_bytes);
        let values = [self.distance, self.of_real].map(f32::to_le_bytes);
        BTreeMap::from([
            (COUNTS.to_string(), raw(Dtype::U64, counts.concat())),
            (VALUES.to_string(), raw(Dtype::F32, values.concat())),
        ])
    }

    /// What a checkpoint of a run at step `last` carries along, if it is that.
    pub fn from_carried(carried: &BTreeMap<String, RawTensor>, last: u64) -> Option<Self> {
        let (counts, values) = (carried.get(COUNTS)?, carried.get(VALUES)?);
        if counts.dtype != Dtype::U64 || values.dtype != Dtype::F32 {
            return None;
        }
        let ([step, pictures], []) = counts.bytes.as_chunks::<8>() else {
            return None;
        };
        let ([distance, of_real], []) = values.bytes.as_chunks::<4>() else {
            return None;
        };
        let quality = Self {
            step: u64::from_le_bytes(*step),
            pictures: u64::from_le_bytes(*pictures),
            distance: f32::from_le_bytes(*distance),
            of_real: f32::from_le_bytes(*of_real),
        };
        let finite = quality.distance.is_finite() && quality.of_real.is_finite();
        (finite && quality.step <= last).then_some(quality)
    }
}

/// Drawn pictures beside real ones, some at a time.
#[derive(Debug)]
pub struct Comparison {
    size: usize,
    pictures: usize,
    drawn: Vec<Vec<f64>>,
    real: Vec<Vec<f64>>,
}

impl Comparison {
    /// Of so many drawn pictures of this size with twice as many real ones.
    pub fn new(size: usize, pictures: usize) -> Self {
        Self {
            size,
            pictures,
            drawn: Vec::new(),
            real: Vec::new(),
        }
    }

    /// Adds drawn pictures, `[B, 3, size, size]`.
    ///
    /// # Errors
    /// If a value is not finite.
    pub fn add_drawn(&mut self, pictures: &[f32]) -> Result<(), MeasureError> {
        for picture in pictures.chunks_exact(3 * self.size * self.size) {
            self.drawn.push(features(picture, self.size)?);
        }
        Ok(())
    }

    /// Adds the next of the real pictures: whether there was one to add.
    ///
    /// # Errors
    /// If a value is not finite.
    pub fn add_real(&mut self, stream: &dyn Pictures) -> Result<bool, MeasureError> {
        let index = self.real.len();
        if index == 2 * self.pictures {
            return Ok(false);
        }
        let mut picture = vec![0f32; 3 * self.size * self.size];
        stream.draw(index as u64, self.size, &mut picture);
        self.real.push(features(&picture, self.size)?);
        Ok(true)
    }

    /// How many of all pictures were looked at.
    pub fn done(&self) -> usize {
        self.drawn.len() + self.real.len()
    }

    /// How many there are to look at.
    pub fn of(&self) -> usize {
        3 * self.pictures
    }

    /// What it comes to, once all were looked at, of a run after this step.
    ///
    /// # Errors
    /// If there are fewer than two of a kind.
    pub fn quality(&self, step: u64) -> Result<Quality, MeasureError> {
        let (real, others) = self.real.split_at(self.pictures.min(self.real.len()));
        Ok(Quality {
            step,
            pictures: self.pictures as u64,
            distance: frechet(&self.drawn, real)? as f32,
            of_real: frechet(others, real)? as f32,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use saganscope_distance::relative;

    use super::*;
    use crate::data::World;

    #[test]
    fn it_is_the_distance_of_the_same_pictures() {
        let (world, other) = (
            World::named("twins", 1).unwrap(),
            World::named("rosettes", 1).unwrap(),
        );
        let drawn = |index: u64, world: &World| {
            let mut picture = vec![0f32; 3072];
            world.draw(index, 32, &mut picture);
            picture
        };
        let mut comparison = Comparison::new(32, 6);
        assert!(comparison.quality(3).is_err());
        comparison
            .add_drawn(&[drawn(0, &other), drawn(1, &other)].concat())
            .unwrap();
        for index in 2..6 {
            comparison.add_drawn(&drawn(index, &other)).unwrap();
        }
        while comparison.add_real(&world).unwrap() {}
        assert_eq!((comparison.done(), comparison.of()), (18, 18));
        let quality = comparison.quality(3).unwrap();
        let of = |range: std::ops::Range<u64>, world: &World| -> Vec<Vec<f64>> {
            range
                .map(|index| features(&drawn(index, world), 32).unwrap())
                .collect()
        };
        let wanted = [
            frechet(&of(0..6, &other), &of(0..6, &world)).unwrap(),
            frechet(&of(6..12, &world), &of(0..6, &world)).unwrap(),
        ];
        relative(&[quality.distance, quality.of_real], &wanted).within(1e-5, "both distances");
        assert!(quality.distance > quality.of_real);
        assert_eq!((quality.step, quality.pictures), (3, 6));
    }

    #[test]
    fn what_a_file_carries_comes_back_and_what_is_damaged_is_none() {
        let quality = Quality {
            step: 40,
            pictures: 256,
            distance: 3.25,
            of_real: 0.5,
        };
        let carried = quality.to_carried();
        assert_eq!(Quality::from_carried(&carried, 40), Some(quality));
        assert_eq!(Quality::from_carried(&carried, 39), None);
        assert_eq!(Quality::from_carried(&BTreeMap::new(), 40), None);
        for key in [COUNTS, VALUES] {
            let mut damaged = carried.clone();
            damaged.get_mut(key).unwrap().bytes.pop();
            assert_eq!(Quality::from_carried(&damaged, 40), None);
            let mut typed = carried.clone();
            typed.get_mut(key).unwrap().dtype = Dtype::U8;
            assert_eq!(Quality::from_carried(&typed, 40), None);
        }
        let endless = Quality {
            distance: f32::NAN,
            ..quality
        };
        assert_eq!(Quality::from_carried(&endless.to_carried(), 40), None);
    }
}
