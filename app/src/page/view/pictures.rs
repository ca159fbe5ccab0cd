//! The pictures that are drawn, and the one shown large.

use crate::protocol::Sample;

use super::slot::Slot;

/// The number of the request that opens the model; those for pictures come after it.
pub const OPENING: u32 = 1;

/// The pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct Pictures {
    /// The seed of the latest request.
    pub seed: u64,
    /// The number of the latest request; the first one, [`OPENING`], opens the model.
    pub request: u32,
    /// Whether pictures of the latest request are still to come.
    pub drawing: bool,
    /// How long the latest finished request took, in milliseconds.
    pub millis: Option<f64>,
    /// One place a picture. While a request is drawn, later places hold pictures of the one before.
    pub slots: Vec<Option<Slot>>,
    /// Which picture is shown large.
    pub chosen: usize,
}

/// What can happen to the pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PicturesAction {
    /// Draw pictures of this seed.
    Draw(u64),
    /// Show this picture large.
    Choose(usize),
}

impl Pictures {
    /// `count` places for pictures of a seed, none drawn yet.
    pub fn new(seed: u64, count: usize, chosen: usize) -> Self {
        Self {
            seed,
            request: OPENING,
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

    /// Asks for pictures of this seed.
    pub fn draw(&mut self, seed: u64) {
        self.seed = seed;
        self.request += 1;
        self.drawing = true;
    }

    /// Puts a picture of the latest request into its place.
    pub fn place(&mut self, index: u32, sample: Sample) {
        let slot = Slot::new(self.seed, self.request, sample);
        if let Some(place) = self.slots.get_mut(index as usize) {
            *place = Some(slot);
        }
    }

    /// All pictures of the latest request are there.
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
