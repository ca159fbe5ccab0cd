//! What can be wrong with a file, one sentence each.

use crate::{
    config::{ConfigError, TrainConfigError},
    parameters::ParameterError,
};

/// The key of our entry in the file's metadata.
pub(super) const METADATA_KEY: &str = "saganscope";

/// A file that cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CheckpointError {
    /// Shorter than its header says.
    #[error(
        "The file is cut short: its header promises {promised} bytes, but it has {found}. Download or copy it again."
    )]
    Truncated {
        /// Bytes that the header promises.
        promised: u64,
        /// Bytes there are.
        found: u64,
    },
    /// Not this format.
    #[error("This is not a safetensors file ({0}).")]
    Format(String),
    /// Safetensors, but not ours.
    #[error(
        "The file is a safetensors file, but holds no Saganscope checkpoint: its metadata has no '{METADATA_KEY}' entry."
    )]
    NotOurs,
    /// Our entry is damaged or of another version.
    #[error("The checkpoint's '{METADATA_KEY}' entry cannot be read: {0}.")]
    Header(String),
    /// Written by a later version.
    #[error(
        "The checkpoint has format {0}, which a later version of Saganscope wrote; this one reads formats 1 and 2."
    )]
    Newer(u32),
    /// An option that changes what is computed, and that is not known here.
    #[error(
        "The checkpoint uses the option '{0}', which this version of Saganscope does not know; without it the pictures would be wrong."
    )]
    UnknownOption(String),
    /// A tensor that no network of this configuration has.
    #[error(
        "The checkpoint holds a tensor '{0}', which no network of its configuration has; without it the pictures would be wrong."
    )]
    UnknownTensor(String),
    /// A network of more numbers than can be handled.
    #[error(
        "The checkpoint's configuration asks for a network of {millions} million numbers; at most 268 million can be opened."
    )]
    TooLarge {
        /// 2²⁰ numbers.
        millions: usize,
    },
    /// Settings that no run can have.
    #[error(transparent)]
    Training(#[from] TrainConfigError),
    /// A discriminator of other weights.
    #[error(
        "The discriminator belongs to another generator than the one that is open; take the two files of one training."
    )]
    OtherGenerator,
    /// An element type that weights do not come in.
    #[error("The tensor '{name}' holds {dtype} numbers; only F32, F16 and BF16 can be read.")]
    Dtype {
        /// The tensor.
        name: String,
        /// Its element type.
        dtype: String,
    },
    /// An impossible shape of network.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A tensor is missing or of another shape.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// A number that is no number.
    #[error(
        "The tensor '{0}' holds a value that is not a finite number; the training run that wrote it had diverged."
    )]
    NotFinite(String),
    /// A number that f16 turns into infinity.
    #[error(
        "The tensor '{0}' holds a value beyond 65504, the largest that 16 bits can store; keep the file of the run, which has 32."
    )]
    TooLargeForF16(String),
    /// Only a generator.
    #[error(
        "This checkpoint holds a generator alone; a run can be resumed only from a file that `sagan train` wrote."
    )]
    NotResumable,
    /// Two networks of different shapes.
    #[error(
        "The generator and the discriminator do not belong together; they differ in {differences}."
    )]
    Unlike {
        /// Each option, with the generator's value and the discriminator's.
        differences: String,
    },
    /// A PyTorch file that is not a SAGAN.
    #[error("{0}")]
    PyTorch(String),
}
