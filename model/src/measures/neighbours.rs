//! The real pictures most like the drawn ones: has the network learned them by heart?

use serde::Serialize;

use super::{MeasureError, check_picture};

/// Width and height at which pictures are compared: small, so that noise matters little.
pub const THUMBNAIL: usize = 16;

/// The picture `[3, size, size]` at [`THUMBNAIL`] pixels a side, `[3, 16, 16]`; a pixel is the mean
/// of those that it covers.
///
/// # Errors
/// If the picture has another length or is not finite, or 16 does not divide its size.
pub fn thumbnail(picture: &[f32], size: usize) -> Result<Vec<f32>, MeasureError> {
    check_picture(picture, size)?;
    if !size.is_multiple_of(THUMBNAIL) {
        return Err(MeasureError::Length {
            what: "A side of a picture to be made smaller",
            needed: size.next_multiple_of(THUMBNAIL),
            found: size,
        });
    }
    let cell = size / THUMBNAIL;
    let mut small = Vec::with_capacity(3 * THUMBNAIL * THUMBNAIL);
    for band in picture.chunks_exact(cell * size) {
        for column in 0..THUMBNAIL {
            let rows = band.chunks_exact(size);
            let sum: f32 = rows
                .flat_map(|row| &row[column * cell..(column + 1) * cell])
                .sum();
            small.push(sum / (cell * cell) as f32);
        }
    }
    Ok(small)
}

/// How near each picture's nearest real picture is: the root mean square difference of their
/// thumbnails in [−1, 1] units.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Neighbours {
    /// For each picture, the index of the nearest one and its distance.
    pub nearest: Vec<(usize, f64)>,
}

impl Neighbours {
    /// The nearest of `real` to each of `drawn`, thumbnails all. To be compared with that of real
    /// pictures that are not among `real`: what new pictures of the world get.
    ///
    /// # Errors
    /// If one of the two is empty.
    pub fn of(drawn: &[Vec<f32>], real: &[Vec<f32>]) -> Result<Self, MeasureError> {
        if drawn.is_empty() || real.is_empty() {
            return Err(MeasureError::Few {
                what: "A search for neighbours",
                needed: 1,
                found: 0,
            });
        }
        let nearest = drawn.iter().map(|one| {
            let distances = real.iter().map(|other| difference(one, other)).enumerate();
            distances.fold((0, f64::INFINITY), |best, found| {
                if found.1 < best.1 { found } else { best }
            })
        });
        Ok(Self {
            nearest: nearest.collect(),
        })
    }

    /// The mean distance.
    pub fn mean(&self) -> f64 {
        self.nearest.iter().map(|(_, d)| d).sum::<f64>() / self.nearest.len() as f64
    }

    /// The closest pair: which picture, the real picture that it resembles, and their distance.
    pub fn closest(&self) -> (usize, usize, f64) {
        let pairs = self.nearest.iter().enumerate();
        pairs.fold((0, 0, f64::INFINITY), |best, (drawn, &(real, distance))| {
            if distance < best.2 {
                (drawn, real, distance)
            } else {
                best
            }
        })
    }
}

fn difference(a: &[f32], b: &[f32]) -> f64 {
    let squares: f64 = a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum();
    (squares / a.len() as f64).sqrt()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::picture;
    use super::*;

    fn grey(value: f32) -> Vec<f32> {
        thumbnail(&picture(32, |_, _| [value; 3]), 32).unwrap()
    }

    #[test]
    fn a_thumbnail_is_the_mean_of_what_it_covers() {
        let shown = picture(32, |x, y| [(x / 2) as f32, (y / 2) as f32, (x % 2) as f32]);
        let small = thumbnail(&shown, 32).unwrap();
        for (at, &value) in small.iter().enumerate() {
            let expected = match at / 256 {
                0 => (at % 16) as f32,
                1 => (at % 256 / 16) as f32,
                _ => 0.5,
            };
            assert_eq!(value, expected, "value {at}");
        }
        assert!(thumbnail(&[0.0; 3 * 24 * 24], 24).is_err());
        assert!(thumbnail(&[0.0; 5], 16).is_err());
    }

    #[test]
    fn the_nearest_is_found() {
        let real = [grey(-0.5), grey(0.0), grey(0.75)];
        let found = Neighbours::of(&[grey(0.0), grey(0.5)], &real).unwrap();
        assert_eq!(found.nearest, [(1, 0.0), (2, 0.25)]);
        assert_eq!(found.closest(), (0, 1, 0.0));
        assert_eq!(found.mean(), 0.125);
    }

    #[test]
    fn empty_sets_are_refused() {
        assert!(Neighbours::of(&[], &[grey(0.0)]).is_err());
        assert!(Neighbours::of(&[grey(0.0)], &[]).is_err());
    }
}
