//! Every message between the page and its engine, as plain serde types.
//!
//! The page downloads; the engine computes. Messages cross as [`postcard`] bytes in a
//! `Uint8Array`, so that neither side needs to know anything of the other's libraries.
//!
//! Order: the page posts one [`Request::Open`], the engine answers [`Reply::Stage`]s and then
//! [`Reply::Ready`] or [`Reply::Failed`]. Each [`Request::Generate`] is answered by one
//! [`Reply::Sample`] a picture, in order, and a [`Reply::Generated`]; a newer request supersedes
//! an older one, whose remaining samples then never come.
//!
//! Beside the checkpoint that pictures are drawn from, one training run can be open. The two know
//! nothing of each other, but share a device and one queue of requests: while a step is computed,
//! requests for pictures wait. [`Request::OpenTraining`] is answered by
//! [`Reply::TrainingStage`]s and [`Reply::TrainingReady`], each [`Request::TrainStep`] by a
//! [`Reply::TrainStepped`], and [`Request::SaveTraining`] by a [`Reply::TrainingSaved`]; any of
//! them by [`Reply::TrainingFailed`] instead, after which drawing goes on as before.

use serde::{Deserialize, Serialize};

/// What the page asks of the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Choose a device and load a checkpoint.
    Open {
        /// The whole safetensors file.
        checkpoint: Vec<u8>,
        /// What to call the file in messages.
        name: String,
        /// Which device to use.
        device: DeviceChoice,
    },
    /// Draw `count` pictures of `seed`. Picture `i` depends on `(seed, i)` alone.
    Generate {
        /// Returned with every sample, so that late answers can be told apart.
        request: u32,
        /// The seed that the latents come from.
        seed: u64,
        /// How many pictures.
        count: u32,
    },
    /// Choose a device and go on with a training run. It takes the place of an open one once it is
    /// ready; until then, and where it fails, that one stays.
    OpenTraining {
        /// The whole safetensors file, as `sagan train` writes it.
        checkpoint: Vec<u8>,
        /// What to call the file in messages.
        name: String,
        /// Which device to use.
        device: DeviceChoice,
    },
    /// Do one step: an update of the discriminator, then one of the generator.
    TrainStep {
        /// `[batch, 3, size, size]` in [−1, 1], row-major, with the run's batch and size.
        real: Vec<f32>,
        /// Without them the run draws its own, from its seed and the number of the step; with them
        /// a step done elsewhere can be repeated.
        latents: Option<StepLatents>,
    },
    /// Hand the run back as a file, for [`Request::OpenTraining`] or `sagan train --resume`.
    SaveTraining,
}

/// The latents of one step, each `[batch, z_dim]`, row-major.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepLatents {
    /// For the pictures that the discriminator learns from.
    pub discriminator: Vec<f32>,
    /// For the pictures that the generator learns from.
    pub generator: Vec<f32>,
}

/// Which device the engine should run on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeviceChoice {
    /// The GPU where WebGPU offers a real one that suffices, else the CPU.
    #[default]
    Auto,
    /// Whatever WebGPU offers, be it software.
    Gpu,
    /// The CPU, even where there is a GPU.
    Cpu,
}

/// What the engine is doing before it is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Asking the browser for a GPU.
    Device,
    /// Reading the checkpoint and folding its weights.
    Weights,
    /// Compiling the GPU's programs by drawing one picture.
    Warmup,
}

/// What the engine is doing before a training run is ready.
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

/// What the engine tells the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// Start-up has reached this stage.
    Stage(Stage),
    /// The checkpoint is loaded; the engine waits for [`Request::Generate`].
    Ready {
        /// Where it runs.
        device: DeviceInfo,
        /// What was loaded.
        model: ModelInfo,
    },
    /// One picture and what its pixels looked at.
    Sample {
        /// The request that it answers.
        request: u32,
        /// Which picture of the request, from 0.
        index: u32,
        /// The picture.
        sample: Sample,
    },
    /// All pictures of a request were sent.
    Generated {
        /// The request that it answers.
        request: u32,
        /// How long the request took, in milliseconds.
        millis: f64,
    },
    /// Something went wrong; one sentence for the reader.
    Failed {
        /// What was wrong, where, and what to do.
        sentence: String,
    },
    /// Opening a run has reached this stage.
    TrainingStage(TrainingStage),
    /// The run is open; the engine waits for [`Request::TrainStep`].
    TrainingReady {
        /// Where it runs.
        device: DeviceInfo,
        /// What was opened.
        run: RunInfo,
    },
    /// One step is done.
    TrainStepped {
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
    TrainingSaved {
        /// Steps of the run.
        step: u64,
        /// The whole safetensors file.
        checkpoint: Vec<u8>,
    },
    /// Something went wrong with training; one sentence for the reader.
    TrainingFailed {
        /// What was wrong, where, and what to do.
        sentence: String,
    },
}

/// The device that the engine runs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceInfo {
    /// Whether it is a GPU.
    pub gpu: bool,
    /// The adapter's name as far as the browser tells, or "CPU".
    pub name: String,
    /// Where the CPU is used: why, in one sentence.
    pub note: Option<String>,
}

/// The loaded generator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// Width and height of a picture, in pixels.
    pub size: u32,
    /// Length of the latent vector.
    pub z_dim: u32,
    /// The network's base width.
    pub conv_dim: u32,
    /// Attention energy: "dot", "spectral" or "cosine".
    pub energy: String,
    /// Training steps behind the weights, where known.
    pub steps: Option<u64>,
    /// γ of each attention layer, from the coarser to the finer.
    pub gammas: Vec<f32>,
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
    /// Attention energy: "dot", "spectral" or "cosine".
    pub energy: String,
    /// Pictures a step.
    pub batch: u32,
    /// Steps done.
    pub step: u64,
}

/// One picture with the readings of its attention layers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Width and height, in pixels.
    pub size: u32,
    /// `[size, size, 4]`, 8-bit RGBA, row by row from the top.
    pub rgba: Vec<u8>,
    /// From the coarser layer (16×16 at size 64) to the finer (32×32).
    pub layers: Vec<Reading>,
}

/// What is needed to know any row of an attention map without storing it.
///
/// With `i` the query's index `y·side + x`, `j` the key's and `d = dim`:
/// `A[i][j] = exp(queries[i·d..]·keys[j·d..] − log_sum_exp[i])`; each row sums to one.
/// Whatever energy the model uses is already in the queries and keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Width and height of the layer's map, N = side².
    pub side: u32,
    /// Length of a query or key.
    pub dim: u32,
    /// `[N, dim]`.
    pub queries: Vec<f32>,
    /// `[N, dim]`.
    pub keys: Vec<f32>,
    /// `[N]`, natural logarithm.
    pub log_sum_exp: Vec<f32>,
    /// γ of the layer.
    pub gamma: f32,
    /// ‖γ·o‖ / ‖x‖ in this picture: how much the layer changes what passes through it.
    pub share: f32,
}
