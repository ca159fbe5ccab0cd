//! What one frame of a film shows: all pictures of the run, the maps of one of them, and the step; of
//! two runs, both beside each other with their names.
//!
//! All is measured in units of a 32nd of a picture, so that films of small and of large pictures
//! look alike; a unit is a pixel or several, and a film of small pictures is enlarged at the end.

use std::ops::Range;

use super::colours::{Colours, Counts};
use super::figures::{HIGH, places};
use super::gif::Packing;
use crate::page::attention::pixel::Point;
use crate::page::image::Image;

/// A picture's side, in units.
const PICTURE: usize = 32;

/// Pictures in a row.
const COLUMNS: usize = 4;

/// Pixels of the file for each unit, at least.
const PIXELS: usize = 4;

/// Between pictures, around all, and between words and pictures; in units.
const GAP: usize = 1;
const MARGIN: usize = 3;

/// Between two lines of words, in units.
const LEADING: usize = 3;

/// White paper, dark ink, and the ring around the picture whose maps are shown.
const PAPER: [u8; 3] = [255; 3];
const INK: [u8; 3] = [0x1d, 0x1c, 0x22];
const RING: [u8; 3] = [0x0b, 0x76, 0x6c];

/// Colours of pins, as in the style sheet.
const PINS: [[u8; 3]; 5] = [
    [0x56, 0xb4, 0xe9],
    [0xe6, 0x9f, 0x00],
    [0xcc, 0x79, 0xa7],
    [0x2c, 0xc2, 0x95],
    [0xf0, 0xe4, 0x42],
];

/// Where everything is. Lengths are in pixels before they are enlarged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Pixels of a unit.
    unit: usize,
    /// How many pictures there are.
    pictures: usize,
    /// Width and height of a map; none where none are shown.
    map: usize,
    pins: usize,
    layers: usize,
    /// Lines of words.
    lines: usize,
}

impl Layout {
    /// For so many pictures of this size, beside them the maps of so many pins in so many layers.
    pub fn new(size: u32, pictures: usize, pins: usize, layers: usize) -> Self {
        let unit = (size as usize / PICTURE).max(1);
        let most = pins.max(layers);
        let map = [4, 2, 1].into_iter().find(|times| times * most <= 4);
        let map = if pins * layers == 0 {
            0
        } else {
            map.unwrap_or(1)
        };
        Self {
            unit,
            pictures,
            map: map * PICTURE * unit,
            pins,
            layers,
            lines: 1,
        }
    }

    /// With so many lines of words.
    pub fn with_lines(self, lines: usize) -> Self {
        Self { lines, ..self }
    }

    /// How often each pixel comes in the file, across and down.
    pub fn times(&self) -> usize {
        (PIXELS / self.unit).max(1)
    }

    /// Where the left upper corner of a picture is.
    pub fn picture(&self, index: usize) -> [usize; 2] {
        let along = |count| self.unit * (MARGIN + (PICTURE + GAP) * count);
        [along(index % COLUMNS), along(index / COLUMNS)]
    }

    /// Where the left upper corner of the map of a pin is, by their places in their lists.
    pub fn map(&self, pin: usize, layer: usize) -> [usize; 2] {
        let [left, top] = [self.picture(COLUMNS - 1)[0], self.picture(0)[1]];
        let beside = left + self.unit * (PICTURE + MARGIN);
        let along = |count| (self.map + GAP * self.unit) * count;
        [beside + along(pin), top + along(layer)]
    }

    /// Where the words begin.
    fn words(&self) -> [usize; 2] {
        let [left, below] = self.picture(COLUMNS * self.pictures.div_ceil(COLUMNS));
        let below = match self.map {
            0 => below,
            _ => below.max(self.map(0, self.layers)[1]),
        };
        [left, below + self.unit * (MARGIN - GAP)]
    }

    fn width(&self) -> usize {
        let end = match self.map {
            0 => self.picture(COLUMNS - 1)[0] + self.unit * PICTURE,
            map => self.map(self.pins - 1, 0)[0] + map,
        };
        end + self.unit * MARGIN
    }

