//! Pictures to learn from: endless procedural ones, or a folder of files.
//!
//! A source is a *stream*: picture `index` is the same whenever it is asked for. So a batch depends
//! on the step alone, and a resumed run sees what an uninterrupted one would have seen.

mod butterflies;
mod colour;
mod shapes;

pub use butterflies::{Butterflies, Butterfly};

/// A stream of RGB pictures, addressed by index.
pub trait Pictures: Send {
    /// Writes picture `index` of the stream into `out`: planar `[3, size, size]` (all of red, then
    /// green, then blue; rows from the top), values in [-1, 1].
    ///
    /// # Panics
    /// If `out` does not hold exactly `3 * size * size` values.
    fn draw(&self, index: u64, size: usize, out: &mut [f32]);
}

/// Batch number `step` (from 0): the pictures `step * batch .. (step + 1) * batch` of the stream, as
/// `[batch, 3, size, size]`, values in [-1, 1].
pub fn batch(pictures: &dyn Pictures, step: u64, batch: usize, size: usize) -> Vec<f32> {
    let length = 3 * size * size;
    let mut values = vec![0.0; batch * length];
    let first = step * batch as u64;
    for (index, out) in (first..).zip(values.chunks_exact_mut(length)) {
        pictures.draw(index, size, out);
    }
    values
}
