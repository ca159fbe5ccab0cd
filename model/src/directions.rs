//! Directions in the space of latents that are found from the weights alone.
//!
//! The first layer maps a latent vector z to `z·W`. The right singular vectors of `Wᵀ` (the
//! eigenvectors of `W·Wᵀ`) are the directions along which a step of length one moves its output most,
//! each at right angles to all before. No picture is needed to find them (Shen and Zhou, "Closed-form
//! factorization of latent semantics in GANs", arXiv 2007.06600). Of the weight with its
//! normalisations folded in, since that is what a step meets.

use crate::{
    host::HostTensor,
    measures::eigen::{Matrix, eigen},
};

/// One direction a number of the latent vector, the strongest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Directions {
    /// `[z_dim, z_dim]`: a direction a row, each of length one and at right angles to all others.
    /// Their signs are free; here the entry that is furthest from zero is positive.
    vectors: Vec<f32>,
    /// `[z_dim]`: how far a step of length one moves the first layer's output; descending.
    strengths: Vec<f32>,
}

impl Directions {
    /// Of the first layer's weight `[z_dim, C, 4, 4]`; nothing where it holds what is no number.
    pub fn of(weight: &HostTensor) -> Option<Self> {
        let z_dim = *weight.shape.first()?;
        let width = weight.values.len().checked_div(z_dim)?;
        let row = |i: usize| &weight.values[i * width..(i + 1) * width];
        let dot = |a: &[f32], b: &[f32]| -> f64 {
            let pairs = a.iter().zip(b);
            pairs.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
        };
        let mut gram = Matrix::new(z_dim, |_, _| 0.0);
        for i in 0..z_dim {
            for j in 0..=i {
                let product = dot(row(i), row(j));
                gram.values[i * z_dim + j] = product;
                gram.values[j * z_dim + i] = product;
            }
        }
        let (squares, columns) = eigen(gram)?;
        let mut order: Vec<usize> = (0..z_dim).collect();
        order.sort_by(|&a, &b| squares[b].total_cmp(&squares[a]));
        let vector = |&of: &usize| {
            let entries: Vec<f64> = (0..z_dim).map(|i| columns.values[i * z_dim + of]).collect();
            let furthest = entries.iter().copied().fold(0.0, |most: f64, entry| {
                if entry.abs() > most.abs() {
                    entry
                } else {
                    most
                }
            });
            let sign = if furthest < 0.0 { -1.0 } else { 1.0 };
            entries.into_iter().map(move |entry| (sign * entry) as f32)
        };
        Some(Self {
            vectors: order.iter().flat_map(vector).collect(),
            strengths: order
                .iter()
                .map(|&of| squares[of].max(0.0).sqrt() as f32)
                .collect(),
        })
    }

    /// Number `index` of them, from 0 for the strongest, `[z_dim]`; nothing beyond the last.
    pub fn get(&self, index: usize) -> Option<&[f32]> {
        let z_dim = self.strengths.len();
        self.vectors.chunks_exact(z_dim.max(1)).nth(index)
    }

    /// How far a step of length one along each moves the first layer's output; descending.
    pub fn strengths(&self) -> &[f32] {
        &self.strengths
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        initial::normal_values,
        latents::{Purpose, stream},
    };

    const Z: usize = 12;
    const WIDTH: usize = 5 * 16;

    fn weight() -> HostTensor {
        let mut random = stream(4, Purpose::Statistics, 0);
        let mut values = normal_values(Z * WIDTH, 1.0, &mut random);
        // Unequal, so that the order is no accident.
        for (i, value) in values.iter_mut().enumerate() {
            *value *= 1.0 + (i / WIDTH) as f32 / 3.0;
        }
        HostTensor {
            shape: vec![Z, 5, 4, 4],
            values,
        }
    }

    fn dot(a: &[f32], b: &[f32]) -> f64 {
        let pairs = a.iter().zip(b);
        pairs.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
    }

    /// What the first layer makes of a step along `z`.
    fn response(weight: &HostTensor, z: &[f32]) -> Vec<f32> {
        let column = |o: usize| {
            let along = (0..Z).map(|i| f64::from(z[i]) * f64::from(weight.values[i * WIDTH + o]));
            along.sum::<f64>() as f32
        };
        (0..WIDTH).map(column).collect()
    }

    #[test]
    fn directions_are_at_right_angles_and_ordered_by_what_they_move() {
        let weight = weight();
        let directions = Directions::of(&weight).unwrap();
        assert!(directions.strengths().windows(2).all(|w| w[0] > w[1]));
        let all: Vec<&[f32]> = (0..Z).map(|i| directions.get(i).unwrap()).collect();
        assert_eq!(directions.get(Z), None);
        let moved: Vec<Vec<f32>> = all.iter().map(|z| response(&weight, z)).collect();
        for i in 0..Z {
            for j in 0..Z {
                let unit = f64::from(i == j);
                assert!((dot(all[i], all[j]) - unit).abs() < 1e-6, "{i} {j}");
                let strength = f64::from(directions.strengths()[i]);
                let wanted = unit * strength * strength;
                assert!((dot(&moved[i], &moved[j]) - wanted).abs() < 1e-3, "{i} {j}");
            }
            let furthest = all[i]
                .iter()
                .copied()
                .max_by(|a, b| a.abs().total_cmp(&b.abs()));
            assert!(furthest.unwrap() > 0.0);
        }
    }

    #[test]
    fn they_make_the_weight_again() {
        // W = Σ vᵢ·(vᵢ·W): nothing of it lies outside of them.
        let weight = weight();
        let directions = Directions::of(&weight).unwrap();
        let mut again = vec![0f64; Z * WIDTH];
        for index in 0..Z {
            let z = directions.get(index).unwrap();
            let moved = response(&weight, z);
            for (i, &along) in z.iter().enumerate() {
                for (o, &moved) in moved.iter().enumerate() {
                    again[i * WIDTH + o] += f64::from(along) * f64::from(moved);
                }
            }
        }
        for (again, &value) in again.iter().zip(&weight.values) {
            assert!((again - f64::from(value)).abs() < 1e-5);
        }
    }

    #[test]
    fn a_weight_that_holds_no_numbers_has_none() {
        let mut weight = weight();
        weight.values[3] = f32::NAN;
        assert_eq!(Directions::of(&weight), None);
    }
}
