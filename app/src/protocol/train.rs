//! Training runs and their steps.

use serde::{Deserialize, Serialize};

use super::{
    DeviceChoice, DeviceInfo,
    wire::{File, floats},
};

/// What can be asked about training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Train {
    /// Choose a device and go on with a run; [`TrainReply::Ready`] says that it can do steps.
    Open {
        /// What the page calls it. It takes the place of an open one of that number once it is
        /// ready; until then, and where it fails, that one stays.
        run: u32,
        /// The whole safetensors file, as `sagan train` writes it.
        checkpoint: File,
        /// What to call the file in messages.
        name: String,
        /// Which device to use.
        device: DeviceChoice,
    },
    /// Do one step: an update of the discriminator, then one of the generator.
    Step {
        /// Which run.
        run: u32,
        /// `[batch, 3, size, size]` in [−1, 1], row-major, with the run's batch and size.
        #[serde(with = "floats")]
        real: Vec<f32>,
        /// Without them the run draws its own, from its seed and the number of the step; with them
        /// a step done elsewhere can be repeated.
        latents: Option<StepLatents>,
    },
    /// Hand the run back as a file, for [`Train::Open`] or `sagan train --resume`.
    Save {
        /// Which run.
        run: u32,
    },
    /// Forget a run.
    Close {
        /// Which one; none of that number is no error.
        run: u32,
    },
}

/// The latents of one step, each `[batch, z_dim]`, row-major.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepLatents {
    /// For the pictures that the discriminator learns from.
    #[serde(with = "floats")]
    pub discriminator: Vec<f32>,
    /// For the pictures that the generator learns from.
    #[serde(with = "floats")]
    pub generator: Vec<f32>,
}

/// What the engine is doing before a run is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TrainingStage {
    /// Asking the browser for a GPU.
    Device,
    /// Reading the run and uploading its weights.
    Weights,
    /// Compiling the GPU's programs by doing a step that is thrown away.
    Warmup {
        /// Parts of the step that are compiled, from 0.
        done: u32,
        /// Parts in all. They take unequal time.
        parts: u32,
    },
}

/// What the engine says about training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TrainReply {
    /// Opening has reached this stage.
    Stage(TrainingStage),
    /// The run is open.
    Ready {
        /// Where it is.
        device: DeviceInfo,
        /// What was opened.
        info: RunInfo,
    },
    /// One step is done.
    Stepped {
        /// Steps of the run, this one included.
        step: u64,
        /// Hinge loss of the discriminator, before its update.
        discriminator_loss: f32,
        /// Loss of the generator, before its update.
        generator_loss: f32,
        /// How long the step took, in milliseconds, upload and reading the losses included.
        millis: f64,
    },
    /// The run as a file.
    Saved {
        /// Steps of the run.
        step: u64,
        /// The whole safetensors file.
        checkpoint: File,
    },
    /// The run is forgotten.
    Closed,
    /// Something went wrong; one sentence for the reader.
    Failed {
        /// What was wrong, where, and what to do.
        sentence: String,
    },
}

/// An open training run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunInfo {
    /// Width and height of a picture, in pixels.
    pub size: u32,
    /// Length of the latent vector.
    pub z_dim: u32,
    /// The networks' base width.
    pub conv_dim: u32,
    /// Attention energy, by its name in the checkpoint: "dot", "spectral", "cosine" …
    pub energy: String,
    /// Pictures a step.
    pub batch: u32,
    /// Steps done.
    pub step: u64,
}
