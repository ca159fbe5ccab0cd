//! Models to draw from, and their pictures.

use serde::{Deserialize, Serialize};

use super::{
    DeviceChoice, DeviceInfo,
    edits::LayerEdit,
    moves::{Moves, Place},
    wire::{File, bytes, floats, maybe_floats},
};

/// What can be asked about drawing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Draw {
    /// Choose a device and load a checkpoint; [`DrawReply::Ready`] says that it can be drawn from.
    Open {
        /// What the page calls it. It takes the place of an open one of that number once it is
        /// ready; until then, and where it fails, that one stays.
        model: u32,
        /// The whole file: safetensors, or a PyTorch state dict.
        checkpoint: File,
        /// What to call the file in messages.
        name: String,
        /// Which device to use.
        device: DeviceChoice,
    },
    /// Forget a model.
    Close {
        /// Which one; none of that number is no error.
        model: u32,
    },
    /// Draw pictures.
    Pictures(Pictures),
}

/// Which pictures, of which network, with what changed in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pictures {
    /// A newer request on the same topic supersedes this one, of which then no more samples come.
    /// Topics do not wait for each other: the newest request is served first.
    pub topic: u32,
    /// Who draws.
    pub network: Network,
    /// What is drawn.
    pub latents: Latents,
    /// Seed of the noise in networks that have any; without one, that of the latents, or 0.
    pub noise: Option<u64>,
    /// Where that noise is; everywhere else it stays that of the latents. Everywhere without.
    #[serde(default)]
    pub noise_place: Option<Place>,
    /// What to change in each attention layer, from the coarser to the finer; none for those that
    /// are missing at the end.
    pub edits: Vec<LayerEdit>,
    /// What each sample should bring.
    pub parts: Parts,
}

impl Pictures {
    /// `count` pictures of a seed, from the `first` on, as the average of a network draws them
    /// unchanged, with what any row of their attention can be found from.
    pub fn of_seed(topic: u32, of: Source, seed: u64, first: u32, count: u32) -> Self {
        Self {
            topic,
            network: Network {
                of,
                weights: Weights::Average,
            },
            latents: Latents::Seed { seed, first, count },
            noise: None,
            noise_place: None,
            edits: Vec::new(),
            parts: Parts::default(),
        }
    }
}

/// A network that draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// Where it is.
    pub of: Source,
    /// Which of its weights.
    pub weights: Weights,
}

/// Where a network is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// An open model, by its number.
    Model(u32),
    /// An open training run, by its number, as it is now.
    Run(u32),
}

/// Which weights of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Weights {
    /// The average of the generator over its training, where there is one, else the generator.
    #[default]
    Average,
    /// The generator as the last step left it, where the source has it besides the average.
    Generator,
    /// Of a run: the average as it was kept after the step nearest to this one.
    Snapshot(u64),
}

/// The latent vectors of a request, one a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Latents {
    /// Those of a seed. Picture `i` depends on `(seed, i)` alone.
    Seed {
        /// Where they come from.
        seed: u64,
        /// The first picture.
        first: u32,
        /// How many pictures.
        count: u32,
    },
    /// Those of one picture of a seed, moved.
    Moved {
        /// The seed.
        seed: u64,
        /// The picture.
        picture: u32,
        /// Where to.
        moves: Moves,
    },
    /// These.
    Given {
        /// `[count, z_dim]`, row by row.
        #[serde(with = "floats")]
        values: Vec<f32>,
    },
}

/// What a sample brings besides its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// A [`Reading`] of each attention layer: queries, keys, log-sum-exp and mean row.
    pub attention: bool,
    /// With the attention: how much each pixel's row is its own, in bits.
    pub bits: bool,
    /// With the attention: the layer's values.
    pub values: bool,
    /// With the attention: what goes into the layer and what comes out of it.
    pub layer_maps: bool,
    /// With the attention: what all rows of each map say at once.
    #[serde(default)]
    pub all_rows: bool,
}

impl Default for Parts {
    /// The picture, and what any row of its attention can be found from.
    fn default() -> Self {
        Self {
            attention: true,
            bits: false,
            values: false,
            layer_maps: false,
            all_rows: false,
        }
    }
}

/// What the engine is doing before a model is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Asking the browser for a GPU.
    Device,
    /// Reading the checkpoint and folding its weights.
    Weights,
    /// Compiling the GPU's programs by drawing.
    Warmup,
}

