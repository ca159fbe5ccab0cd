//! Pictures in main memory, all of one size: those of a folder, or those that a visitor chose.
//!
//! Kept as bytes (12 KiB each at 64×64). Every epoch shows each of them once, in an order of its own
//! that depends on the seed and the epoch's number alone.

use std::sync::{Arc, Mutex, PoisonError};

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::Pictures;

/// Pictures in main memory, at one size.
pub struct Album {
    seed: u64,
    size: usize,
    /// Interleaved RGB, `[size, size, 3]` each.
    pictures: Arc<Vec<Vec<u8>>>,
    /// The last epoch asked for and its order, so that it is not shuffled anew for every picture.
    order: Mutex<(u64, Vec<u32>)>,
}

impl Album {
    /// Of these pictures, each interleaved RGB, `[size, size, 3]`.
    ///
    /// # Panics
    /// If there is none, or one is of another length.
    pub fn new(pictures: Arc<Vec<Vec<u8>>>, size: usize, seed: u64) -> Self {
        assert!(!pictures.is_empty(), "an album holds at least one picture");
        let length = 3 * size * size;
        assert!(
            pictures.iter().all(|picture| picture.len() == length),
            "a picture of side {size} has {length} bytes"
        );
        let order = Mutex::new((0, order(seed, 0, pictures.len())));
        Self {
            seed,
            size,
            pictures,
            order,
        }
    }

    /// How many pictures there are: at least one.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.pictures.len()
    }
}

impl Pictures for Album {
    /// # Panics
    /// Also if `size` is not that of the pictures.
    fn draw(&self, index: u64, size: usize, out: &mut [f32]) {
        assert_eq!(size, self.size, "the pictures are of another size");
        let plane = size * size;
        assert_eq!(
            out.len(),
            3 * plane,
            "a picture of side {size} has 3 planes of it"
        );

        let count = self.pictures.len() as u64;
        let (epoch, place) = (index / count, (index % count) as usize);
        let mut last = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        if last.0 != epoch {
            *last = (epoch, order(self.seed, epoch, self.pictures.len()));
        }
        let picture = &self.pictures[last.1[place] as usize];
        for (at, pixel) in picture.chunks_exact(3).enumerate() {
            for (channel, &value) in pixel.iter().enumerate() {
                out[channel * plane + at] = f32::from(value) / 127.5 - 1.0;
            }
        }
    }
}

/// The order in which an epoch shows `count` pictures.
fn order(seed: u64, epoch: u64, count: usize) -> Vec<u32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(epoch);
    let mut order: Vec<u32> = (0..count as u32).collect();
    order.shuffle(&mut random);
    order
}