    fn height(&self) -> usize {
        let words = self.lines * (HIGH + LEADING) - LEADING;
        self.words()[1] + self.unit * (words + MARGIN)
    }
}

/// One frame, before it is enlarged.
#[derive(Clone, Debug)]
pub struct Sheet {
    layout: Layout,
    /// In pixels, as what follows: of a sheet beside another one, of both.
    width: usize,
    pixels: Vec<[u8; 3]>,
}

impl Sheet {
    /// Nothing but paper.
    pub fn new(layout: Layout) -> Self {
        Self {
            layout,
            width: layout.width(),
            pixels: vec![PAPER; layout.width() * layout.height()],
        }
    }

    /// This sheet and another one of as large pictures on its right.
    pub fn beside(self, other: &Self) -> Self {
        let rows = self.rows().max(other.rows());
        let row = |sheet: &Self, row: usize| {
            let pixels = sheet.pixels_of(row..row + 1);
            let paper = vec![PAPER; sheet.width - pixels.len()];
            [pixels, &paper].concat()
        };
        Self {
            layout: self.layout,
            width: self.width + other.width,
            pixels: (0..rows)
                .flat_map(|at| [row(&self, at), row(other, at)].concat())
                .collect(),
        }
    }

    /// Width and height in the file, in pixels.
    pub fn size(&self) -> [usize; 2] {
        [self.width, self.rows()].map(|length| length * self.layout.times())
    }

    /// Puts a picture into its place.
    pub fn put_picture(&mut self, index: usize, image: &Image) {
        let side = PICTURE * self.layout.unit;
        self.put(self.layout.picture(index), side, image);
    }

    /// Marks a picture as the one whose maps are shown, and its pins in it: each with its number,
    /// from 0, and its pixel.
    pub fn mark(&mut self, index: usize, size: u32, pins: &[(usize, Point)]) {
        let (unit, at) = (self.layout.unit, self.layout.picture(index));
        self.ring(at, PICTURE * unit, RING);
        for &(number, pixel) in pins {
            let cell = pixel.cell(size, PICTURE as u32);
            let [x, y] = [cell.x, cell.y].map(|along| along as usize * unit);
            self.fill([at[0] + x, at[1] + y], [unit; 2], colour_of(number));
        }
    }

    /// Puts the map of a pin into its place, the cell in question ringed in the pin's colour.
    pub fn put_map(&mut self, [pin, layer]: [usize; 2], image: &Image, cell: Point, number: usize) {
        let (at, side) = (self.layout.map(pin, layer), self.layout.map);
        self.put(at, side, image);
        let length = side / (image.side as usize).max(1);
        let [x, y] = [cell.x, cell.y].map(|along| along as usize * length);
        self.ring([at[0] + x, at[1] + y], length.max(1), colour_of(number));
    }

    /// Writes words below everything, in this line from 0. Of a capital letter the small one is written.
    pub fn write(&mut self, line: usize, words: &str) {
        let (unit, [left, top]) = (self.layout.unit, self.layout.words());
        let top = top + unit * line * (HIGH + LEADING);
        for [x, y] in places(&words.to_lowercase()) {
            self.fill([left + unit * x, top + unit * y], [unit; 2], INK);
        }
    }

    /// Its rows, in pixels before they are enlarged.
    pub fn rows(&self) -> usize {
        self.pixels.len() / self.width
    }

    /// Pixels of the file for each of these rows.
    pub fn pixels_a_row(&self) -> usize {
        self.size()[0] * self.layout.times()
    }

    /// Counts the colours of some rows.
    pub fn count(&self, rows: Range<usize>, counts: &mut Counts) {
        counts.add(self.pixels_of(rows).iter().copied());
    }

    /// Packs some rows, enlarged.
    pub fn pack(&self, rows: Range<usize>, colours: &Colours, packing: &mut Packing) {
        let times = self.layout.times();
        for row in self.pixels_of(rows).chunks_exact(self.width) {
            let places = row.iter().map(|&colour| colours.of(colour));
            let wide: Vec<u8> = places
                .flat_map(|place| std::iter::repeat_n(place, times))
                .collect();
            for _ in 0..times {
                packing.push(&wide);
            }
        }
    }

