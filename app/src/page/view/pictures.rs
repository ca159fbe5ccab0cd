//! The pictures that are drawn, and the one shown large.

use crate::protocol::Sample;

use super::slot::Slot;

/// The pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct Pictures {
    /// The seed whose pictures are wanted.
    pub seed: u64,
    /// Whether some of them are still to come.
    pub drawing: bool,
    /// How long all pictures of a seed took last, in milliseconds.
    pub millis: Option<f64>,
    /// One place a picture. While they are drawn, later places hold what was there before.
    pub slots: Vec<Option<Slot>>,
    /// Which picture is shown large.
    pub chosen: usize,
}

/// What can happen to the pictures.
#[derive(Clone, Debug, PartialEq)]
pub enum PicturesAction {
    /// Draw pictures of this seed.
    Draw(u64),
    /// Show this picture large.
    Choose(usize),
    /// A picture is drawn.
    Place {
        /// Of which seed.
        seed: u64,
        /// Which one.
        index: u32,
        /// The picture.
        sample: Sample,
    },
    /// All pictures are drawn.
    Finish {
        /// Of which seed.
        seed: u64,
        /// How long it took, in milliseconds.
        millis: f64,
    },
}

impl Pictures {
    /// `count` places for pictures of a seed, none drawn yet.
    pub fn new(seed: u64, count: usize, chosen: usize) -> Self {
        Self {
            seed,
            drawing: false,
            millis: None,
            slots: vec![None; count],
            chosen: chosen.min(count.saturating_sub(1)),
        }
    }

    /// The picture shown large, if it is drawn.
    pub fn chosen_slot(&self) -> Option<&Slot> {
        self.slots.get(self.chosen)?.as_ref()
    }

    /// Width and height of the pictures, if one is drawn.
    pub fn size(&self) -> Option<u32> {
        let first = self.slots.iter().flatten().next()?;
        Some(first.picture.side)
    }

    /// The pictures of the seed are drawn, or drawn once more.
    pub fn begin(&mut self) {
        self.drawing = true;
        self.slots
            .iter_mut()
            .flatten()
            .for_each(|slot| slot.stale = true);
    }

    /// Puts a picture of the seed into its place.
    pub fn place(&mut self, index: u32, sample: Sample) {
        let slot = Slot::new(self.seed, sample);
        if let Some(place) = self.slots.get_mut(index as usize) {
            *place = Some(slot);
        }
    }

    /// All pictures of the seed are there.
    pub fn finish(&mut self, millis: f64) {
        self.drawing = false;
        self.millis = Some(millis);
    }

    /// Shows this picture large.
    pub fn choose(&mut self, index: usize) {
        self.chosen = index.min(self.slots.len().saturating_sub(1));
    }

    /// Forgets all pictures, since those to come are another model's.
    pub fn forget(&mut self) {
        self.slots.iter_mut().for_each(|slot| *slot = None);
        self.drawing = false;
        self.millis = None;
    }
}
