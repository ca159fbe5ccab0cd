//! Checkpoints: tensors by name in a safetensors file, with the configuration in its header.

mod fold;
#[cfg(feature = "cli")]
mod pytorch;

use std::collections::HashMap;

use burn::tensor::Device;
use half::f16;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};

use crate::{
    config::{ConfigError, SaganConfig},
    generator::Generator,
    latents::{Purpose, stream},
    parameters::{HostTensor, HostTensors, ParameterError, load},
    train::TrainConfig,
};

pub use fold::{FoldedAttention, FoldedConv, FoldedWeights, largest_singular_value};
#[cfg(feature = "cli")]
pub use pytorch::{from_state_dict, read_pytorch, translate};

/// The key of our entry in the file's metadata.
const METADATA_KEY: &str = "saganscope";

/// What a checkpoint says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The shape of the networks.
    pub config: SaganConfig,
    /// Training steps done, where known.
    #[serde(default)]
    pub step: Option<u64>,
    /// Settings of the run, where known.
    #[serde(default)]
    pub training: Option<TrainConfig>,
}

/// A file's contents.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// What it says of itself.
    pub header: Header,
    /// `generator.…`, and in a training run's file `discriminator.…`, `average.…`, `adam.…`.
    pub tensors: HostTensors,
}

/// How numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Exact; what a run resumes from.
    F32,
    /// Half the size; what the page downloads.
    F16,
}

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
    /// Only a generator.
    #[error(
        "This checkpoint holds a generator alone; a run can be resumed only from a file that `sagan train` wrote."
    )]
    NotResumable,
    /// Two networks of different shapes.
    #[error(
        "The generator ({generator}) and the discriminator ({discriminator}) do not belong together; a run needs two of the same size, width and energy."
    )]
    Unlike {
        /// The generator's shape.
        generator: String,
        /// The discriminator's.
        discriminator: String,
    },
    /// A PyTorch file that is not a SAGAN.
    #[error("{0}")]
    PyTorch(String),
}

impl Checkpoint {
    /// Reads a whole file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let metadata = read_metadata(bytes)?;
        let entry = metadata
            .metadata()
            .as_ref()
            .and_then(|entries| entries.get(METADATA_KEY))
            .ok_or(CheckpointError::NotOurs)?;
        let header: Header = serde_json::from_str(entry)
            .map_err(|error| CheckpointError::Header(error.to_string()))?;
        header.config.check()?;
        let tensors = decode(bytes)?;
        Ok(Self { header, tensors })
    }

    /// Writes a whole file.
    pub fn to_bytes(&self, precision: Precision) -> Result<Vec<u8>, CheckpointError> {
        let entry = serde_json::to_string(&self.header)
            .map_err(|error| CheckpointError::Header(error.to_string()))?;
        let metadata = HashMap::from([(METADATA_KEY.to_string(), entry)]);
        write_tensors(&self.tensors, precision, Some(metadata))
    }

    /// Where the generator that pictures are drawn with is: the average, where there is one.
    pub fn generator_prefix(&self) -> &'static str {
        let averaged = self.tensors.keys().any(|name| name.starts_with("average."));
        if averaged { "average." } else { "generator." }
    }

    /// That generator as a module, normalisations not folded.
    pub fn generator(&self, device: &Device) -> Result<Generator, ParameterError> {
        let random = &mut stream(0, Purpose::Weights, 0);
        let blank = Generator::init(&self.header.config, random, device);
        load(blank, &self.tensors, self.generator_prefix())
    }
}

/// The named tensors of a safetensors file, as f32.
pub fn read_tensors(bytes: &[u8]) -> Result<HostTensors, CheckpointError> {
    read_metadata(bytes)?;
    decode(bytes)
}

/// The tensors of a file whose header [`read_metadata`] has checked.
fn decode(bytes: &[u8]) -> Result<HostTensors, CheckpointError> {
    let file = SafeTensors::deserialize(bytes)
        .map_err(|error| CheckpointError::Format(error.to_string()))?;
    let mut tensors = HostTensors::new();
    for (name, view) in file.tensors() {
        let values = read_values(&name, &view)?;
        if values.iter().any(|value| !value.is_finite()) {
            return Err(CheckpointError::NotFinite(name));
        }
        tensors.insert(
            name,
            HostTensor {
                shape: view.shape().to_vec(),
                values,
            },
        );
    }
    Ok(tensors)
}

/// A safetensors file of these tensors.
pub fn write_tensors(
    tensors: &HostTensors,
    precision: Precision,
    metadata: Option<HashMap<String, String>>,
) -> Result<Vec<u8>, CheckpointError> {
    let encoded: Vec<(&String, Vec<u8>, &[usize])> = tensors
        .iter()
        .map(|(name, tensor)| {
            let bytes = match precision {
                Precision::F32 => tensor.values.iter().flat_map(|v| v.to_le_bytes()).collect(),
                Precision::F16 => tensor
                    .values
                    .iter()
                    .flat_map(|v| f16::from_f32(*v).to_le_bytes())
                    .collect(),
            };
            (name, bytes, tensor.shape.as_slice())
        })
        .collect();
    let dtype = match precision {
        Precision::F32 => Dtype::F32,
        Precision::F16 => Dtype::F16,
    };
    let mut views = Vec::with_capacity(encoded.len());
    for (name, bytes, shape) in &encoded {
        let view = TensorView::new(dtype, shape.to_vec(), bytes)
            .map_err(|error| CheckpointError::Format(error.to_string()))?;
        views.push((name.as_str(), view));
    }
    safetensors::serialize(views, metadata)
        .map_err(|error| CheckpointError::Format(error.to_string()))
}

/// The file's header, after telling a truncated file from a foreign one.
fn read_metadata(bytes: &[u8]) -> Result<safetensors::tensor::Metadata, CheckpointError> {
    let found = bytes.len() as u64;
    let Some(prefix) = bytes.first_chunk::<8>() else {
        return Err(CheckpointError::Truncated { promised: 8, found });
    };
    let length = u64::from_le_bytes(*prefix);
    if length > 100_000_000 || bytes.get(8).is_some_and(|&first| first != b'{') {
        return Err(CheckpointError::Format(
            "its first bytes are no header length and '{'".into(),
        ));
    }
    if found < 8 + length {
        return Err(CheckpointError::Truncated {
            promised: 8 + length,
            found,
        });
    }
    let json = &bytes[8..8 + length as usize];
    let metadata: safetensors::tensor::Metadata =
        serde_json::from_slice(json).map_err(|error| CheckpointError::Format(error.to_string()))?;
    let promised = 8 + length + metadata.data_len() as u64;
    if found < promised {
        return Err(CheckpointError::Truncated { promised, found });
    }
    Ok(metadata)
}

fn read_values(name: &str, view: &TensorView<'_>) -> Result<Vec<f32>, CheckpointError> {
    let data = view.data();
    match view.dtype() {
        Dtype::F32 => Ok(data
            .as_chunks::<4>()
            .0
            .iter()
            .map(|c| f32::from_le_bytes(*c))
            .collect()),
        Dtype::F16 => Ok(data
            .as_chunks::<2>()
            .0
            .iter()
            .map(|c| f16::from_le_bytes(*c).to_f32())
            .collect()),
        Dtype::BF16 => Ok(data
            .as_chunks::<2>()
            .0
            .iter()
            .map(|c| half::bf16::from_le_bytes(*c).to_f32())
            .collect()),
        other => Err(CheckpointError::Dtype {
            name: name.to_string(),
            dtype: format!("{other:?}"),
        }),
    }
}
