//! What can be changed in an attention layer while it draws.
//!
//! First the map is made ([`LayerEdit::map`]), then its keys are made heavier or lighter
//! ([`LayerEdit::biases`]), and what comes of it is multiplied by γ and the factor on it. Layers
//! behind an edited one see what it draws, so their maps change too.

use serde::{Deserialize, Serialize};

/// What to change in one attention layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerEdit {
    /// Factor on γ: 1 leaves the layer as it is, 0 switches it off.
    pub gamma: f32,
    /// What its map is made of.
    pub map: MapEdit,
    /// Keys made heavier or lighter, one after the other.
    pub biases: Vec<KeyBias>,
}

impl Default for LayerEdit {
    /// Nothing.
    fn default() -> Self {
        Self {
            gamma: 1.0,
            map: MapEdit::Own,
            biases: Vec::new(),
        }
    }
}

/// What an attention map is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MapEdit {
    /// The layer's own queries and keys.
    #[default]
    Own,
    /// Every row is uniform.
    Uniform,
    /// Every row is the mean of the layer's own rows, picture by picture.
    MeanRow,
    /// Every pixel gets the row of some other one; the mean row stays.
    Shuffled {
        /// Which shuffle.
        seed: u64,
    },
    /// The map of another picture of the same network, drawn without edits.
    Patch {
        /// That picture's seed.
        seed: u64,
        /// Which picture of the seed.
        index: u32,
    },
}

/// Weights of some keys multiplied, then every row divided by its sum again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyBias {
    /// Indices `y·side + x` of the keys.
    pub keys: Vec<u32>,
    /// By what: 0 masks them, more than 1 amplifies them.
    pub factor: f32,
    /// Indices of the queries whose rows are changed; all where none are named.
    pub queries: Option<Vec<u32>>,
}
