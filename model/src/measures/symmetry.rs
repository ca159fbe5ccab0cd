//! How far a picture is from its mirror image.

use super::{MeasureError, check_picture};

/// Mean absolute difference between a picture `[3, size, size]` in [−1, 1] and its mirror image,
/// over all pixels that have a mirrored one: 0 for a symmetric picture, 2 at most. The mirror is
/// vertical, at `axis` of the width from the left; between pixels colours are interpolated.
///
/// # Errors
/// If the picture has another length or is not finite, or if no pixel has a mirrored one.
pub fn symmetry_error(picture: &[f32], size: usize, axis: f32) -> Result<f64, MeasureError> {
    check_picture(picture, size)?;
    let (mut sum, mut count) = (0.0, 0usize);
    for row in picture.chunks_exact(size) {
        for (x, &value) in row.iter().enumerate() {
            let mirrored = 2.0 * f64::from(axis) * size as f64 - 1.0 - x as f64;
            if let Some(mirrored) = between(row, mirrored) {
                sum += (f64::from(value) - mirrored).abs();
                count += 1;
            }
        }
    }
    if count == 0 {
        return Err(MeasureError::Axis { axis });
    }
    Ok(sum / count as f64)
}

/// The row's value at a place between two pixels, if both are there.
fn between(row: &[f32], at: f64) -> Option<f64> {
    if !(at >= 0.0 && at <= (row.len() - 1) as f64) {
        return None;
    }
    let left = at.floor();
    let value = |index: usize| f64::from(row[index.min(row.len() - 1)]);
    let (before, after) = (value(left as usize), value(left as usize + 1));
    Some(before + (after - before) * (at - left))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::picture;
    use super::*;

    #[test]
    fn the_error_is_the_mean_difference_to_the_mirror_image() {
        let symmetric = picture(8, |x, y| [x.min(7 - x) as f32 / 8.0, y as f32 / 8.0, -1.0]);
        assert_eq!(symmetry_error(&symmetric, 8, 0.5).unwrap(), 0.0);
        // Red is −1 on the left and 1 on the right: 2 in one channel of three.
        let halves = picture(8, |x, _| [if x < 4 { -1.0 } else { 1.0 }, 0.5, 0.0]);
        assert!((symmetry_error(&halves, 8, 0.5).unwrap() - 2.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn another_axis_mirrors_another_part() {
        // Symmetric about the middle of column 2, that is 2.5 of 8 columns; wild beyond column 4.
        let strip = picture(8, |x, _| {
            [if x < 5 {
                x.abs_diff(2) as f32 / 4.0
            } else {
                0.3 * x as f32 - 2.0
            }; 3]
        });
        assert_eq!(symmetry_error(&strip, 8, 2.5 / 8.0).unwrap(), 0.0);
        assert!(symmetry_error(&strip, 8, 0.5).unwrap() > 0.1);
        // A slope mirrored between two pixels: x against 5.6 − x, over columns 0 to 5.
        let slope = picture(8, |x, _| [x as f32 * 0.1; 3]);
        let expected = (0..6)
            .map(|x| 0.1 * (5.6 - 2.0 * x as f64).abs())
            .sum::<f64>()
            / 6.0;
        let found = symmetry_error(&slope, 8, 3.3 / 8.0).unwrap();
        assert!((found - expected).abs() < 1e-6, "{found} {expected}");
    }

    #[test]
    fn what_cannot_be_mirrored_is_refused() {
        assert!(symmetry_error(&[0.0; 11], 2, 0.5).is_err());
        assert!(symmetry_error(&[], 0, 0.5).is_err());
        assert!(symmetry_error(&[f32::NAN; 12], 2, 0.5).is_err());
        for axis in [-1.0, 2.0, f32::NAN] {
            let refused = symmetry_error(&[0.0; 12], 2, axis);
            assert!(
                matches!(refused, Err(MeasureError::Axis { .. })),
                "{refused:?}"
            );
        }
    }
}
