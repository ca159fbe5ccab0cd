//! The 256 colours in which a picture of many is shown.
//!
//! Colours are counted on a grid of 64 steps a channel. The box that holds all of them is cut in two
//! where its spread is largest, and so is whichever box adds most to the error, until there are 256
//! (X. Wu and S. J. Wan's variance-based cuts). Each box is shown in the mean of what it holds. A
//! picture of 256 colours or fewer keeps them as they are.

use std::collections::BTreeMap;

/// The most colours of one picture.
pub const MOST: usize = 256;

/// Bits a channel of the grid on which colours are counted.
const BITS: u32 = 6;

/// How often each colour comes, taken in a piece at a time.
#[derive(Clone, Debug)]
pub struct Counts {
    /// Of each cell of the grid, its place in the next plus one; 0 where no colour was.
    places: Vec<u32>,
    /// Pixels, and their sums of red, green and blue.
    cells: Vec<[u32; 4]>,
    /// The colours themselves, while they are few.
    few: Option<BTreeMap<[u8; 3], u8>>,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            places: vec![0; 1 << (3 * BITS)],
            cells: Vec::new(),
            few: Some(BTreeMap::new()),
        }
    }
}

/// Colours that are being shared out, a cut at a time.
#[derive(Clone, Debug)]
pub struct Cuts {
    counts: Counts,
    parts: Vec<Part>,
}

/// The colours of a picture, and which of them stands for which.
#[derive(Clone, Debug)]
pub struct Colours {
    /// At most 256.
    pub table: Vec<[u8; 3]>,
    exact: Option<BTreeMap<[u8; 3], u8>>,
    /// As in [`Counts`].
    places: Vec<u32>,
    /// Of each cell that a colour was in, the place in the table.
    of_cell: Vec<u8>,
}

/// Cells that share a colour, and what they come to.
#[derive(Clone, Debug)]
struct Part {
    cells: Vec<u32>,
    mean: [f64; 3],
    /// Sum of squared distances from the mean, a channel each.
    spread: [f64; 3],
}

impl Part {
    fn error(&self) -> f64 {
        self.spread.iter().sum()
    }
}

/// The cell of the grid that a colour is in.
fn cell(colour: [u8; 3]) -> usize {
    colour
        .into_iter()
        .fold(0, |cell, c| (cell << BITS) | (usize::from(c) >> (8 - BITS)))
}

impl Counts {
    /// Takes colours in.
    pub fn add(&mut self, colours: impl IntoIterator<Item = [u8; 3]>) {
        for colour in colours {
            let place = &mut self.places[cell(colour)];
            if *place == 0 {
                self.cells.push([0; 4]);
                *place = self.cells.len() as u32;
            }
            let [r, g, b] = colour.map(u32::from);
            let sums = &mut self.cells[*place as usize - 1];
            sums.iter_mut()
                .zip([1, r, g, b])
                .for_each(|(sum, one)| *sum += one);
            if let Some(few) = &mut self.few
                && !few.contains_key(&colour)
            {
                match u8::try_from(few.len()) {
                    Ok(next) => _ = few.insert(colour, next),
                    Err(_) => self.few = None,
                }
            }
        }
    }

    /// Begins to share them out.
    pub fn shared_out(self) -> Cuts {
        let parts = match self.few {
            Some(_) => Vec::new(),
            None => vec![self.part((0..self.cells.len() as u32).collect())],
        };
        Cuts {
            counts: self,
            parts,
        }
    }

    /// How many pixels a cell has, and their mean colour.
    fn colour(&self, cell: u32) -> (f64, [f64; 3]) {
        let [count, sums @ ..] = self.cells[cell as usize].map(f64::from);
        (count, sums.map(|sum| sum / count))
    }

    fn part(&self, cells: Vec<u32>) -> Part {
        let (mut count, mut sums) = (0.0, [0.0; 3]);
        for &cell in &cells {
            let (pixels, colour) = self.colour(cell);
            count += pixels;
            for (sum, c) in sums.iter_mut().zip(colour) {
                *sum += pixels * c;
            }
        }
        let mean = sums.map(|sum| sum / count);
        let mut spread = [0.0; 3];
        for &cell in &cells {
            let (pixels, colour) = self.colour(cell);
            for (channel, sum) in spread.iter_mut().enumerate() {
                *sum += pixels * (colour[channel] - mean[channel]).powi(2);
            }
        }
        Part {
            cells,
            mean,
            spread,
        }
    }

    /// In two at the mean of the channel that is spread most.
    fn halves(&self, whole: Part) -> [Part; 2] {
        let channel = (0..3).max_by(|&a, &b| whole.spread[a].total_cmp(&whole.spread[b]));
        let channel = channel.unwrap_or_default();
        let (mut low, mut high): (Vec<u32>, Vec<u32>) = whole
            .cells
            .into_iter()
            .partition(|&cell| self.colour(cell).1[channel] < whole.mean[channel]);
        // Where rounding leaves a side empty, anywhere will do.
        if low.is_empty() || high.is_empty() {
            low.append(&mut high);
            high = low.split_off(low.len() / 2);
        }
        [self.part(low), self.part(high)]
    }
}

