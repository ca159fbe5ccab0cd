//! Checkpoints: tensors by name in a safetensors file, with the configuration in its header.

mod error;
mod fold;
mod header;
pub mod layout;
mod names;
mod packed;
mod pytorch;
pub mod slots;
mod wrapped;

use std::collections::{BTreeMap, HashMap};

use burn::tensor::Device;
use half::f16;
pub use safetensors::Dtype;
use safetensors::{SafeTensors, tensor::TensorView};
use sha2::{Digest, Sha256};

use self::error::METADATA_KEY;
use crate::{
    generator::Generator,
    host::{HostTensor, HostTensors},
    latents::{Purpose, stream},
    parameters::{ParameterError, load},
};

pub use error::CheckpointError;
pub(crate) use fold::about_largest_singular_value;
pub use fold::{FoldedAttention, FoldedConv, FoldedQuery, FoldedWeights, largest_singular_value};
pub use header::{Change, Header, Updates};
pub use names::{from_pytorch, to_pytorch};
pub use pytorch::read_pytorch;

/// A file's contents.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// What it says of itself.
    pub header: Header,
    /// `generator.…`, and in a training run's file `discriminator.…`, `average.…`, `adam.…`.
    pub tensors: HostTensors,
    /// `history.…` and `snapshots.…`: of any type, carried along as they are.
    pub carried: BTreeMap<String, RawTensor>,
}

/// A tensor of any type.
#[derive(Clone, Debug, PartialEq)]
pub struct RawTensor {
    /// What its numbers are.
    pub dtype: Dtype,
    /// Its dimensions, outermost first.
    pub shape: Vec<usize>,
    /// Row-major, little-endian.
    pub bytes: Vec<u8>,
}

/// How numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Exact; what a run resumes from.
    F32,
    /// Half the size; what the page downloads.
    F16,
}

impl Checkpoint {
    /// These networks, and nothing beside them.
    pub fn new(header: Header, tensors: HostTensors) -> Self {
        Self {
            header,
            tensors,
            carried: BTreeMap::new(),
        }
    }

    /// Reads a whole file of either kind: one of ours, or a PyTorch state dict. Its first bytes say
    /// which, and only where they say neither, what the file is called.
    ///
    /// # Errors
    /// What is wrong with it, as [`from_bytes`](Self::from_bytes) and [`read_pytorch`].
    pub fn from_file(name: &str, bytes: Vec<u8>) -> Result<Self, CheckpointError> {
        let ours = bytes.get(8) == Some(&b'{');
        // A zip archive, or a pickle: the two formats of PyTorch.
        let pytorch = bytes.starts_with(b"PK\x03\x04") || bytes.first() == Some(&0x80);
        let name = name.to_ascii_lowercase();
        let named = name.ends_with(".pth") || name.ends_with(".pt");
        if !ours && (pytorch || named) {
            read_pytorch(bytes)
        } else {
            Self::from_bytes(&bytes)
        }
    }

    /// Reads a whole file of ours. Names and shapes are compared with the configuration before any weight
    /// is read.
    ///
    /// # Errors
    /// What is wrong with the file, by the name of the option or the tensor.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let metadata = read_metadata(bytes)?;
        let entry = metadata
            .metadata()
            .as_ref()
            .and_then(|entries| entries.get(METADATA_KEY))
            .ok_or(CheckpointError::NotOurs)?;
        let header = Header::from_json(entry)?;
        let tensors = metadata.tensors();
        let named: Vec<_> = tensors
            .iter()
            .map(|(name, info)| (names::current(name), info.shape.as_slice()))
            .collect();
        let shapes = named.iter().map(|(name, shape)| (name.as_str(), *shape));
        layout::check(&header.config, shapes)?;
        let (tensors, carried) = decode(bytes, names::current)?;
        Ok(Self {
            header,
            tensors,
            carried,
        })
    }

    /// Writes a whole file.
    pub fn to_bytes(&self, precision: Precision) -> Result<Vec<u8>, CheckpointError> {
        let metadata = HashMap::from([(METADATA_KEY.to_string(), self.header.to_json()?)]);
        write(&self.tensors, &self.carried, precision, Some(metadata))
    }

    /// Whether names and shapes are those of the configuration.
    ///
    /// # Errors
    /// What is wrong, by the tensor's name.
    pub fn check(&self) -> Result<(), CheckpointError> {
        let shapes = self.tensors.iter();
        layout::check(
            &self.header.config,
            shapes.map(|(name, tensor)| (name.as_str(), tensor.shape.as_slice())),
        )
    }

    /// Whether all parts of a training run are there.
    pub fn holds_a_run(&self) -> bool {
        ["generator.", "average.", "discriminator."]
            .iter()
            .all(|prefix| self.holds(prefix))
    }

    /// Whether there is a network whose tensors' names begin so.
    pub fn holds(&self, prefix: &str) -> bool {
        self.tensors.keys().any(|name| name.starts_with(prefix))
    }

    /// Whether this discriminator was trained with the generator of the file with this
    /// [`fingerprint`].
    ///
    /// # Errors
    /// [`CheckpointError::OtherGenerator`] if it says that it was not.
    pub fn belongs_to(&self, generator_file: &str) -> Result<(), CheckpointError> {
        match &self.header.generator_file {
            Some(own) if own != generator_file => Err(CheckpointError::OtherGenerator),
            _ => Ok(()),
        }
    }

    /// Where the generator that pictures are drawn with is: the average, where there is one.
    pub fn generator_prefix(&self) -> &'static str {
        if self.holds("average.") {
            "average."
        } else {
            "generator."
        }
    }

    /// That generator as a module, normalisations not folded.
    pub fn generator(&self, device: &Device) -> Result<Generator, ParameterError> {
        let random = &mut stream(0, Purpose::Weights, 0);
        let blank = Generator::init(&self.header.config, random, device);
        load(blank, &self.tensors, self.generator_prefix())
    }
}

