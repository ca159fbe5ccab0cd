//! Discriminators, and what they say of pictures.

use serde::{Deserialize, Serialize};

use super::{
    draw::{LayerInfo, Pictures, Sample},
    wire::{File, Files, floats},
};

/// What can be asked of discriminators.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Judge {
    /// Load the discriminator that learned with an open model; [`JudgeReply::Ready`] says that it can
    /// be asked. It takes the place of one of that number.
    Open {
        /// What the page calls it.
        judge: u32,
        /// The model, by its number: the file must be of the same training, where it says of which
        /// it is, and it goes to the same device.
        model: u32,
        /// The whole file: safetensors, or a PyTorch state dict.
        checkpoint: File,
        /// What to call the file in messages.
        name: String,
    },
    /// Forget one; none of that number is no error.
    Close {
        /// Which one.
        judge: u32,
    },
    /// Look at a picture.
    Examine {
        /// A newer request on the same topic silences this one.
        topic: u32,
        /// Who looks.
        by: Examiner,
        /// At what.
        picture: Examined,
    },
}

/// A discriminator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Examiner {
    /// An open one, by its number.
    Judge(u32),
    /// That of an open training run, by its number, as it is now.
    Run(u32),
}

/// A picture that is looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Examined {
    /// The first of these that a network draws.
    Drawn(Pictures),
    /// The visitor's: the first of these files, cut square around its middle and made as small as the
    /// discriminator's pictures are.
    Own(Files),
}

/// What the engine says of discriminators; each ends its request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum JudgeReply {
    /// It can be asked.
    Ready(JudgeInfo),
    /// It is forgotten.
    Closed,
    /// What it says of the picture.
    Examined(Verdict),
    /// Something went wrong; one sentence for the reader.
    Failed {
        /// What was wrong, where, and what to do.
        sentence: String,
    },
}

/// A loaded discriminator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JudgeInfo {
    /// Width and height of its pictures, in pixels.
    pub size: u32,
    /// Its attention layers, from the coarser to the finer.
    pub layers: Vec<LayerInfo>,
}

/// What a discriminator says of a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The score: with the hinge loss it learns to give real pictures more than 1 and drawn ones less
    /// than −1.
    pub score: f32,
    /// The picture as it saw it, and what its attention layers saw, with their values and maps.
    pub sample: Sample,
    /// `[size, size]`: how much the score can change with each pixel, the length of its gradient by
    /// the pixel's three values.
    #[serde(with = "floats")]
    pub gradient: Vec<f32>,
}
