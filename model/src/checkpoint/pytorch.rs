//! PyTorch state dicts of the public SAGAN implementation.

use std::collections::BTreeMap;

use half::{bf16, f16};
use pytorch_reader::{DType, PytorchReader, Tensor};

use super::{
    Checkpoint, CheckpointError, Header, layout, names::from_pytorch, packed::is_packed,
    wrapped::wrappings,
};
use crate::{
    config::SaganConfig,
    host::{HostTensor, HostTensors},
};

/// What ends the name of a whole number beside each batch norm's statistics, which nothing needs.
const COUNTER: &str = "num_batches_tracked";

/// Shapes by name.
type Shapes<'a> = BTreeMap<&'a str, &'a [usize]>;

/// Reads a `.pth` state dict: the zip format, or the stream before PyTorch 1.6; a generator's, a
/// discriminator's, or both in one file. Nothing in the file is run: what a pickle can call is known
/// to the reader, and all of it makes tensors.
///
/// Names and shapes are compared with those of a network before any number is read; what else the
/// file holds is not read at all.
///
/// # Errors
/// One sentence on what is wrong with the file, or what makes it no SAGAN of the public
/// implementation.
pub fn read_pytorch(bytes: Vec<u8>) -> Result<Checkpoint, CheckpointError> {
    let failed = |error: &dyn std::fmt::Display| {
        CheckpointError::PyTorch(format!("The PyTorch file cannot be read: {error}."))
    };
    let length = bytes.len();
    if is_packed(&bytes) {
        return Err(failed(
            &"it is damaged, or was packed anew, which PyTorch never does; save it with torch.save",
        ));
    }
    let reader = PytorchReader::from_bytes(bytes, None).map_err(|error| failed(&error))?;
    let stored = reader.tensors();
    let shapes = stored.iter();
    let plan = Plan::of(
        shapes
            .map(|(name, tensor)| (name.as_str(), tensor.shape()))
            .collect(),
    )?;
    let meant = plan.theirs.values().filter_map(|name| stored.get(name));
    let promised = meant.fold(0usize, |sum, tensor| sum.saturating_add(tensor.byte_len()));
    if promised > length {
        return Err(failed(&"its tensors promise more numbers than it holds"));
    }
    plan.read(|name| {
        // The plan knows no others.
        let tensor = stored.get(name).ok_or_else(|| failed(&name))?;
        let bytes = tensor.read().map_err(|error| failed(&error))?;
        values_of(name, tensor, &bytes)
    })
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

/// What is read of a file.
#[derive(Debug)]
struct Plan {
    config: SaganConfig,
    /// Shapes by our names.
    shapes: layout::Shapes,
    /// The file's names by ours.
    theirs: BTreeMap<String, String>,
}

impl Plan {
    /// Of a file with tensors of these names and shapes: its generator, and the discriminator if that
    /// is of the same size and width; or a discriminator alone. Bare or [wrapped](super::wrapped);
    /// names of torch's own spectral norm (`weight_orig`) are understood.
    fn of(found: Shapes) -> Result<Self, CheckpointError> {
        let [generator, discriminator] = wrappings(found.keys().copied());
        let part = |network, head: Option<&str>| {
            head.map(|head| Self::of_network(&found, network, head))
                .transpose()
        };
        match part("generator", generator)? {
            Some(mut plan) => {
                // Of another's we only know that it is there: the generator is what was asked for.
                if let Ok(Some(beside)) = part("discriminator", discriminator)
                    && (beside.config.size, beside.config.conv_dim)
                        == (plan.config.size, plan.config.conv_dim)
                {
                    plan.shapes.extend(beside.shapes);
                    plan.theirs.extend(beside.theirs);
                }
                Ok(plan)
            }
            None => Self::of_network(&found, "discriminator", discriminator.unwrap_or("")),
        }
    }

    fn of_network(found: &Shapes, network: &str, head: &str) -> Result<Self, CheckpointError> {
        let other = |what: String| Err(CheckpointError::PyTorch(what));
        let within = found
            .iter()
            .filter_map(|(name, shape)| Some((name.strip_prefix(head)?, *name, *shape)));
        let (mut shapes, mut theirs) = (layout::Shapes::new(), BTreeMap::new());
        for (bare, name, shape) in within {
            if bare.starts_with("attn1.f_") || bare.starts_with("attn1.g_") {
                return other(
                    "The checkpoint is from before June 2018 (it has 'attn1.f_' layers), another architecture; only later ones can be read.".into(),
                );
            }
            if bare.ends_with(COUNTER) {
                continue;
            }
            let Some(ours) = from_pytorch(bare) else {
                return other(format!(
                    "The PyTorch file has a tensor '{}', which no SAGAN of the public implementation has.",
                    short(bare)
                ));
            };
            // 1×1 convolutions.
            let shape = match shape {
                [out, into, 1, 1] if ours.contains("attention") => vec![*out, *into],
                _ => shape.to_vec(),
            };
            let ours = format!("{network}.{ours}");
            shapes.insert(ours.clone(), shape);
            theirs.insert(ours, name.to_owned());
        }
        let config = infer_config(&shapes, network)?;
        let named = shapes.iter();
        layout::check(
            &config,
            named.map(|(name, shape)| (name.as_str(), shape.as_slice())),
        )?;
        Ok(Self {
            config,
            shapes,
            theirs,
        })
    }

    /// Reads each tensor by the file's name of it.
    fn read(
        self,
        values: impl Fn(&str) -> Result<Vec<f32>, CheckpointError>,
    ) -> Result<Checkpoint, CheckpointError> {
        let mut tensors = HostTensors::new();
        for (ours, shape) in self.shapes {
            let theirs = &self.theirs[&ours];
            let values = values(theirs)?;
            if !values.iter().all(|value| value.is_finite()) {
                return Err(CheckpointError::NotFinite(theirs.clone()));
            }
            tensors.insert(ours, HostTensor { shape, values });
        }
        Ok(Checkpoint::new(Header::new(self.config), tensors))
    }
}

/// A stranger's name, which may be of any length, as it stands in a sentence.
fn short(name: &str) -> String {
    const LONGEST: usize = 80;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// Picture size, z_dim and conv_dim, as the shapes tell them.
fn infer_config(shapes: &layout::Shapes, network: &str) -> Result<SaganConfig, CheckpointError> {
    let shape = |path: &str| match shapes.get(&format!("{network}.{path}")).map(Vec::as_slice) {
        Some(&[first, second, third, fourth]) => Ok([first, second, third, fourth]),
        _ => Err(CheckpointError::PyTorch(format!(
            "The PyTorch file is no SAGAN of the public implementation: it has no convolution '{path}'."
        ))),
    };
    let stages = (0..)
        .take_while(|i| shapes.contains_key(&format!("{network}.stages.{i}.weight")))
        .count();
    let (z_dim, conv_dim) = if network == "generator" {
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
    use crate::checkpoint::to_pytorch;

    /// What a file holds, by its names.
    fn read(state: &HostTensors) -> Result<Checkpoint, CheckpointError> {
        let shapes = state.iter();
        let shapes = shapes.map(|(name, tensor)| (name.as_str(), tensor.shape.as_slice()));
        Plan::of(shapes.collect())?.read(|name| Ok(state[name].values.clone()))
    }

    /// A generator's tensors as the public code calls them, and a discriminator's.
    fn networks(conv_dim: usize) -> [HostTensors; 2] {
        let config = SaganConfig::sized(32, conv_dim, 16);
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

    fn one(value: f32) -> HostTensor {
        HostTensor {
            shape: vec![1],
            values: vec![value],
        }
    }

    #[test]
    fn both_networks_are_read_out_of_a_larger_file_and_nothing_strange_is_passed_over_in_them() {
        let [generator, discriminator] = networks(8);
        let alone = read(&generator).map(|checkpoint| checkpoint.tensors);
        let judges = read(&discriminator).map(|checkpoint| checkpoint.tensors);
        let (Ok(mut wanted), Ok(judges)) = (alone.clone(), judges) else {
            panic!("{alone:?}");
        };
        wanted.extend(judges);
        let mut both: HostTensors = wrapped("D.", &discriminator).collect();
        both.extend(wrapped("G.module.", &generator));
        both.insert("optimizer.state.0.exp_avg".into(), one(f32::NAN));
        assert_eq!(read(&both).map(|found| found.tensors), Ok(wanted));
        both.insert("G.module.l1.0.scale".into(), one(1.0));
        let refused = read(&both).map(|_| ()).map_err(|error| error.to_string());
        assert!(refused.is_err_and(|sentence| sentence.contains("'l1.0.scale'")));
        // A discriminator that does not fit is left out.
        let [_, wider] = networks(16);
        let mut unlike: HostTensors = wrapped("D.", &wider).collect();
        unlike.extend(wrapped("G.", &generator));
        assert_eq!(read(&unlike).map(|found| found.tensors), alone);
    }

    #[test]
    fn a_network_of_other_shapes_is_refused_before_a_number_is_read() {
        let [mut generator, _] = networks(8);
        generator.insert(
            "attn1.gamma".into(),
            HostTensor {
                shape: vec![2],
                values: vec![0.5; 2],
            },
        );
        let shapes = generator.iter();
        let shapes = shapes.map(|(name, tensor)| (name.as_str(), tensor.shape.as_slice()));
        let refused = Plan::of(shapes.collect()).map(|_| ());
        assert!(
            matches!(refused, Err(CheckpointError::Parameter(_))),
            "{refused:?}"
        );
        let long = "l".repeat(300_000);
        let strange = read(&HostTensors::from([(long, one(1.0))]));
        let sentence = strange.map(|_| ()).map_err(|error| error.to_string());
        assert!(sentence.is_err_and(|sentence| sentence.len() < 200));
    }

    #[test]
    fn a_value_that_is_no_number_is_refused_by_its_tensors_name() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let [generator, _] = networks(8);
            let mut state: HostTensors = wrapped("module.", &generator).collect();
            let Some(tensor) = state.get_mut("module.l2.0.module.bias") else {
                panic!("{:?}", state.keys());
            };
            tensor.values[1] = bad;
            let refused = CheckpointError::NotFinite("module.l2.0.module.bias".into());
            assert_eq!(read(&state), Err(refused));
        }
    }
}
