//! The random numbers that a picture is made of: its own stream, the same on every machine.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub(crate) struct Dice(ChaCha8Rng);

/// Whose stream it is. Plain butterflies, the oldest world, have none.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tag {
    Freckled = 1,
    Twins = 2,
    Rosettes = 3,
    Swatches = 4,
}

impl Dice {
    /// The numbers of scene `index` of a world under `seed`.
    pub(crate) fn tagged(tag: Tag, seed: u64, index: u64) -> Self {
        Self::new(seed ^ ((tag as u64) << 56), index)
    }

    /// The numbers of picture `index` under `seed`.
    pub(crate) fn new(seed: u64, index: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(index);
        Self(random)
    }

    /// Uniform in [0, 1).
    pub(crate) fn unit(&mut self) -> f32 {
        self.0.random()
    }

    /// Uniform in [low, high).
    pub(crate) fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// One of `0..count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        ((self.unit() * count as f32) as usize).min(count - 1)
    }

    /// True in `part` of all cases.
    pub(crate) fn chance(&mut self, part: f32) -> bool {
        self.unit() < part
    }
}
