//! PyTorch state dicts of the public SAGAN implementation.

use std::path::Path;

use burn_store::pytorch_reader::{DType, PytorchReader};
use half::f16;

use crate::{
    checkpoint::{Checkpoint, CheckpointError, Header, names::from_pytorch},
    config::SaganConfig,
    host::{HostTensor, HostTensors},
};

/// Reads a `.pth` state dict: the zip format, or the stream before PyTorch 1.6.
pub fn read_pytorch(path: &Path) -> Result<Checkpoint, CheckpointError> {
    let failed = |error: &dyn std::fmt::Display| {
        CheckpointError::PyTorch(format!("The PyTorch file cannot be read: {error}."))
    };
    let reader = PytorchReader::new(path).map_err(|error| failed(&error))?;
    let mut tensors = HostTensors::new();
    for name in reader.keys() {
        let Some(stored) = reader.get(&name) else {
            continue;
        };
        let shape = stored.shape().to_vec();
        let bytes = stored.read().map_err(|error| failed(&error))?;
        let values = match stored.dtype() {
            DType::F32 => bytes
                .as_chunks::<4>()
                .0
                .iter()
                .map(|c| f32::from_le_bytes(*c))
                .collect(),
            DType::F64 => bytes
                .as_chunks::<8>()
                .0
                .iter()
                .map(|c| f64::from_le_bytes(*c) as f32)
                .collect(),
            DType::F16 => bytes
                .as_chunks::<2>()
                .0
                .iter()
                .map(|c| f16::from_le_bytes(*c).to_f32())
                .collect(),
            DType::I64 if name.ends_with("num_batches_tracked") => continue,
            other => {
                let dtype = format!("{other:?}");
                return Err(CheckpointError::Dtype { name, dtype });
            }
        };
        tensors.insert(name, HostTensor { shape, values });
    }
    from_state_dict(tensors)
}

/// Translates a state dict's names and finds the configuration in its shapes.
///
/// Takes generators and discriminators; `module.` prefixes (DataParallel) and names of torch's
/// own spectral norm (`weight_orig`) are understood.
///
/// # Errors
/// [`CheckpointError::NotFinite`] names a tensor that holds NaN or infinity (of its own names, not
/// of ours); [`CheckpointError::PyTorch`] says what else makes it no SAGAN.
pub fn from_state_dict(state: HostTensors) -> Result<Checkpoint, CheckpointError> {
    let other = |what: String| Err(CheckpointError::PyTorch(what));
    let mut named = HostTensors::new();
    for (name, tensor) in state {
        if !tensor.values.iter().all(|value| value.is_finite()) {
            return Err(CheckpointError::NotFinite(name));
        }
        let name = ["state_dict.", "model_state_dict.", "module."]
            .iter()
            .fold(name.as_str(), |name, prefix| {
                name.strip_prefix(prefix).unwrap_or(name)
            })
            .to_string();
        named.insert(name, tensor);
    }
    if named
        .keys()
        .any(|name| name.starts_with("attn1.f_") || name.starts_with("attn1.g_"))
    {
        return other(
            "The checkpoint is from before June 2018 (it has 'attn1.f_' layers), another architecture; only later ones can be read.".into(),
        );
    }
    let generator = named.contains_key("l1.1.running_mean");
    let network = if generator {
        "generator"
    } else {
        "discriminator"
    };
    let mut tensors = HostTensors::new();
    for (name, tensor) in named {
        if name.ends_with("num_batches_tracked") {
            continue;
        }
        let Some(ours) = from_pytorch(&name) else {
            return other(format!(
                "The PyTorch file has a tensor '{name}', which no SAGAN of the public implementation has."
            ));
        };
        let mut tensor = tensor;
        if ours.contains("attention") && tensor.shape.len() == 4 && tensor.shape[2..] == [1, 1] {
            tensor.shape.truncate(2);
        }
        tensors.insert(format!("{network}.{ours}"), tensor);
    }
    let config = infer_config(&tensors, generator)?;
    Ok(Checkpoint::new(Header::new(config), tensors))
}

/// Picture size, z_dim and conv_dim, as the shapes tell them.
fn infer_config(tensors: &HostTensors, generator: bool) -> Result<SaganConfig, CheckpointError> {
    let network = if generator {
        "generator"
    } else {
        "discriminator"
    };
    let shape = |path: &str| {
        let name = format!("{network}.{path}");
        match tensors.get(&name) {
            Some(tensor) if tensor.shape.len() == 4 => Ok(tensor.shape.clone()),
            _ => Err(CheckpointError::PyTorch(format!(
                "The PyTorch file is no SAGAN of the public implementation: it has no convolution '{path}'."
            ))),
        }
    };
    let stages = (0..)
        .take_while(|i| tensors.contains_key(&format!("{network}.stages.{i}.weight")))
        .count();
    let (z_dim, conv_dim) = if generator {
        (shape("stages.0.weight")?[0], shape("last_weight")?[0])
    } else {
        // A discriminator knows nothing of latents; 128 is the public default.
        (128, shape("stages.0.weight")?[0])
    };
    let config = SaganConfig::sized(4 << stages.min(16), conv_dim, z_dim);
    config.check()?;
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_no_number_is_refused_by_its_tensors_name() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let tensor = |values: Vec<f32>| HostTensor {
                shape: vec![values.len()],
                values,
            };
            let state = HostTensors::from([
                ("module.attn1.gamma".to_string(), tensor(vec![0.5])),
                ("module.l2.0.bias".to_string(), tensor(vec![0.1, bad])),
            ]);
            let refused = CheckpointError::NotFinite("module.l2.0.bias".into());
            assert_eq!(from_state_dict(state), Err(refused));
        }
    }
}
