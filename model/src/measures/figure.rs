//! Which cells of a drawn picture show its figure.

use super::{MeasureError, check_picture};

/// A cell whose colour is this far from the background's in one channel belongs to the figure;
/// colours run from −1 to 1.
const APART: f32 = 0.25;

/// For each cell of a map of side `side`, `[N]`, whether the picture `[3, size, size]` shows the
/// figure there rather than the background.
///
/// The background's colour is the median, channel by channel, of the picture's outer ring of
/// pixels, so a figure that reaches less than half of the border does not change it. A cell's
/// colour is the mean of its pixels. It belongs to the figure where it is more than 0.25 (an eighth
/// of the range) from the background in red, green or blue.
///
/// # Errors
/// If the picture has another length or is not finite, or the map does not divide it.
pub fn figure_cells(picture: &[f32], size: usize, side: usize) -> Result<Vec<bool>, MeasureError> {
    check_picture(picture, size)?;
    if side == 0 || !size.is_multiple_of(side) {
        return Err(MeasureError::Length {
            what: "A side of the picture in cells",
            needed: size,
            found: side,
        });
    }
    let cell = size / side;
    let mut figure = vec![false; side * side];
    for plane in picture.chunks_exact(size * size) {
        let background = median_of_ring(plane, size);
        for (at, figure) in figure.iter_mut().enumerate() {
            let (left, top) = (at % side * cell, at / side * cell);
            let rows = (top..top + cell).map(|y| &plane[y * size + left..][..cell]);
            let mean = rows.flatten().sum::<f32>() / (cell * cell) as f32;
            *figure |= (mean - background).abs() > APART;
        }
    }
    Ok(figure)
}

fn median_of_ring(plane: &[f32], size: usize) -> f32 {
    let last = size - 1;
    let on_ring = |at: usize| {
        let (x, y) = (at % size, at / size);
        x == 0 || y == 0 || x == last || y == last
    };
    let mut ring: Vec<f32> = (0..plane.len())
        .filter(|&at| on_ring(at))
        .map(|at| plane[at])
        .collect();
    ring.sort_by(f32::total_cmp);
    ring[ring.len() / 2]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::picture;
    use super::*;

    #[test]
    fn a_disc_on_a_coloured_ground_is_found() {
        // A figure that reaches the lower border, as shoulders do.
        let inside = |x: usize, y: usize| (2..6).contains(&x) && y >= 2;
        let shown = picture(8, |x, y| {
            if inside(x, y) {
                [-1.0, 0.8, -0.4]
            } else {
                [0.9, 0.8, 0.1]
            }
        });
        let fine = figure_cells(&shown, 8, 8).unwrap();
        for (at, &found) in fine.iter().enumerate() {
            assert_eq!(found, inside(at % 8, at / 8), "pixel {at}");
        }
        let coarse = figure_cells(&shown, 8, 4).unwrap();
        assert_eq!(coarse.iter().filter(|&&figure| figure).count(), 6);
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        assert!(figure_cells(&[0.0; 48], 4, 3).is_err());
        assert!(figure_cells(&[0.0; 48], 4, 0).is_err());
        assert!(figure_cells(&[0.0; 47], 4, 2).is_err());
        assert!(figure_cells(&[f32::NAN; 48], 4, 2).is_err());
    }
}
