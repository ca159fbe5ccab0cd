//! The Fréchet distance between two sets of pictures.

use super::{
    MeasureError,
    eigen::{Matrix, eigen},
};

/// The Fréchet distance between two sets of points, taken as Gaussians:
/// `‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 (Σ₁Σ₂)^½)` (Dowson and Landau 1982; the formula of FID, Heusel et
/// al. 2017, arXiv 1706.08500, equation 6). With the [features](super::features) of pictures it is
/// **not comparable with published FID**.
///
/// Small sets look farther apart than they are, so compare distances of sets of the same size, and
/// with the distance between two sets of real pictures.
///
/// # Errors
/// If a set has fewer than two points, the points differ in length, or a value is not finite.
pub fn frechet(a: &[Vec<f64>], b: &[Vec<f64>]) -> Result<f64, MeasureError> {
    let (a, b) = (Gaussian::of(a)?, Gaussian::of(b)?);
    if a.mean.len() != b.mean.len() {
        return Err(MeasureError::Length {
            what: "A point",
            needed: a.mean.len(),
            found: b.mean.len(),
        });
    }
    // tr (Σ₁Σ₂)^½ = tr (Σ₁^½ Σ₂ Σ₁^½)^½, and that product is symmetric.
    let root = root(&a.covariance)?;
    let product = root.product(&b.covariance).product(&root);
    let (values, _) = eigen(product).ok_or(MeasureError::Covariance)?;
    let cross: f64 = values.iter().map(|value| value.max(0.0).sqrt()).sum();
    let means = a.mean.iter().zip(&b.mean);
    let apart: f64 = means.map(|(a, b)| (a - b).powi(2)).sum();
    Ok((apart + a.covariance.trace() + b.covariance.trace() - 2.0 * cross).max(0.0))
}

struct Gaussian {
    mean: Vec<f64>,
    covariance: Matrix,
}

impl Gaussian {
    fn of(points: &[Vec<f64>]) -> Result<Self, MeasureError> {
        let (count, length) = (points.len(), points.first().map_or(0, Vec::len));
        if count < 2 {
            return Err(MeasureError::Few {
                what: "A Fréchet distance",
                needed: 2,
                found: count,
            });
        }
        let mut mean = vec![0f64; length];
        for point in points {
            if point.len() != length || length == 0 {
                return Err(MeasureError::Length {
                    what: "A point",
                    needed: length,
                    found: point.len(),
                });
            }
            if point.iter().any(|value| !value.is_finite()) {
                return Err(MeasureError::NotFinite { what: "A point" });
            }
            for (mean, value) in mean.iter_mut().zip(point) {
                *mean += value / count as f64;
            }
        }
        let mut covariance = Matrix::new(length, |_, _| 0.0);
        for point in points {
            let away: Vec<f64> = point.iter().zip(&mean).map(|(v, mean)| v - mean).collect();
            let rows = covariance.values.chunks_exact_mut(length);
            for (row, first) in rows.zip(&away) {
                let factor = first / (count - 1) as f64;
                for (sum, second) in row.iter_mut().zip(&away) {
                    *sum += factor * second;
                }
            }
        }
        Ok(Self { mean, covariance })
    }
}