    fn pixels_of(&self, rows: Range<usize>) -> &[[u8; 3]] {
        let end = (rows.end * self.width).min(self.pixels.len());
        let pixels = self.pixels.get(rows.start * self.width..end);
        pixels.unwrap_or_default()
    }

    /// An image, made `side` pixels large.
    fn put(&mut self, [left, top]: [usize; 2], side: usize, image: &Image) {
        let own = image.side as usize;
        if side == 0 || image.rgba.len() != 4 * own * own {
            return;
        }
        for y in 0..side {
            for x in 0..side {
                let from = 4 * (y * own / side * own + x * own / side);
                if let [r, g, b, _] = image.rgba[from..from + 4] {
                    self.fill([left + x, top + y], [1; 2], [r, g, b]);
                }
            }
        }
    }

    /// A ring, one unit wide, around a square.
    fn ring(&mut self, [left, top]: [usize; 2], side: usize, colour: [u8; 3]) {
        let unit = self.layout.unit;
        let [near_x, near_y] = [left, top].map(|at| at.saturating_sub(unit));
        let long = side + 2 * unit;
        self.fill([near_x, near_y], [long, unit], colour);
        self.fill([near_x, top + side], [long, unit], colour);
        self.fill([near_x, near_y], [unit, long], colour);
        self.fill([left + side, near_y], [unit, long], colour);
    }

    fn fill(&mut self, [left, top]: [usize; 2], [wide, high]: [usize; 2], colour: [u8; 3]) {
        let rows = self.pixels.chunks_exact_mut(self.width);
        for row in rows.skip(top).take(high) {
            for pixel in row.iter_mut().skip(left).take(wide) {
                *pixel = colour;
            }
        }
    }
}

fn colour_of(pin: usize) -> [u8; 3] {
    PINS[pin % PINS.len()]
}

#[cfg(test)]
mod tests {
    use super::super::gif::tests::unpacked;
    use super::*;

    fn image(side: u32, colour: [u8; 3]) -> Image {
        let [r, g, b] = colour;
        Image {
            side,
            rgba: [r, g, b, 255].repeat((side * side) as usize),
        }
    }

    #[test]
    fn films_of_small_and_large_pictures_are_as_large() {
        let sheet = |size, pins| Sheet::new(Layout::new(size, 16, pins, 2));
        let of = |size| sheet(size, 2).size();
        assert_eq!(of(32), of(64));
        assert_eq!(of(64), of(128));
        let [width, height] = of(32);
        // Four pictures of 128 pixels, two maps of 256, and what is between.
        assert!(
            (1024..1200).contains(&width) && (512..640).contains(&height),
            "{width} {height}"
        );
        assert!(sheet(32, 0).size()[0] < 600);
    }

    #[test]
    fn nothing_lies_over_anything_else() {
        for (pins, layers) in [(1, 1), (1, 2), (2, 2), (5, 2), (1, 3), (5, 5)] {
            let layout = Layout::new(64, 16, pins, layers);
            let mut taken: Vec<([usize; 2], usize)> =
                (0..16).map(|index| (layout.picture(index), 64)).collect();
            for pin in 0..pins {
                taken.extend((0..layers).map(|layer| (layout.map(pin, layer), layout.map)));
            }
            taken.push((layout.words(), HIGH * layout.unit));
            for (at, &(a, side)) in taken.iter().enumerate() {
                assert!(side > 0 && a[0] + side < layout.width() && a[1] + side < layout.height());
                for &(b, other) in &taken[..at] {
                    let apart = (0..2)
                        .any(|along| a[along] + side <= b[along] || b[along] + other <= a[along]);
                    assert!(apart, "{pins} {layers}: {a:?} {b:?}");
                }
            }
        }
    }

