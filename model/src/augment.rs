//! Differentiable augmentation: the discriminator sees every picture, real or drawn, with its
//! colours changed, moved, and with a hole in it, so that it cannot learn a small set of pictures
//! by heart (Zhao et al. 2020, arXiv 2006.10738, figure 4; colour, translation and cutout of their
//! code, in this order). The generator's gradient goes through the same changes, so that it does
//! not learn to draw them.
//!
//! Each picture has eight random numbers of its own, by the run's seed and the update's number:
//! a resumed run goes on as an uninterrupted one would.

use burn::tensor::{Tensor, TensorData};
use rand::{Rng, RngExt};

use crate::latents::{Purpose, stream};

/// The furthest move, in parts of the picture's side.
const MOVE: f64 = 0.125;

/// Width and height of the hole, in parts of the picture's side.
const HOLE: f64 = 0.5;

/// What is done to one picture of this side.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    /// Added to every value, −0.5 to 0.5, where a picture goes from −1 to 1.
    brightness: f32,
    /// What a pixel's difference from its own mean over the channels is multiplied by, 0 to 2.
    saturation: f32,
    /// What a pixel's difference from the picture's mean is multiplied by, 0.5 to 1.5.
    contrast: f32,
    /// Pixels to the right and down; zeros come in from behind.
    by: [i64; 2],
    /// The middle of the hole.
    hole: [i64; 2],
}

impl Change {
    fn random(side: usize, random: &mut impl Rng) -> Self {
        let part = |part: f64| (side as f64 * part + 0.5) as i64;
        let reach = part(MOVE);
        // An even hole lies between pixels: its middle goes one step further.
        let last = side as i64 - part(HOLE) % 2;
        Self {
            brightness: random.random_range(-0.5..0.5),
            saturation: random.random_range(0.0..2.0),
            contrast: random.random_range(0.5..1.5),
            by: [(); 2].map(|()| random.random_range(-reach..=reach)),
            hole: [(); 2].map(|()| random.random_range(0..=last)),
        }
    }

    /// Whether position (`x`, `y`) of the moved picture lies in the hole.
    fn covers(&self, side: usize, [x, y]: [usize; 2]) -> bool {
        let size = (side as f64 * HOLE + 0.5) as i64;
        let within = |at: usize, middle: i64| {
            let first = middle - size / 2;
            (first..first + size).contains(&(at as i64))
        };
        within(x, self.hole[0]) && within(y, self.hole[1])
    }
}

/// The changes of a batch, from the stream of this purpose and number.
pub(crate) struct Augmentation {
    changes: Vec<Change>,
    side: usize,
}

impl Augmentation {
    /// For pictures of this side in update number `index`.
    pub(crate) fn of(seed: u64, purpose: Purpose, index: u64, batch: usize, side: usize) -> Self {
        let mut random = stream(seed, purpose, index);
        let changes = (0..batch).map(|_| Change::random(side, &mut random));
        Self {
            changes: changes.collect(),
            side,
        }
    }

