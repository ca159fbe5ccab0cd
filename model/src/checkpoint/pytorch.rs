//! PyTorch state dicts of the public SAGAN implementation.

use half::{bf16, f16};
use pytorch_reader::{DType, PytorchReader, Tensor};

use super::{Checkpoint, CheckpointError, Header, names::from_pytorch, wrapped::wrapping};
use crate::{
    config::SaganConfig,
    host::{HostTensor, HostTensors},
};

/// How many bytes of numbers a file may promise for each of its own. Files of PyTorch's are not
/// compressed, but somebody may have packed one anew; what promises more is made to fill the memory.
const MOST_BYTES_A_BYTE: usize = 8;

/// What ends the name of a whole number beside each batch norm's statistics, which nothing needs.
const COUNTER: &str = "num_batches_tracked";

/// Reads a `.pth` state dict: the zip format, or the stream before PyTorch 1.6. Nothing in the file
/// is run: what a pickle can call is known to the reader, and all of it makes tensors.
///
/// # Errors
/// One sentence on what is wrong with the file, or what makes it no SAGAN of the public
/// implementation.
pub fn read_pytorch(bytes: &[u8]) -> Result<Checkpoint, CheckpointError> {
    let failed = |error: &dyn std::fmt::Display| {
        CheckpointError::PyTorch(format!("The PyTorch file cannot be read: {error}."))
    };
    let reader = PytorchReader::from_bytes(bytes.to_vec(), None).map_err(|error| failed(&error))?;
    let stored = reader.tensors();
    let promised = stored
        .values()
        .fold(0usize, |sum, tensor| sum.saturating_add(tensor.byte_len()));
    if promised / MOST_BYTES_A_BYTE > bytes.len() {
        return Err(failed(
            &"its tensors promise far more numbers than it holds",
        ));
    }
    // What an optimiser holds beside the networks is not even read.
    let meant = wrapping(stored.keys().map(String::as_str));
    let mut tensors = HostTensors::new();
    for (name, tensor) in stored.iter().filter(|(name, _)| name.starts_with(meant)) {
        if name.ends_with(COUNTER) {
            continue;
        }
        let bytes = tensor.read().map_err(|error| failed(&error))?;
        let tensor = HostTensor {
            shape: tensor.shape().to_vec(),
            values: values_of(name, tensor, &bytes)?,
        };
        tensors.insert(name.clone(), tensor);
    }
    from_state_dict(tensors)
}

/// A tensor's numbers, from its bytes.
fn values_of(name: &str, tensor: &Tensor, bytes: &[u8]) -> Result<Vec<f32>, CheckpointError> {
    let two = bytes.as_chunks::<2>().0.iter();
    let four = bytes.as_chunks::<4>().0.iter();
    let eight = bytes.as_chunks::<8>().0.iter();
    Ok(match tensor.dtype() {
        DType::F32 => four.map(|c| f32::from_le_bytes(*c)).collect(),
        DType::F64 => eight.map(|c| f64::from_le_bytes(*c) as f32).collect(),
        DType::F16 => two.map(|c| f16::from_le_bytes(*c).to_f32()).collect(),
        DType::BF16 => two.map(|c| bf16::from_le_bytes(*c).to_f32()).collect(),
        other => {
            let (name, dtype) = (name.to_owned(), format!("{other:?}"));
            return Err(CheckpointError::Dtype { name, dtype });
        }
    })
}

/// Translates a state dict's names and finds the configuration in its shapes.
///
/// Takes generators and discriminators, bare or [wrapped](super::wrapped); names of torch's own
/// spectral norm (`weight_orig`) are understood.
///
/// # Errors
/// [`CheckpointError::NotFinite`] names a tensor that holds NaN or infinity (of its own names, not
/// of ours); [`CheckpointError::PyTorch`] says what else makes it no SAGAN.
pub fn from_state_dict(state: HostTensors) -> Result<Checkpoint, CheckpointError> {
    let other = |what: String| Err(CheckpointError::PyTorch(what));
    let meant = wrapping(state.keys().map(String::as_str)).to_owned();
    let mut named = HostTensors::new();
    for (name, tensor) in state {
        let Some(bare) = name.strip_prefix(&meant) else {
            continue;
        };
        if !tensor.values.iter().all(|value| value.is_finite()) {
            return Err(CheckpointError::NotFinite(name));
        }
        named.insert(bare.to_owned(), tensor);
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
        if name.ends_with(COUNTER) {
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
    let checkpoint = Checkpoint::new(Header::new(config), tensors);
    checkpoint.check()?;
    Ok(checkpoint)
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
    use crate::checkpoint::{layout, to_pytorch};

    /// A generator's tensors as the public code calls them, and a discriminator's.
    fn networks() -> [HostTensors; 2] {
        let config = SaganConfig::sized(32, 8, 16);
        [layout::generator(&config), layout::discriminator(&config)].map(|shapes| {
            let shapes = shapes.into_iter();
            shapes
                .map(|(name, shape)| {
                    let values = vec![0.5; shape.iter().product()];
                    let theirs = to_pytorch(&name).unwrap_or_default();
                    (theirs, HostTensor { shape, values })
                })
                .collect()
        })
    }

    fn wrapped<'a>(
        head: &'a str,
        network: &HostTensors,
    ) -> impl Iterator<Item = (String, HostTensor)> + use<'a> {
        let network = network.clone().into_iter();
        network.map(move |(name, tensor)| (format!("{head}{name}"), tensor))
    }

    #[test]
    fn a_generator_is_read_out_of_a_larger_file_and_nothing_strange_is_passed_over_in_it() {
        let [generator, discriminator] = networks();
        let alone = from_state_dict(generator.clone());
        assert!(alone.is_ok(), "{alone:?}");
        let mut both: HostTensors = wrapped("D.", &discriminator).collect();
        both.extend(wrapped("G.module.", &generator));
        let one = HostTensor {
            shape: vec![1],
            values: vec![f32::NAN],
        };
        both.insert("optimizer.state.0.exp_avg".into(), one.clone());
        assert_eq!(from_state_dict(both.clone()), alone);
        both.insert(
            "G.module.l1.0.scale".into(),
            HostTensor {
                values: vec![1.0],
                ..one
            },
        );
        let refused = from_state_dict(both)
            .map(|_| ())
            .map_err(|error| error.to_string());
        assert!(refused.is_err_and(|sentence| sentence.contains("'l1.0.scale'")));
    }

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
