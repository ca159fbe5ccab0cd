//! The random numbers that a picture is made of: its own stream, the same on every machine.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The numbers of picture `index` under `seed`.
    pub(super) fn new(seed: u64, index: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(index);
        Self(random)
    }

    /// Uniform in [0, 1).
    pub(super) fn unit(&mut self) -> f32 {
        self.0.random()
    }

    /// Uniform in [low, high).
    pub(super) fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// True in `part` of all cases.
    pub(super) fn chance(&mut self, part: f32) -> bool {
        self.unit() < part
    }
}
