//! Which pixels a figure asks.

use std::str::FromStr;

use saganscope_model::measures::{MeasureError, figure_cells};

use crate::files::Error;

/// Pixels asked in each picture of a figure.
const ASKED: usize = 4;

/// How much a picture's width counts against a difference of colours of 1, when pixels are spread.
const PLACE: f32 = 2.0;

/// Cells beyond which the background is far enough from the figure and from the border.
const FAR: usize = 4;

/// How near to the mirror a pixel may be, in parts of the width: nearer, its mirrored one is too.
const FROM_MIRROR: f32 = 0.08;

/// Pixels named by the reader, x and y from the top left.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pixels(Vec<[usize; 2]>);

impl FromStr for Pixels {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let pixel = |text: &str| {
            let (x, y) = text.split_once(',')?;
            Some([x.trim().parse().ok()?, y.trim().parse().ok()?])
        };
        text.split(';')
            .map(|part| pixel(part).ok_or(format!("'{part}' is not x,y")))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl Pixels {
    /// Refuses pixels outside of a picture.
    pub(super) fn check(&self, size: usize) -> Result<(), Error> {
        let outside = self.0.iter().find(|at| at.iter().any(|&v| v >= size));
        match outside {
            None => Ok(()),
            Some([x, y]) => Err(Error::Usage(format!(
                "The pixel {x},{y} of --pixels is outside of the pictures: both numbers must be \
                 below {size}."
            ))),
        }
    }

    pub(super) fn get(&self) -> Vec<[usize; 2]> {
        self.0.clone()
    }
}

/// Pixels of a picture `[3, size, size]` that are worth asking, always the same for the same
/// picture: three of the figure and one of the background.
///
/// The first is where the figure's colour is farthest from its mean (an eye, a spot); each further
/// one is as far as can be, in place and colour, from those before it. With a mirror at `axis`, a
/// pixel and its mirrored one are at the same place in this, so that no two ask the same thing, and
/// pixels near the mirror are not asked. The last is in the background, away from the figure and
/// from the border.
pub(super) fn chosen(
    picture: &[f32],
    size: usize,
    axis: Option<f32>,
) -> Result<Vec<[usize; 2]>, MeasureError> {
    let side = size / 2;
    let figure = figure_cells(picture, size, side)?;
    let inner = |cell: &usize| {
        let (x, y) = (cell % side, cell / side);
        x > 0 && y > 0 && x + 1 < side && y + 1 < side
    };
    let point = |cell: usize| -> [f32; 5] {
        let (x, y) = (cell % side, cell / side);
        let along = (x as f32 + 0.5) / side as f32;
        let along = axis.map_or(along, |axis| (along - axis).abs());
        let colour = |channel: usize| {
            let at = |dx, dy| picture[(channel * size + 2 * y + dy) * size + 2 * x + dx];
            (at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4.0
        };
        let down = (y as f32 + 0.5) / side as f32;
        [PLACE * along, PLACE * down, colour(0), colour(1), colour(2)]
    };
    let aside = |cell: &usize| {
        axis.is_none_or(|axis| {
            let along = ((cell % side) as f32 + 0.5) / side as f32;
            (along - axis).abs() > FROM_MIRROR
        })
    };
    let cells_where = |shown: bool| -> Vec<usize> {
        let cells = (0..figure.len()).filter(inner);
        cells.filter(|&cell| figure[cell] == shown).collect()
    };
    let (shown, ground) = (cells_where(true), cells_where(false));
    let cells: Vec<usize> = shown.iter().copied().filter(aside).collect();
    let mut asked: Vec<usize> = Vec::with_capacity(ASKED);
    let mean = cells.iter().fold([0f32; 3], |mean, &cell| {
        let [.., r, g, b] = point(cell);
        let part = 1.0 / cells.len() as f32;
        [mean[0] + part * r, mean[1] + part * g, mean[2] + part * b]
    });
    let from_mean = |cell: usize| {
        let [.., r, g, b] = point(cell);
        distance(&[r, g, b], &mean)
    };
    asked.extend(farthest(&cells, from_mean));
    while !asked.is_empty() && asked.len() < ASKED - 1 {
        let from_asked = |cell: usize| {
            let apart = asked
                .iter()
                .map(|&other| distance(&point(cell), &point(other)));
            apart.fold(f32::INFINITY, f32::min)
        };
        asked.extend(farthest(&cells, from_asked));
    }
    asked.extend(farthest(&ground, |cell| {
        let apart = |&other: &usize| {
            let (dx, dy) = (
                (cell % side).abs_diff(other % side),
                (cell / side).abs_diff(other / side),
            );
            dx.max(dy)
        };
        let (x, y) = (cell % side, cell / side);
        let border = x.min(y).min(side - 1 - x).min(side - 1 - y);
        let figure = shown.iter().map(apart).min().unwrap_or(FAR);
        figure.min(border).min(FAR) as f32
    }));
    Ok(asked
        .into_iter()
        .map(|cell| [2 * (cell % side) + 1, 2 * (cell / side) + 1])
        .collect())
}

/// The first of the cells that is farthest.
fn farthest(cells: &[usize], far: impl Fn(usize) -> f32) -> Option<usize> {
    let mut best = None;
    for &cell in cells {
        let far = far(cell);
        if best.is_none_or(|(_, most)| far > most) {
            best = Some((cell, far));
        }
    }
    best.map(|(cell, _)| cell)
}

fn distance<const D: usize>(a: &[f32; D], b: &[f32; D]) -> f32 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).powi(2))
        .sum::<f32>()
        .sqrt()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn pixels_are_read_and_refused() {
        let pixels: Pixels = "3,4;60, 2".parse().unwrap();
        assert_eq!(pixels.get(), [[3, 4], [60, 2]]);
        assert!(pixels.check(64).is_ok());
        assert!(pixels.check(60).is_err());
        for text in ["", "3", "3,4;", "3,-4", "a,b"] {
            assert!(text.parse::<Pixels>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn three_of_the_figure_and_one_of_the_background_are_asked() {
        // A disc with one dark spot.
        let size = 64;
        let mut picture = vec![0.9f32; 3 * size * size];
        let inside = |x: usize, y: usize| (x as f32 - 31.5).hypot(y as f32 - 31.5) < 20.0;
        let spot = |x: usize, y: usize| x.abs_diff(25) < 3 && y.abs_diff(25) < 3;
        for y in 0..size {
            for x in 0..size {
                if inside(x, y) {
                    picture[y * size + x] = if spot(x, y) { -1.0 } else { 0.2 };
                }
            }
        }
        let asked = chosen(&picture, size, Some(0.5)).unwrap();
        assert_eq!(asked.len(), 4);
        assert!(spot(asked[0][0], asked[0][1]), "{asked:?}");
        // A cell of two pixels belongs to the figure if a part of it does.
        let touches = |&[x, y]: &[usize; 2]| inside(x, y) || inside(x - 1, y - 1);
        assert!(asked[..3].iter().all(touches), "{asked:?}");
        assert!(!inside(asked[3][0], asked[3][1]), "{asked:?}");
        let flat = chosen(&vec![0.0; 3 * 64 * 64], 64, None).unwrap();
        assert_eq!(flat, [[9, 9]]);
    }
}