/// SHA-256 of a file, in hexadecimal digits: by which a discriminator's file names its generator's.
pub fn fingerprint(file: &[u8]) -> String {
    let digest = Sha256::digest(file);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The named tensors of a safetensors file, as f32.
pub fn read_tensors(bytes: &[u8]) -> Result<HostTensors, CheckpointError> {
    read_metadata(bytes)?;
    let (tensors, _) = decode(bytes, str::to_string)?;
    Ok(tensors)
}

type Decoded = (HostTensors, BTreeMap<String, RawTensor>);

/// The tensors of a file whose header [`read_metadata`] has checked, renamed.
fn decode(bytes: &[u8], rename: fn(&str) -> String) -> Result<Decoded, CheckpointError> {
    let file = SafeTensors::deserialize(bytes)
        .map_err(|error| CheckpointError::Format(error.to_string()))?;
    let (mut tensors, mut carried) = Decoded::default();
    for (name, view) in file.tensors() {
        let shape = view.shape().to_vec();
        if layout::CARRIED
            .iter()
            .any(|prefix| name.starts_with(prefix))
        {
            let raw = RawTensor {
                dtype: view.dtype(),
                shape,
                bytes: view.data().to_vec(),
            };
            carried.insert(name, raw);
            continue;
        }
        let values = read_values(&name, &view)?;
        if values.iter().any(|value| !value.is_finite()) {
            return Err(CheckpointError::NotFinite(name));
        }
        tensors.insert(rename(&name), HostTensor { shape, values });
    }
    Ok((tensors, carried))
}

/// A safetensors file of these tensors.
pub fn write_tensors(
    tensors: &HostTensors,
    precision: Precision,
    metadata: Option<HashMap<String, String>>,
) -> Result<Vec<u8>, CheckpointError> {
    write(tensors, &BTreeMap::new(), precision, metadata)
}

fn write(
    tensors: &HostTensors,
    carried: &BTreeMap<String, RawTensor>,
    precision: Precision,
    metadata: Option<HashMap<String, String>>,
) -> Result<Vec<u8>, CheckpointError> {
    let dtype = match precision {
        Precision::F32 => Dtype::F32,
        Precision::F16 => Dtype::F16,
    };
    let encode = |values: &[f32]| -> Vec<u8> {
        let values = values.iter();
        match precision {
            Precision::F32 => values.flat_map(|v| v.to_le_bytes()).collect(),
            Precision::F16 => values
                .flat_map(|v| f16::from_f32(*v).to_le_bytes())
                .collect(),
        }
    };
    if precision == Precision::F16 {
        let beyond = |value: &f32| value.is_finite() && f16::from_f32(*value).is_infinite();
        let tensor = tensors
            .iter()
            .find(|(_, tensor)| tensor.values.iter().any(beyond));
        if let Some((name, _)) = tensor {
            return Err(CheckpointError::TooLargeForF16(name.clone()));
        }
    }
    let encoded: Vec<_> = tensors
        .iter()
        .map(|(name, tensor)| (name, encode(&tensor.values), &tensor.shape))
        .collect();
    let weights = encoded
        .iter()
        .map(|(name, bytes, shape)| (*name, dtype, *shape, bytes));
    let carried = carried
        .iter()
        .map(|(name, raw)| (name, raw.dtype, &raw.shape, &raw.bytes));
    let mut views = Vec::new();
    for (name, dtype, shape, bytes) in weights.chain(carried) {
        let view = TensorView::new(dtype, shape.clone(), bytes)
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
