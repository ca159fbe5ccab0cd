//! Where a latent vector is moved before a picture is drawn from it; `model/src/moves.rs` does it.

use serde::{Deserialize, Serialize};

/// What is done to a latent vector, in this order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moves {
    /// It goes along an arc towards that of another picture of its seed.
    pub toward: Option<Toward>,
    /// It is multiplied by this.
    pub scale: f32,
    /// Something is added to it.
    pub nudges: Vec<Nudge>,
}

impl Default for Moves {
    /// None.
    fn default() -> Self {
        Self {
            toward: None,
            scale: 1.0,
            nudges: Vec::new(),
        }
    }
}

/// A way towards another picture of the seed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Toward {
    /// Which one, from 0.
    pub picture: u32,
    /// What part of the way: 0 stays, 1 arrives.
    pub part: f32,
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Nudge {
    /// Along what.
    pub along: Along,
    /// How far; a number of a latent vector is about 1 from zero.
    pub by: f32,
}

/// What a step goes along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Along {
    /// A single number of the vector, from 0.
    Number(u32),
    /// A direction found from the first layer's weights, from 0 for the strongest.
    Direction(u32),
}

/// A rectangle of the picture, in pixels; both corners are in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its first column and row.
    pub first: [u32; 2],
    /// Its last ones.
    pub last: [u32; 2],
}