impl Cuts {
    /// Cuts once more, if that is of use: whether it was.
    pub fn cut(&mut self) -> bool {
        let places = 0..self.parts.len();
        let wide = places.filter(|&place| self.parts[place].cells.len() > 1);
        let errors = |place: &usize| self.parts[*place].error();
        let widest = wide.max_by(|a, b| errors(a).total_cmp(&errors(b)));
        match widest {
            Some(widest) if self.parts.len() < MOST => {
                let whole = self.parts.swap_remove(widest);
                self.parts.extend(self.counts.halves(whole));
                true
            }
            _ => false,
        }
    }

    /// The colours that stand for all of them.
    pub fn colours(self) -> Colours {
        let Counts {
            places, cells, few, ..
        } = self.counts;
        let (mut table, mut of_cell) = (Vec::new(), vec![0; cells.len()]);
        if let Some(few) = &few {
            table = vec![[0; 3]; few.len()];
            for (colour, &place) in few {
                table[usize::from(place)] = *colour;
            }
        }
        for (place, part) in self.parts.iter().enumerate() {
            table.push(part.mean.map(|c| c.round() as u8));
            for &cell in &part.cells {
                of_cell[cell as usize] = place as u8;
            }
        }
        Colours {
            table,
            exact: few,
            places,
            of_cell,
        }
    }
}

impl Colours {
    /// The place of the colour that stands for this one, which was counted.
    pub fn of(&self, colour: [u8; 3]) -> u8 {
        if let Some(exact) = &self.exact {
            return exact.get(&colour).copied().unwrap_or_default();
        }
        let place = self.places[cell(colour)] as usize;
        let place = place
            .checked_sub(1)
            .and_then(|place| self.of_cell.get(place));
        place.copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(colours: &[[u8; 3]]) -> (Vec<[u8; 3]>, usize) {
        let mut counts = Counts::default();
        counts.add(colours.iter().copied());
        let mut cuts = counts.shared_out();
        while cuts.cut() {}
        let found = cuts.colours();
        let shown = colours
            .iter()
            .map(|&c| found.table[usize::from(found.of(c))]);
        (shown.collect(), found.table.len())
    }

    #[test]
    fn a_smooth_picture_keeps_its_look() {
        let smooth: Vec<[u8; 3]> = (0..64 * 64)
            .map(|i| [(4 * (i % 64)) as u8, (4 * (i / 64)) as u8, 128])
            .collect();
        let (shown, count) = shown(&smooth);
        assert_eq!(count, MOST);
        let far = smooth.iter().zip(&shown).map(|(a, b)| {
            let far = a
                .iter()
                .zip(b)
                .map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2));
            far.sum::<f64>()
        });
        let mean = (far.sum::<f64>() / smooth.len() as f64).sqrt();
        // 16 boxes a side: a uniform error of up to 8 in two channels.
        assert!(mean < 7.5, "{mean}");
    }

    #[test]
    fn a_picture_of_little_contrast_is_no_poster() {
        let faint: Vec<[u8; 3]> = (0..4096u32)
            .map(|i| {
                [
                    110 + (i % 24) as u8,
                    120 + (i / 64 % 24) as u8,
                    100 + (i / 512) as u8,
                ]
            })
            .collect();
        let (shown, _) = shown(&faint);
        for (a, b) in faint.iter().zip(shown) {
            let far = a.iter().zip(b).map(|(a, b)| a.abs_diff(b)).max();
            assert!(far <= Some(3), "{a:?} {b:?}");
        }
    }

    #[test]
    fn one_bright_pixel_among_thousands_is_not_lost() {
        let mut colours: Vec<[u8; 3]> = (0..4000u32)
            .map(|i| [(i % 97) as u8, (i % 89) as u8, 20])
            .collect();
        colours.push([255, 0, 255]);
        let (shown, _) = shown(&colours);
        let last = shown[4000];
        assert!(last[0] > 240 && last[1] < 15 && last[2] > 240, "{last:?}");
    }

    proptest! {
        #[test]
        fn few_colours_stay_as_they_are(colours in prop::collection::vec(any::<[u8; 3]>(), 1..=MOST)) {
            prop_assert_eq!(shown(&colours).0, colours);
        }

        #[test]
        fn many_become_256_that_are_near(colours in prop::collection::vec(any::<[u8; 3]>(), 300..3000)) {
            let (shown, count) = shown(&colours);
            prop_assert!(count <= MOST);
            for (a, b) in colours.iter().zip(shown) {
                let far = a.iter().zip(b).map(|(a, b)| a.abs_diff(b)).max();
                prop_assert!(far < Some(96), "{:?} {:?}", a, b);
            }
        }
    }
}
