//! What a training run is made of, and what it tells of itself.

use serde::{Deserialize, Serialize};

use super::wire::{File, bytes};

/// A run to begin from random weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunConfig {
    /// Width and height of a picture: 32, 64 or 128.
    pub size: u32,
    /// The networks' base width, a multiple of 8.
    pub conv_dim: u32,
    /// Length of the latent vector.
    pub z_dim: u32,
    /// Attention energy, by its name in a checkpoint: "dot", "spectral", "cosine" or "centred".
    pub energy: String,
    /// Dimensions of queries and keys; an eighth of a layer's channels where there is none.
    pub query_width: Option<u32>,
    /// Whether queries and keys also see their place.
    pub place: bool,
    /// Whether keys are blurred over their neighbours.
    #[serde(default)]
    pub smooth_keys: bool,
    /// Sides of the generator's maps that attend, from coarse to fine.
    pub generator_attention: Vec<u32>,
    /// Sides of the discriminator's maps that attend, from fine to coarse.
    pub discriminator_attention: Vec<u32>,
    /// Which networks have spectral norm: "none", "discriminator" or "both".
    pub spectral_norm: String,
    /// Whether the discriminator sees how much the pictures of a batch differ.
    pub minibatch_deviation: bool,
    /// Whether the phases of each transposed convolution have equal sums of taps.
    pub equal_phase_sums: bool,
    /// Whether the discriminator sees changed pictures only, for small sets.
    pub diff_augment: bool,
    /// Learning rate of the generator.
    pub generator_rate: f64,
    /// Learning rate of the discriminator.
    pub discriminator_rate: f64,
    /// Adam's decays of the mean of gradients and of that of their squares, of both networks.
    #[serde(default = "papers_betas")]
    pub betas: [f64; 2],
    /// Updates of the discriminator for each of the generator.
    #[serde(default = "one")]
    pub discriminator_steps: u32,
    /// Pictures a step.
    pub batch: u32,
    /// Where all randomness comes from.
    pub seed: u64,
}

fn one() -> u32 {
    1
}

fn papers_betas() -> [f64; 2] {
    [0.0, 0.9]
}

/// The networks that a run begins with, where those are not random.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Networks {
    /// A file with a generator: safetensors, or a PyTorch state dict.
    pub generator: File,
    /// One with the discriminator that belongs to it; the same, where that holds both.
    pub discriminator: File,
    /// What to call them in messages.
    pub name: String,
}

/// What can be changed while a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LiveSettings {
    /// Learning rate of the generator.
    pub generator_rate: f64,
    /// Learning rate of the discriminator.
    pub discriminator_rate: f64,
    /// Updates of the discriminator for each of the generator.
    pub discriminator_steps: u32,
}

/// One of a run's two networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Half {
    /// Learns to tell real pictures from drawn ones.
    Discriminator,
    /// Learns to draw what the other takes for real.
    Generator,
}

/// What a run's networks were like inside after some step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vital {
    /// Steps of the run.
    pub step: u64,
    /// In the order of [`Record::vital_names`]; NaN for what there was none of.
    pub values: Vec<f32>,
}

/// What was read of a run before it was opened, as far as its file tells.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// In the order of steps.
    pub history: Vec<Progress>,
    /// Steps after which there are snapshots to draw from.
    pub snapshots: Vec<u64>,
    /// What is read of the networks now and then: "share.1", "bits.1", "border.1", "phase.1" of each
    /// attention layer from the coarsest, "gradient.generator", "sigma.discriminator.1",
    /// "partner.generator.1" and so on.
    pub vital_names: Vec<String>,
    /// In the order of steps.
    pub vitals: Vec<Vital>,
    /// What the run is, for comparing it with others.
    #[serde(default)]
    pub config: Option<RunConfig>,
    /// How far its pictures were from real ones, if that was measured.
    #[serde(default)]
    pub quality: Option<Quality>,
}

/// Where a run's pictures come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PictureSource {
    /// A procedural world, by its name.
    World(String),
    /// Pictures that the visitor chose: an album of the engine's, by its number.
    Own(u32),
}

/// A procedural world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorldInfo {
    /// What it is called.
    pub name: String,
    /// What it shows, as a part of a sentence.
    pub about: String,
    /// The axis about which all its pictures are mirrored, in parts of the width, if there is one.
    pub mirror: Option<f32>,
    /// Width and height of the picture, in pixels.
    pub size: u32,
    /// One of its pictures, `[size, size, 4]`, 8-bit RGBA.
    #[serde(with = "bytes")]
    pub rgba: Vec<u8>,
}

/// Pictures that the visitor chose, cut square and made small.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlbumInfo {
    /// How many there are, mirrored ones included.
    pub count: u32,
    /// Files that could not be used.
    pub unreadable: Vec<UnreadableFile>,
    /// Width and height of a picture, in pixels.
    pub size: u32,
    /// How many of them follow.
    pub shown: u32,
    /// The first ones, `[shown, size, size, 4]`, 8-bit RGBA.
    #[serde(with = "bytes")]
    pub rgba: Vec<u8>,
}

/// A file that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadableFile {
    /// Its name.
    pub name: String,
    /// What is wrong with it, as a part of a sentence.
    pub reason: String,
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

/// What was read of a run after some step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Steps of the run, this one included.
    pub step: u64,
    /// Hinge loss of the discriminator, before its update.
    pub discriminator_loss: f32,
    /// Loss of the generator, before its update.
    pub generator_loss: f32,
    /// Mean score of the step's real pictures.
    pub real: f32,
    /// Mean score of as many fake ones.
    pub fake: f32,
    /// How long a step took, in milliseconds: the mean since this was told before.
    pub millis: f64,
    /// γ of the generator's attention layers, from the coarsest.
    pub gammas: Vec<f32>,
}

/// A run as it was kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Steps of the run.
    pub step: u64,
    /// Length of its file.
    pub bytes: u64,
    /// Why it is not in the browser's storage, if it is not; it is in memory then.
    pub trouble: Option<String>,
}

/// How far a run's pictures were from those that it learns from: the Fréchet distance of
/// `sagan measure`, in a feature space made by hand.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// After which step it was measured.
    pub step: u64,
    /// How many drawn pictures were compared, with as many real ones.
    pub pictures: u64,
    /// Between drawn and real ones.
    pub distance: f32,
    /// Between two sets of real ones: what nothing can come below.
    pub of_real: f32,
}

/// A run in the browser's storage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredRun {
    /// Its number in storage: when it was begun, in milliseconds since 1970.
    pub id: u64,
    /// What the visitor calls it.
    pub name: Option<String>,
    /// What it is.
    pub info: RunInfo,
    /// What it learns from.
    pub from: Option<PictureSource>,
    /// When it was kept, in milliseconds since 1970.
    pub at: f64,
    /// Length of its file.
    pub bytes: u64,
    /// What was read of it last.
    pub last: Option<Progress>,
    /// How far its pictures were from real ones, if that was measured.
    #[serde(default)]
    pub quality: Option<Quality>,
    /// Whether another tab keeps it.
    pub elsewhere: bool,
    /// The number in storage of the run that it began beside, where it was the second of two.
    pub beside: Option<u64>,
}

/// What a tab wants of a run in storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Claim {
    /// To keep it, unless another tab does.
    Keep,
    /// To keep it in place of another tab, which was asked to let go of it. One that does not answer
    /// within twenty seconds keeps it no more.
    TakeOver,
    /// To look at it as it was kept last, whoever keeps it.
    Look,
}
