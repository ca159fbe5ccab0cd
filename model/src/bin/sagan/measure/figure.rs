//! The maps as a picture, in the manner of the paper's Figure 5.
//!
//! Six pictures, two rows of three; of each, a line a pixel: the picture with the pixel marked, then
//! for each layer where the pixel looks (its row) and what it looks at more than others do
//! ([`Map::only_this_pixel`], the positive part).

use std::path::Path;

use colorgrad::Gradient;
use saganscope_model::{measures::Map, picture::to_rgba};

use super::chosen::{Pixels, chosen};
use crate::files::{self, Error};

/// Pictures shown.
pub(super) const PICTURES: usize = 6;
/// Pictures beside each other.
const COLUMNS: usize = 3;
/// Side of a panel, at least; a picture of 64 pixels is enlarged three times.
const PANEL: usize = 192;
const GAP: usize = 4;
/// Between pictures.
const WIDE_GAP: usize = 24;
/// Multiples of the uniform weight at the two ends of the scale, which is logarithmic: the page's.
const ENDS: (f64, f64) = (0.25, 64.0);

pub(super) struct Figure<'a> {
    pub(super) size: usize,
    /// `[B, 3, size, size]`.
    pub(super) pictures: &'a [f32],
    /// For each layer the maps of the first pictures.
    pub(super) layers: Vec<&'a [Map]>,
    /// The mirror's axis.
    pub(super) mirror: Option<f32>,
    pub(super) pixels: Option<&'a Pixels>,
}

impl Figure<'_> {
    /// What the columns are.
    pub(super) fn legend(&self) -> String {
        let layers = self.layers.iter().filter_map(|maps| maps.first());
        let columns: String = layers
            .map(|map| format!(" | {0}×{0}: looks at | only this pixel", map.side()))
            .collect();
        format!(
            "Columns of the figure: picture{columns}. Colours: black at ¼ of a uniform row's weight, \
             bright at 64 times (looks at: A; only this pixel: A·log2(A/mean row), bits)."
        )
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), Error> {
        let panel = self.size * (PANEL / self.size).max(2);
        let of_one = 3 * self.size * self.size;
        let pictures: Vec<&[f32]> = self.pictures.chunks_exact(of_one).take(PICTURES).collect();
        let asked = pictures
            .iter()
            .map(|picture| match self.pixels {
                Some(pixels) => Ok(pixels.get()),
                None => chosen(picture, self.size, self.mirror),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let most = asked.iter().map(Vec::len).max().unwrap_or(0);
        let across = 1 + 2 * self.layers.len();
        let (width, height) = (across * (panel + GAP) - GAP, most * (panel + GAP) - GAP);
        let (columns, lines) = (
            pictures.len().min(COLUMNS),
            pictures.len().div_ceil(COLUMNS),
        );
        let mut canvas = Canvas::new(
            columns * (width + WIDE_GAP) + WIDE_GAP,
            lines * (height + WIDE_GAP) + WIDE_GAP,
        );
        for (index, (picture, asked)) in pictures.iter().zip(&asked).enumerate() {
            let left = WIDE_GAP + index % COLUMNS * (width + WIDE_GAP);
            let top = WIDE_GAP + index / COLUMNS * (height + WIDE_GAP);
            for (line, &pixel) in asked.iter().enumerate() {
                let top = top + line * (panel + GAP);
                let place = |column: usize| (left + column * (panel + GAP), top);
                canvas.paste(place(0), panel, self.size, &to_rgba(picture));
                canvas.mark(place(0), panel / self.size, pixel);
                for (layer, maps) in self.layers.iter().enumerate() {
                    let map = &maps[index];
                    let side = map.side();
                    let [x, y] = pixel.map(|v| v * side / self.size);
                    let query = y * side + x;
                    let row: Vec<f64> = map.row(query).iter().map(|&p| f64::from(p)).collect();
                    canvas.paste(place(1 + 2 * layer), panel, side, &colours(&row));
                    let only = map.only_this_pixel(query);
                    canvas.paste(place(2 + 2 * layer), panel, side, &colours(&only));
                }
            }
        }
        files::write_rgba(path, canvas.rgba, canvas.width as u32, canvas.height as u32)
    }
}

/// Values of a row in colours, as multiples of what a uniform row has in each cell.
fn colours(row: &[f64]) -> Vec<u8> {
    let gradient = colorgrad::preset::magma();
    let uniform = 1.0 / row.len() as f64;
    row.iter()
        .flat_map(|value| {
            let times = value / uniform;
            let place = if times > ENDS.0 {
                (times / ENDS.0).ln() / (ENDS.1 / ENDS.0).ln()
            } else {
                0.0
            };
            gradient.at(place.min(1.0) as f32).to_rgba8()
        })
        .collect()
}

/// White, to paste on.
struct Canvas {
    width: usize,
    height: usize,
    rgba: Vec<u8>,
}

impl Canvas {
    fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            rgba: vec![255; width * height * 4],
        }
    }

    fn set(&mut self, x: usize, y: usize, colour: &[u8]) {
        let at = (y * self.width + x) * 4;
        self.rgba[at..at + 4].copy_from_slice(colour);
    }

    /// An RGBA picture of `side` pixels, each enlarged to a square, so that it is `panel` wide.
    fn paste(&mut self, (left, top): (usize, usize), panel: usize, side: usize, rgba: &[u8]) {
        for y in 0..panel {
            for x in 0..panel {
                let from = (y * side / panel * side + x * side / panel) * 4;
                self.set(left + x, top + y, &rgba[from..from + 4]);
            }
        }
    }

    /// A frame around a pixel of an enlarged picture: red, with white about it.
    fn mark(&mut self, (left, top): (usize, usize), scale: usize, [x, y]: [usize; 2]) {
        let (x, y) = (left + x * scale, top + y * scale);
        for (away, colour) in [
            (4, [255; 4]),
            (2, [225, 20, 30, 255]),
            (0, [225, 20, 30, 255]),
        ] {
            let (from_x, to_x) = (x.saturating_sub(away).max(left), x + scale + away);
            let (from_y, to_y) = (y.saturating_sub(away).max(top), y + scale + away);
            for y in from_y..to_y.min(self.height) {
                for x in from_x..to_x.min(self.width) {
                    self.set(x, y, &colour);
                }
            }
        }
    }
}