/// What the engine says about drawing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DrawReply {
    /// Opening has reached this stage.
    Stage(Stage),
    /// The model can be drawn from.
    Ready {
        /// Where it is.
        device: DeviceInfo,
        /// What was loaded.
        model: ModelInfo,
    },
    /// The model is forgotten.
    Closed,
    /// One picture and what its pixels looked at.
    Sample {
        /// Which picture of the request, from 0; they come in order.
        index: u32,
        /// The picture.
        sample: Sample,
    },
    /// All pictures of the request were sent.
    Done {
        /// How long it took from its first picture on, in milliseconds; what was drawn for others
        /// meanwhile is not counted.
        millis: f64,
    },
    /// A newer request on the topic came; no more pictures of this one do.
    Superseded,
    /// Something went wrong; one sentence for the reader.
    Failed {
        /// What was wrong, where, and what to do.
        sentence: String,
    },
}

/// A loaded generator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// Width and height of a picture, in pixels.
    pub size: u32,
    /// Length of the latent vector.
    pub z_dim: u32,
    /// The network's base width.
    pub conv_dim: u32,
    /// Attention energy, by its name in the checkpoint: "dot", "spectral", "cosine" …
    pub energy: String,
    /// Training steps behind the weights, where known.
    pub steps: Option<u64>,
    /// Its attention layers, from the coarser to the finer; none, one or several.
    pub layers: Vec<LayerInfo>,
    /// Width and height of each map that noise is added to, from coarse to fine; mostly none.
    #[serde(default)]
    pub noisy: Vec<u32>,
}

/// An attention layer of a loaded generator.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerInfo {
    /// Width and height of the map that it looks at.
    pub side: u32,
    /// Channels of that map.
    pub channels: u32,
    /// The trained γ.
    pub gamma: f32,
}

/// One picture with the readings of its attention layers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Width and height, in pixels.
    pub size: u32,
    /// `[size, size, 4]`, 8-bit RGBA, row by row from the top.
    #[serde(with = "bytes")]
    pub rgba: Vec<u8>,
    /// From the coarser layer to the finer; empty where no attention was asked for.
    pub layers: Vec<Reading>,
}

/// What is needed to know any row of an attention map without storing it.
///
/// With `i` the query's index `y·side + x`, `j` the key's and `d = dim`:
/// `A[i][j] = exp(queries[i·d..]·keys[j·d..] − log_sum_exp[i])`; each row sums to one.
/// Whatever energy the model uses and whatever was edited is already in the queries and keys: this
/// is the map that the picture was drawn with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Width and height of the layer's map, N = side².
    pub side: u32,
    /// Length of a query or key; an edit may make them longer or shorter than the model's.
    pub dim: u32,
    /// `[N, dim]`.
    #[serde(with = "floats")]
    pub queries: Vec<f32>,
    /// `[N, dim]`.
    #[serde(with = "floats")]
    pub keys: Vec<f32>,
    /// `[N]`, natural logarithm.
    #[serde(with = "floats")]
    pub log_sum_exp: Vec<f32>,
    /// `[N]`: the mean of all rows, which sums to one. What everybody looks at.
    #[serde(with = "floats")]
    pub mean_row: Vec<f32>,
    /// γ with its factor, as the picture was drawn with.
    pub gamma: f32,
    /// ‖γ·o‖ / ‖x‖ in this picture: how much the layer changes what passes through it.
    pub share: f32,
    /// `[N]`: KL divergence of each row from the mean row, in bits. See [`Parts::bits`].
    #[serde(with = "maybe_floats")]
    pub bits: Option<Vec<f32>>,
    /// `[N, channels]`. See [`Parts::values`].
    #[serde(with = "maybe_floats")]
    pub values: Option<Vec<f32>>,
    /// `[N, channels]`: x. See [`Parts::layer_maps`].
    #[serde(with = "maybe_floats")]
    pub input: Option<Vec<f32>>,
    /// `[N, channels]`: y = γ·o + x. See [`Parts::layer_maps`].
    #[serde(with = "maybe_floats")]
    pub output: Option<Vec<f32>>,
    /// See [`Parts::all_rows`].
    pub all_rows: Option<AllRows>,
}

/// What all rows of a map say at once; `model/src/all_rows` defines each. N = side², cells are
/// indexed `y·side + x`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AllRows {
    /// `[N]`: each row's divergence from the mean row, in bits.
    #[serde(with = "floats")]
    pub bits: Vec<f32>,
    /// `[N, 2]`: from each pixel to the mean place of what it looks at more than others do; x to the
    /// right and y down, in cells.
    #[serde(with = "floats")]
    pub displacement: Vec<f32>,
    /// `[N, 3]`: each row along the directions in which rows differ most, the strongest first.
    #[serde(with = "floats")]
    pub components: Vec<f32>,
    /// What part of all difference between rows each direction holds.
    pub held: [f32; 3],
    /// `[N]`: the share of rows that give the cell at least four times an even share.
    #[serde(with = "floats")]
    pub lookers: Vec<f32>,
    /// `[N]`: how far the cell's value is from the mean value, in parts of the root mean square.
    #[serde(with = "floats")]
    pub distinct: Vec<f32>,
}