    #[test]
    fn pictures_maps_marks_and_words_are_where_the_layout_says() {
        let layout = Layout::new(32, 16, 1, 1);
        let mut sheet = Sheet::new(layout);
        let (blue, red) = ([0, 0, 200], [200, 0, 0]);
        sheet.put_picture(5, &image(32, blue));
        let pixel = Point { x: 3, y: 30 };
        sheet.mark(5, 32, &[(1, pixel)]);
        sheet.put_map([0, 0], &image(16, red), Point { x: 2, y: 15 }, 1);
        sheet.write(0, "Step 7");
        let at = |x: usize, y: usize| sheet.pixels[y * layout.width() + x];
        let [left, top] = layout.picture(5);
        assert_eq!((at(left, top), at(left + 31, top + 31)), (blue, blue));
        assert_eq!((at(left - 1, top), at(left + 32, top + 32)), (RING, RING));
        assert_eq!(at(left + 3, top + 30), PINS[1]);
        let [left, top] = layout.map(0, 0);
        assert_eq!(layout.map, 128);
        assert_eq!((at(left, top), at(left + 127, top + 127)), (red, red));
        // A cell is eight pixels; its ring lies around it.
        assert_eq!(at(left + 16, top + 120), red);
        assert_eq!(
            (at(left + 15, top + 121), at(left + 24, top + 121)),
            (PINS[1], PINS[1])
        );
        let ink = sheet.pixels.iter().filter(|&&pixel| pixel == INK).count();
        assert_eq!(ink, places("step 7").count());
    }

    #[test]
    fn two_runs_stand_beside_each_other_with_their_names() {
        let layout = |pins| Layout::new(32, 16, pins, 1).with_lines(2);
        let of = |pins, colour: [u8; 3], name: &str| {
            let mut sheet = Sheet::new(layout(pins));
            sheet.put_picture(3, &image(32, colour));
            sheet.write(0, name);
            sheet.write(1, "step 12");
            sheet
        };
        let (blue, red) = ([0, 0, 200], [200, 0, 0]);
        let (left, right) = (of(0, blue, "plain"), of(1, red, "centred"));
        let [first, second] = [&left, &right].map(Clone::clone);
        let both = left.beside(&right);
        assert_eq!(both.width, first.width + second.width);
        assert_eq!(both.rows(), first.rows().max(second.rows()));
        let at = |x: usize, y: usize| both.pixels[y * both.width + x];
        let [x, y] = layout(0).picture(3);
        assert_eq!((at(x, y), at(x + 31, y + 31)), (blue, blue));
        let beside = first.width + x;
        assert_eq!((at(beside, y), at(beside + 31, y + 31)), (red, red));
        assert_eq!(at(first.width - 1, both.rows() - 1), PAPER);
        let ink = |sheet: &Sheet| sheet.pixels.iter().filter(|&&pixel| pixel == INK).count();
        assert_eq!(ink(&both), ink(&first) + ink(&second));
        let words = ["plain", "centred", "step 12", "step 12"];
        let dots = words.iter().map(|words| places(words).count());
        assert_eq!(ink(&both), dots.sum::<usize>());
    }

    #[test]
    fn a_frame_is_packed_as_it_is_seen_in_pieces() {
        let layout = Layout::new(32, 4, 0, 0);
        let mut sheet = Sheet::new(layout);
        for index in 0..4 {
            sheet.put_picture(index, &image(32, [60 * index as u8, 9, 9]));
        }
        let (mut counts, mut packing) = (Counts::default(), Packing::default());
        for first in (0..sheet.rows()).step_by(7) {
            sheet.count(first..first + 7, &mut counts);
        }
        let mut cuts = counts.shared_out();
        while cuts.cut() {}
        let colours = cuts.colours();
        for first in (0..sheet.rows()).step_by(7) {
            sheet.pack(first..first + 7, &colours, &mut packing);
        }
        let [width, height] = sheet.size();
        let seen = unpacked(packing, [width, height]);
        assert_eq!(seen.len(), width * height);
        for index in 0..4 {
            let [left, top] = layout.picture(index).map(|at| 4 * at);
            let place = seen[top * width + left];
            assert_eq!(colours.table[usize::from(place)], [60 * index as u8, 9, 9]);
            assert_eq!(seen[(top + 127) * width + left + 127], place);
        }
    }
}
