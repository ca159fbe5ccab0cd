//! The drawn pictures beside real ones.

use saganscope_model::{
    data::Pictures,
    measures::{MeasureError, Neighbours, diversity, features, frechet, thumbnail},
};
use serde::Serialize;

/// Pictures whose pairs are compared, and pictures whose nearest real one is searched.
const FEW: usize = 256;

/// What is kept of each picture of a set.
#[derive(Default)]
pub(super) struct Sketches {
    features: Vec<Vec<f64>>,
    thumbnails: Vec<Vec<f32>>,
}

impl Sketches {
    /// Adds pictures `[B, 3, size, size]`.
    pub(super) fn add(&mut self, pictures: &[f32], size: usize) -> Result<(), MeasureError> {
        for picture in pictures.chunks_exact(3 * size * size) {
            self.features.push(features(picture, size)?);
            self.thumbnails.push(thumbnail(picture, size)?);
        }
        Ok(())
    }

    /// Pictures `first .. first + count` of a stream.
    pub(super) fn of(
        stream: &dyn Pictures,
        first: u64,
        count: usize,
        size: usize,
    ) -> Result<Self, MeasureError> {
        let mut sketches = Self::default();
        let mut picture = vec![0f32; 3 * size * size];
        for index in first..first + count as u64 {
            stream.draw(index, size, &mut picture);
            sketches.add(&picture, size)?;
        }
        Ok(sketches)
    }
}

/// How the drawn pictures compare with real ones; see docs/measures.md.
#[derive(Serialize)]
pub(super) struct RealFigures {
    /// Pictures drawn, and real ones, in each of two sets.
    pub(super) pictures: usize,
    /// Between the drawn and the first set of real ones.
    pub(super) frechet: f64,
    /// Between the two sets of real ones: what nothing can come below.
    pub(super) frechet_of_real: f64,
    /// Mean distance of drawn pairs over that of real pairs.
    pub(super) diversity: f64,
    pub(super) nearest: Nearest,
}

/// Distances to the nearest of the real pictures.
#[derive(Serialize)]
pub(super) struct Nearest {
    /// Of the drawn, the mean.
    pub(super) mean: f64,
    /// Of the second set of real ones, the mean.
    pub(super) mean_of_real: f64,
    /// Of the drawn, the least.
    pub(super) closest: f64,
    /// Of the second set of real ones, the least.
    pub(super) closest_of_real: f64,
    /// Number of the drawn picture that comes closest.
    pub(super) drawn: usize,
    /// Number of the real picture that it resembles.
    pub(super) real: usize,
}

impl RealFigures {
    /// Of drawn pictures and two sets of real ones that have none in common.
    pub(super) fn new(
        drawn: &Sketches,
        real: &Sketches,
        held_out: &Sketches,
    ) -> Result<Self, MeasureError> {
        fn few<T>(all: &[T]) -> &[T] {
            &all[..all.len().min(FEW)]
        }
        let nearest = Neighbours::of(few(&drawn.thumbnails), &real.thumbnails)?;
        let of_real = Neighbours::of(few(&held_out.thumbnails), &real.thumbnails)?;
        let (index, resembled, closest) = nearest.closest();
        Ok(Self {
            pictures: drawn.features.len(),
            frechet: frechet(&drawn.features, &real.features)?,
            frechet_of_real: frechet(&held_out.features, &real.features)?,
            diversity: diversity(few(&drawn.features))? / diversity(few(&real.features))?,
            nearest: Nearest {
                mean: nearest.mean(),
                mean_of_real: of_real.mean(),
                closest,
                closest_of_real: of_real.closest().2,
                drawn: index,
                real: resembled,
            },
        })
    }
}
