//! A small space in which pictures are compared, made by hand: no network, nothing to download.
//!
//! A picture is cut into 4×4 cells. Each cell gives, in units of colour from −1 to 1:
//! - the mean of red, green and blue (3),
//! - the standard deviation of red, green and blue (3),
//! - the root mean square difference of neighbours: to the right, below, right below, left below
//!   (4), and of a pixel from the mean of its four neighbours (1), over all three channels; these
//!   five times [`DETAIL`], since they are small beside the others and tell noise, blur and grids.
//!
//! So a picture is 176 numbers: where which colours are, how busy each part is and in which
//! direction. Correlations between cells (the left wing like the right one) are in the covariance.
//! What the space cannot see: where edges run within a cell, and whether they make an eye.
//! Differences of neighbours depend on the picture size, so only pictures of one size compare.
//!
//! Distances in it are **not comparable with published FID**, which is taken in the features of
//! Inception-v3.

use super::{MeasureError, check_picture};

/// Cells along a side.
const CELLS: usize = 4;
/// Numbers a cell.
const OF_CELL: usize = 11;
/// Numbers a picture.
pub const FEATURES: usize = CELLS * CELLS * OF_CELL;
/// What differences of neighbours are multiplied by.
const DETAIL: f64 = 4.0;

/// The picture `[3, size, size]` in [−1, 1] as [`FEATURES`] numbers.
///
/// # Errors
/// If the picture has another length or is not finite, or its size is no multiple of four.
pub fn features(picture: &[f32], size: usize) -> Result<Vec<f64>, MeasureError> {
    check_picture(picture, size)?;
    if !size.is_multiple_of(CELLS) {
        return Err(MeasureError::Length {
            what: "A side of a picture in cells",
            needed: size.next_multiple_of(CELLS),
            found: size,
        });
    }
    let cell = size / CELLS;
    let mut features = Vec::with_capacity(FEATURES);
    for at in 0..CELLS * CELLS {
        let (left, top) = (at % CELLS * cell, at / CELLS * cell);
        let mut differences = [MeanSquare::default(); 5];
        let mut deviations = [0f64; 3];
        for (plane, deviation) in picture.chunks_exact(size * size).zip(&mut deviations) {
            let (mut sum, mut squares) = (0.0, 0.0);
            for y in top..top + cell {
                for x in left..left + cell {
                    let value = f64::from(plane[y * size + x]);
                    sum += value;
                    squares += value * value;
                    detail(plane, size, (x, y), &mut differences);
                }
            }
            let count = (cell * cell) as f64;
            features.push(sum / count);
            *deviation = (squares / count - (sum / count).powi(2)).max(0.0).sqrt();
        }
        features.extend(deviations);
        features.extend(differences.map(|d| DETAIL * d.root()));
    }
    Ok(features)
}

/// The mean of squares, as far as there are any.
#[derive(Clone, Copy, Default)]
struct MeanSquare {
    sum: f64,
    count: usize,
}

impl MeanSquare {
    fn add(&mut self, value: f32) {
        self.sum += f64::from(value).powi(2);
        self.count += 1;
    }

    fn root(self) -> f64 {
        (self.sum / self.count.max(1) as f64).sqrt()
    }
}

/// Adds a pixel's differences from its neighbours, where these are in the picture.
fn detail(plane: &[f32], size: usize, (x, y): (usize, usize), differences: &mut [MeanSquare; 5]) {
    let at = |x: usize, y: usize| plane[y * size + x];
    let own = at(x, y);
    let (first_x, last_x, last_y) = (x == 0, x + 1 == size, y + 1 == size);
    let [right, below, right_below, left_below, around] = differences;
    if !last_x {
        right.add(at(x + 1, y) - own);
    }
    if !last_y {
        below.add(at(x, y + 1) - own);
    }
    if !last_x && !last_y {
        right_below.add(at(x + 1, y + 1) - own);
    }
    if !first_x && !last_y {
        left_below.add(at(x - 1, y + 1) - own);
    }
    if !first_x && !last_x && y > 0 && !last_y {
        let mean = (at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1)) / 4.0;
        around.add(own - mean);
    }
}

/// Mean distance between two pictures of a set, in feature space: how varied the set is.
///
/// # Errors
/// If there are fewer than two pictures.
pub fn diversity(set: &[Vec<f64>]) -> Result<f64, MeasureError> {
    if set.len() < 2 {
        return Err(MeasureError::Few {
            what: "Diversity",
            needed: 2,
            found: set.len(),
        });
    }
    let mut sum = 0.0;
    for (index, a) in set.iter().enumerate() {
        for b in &set[..index] {
            let squares: f64 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
            sum += squares.sqrt();
        }
    }
    Ok(sum / (set.len() * (set.len() - 1) / 2) as f64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::picture;
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6, "{found}, not {expected}");
    }

    #[test]
    fn a_flat_picture_is_its_colour_and_nothing_else() {
        let flat = features(&picture(8, |_, _| [0.5, -0.25, 1.0]), 8).unwrap();
        assert_eq!(flat.len(), FEATURES);
        for cell in flat.chunks_exact(OF_CELL) {
            for (found, expected) in cell
                .iter()
                .zip([0.5, -0.25, 1.0].into_iter().chain([0.0; 8]))
            {
                close(*found, expected);
            }
        }
    }

    #[test]
    fn stripes_show_in_the_direction_across_them() {
        // Columns −½ and ½ by turns, in all channels.
        let upright = features(&picture(16, |x, _| [(x % 2) as f32 - 0.5; 3]), 16).unwrap();
        // The second cell of the second row: no border near.
        let cell = &upright[5 * OF_CELL..6 * OF_CELL];
        let expected = [0.0, 0.0, 0.0, 0.5, 0.5, 0.5, 4.0, 0.0, 4.0, 4.0, 2.0];
        for (found, expected) in cell.iter().zip(expected) {
            close(*found, expected);
        }
        let lying = features(&picture(16, |_, y| [(y % 2) as f32 - 0.5; 3]), 16).unwrap();
        close(lying[5 * OF_CELL + 6], 0.0);
        close(lying[5 * OF_CELL + 7], 4.0);
        // A slope along the diagonal: no difference to the left below.
        let slope = features(&picture(16, |x, y| [(x + y) as f32 / 16.0 - 1.0; 3]), 16).unwrap();
        close(slope[5 * OF_CELL + 8], 4.0 * 2.0 / 16.0);
        close(slope[5 * OF_CELL + 9], 0.0);
        close(slope[5 * OF_CELL + 10], 0.0);
    }

    #[test]
    fn cells_run_row_by_row() {
        let lit = picture(8, |x, y| if x >= 6 && y < 2 { [1.0; 3] } else { [0.0; 3] });
        let means: Vec<f64> = features(&lit, 8)
            .unwrap()
            .chunks_exact(OF_CELL)
            .map(|cell| cell[0])
            .collect();
        assert_eq!(means[3], 1.0);
        assert_eq!(means.iter().sum::<f64>(), 1.0);
    }

    #[test]
    fn diversity_is_the_mean_distance_of_pairs() {
        let set = [vec![0.0, 0.0], vec![3.0, 4.0], vec![0.0, 8.0]];
        close(diversity(&set).unwrap(), (5.0 + 8.0 + 5.0) / 3.0);
        assert!(diversity(&set[..1]).is_err());
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        assert!(features(&[0.0; 48], 5).is_err());
        assert!(features(&[0.0; 75], 5).is_err());
        assert!(features(&[], 0).is_err());
        assert!(features(&[f32::NAN; 48], 4).is_err());
    }
}
