//! The directions in which rows differ most: principal components of many rows of many cells.
//!
//! Only three are wanted of a thousand, so the whole covariance is never made: a block of directions
//! is multiplied by it again and again through the rows themselves (subspace iteration; Golub and Van
//! Loan, Matrix Computations, section 8.2), and what the block has become is sorted out by the
//! eigenvectors of its own small covariance.

use crate::{
    initial::normal_values,
    latents::{Purpose, stream},
    measures::eigen::{Matrix, eigen},
};

/// How many directions are wanted.
pub(super) const DIRECTIONS: usize = 3;

/// How many are followed: the more, the sooner the wanted ones settle.
const BLOCK: usize = 8;

/// Passes over all rows at most, and the change of the wanted variances at which they end earlier.
const MOST_PASSES: usize = 60;
const SETTLED: f64 = 1e-6;

/// Rows of the same length.
pub(super) struct Samples {
    length: usize,
    /// `[rows, length]`.
    values: Vec<f32>,
}

/// The wanted directions.
pub(super) struct Directions {
    /// `[length]`, the mean of the rows.
    mean: Vec<f32>,
    /// Each `[length]`, of unit length and square to the others, the strongest first.
    axes: Vec<Vec<f32>>,
    /// What part of the rows' variance each holds.
    pub(super) held: [f32; DIRECTIONS],
}