/// The symmetric square root.
fn root(covariance: &Matrix) -> Result<Matrix, MeasureError> {
    let (values, vectors) = eigen(covariance.clone()).ok_or(MeasureError::Covariance)?;
    let side = covariance.side;
    let at = |row: usize, column: usize| vectors.values[row * side + column];
    let roots: Vec<f64> = values.iter().map(|value| value.max(0.0).sqrt()).collect();
    Ok(Matrix::new(side, |row, column| {
        let terms = roots.iter().enumerate();
        terms
            .map(|(k, root)| at(row, k) * root * at(column, k))
            .sum()
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::{features, testing::picture};
    use super::*;
    use crate::{
        data::{Butterflies, Pictures},
        initial::normal_values,
        latents::{Purpose, stream},
    };

    fn close(found: f64, expected: f64) {
        let bound = 1e-9 * (1.0 + expected);
        assert!((found - expected).abs() < bound, "{found}, not {expected}");
    }

    #[test]
    fn on_a_line_it_is_the_difference_of_means_and_deviations() {
        // Means 1 and 4; variances 2 and 8 with the divisor n − 1: 9 + (√2 − √8)² = 11.
        let points = |values: [f64; 2]| values.map(|v| vec![v]);
        let found = frechet(&points([0.0, 2.0]), &points([2.0, 6.0])).unwrap();
        close(found, 9.0 + 2.0);
    }

    #[test]
    fn turned_ellipses_are_as_far_apart_as_worked_out_by_hand() {
        // Covariances diag(4, 1) and diag(1, 4), up to one common factor of 4/3:
        // tr = 5 + 5 − 2 (2 + 2) = 2. Turning both by the same angle changes nothing.
        let cross = |a: f64, b: f64| vec![[a, 0.0], [-a, 0.0], [0.0, b], [0.0, -b]];
        let turned = |points: Vec<[f64; 2]>| -> Vec<Vec<f64>> {
            let (sin, cos) = 0.7f64.sin_cos();
            points
                .into_iter()
                .map(|[x, y]| vec![cos * x - sin * y, sin * x + cos * y])
                .collect()
        };
        // Of four points, Σ = diag(2a², 2b²) / 3.
        let (long, short) = (6f64.sqrt(), 1.5f64.sqrt());
        let found = frechet(&turned(cross(long, short)), &turned(cross(short, long)));
        close(found.unwrap(), 2.0);
    }

    #[test]
    fn fewer_points_than_dimensions_still_have_a_distance() {
        let mut random = stream(1, Purpose::Statistics, 0);
        let mut set = |shift: f64| -> Vec<Vec<f64>> {
            (0..5)
                .map(|_| {
                    normal_values(20, 1.0, &mut random)
                        .into_iter()
                        .map(|v| f64::from(v) + shift)
                        .collect()
                })
                .collect()
        };
        let (a, b) = (set(0.0), set(3.0));
        close(frechet(&a, &a).unwrap(), 0.0);
        let apart = frechet(&a, &b).unwrap();
        assert!(apart > 100.0, "{apart}");
        close(frechet(&b, &a).unwrap(), apart);
    }

    /// Every way to spoil pictures that a network has is farther from real pictures than other real
    /// pictures are.
    #[test]
    fn spoiled_pictures_are_farther_away() {
        const SIZE: usize = 32;
        const COUNT: u64 = 300;
        let draw = |index: u64| {
            let mut picture = vec![0f32; 3 * SIZE * SIZE];
            Butterflies { seed: 9 }.draw(index, SIZE, &mut picture);
            picture
        };
        let set = |first: u64, spoil: &dyn Fn(&[f32], usize) -> Vec<f32>| -> Vec<Vec<f64>> {
            (first..first + COUNT)
                .map(|index| features(&spoil(&draw(index), index as usize), SIZE).unwrap())
                .collect()
        };
        let like = |picture: &[f32], of: &dyn Fn(usize, usize, usize) -> f32| {
            let at = |c: usize, x: usize, y: usize| {
                picture[(c * SIZE + y.min(SIZE - 1)) * SIZE + x.min(SIZE - 1)] + of(c, x, y)
            };
            super::super::testing::picture(SIZE, |x, y| [0, 1, 2].map(|c| at(c, x, y)))
        };
        let real = set(0, &|picture, _| picture.to_vec());
        let floor = frechet(&real, &set(COUNT, &|picture, _| picture.to_vec())).unwrap();
        let noise = normal_values(3 * SIZE * SIZE, 0.1, &mut stream(3, Purpose::Statistics, 1));
        type Spoil<'a> = &'a dyn Fn(&[f32], usize) -> Vec<f32>;
        let spoiled: [(&str, Spoil<'_>); 5] = [
            ("noise", &|picture, _| {
                picture.iter().zip(&noise).map(|(p, n)| p + n).collect()
            }),
            ("a grid", &|picture, _| {
                like(picture, &|_, x, y| ((x + y) % 2) as f32 * 0.15)
            }),
            ("blur", &|picture, _| {
                let at = |c: usize, x: usize, y: usize| picture[(c * SIZE + y) * SIZE + x];
                super::super::testing::picture(SIZE, |x, y| {
                    let (x1, y1) = ((x + 1).min(SIZE - 1), (y + 1).min(SIZE - 1));
                    [0, 1, 2]
                        .map(|c| (at(c, x, y) + at(c, x1, y) + at(c, x, y1) + at(c, x1, y1)) / 4.0)
                })
            }),
            ("wings that do not match", &|picture, index| {
                let other = draw(index as u64 + 5000);
                super::super::testing::picture(SIZE, |x, y| {
                    let half = if x < SIZE / 2 {
                        picture
                    } else {
                        other.as_slice()
                    };
                    [0, 1, 2].map(|c| half[(c * SIZE + y) * SIZE + x])
                })
            }),
            ("few different ones", &|_, index| draw(index as u64 % 12)),
        ];
        for (what, spoil) in spoiled {
            let distance = frechet(&real, &set(COUNT, spoil)).unwrap();
            assert!(
                distance > 1.5 * floor,
                "{what}: {distance}, {floor} of real ones"
            );
        }
        let flat = picture(SIZE, |_, _| [0.0; 3]);
        assert!(frechet(&real, &vec![features(&flat, SIZE).unwrap(); 3]).unwrap() > floor);
    }

    #[test]
    fn what_is_no_set_is_refused() {
        let one = vec![vec![1.0, 2.0]];
        let two = vec![vec![1.0, 2.0], vec![0.0, 1.0]];
        assert!(frechet(&one, &two).is_err());
        assert!(frechet(&two, &[]).is_err());
        assert!(frechet(&two, &[vec![1.0], vec![2.0]]).is_err());
        assert!(frechet(&two, &[vec![1.0, 2.0], vec![1.0]]).is_err());
        assert!(frechet(&two, &[vec![1.0, f64::NAN], vec![1.0, 2.0]]).is_err());
        assert!(frechet(&[vec![], vec![]], &[vec![], vec![]]).is_err());
    }
}
