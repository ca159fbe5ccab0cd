//! Pictures to learn from: endless procedural worlds, or a folder or a zip of files.
//!
//! A source is a *stream*: picture `index` is the same whenever it is asked for. So a batch depends
//! on the step alone, and a resumed run sees what an uninterrupted one would have seen.

mod album;
#[cfg(feature = "cli")]
mod archive;
mod butterflies;
mod drawing;
#[cfg(feature = "cli")]
mod folder;
mod rosettes;
mod scene;
mod swatches;
mod twins;
mod world;
pub mod zip;

pub use album::Album;
pub use butterflies::{Butterflies, Butterfly, Pose};
#[cfg(feature = "cli")]
pub use folder::{DataError, Folder, Skipped};
pub use rosettes::Rosette;
pub use scene::Scene;
pub use swatches::Swatches;
pub use twins::Twins;
pub use world::World;

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
    for place in 0..batch {
        let out = &mut values[place * length..(place + 1) * length];
        pictures.draw(step * batch as u64 + place as u64, size, out);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_walk_through_the_stream_without_gap_or_overlap() {
        let pictures = Butterflies { seed: 4 };
        let (size, length) = (16, 3 * 16 * 16);
        let walked: Vec<f32> = (0..3)
            .flat_map(|step| batch(&pictures, step, 2, size))
            .collect();
        for index in 0..6 {
            let mut alone = vec![0.0; length];
            pictures.draw(index, size, &mut alone);
            let at = index as usize * length;
            assert_eq!(walked[at..at + length], alone, "picture {index}");
        }
    }
}