impl Samples {
    pub(super) fn new(length: usize) -> Self {
        Self {
            length,
            values: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, row: impl Iterator<Item = f32>) {
        self.values.extend(row);
    }

    /// Takes the mean from all rows, and finds the directions in which the rest differs most.
    pub(super) fn directions(mut self) -> Directions {
        let mean = self.centre();
        let total: f64 = self.values.iter().map(|&v| f64::from(v).powi(2)).sum();
        // All rows alike but for rounding.
        if total.is_nan() || total < 1e-9 * self.values.len() as f64 / self.length.max(1) as f64 {
            return Directions {
                mean,
                axes: vec![vec![0.0; self.length]; DIRECTIONS],
                held: [0.0; DIRECTIONS],
            };
        }
        let random = &mut stream(0, Purpose::Statistics, 0);
        let mut block: Vec<Vec<f32>> = (0..BLOCK.min(self.length).max(DIRECTIONS))
            .map(|_| normal_values(self.length, 1.0, random))
            .collect();
        orthonormalise(&mut block);
        let mut before = [0.0; DIRECTIONS];
        let mut variances = before;
        for _ in 0..MOST_PASSES {
            let (next, covariance) = self.pass(&block);
            let Some((axes, values)) = sorted_out(&block, covariance) else {
                break;
            };
            variances = values;
            let changed = variances.iter().zip(before).map(|(v, b)| (v - b).abs());
            if changed.sum::<f64>() <= SETTLED * total {
                block = axes;
                break;
            }
            before = variances;
            block = next;
            orthonormalise(&mut block);
        }
        block.truncate(DIRECTIONS);
        Directions {
            mean,
            axes: block,
            held: variances.map(|variance| (variance / total) as f32),
        }
    }

    /// Takes the mean row from each row.
    fn centre(&mut self) -> Vec<f32> {
        let rows = self.values.len() / self.length.max(1);
        let mut mean = vec![0f64; self.length];
        for row in self.values.chunks_exact(self.length) {
            mean.iter_mut()
                .zip(row)
                .for_each(|(m, &v)| *m += f64::from(v));
        }
        let mean: Vec<f32> = mean.iter().map(|m| (m / rows as f64) as f32).collect();
        for row in self.values.chunks_exact_mut(self.length) {
            row.iter_mut().zip(&mean).for_each(|(v, m)| *v -= m);
        }
        mean
    }

    /// The block times the rows' covariance (times their number), and the covariance of the rows'
    /// coordinates in the block.
    fn pass(&self, block: &[Vec<f32>]) -> (Vec<Vec<f32>>, Matrix) {
        let mut next = vec![vec![0f32; self.length]; block.len()];
        let mut covariance = Matrix::new(block.len(), |_, _| 0.0);
        for row in self.values.chunks_exact(self.length) {
            let coordinates: Vec<f32> = block.iter().map(|axis| dot(row, axis)).collect();
            for (next, &along) in next.iter_mut().zip(&coordinates) {
                next.iter_mut()
                    .zip(row)
                    .for_each(|(next, &v)| *next += along * v);
            }
            let sums = covariance.values.chunks_exact_mut(block.len());
            for (sums, &a) in sums.zip(&coordinates) {
                for (sum, &b) in sums.iter_mut().zip(&coordinates) {
                    *sum += f64::from(a) * f64::from(b);
                }
            }
        }
        (next, covariance)
    }
}

impl Directions {
    /// A row's coordinates along the directions.
    pub(super) fn coordinates(&self, row: &[f32]) -> [f32; DIRECTIONS] {
        std::array::from_fn(|direction| {
            let axis = &self.axes[direction];
            dot(row, axis) - dot(&self.mean, axis)
        })
    }
}

/// The block turned so that the rows' coordinates do not vary together, the strongest first, with
/// the variances of the wanted ones; nothing where they are no numbers.
fn sorted_out(
    block: &[Vec<f32>],
    covariance: Matrix,
) -> Option<(Vec<Vec<f32>>, [f64; DIRECTIONS])> {
    let (values, vectors) = eigen(covariance)?;
    let mut order: Vec<usize> = (0..block.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    let turned = order.iter().map(|&column| {
        let mut axis = vec![0f32; block[0].len()];
        for (from, part) in block.iter().enumerate() {
            let factor = vectors.values[from * block.len() + column] as f32;
            axis.iter_mut()
                .zip(part)
                .for_each(|(axis, part)| *axis += factor * part);
        }
        axis
    });
    let axes = turned.collect();
    let variance = |at: usize| order.get(at).map_or(0.0, |&column| values[column]);
    Some((axes, std::array::from_fn(variance)))
}

/// Gram and Schmidt, each direction twice, since once is not exact enough; one that is nothing but a
/// mix of those before becomes zero.
fn orthonormalise(block: &mut [Vec<f32>]) {
    for at in 0..block.len() {
        let (before, rest) = block.split_at_mut(at);
        let axis = &mut rest[0];
        let first = dot(axis, axis).sqrt();
        for _ in 0..2 {
            for other in before.iter() {
                let along = dot(axis, other);
                axis.iter_mut()
                    .zip(other)
                    .for_each(|(a, o)| *a -= along * o);
            }
        }
        let length = dot(axis, axis).sqrt();
        let scale = if length > 1e-6 * first {
            1.0 / length
        } else {
            0.0
        };
        axis.iter_mut().for_each(|a| *a *= scale);
    }
}

/// In sixteen sums, so that it is both quick and exact enough.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0f32; 16];
    let (a_chunks, b_chunks) = (a.chunks_exact(16), b.chunks_exact(16));
    let rest = a_chunks.remainder().iter().zip(b_chunks.remainder());
    let rest: f32 = rest.map(|(a, b)| a * b).sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows that differ along three given directions by 3, 2 and 1, and along the rest by noise.
    fn samples(length: usize, rows: usize) -> (Samples, Vec<Vec<f32>>) {
        let random = &mut stream(3, Purpose::Statistics, 1);
        let mut axes: Vec<Vec<f32>> = (0..DIRECTIONS)
            .map(|_| normal_values(length, 1.0, random))
            .collect();
        orthonormalise(&mut axes);
        let mut samples = Samples::new(length);
        for _ in 0..rows {
            let along = normal_values(DIRECTIONS, 1.0, random);
            let noise = normal_values(length, 0.01, random);
            samples.push((0..length).map(|at| {
                let parts = axes.iter().zip(&along).zip([3.0, 2.0, 1.0]);
                parts
                    .map(|((axis, a), size)| size * a * axis[at])
                    .sum::<f32>()
                    + noise[at]
                    + 0.5
            }));
        }
        (samples, axes)
    }

    #[test]
    fn the_directions_that_rows_were_made_of_are_found() {
        let (samples, axes) = samples(100, 400);
        let found = samples.directions();
        for (axis, wanted) in found.axes.iter().zip(&axes) {
            // Up to the sampling error of four hundred rows, and up to sign.
            assert!(dot(axis, wanted).abs() > 0.98, "{}", dot(axis, wanted));
        }
        let held: f32 = found.held.iter().sum();
        assert!(held > 0.99 && held <= 1.0, "{held}");
        assert!(found.held[0] > found.held[1] && found.held[1] > found.held[2]);
    }

    #[test]
    fn directions_are_eigenvectors_of_the_rows_covariance() {
        let (samples, _) = samples(24, 60);
        let copy = Samples {
            length: samples.length,
            values: samples.values.clone(),
        };
        let found = samples.directions();
        let mut centred = copy;
        centred.centre();
        let side = centred.length;
        let rows: Vec<&[f32]> = centred.values.chunks_exact(side).collect();
        let covariance = Matrix::new(side, |a, b| {
            rows.iter()
                .map(|row| f64::from(row[a]) * f64::from(row[b]))
                .sum()
        });
        let total = covariance.trace();
        let Some((mut values, _)) = eigen(covariance) else {
            panic!("no eigenvalues");
        };
        values.sort_by(|a, b| b.total_cmp(a));
        for (held, value) in found.held.iter().zip(&values) {
            assert!((f64::from(*held) - value / total).abs() < 1e-4);
        }
    }

    #[test]
    fn rows_that_are_all_alike_have_no_direction() {
        let mut samples = Samples::new(16);
        (0..10).for_each(|_| samples.push((0..16).map(|at| at as f32)));
        let found = samples.directions();
        assert_eq!(found.held, [0.0; 3]);
        assert_eq!(found.coordinates(&[1.0; 16]), [0.0; 3]);
    }
}