    /// `[B, 3, side, side]` → the same shape.
    pub(crate) fn apply(&self, x: Tensor<4>) -> Tensor<4> {
        let (batch, side, device) = (self.changes.len(), self.side, x.device());
        let each = |number: &dyn Fn(&Change) -> f32| {
            let numbers: Vec<f32> = self.changes.iter().map(number).collect();
            Tensor::<4>::from_data(TensorData::new(numbers, [batch, 1, 1, 1]), &device)
        };
        let x = x + each(&|change| change.brightness);
        let grey = x.clone().mean_dim(1);
        let x = (x - grey.clone()) * each(&|change| change.saturation) + grey;
        let mean = x.clone().mean_dim(1).mean_dim(2).mean_dim(3);
        let x = (x - mean.clone()) * each(&|change| change.contrast) + mean;

        // Moving along an axis is a product with a matrix of zeros and ones.
        let moved = |axis: usize| {
            let matrices = self.changes.iter().flat_map(|change| {
                let by = change.by[axis];
                let one = move |(from, to): (usize, usize)| from as i64 + by == to as i64;
                let cells = (0..side).flat_map(move |from| (0..side).map(move |to| (from, to)));
                cells.map(move |cell| if one(cell) { 1.0f32 } else { 0.0 })
            });
            let matrices: Vec<f32> = matrices.collect();
            Tensor::<3>::from_data(TensorData::new(matrices, [batch, side, side]), &device)
        };
        let along = |x: Tensor<4>, axis| {
            let rows = x.reshape([batch, 3 * side, side]);
            rows.matmul(moved(axis)).reshape([batch, 3, side, side])
        };
        let x = along(x, 0);
        let x = along(x.swap_dims(2, 3), 1).swap_dims(2, 3);

        let kept = self.changes.iter().flat_map(|change| {
            let cells = (0..side).flat_map(|y| (0..side).map(move |x| [x, y]));
            cells.map(|cell| {
                if change.covers(side, cell) {
                    0.0f32
                } else {
                    1.0
                }
            })
        });
        let kept: Vec<f32> = kept.collect();
        x * Tensor::from_data(TensorData::new(kept, [batch, 1, side, side]), &device)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::tensor::Device;
    use saganscope_distance::{absolute, relative};

    use super::*;
    use crate::initial::normal_values;

    const SIDE: usize = 16;
    const BATCH: usize = 3;

    fn augmentation(index: u64) -> Augmentation {
        Augmentation::of(7, Purpose::AugmentReal, index, BATCH, SIDE)
    }

    fn pictures() -> Vec<f32> {
        let random = &mut stream(1, Purpose::Samples, 0);
        normal_values(BATCH * 3 * SIDE * SIDE, 0.5, random)
    }

    fn upload(values: &[f32], device: &Device) -> Tensor<4> {
        Tensor::from_data(
            TensorData::new(values.to_vec(), [BATCH, 3, SIDE, SIDE]),
            device,
        )
    }

    /// One picture `[3, side, side]`, value by value.
    fn by_hand(change: &Change, picture: &[f32]) -> Vec<f32> {
        let plane = SIDE * SIDE;
        let bright: Vec<f64> = picture
            .iter()
            .map(|v| f64::from(v + change.brightness))
            .collect();
        let mut coloured = bright.clone();
        for pixel in 0..plane {
            let grey = (0..3).map(|c| bright[c * plane + pixel]).sum::<f64>() / 3.0;
            for c in 0..3 {
                let at = c * plane + pixel;
                coloured[at] = grey + (bright[at] - grey) * f64::from(change.saturation);
            }
        }
        let mean = coloured.iter().sum::<f64>() / coloured.len() as f64;
        let mut result = vec![0.0; picture.len()];
        for c in 0..3 {
            for y in 0..SIDE {
                for x in 0..SIDE {
                    let from = [x as i64 - change.by[0], y as i64 - change.by[1]];
                    let inside = from.iter().all(|at| (0..SIDE as i64).contains(at));
                    let (dx, dy) = (x as i64 - change.hole[0], y as i64 - change.hole[1]);
                    let hole = (-4..4).contains(&dx) && (-4..4).contains(&dy);
                    if inside && !hole {
                        let value =
                            coloured[c * plane + from[1] as usize * SIDE + from[0] as usize];
                        let contrast = f64::from(change.contrast);
                        result[c * plane + y * SIDE + x] =
                            (mean + (value - mean) * contrast) as f32;
                    }
                }
            }
        }
        result
    }

    #[test]
    fn a_batch_is_changed_as_each_picture_by_hand() {
        let (pictures, changed) = (pictures(), augmentation(0));
        let x = upload(&pictures, &Device::flex());
        let found: Vec<f32> = changed.apply(x).into_data().try_to_vec().unwrap();
        let wanted: Vec<f32> = changed
            .changes
            .iter()
            .zip(pictures.chunks_exact(3 * SIDE * SIDE))
            .flat_map(|(change, picture)| by_hand(change, picture))
            .collect();
        absolute(&found, &wanted).within(1e-5, "pictures");
        assert!(!absolute(&found, &pictures).is_within(0.5));
    }

    #[test]
    fn each_update_changes_otherwise_and_the_same_update_alike() {
        assert_eq!(augmentation(3).changes, augmentation(3).changes);
        assert_ne!(augmentation(3).changes, augmentation(4).changes);
        let changes = (0..400).flat_map(|index| augmentation(index).changes);
        let moves: Vec<_> = changes.map(|change| change.by[0]).collect();
        assert_eq!(moves.iter().min(), Some(&-2));
        assert_eq!(moves.iter().max(), Some(&2));
    }

    #[test]
    fn the_gradient_goes_through_every_change() {
        // Linear in the picture, so that one difference gives the derivative along a direction.
        let device = Device::flex().autodiff();
        let (pictures, changed) = (pictures(), augmentation(1));
        let random = &mut stream(2, Purpose::Samples, 0);
        let weights = normal_values(pictures.len(), 1.0, random);
        let direction = normal_values(pictures.len(), 1.0, random);
        let total = |values: &[f32]| -> f64 {
            let changed = changed.apply(upload(values, &Device::flex()));
            let changed: Vec<f32> = changed.into_data().try_to_vec().unwrap();
            let terms = changed.iter().zip(&weights);
            terms.map(|(v, w)| f64::from(*v) * f64::from(*w)).sum()
        };
        let x = upload(&pictures, &device).require_grad();
        let sum = (changed.apply(x.clone()) * upload(&weights, &device)).sum();
        let gradient = x.grad(&sum.backward()).unwrap();
        let gradient: Vec<f32> = gradient.into_data().try_to_vec().unwrap();
        let along = gradient.iter().zip(&direction);
        let along: f64 = along.map(|(g, d)| f64::from(*g) * f64::from(*d)).sum();
        let moved: Vec<f32> = pictures
            .iter()
            .zip(&direction)
            .map(|(p, d)| p + d)
            .collect();
        let difference = total(&moved) - total(&pictures);
        assert!(difference.abs() > 1.0);
        relative(&[along], &[difference]).within(1e-3, "derivative");
    }
}
