//! Which tensors a checkpoint of a configuration holds, known without making a network: so that a
//! file is found to be wrong before anything of the size that it promises is allocated.

use std::collections::BTreeMap;

use super::CheckpointError;
use crate::{
    config::{Energy, SaganConfig},
    parameters::ParameterError,
    place::PLACES,
};

/// The most numbers that one network may have; a gigabyte.
const MOST_NUMBERS: usize = 1 << 28;

/// What begins the name of a tensor that belongs to no network and is carried along as it is.
pub(super) const CARRIED: [&str; 2] = ["history.", "snapshots."];

/// Shapes by name within a network.
pub type Shapes = BTreeMap<String, Vec<usize>>;

/// The generator's tensors.
pub fn generator(config: &SaganConfig) -> Shapes {
    let mut shapes = Shapes::new();
    let mut put = |name: String, shape: &[usize]| shapes.insert(name, shape.to_vec());
    let mut input = config.z_dim;
    for stage in 0..config.stages() {
        let output = config.generator_channels(stage);
        let at = |name: &str| format!("stages.{stage}.{name}");
        put(at("weight"), &[input, output, 4, 4]);
        if config.generator_is_normed() {
            put(at("sigma.u"), &[input]);
            put(at("sigma.v"), &[output * 16]);
        }
        for name in [
            "bias",
            "norm.weight",
            "norm.bias",
            "norm.running_mean",
            "norm.running_var",
        ] {
            put(at(name), &[output]);
        }
        input = output;
    }
    for (index, noise) in config.noise.iter().enumerate() {
        let shape = [config.channels_at(noise.side), noise.channels];
        put(format!("noise.{index}.weight"), &shape);
    }
    put("last_weight".into(), &[input, 3, 4, 4]);
    put("last_bias".into(), &[3]);
    shapes.extend(attention(config, &config.generator_attention));
    shapes
}

/// The discriminator's tensors.
pub fn discriminator(config: &SaganConfig) -> Shapes {
    let mut shapes = Shapes::new();
    let mut put = |name: String, shape: &[usize]| shapes.insert(name, shape.to_vec());
    let stages = config.stages();
    let mut input = 3;
    for stage in 0..stages {
        let output = config.discriminator_channels(stage);
        let at = |name: &str| format!("stages.{stage}.{name}");
        put(at("weight"), &[output, input, 4, 4]);
        if config.discriminator_is_normed() {
            put(at("sigma.u"), &[output]);
            put(at("sigma.v"), &[input * 16]);
        }
        put(at("bias"), &[output]);
        input = output;
    }
    if config.minibatch_deviation {
        let channels = config.discriminator_channels(stages - 2);
        put("deviation.weight".into(), &[channels]);
        put("deviation.running".into(), &[1]);
    }
    put("last_weight".into(), &[1, input, 4, 4]);
    put("last_bias".into(), &[1]);
    shapes.extend(attention(config, &config.discriminator_attention));
    shapes
}

fn attention(config: &SaganConfig, sides: &[usize]) -> Shapes {
    let mut shapes = Shapes::new();
    for (index, &side) in sides.iter().enumerate() {
        let channels = config.channels_at(side);
        let width = config.query_width_of(channels);
        for (part, out) in [("query", width), ("key", width), ("value", channels)] {
            let mut put = |name: &str, shape: &[usize]| {
                shapes.insert(format!("attention.{index}.{part}.{name}"), shape.to_vec())
            };
            put("weight", &[out, channels]);
            put("bias", &[out]);
            if config.energy == Energy::Spectral {
                put("sigma.u", &[out]);
                put("sigma.v", &[channels]);
            }
            if config.place && part != "value" {
                put("place", &[out, PLACES]);
            }
        }
        shapes.insert(format!("attention.{index}.gamma"), vec![1]);
        if config.energy.first_temperature().is_some() {
            shapes.insert(format!("attention.{index}.temperature"), vec![1]);
        }
    }
    shapes
}

/// Whether a file of these tensors is one of this configuration: each network whole or absent, each
/// of an optimiser's moments as long as its weight, nothing else.
///
/// # Errors
/// What is wrong, by the tensor's name.
pub(super) fn check<'a>(
    config: &SaganConfig,
    found: impl Iterator<Item = (&'a str, &'a [usize])>,
) -> Result<(), CheckpointError> {
    config.check()?;
    let found: BTreeMap<&str, &[usize]> = found.collect();
    let networks = [
        ("generator.", generator(config)),
        ("average.", generator(config)),
        ("discriminator.", discriminator(config)),
    ];
    for (prefix, shapes) in &networks {
        let numbers: usize = shapes.values().map(|s| s.iter().product::<usize>()).sum();
        if numbers > MOST_NUMBERS {
            let millions = numbers >> 20;
            return Err(CheckpointError::TooLarge { millions });
        }
        if !found.keys().any(|name| name.starts_with(prefix)) {
            continue;
        }
        for (name, shape) in shapes {
            let name = format!("{prefix}{name}");
            match found.get(name.as_str()) {
                None => return Err(ParameterError::Missing(name).into()),
                Some(other) => same(&name, other, shape)?,
            }
        }
    }
    for (&name, shape) in &found {
        if CARRIED.iter().any(|prefix| name.starts_with(prefix)) {
            continue;
        }
        if let Some(moment) = name.strip_prefix("adam.") {
            check_moment(&networks, &found, name, moment, shape)?;
            continue;
        }
        let known = networks.iter().any(|(prefix, shapes)| {
            name.strip_prefix(prefix)
                .is_some_and(|rest| shapes.contains_key(rest))
        });
        if !known {
            return Err(CheckpointError::UnknownTensor(name.to_string()));
        }
    }
    Ok(())
}

fn same(name: &str, found: &[usize], needed: &[usize]) -> Result<(), CheckpointError> {
    if found == needed {
        return Ok(());
    }
    Err(ParameterError::Shape {
        name: name.to_string(),
        found: found.to_vec(),
        needed: needed.to_vec(),
    }
    .into())
}

/// `generator.first.stages.0.weight` and the like: as long as the weight, and both or none.
fn check_moment(
    networks: &[(&str, Shapes)],
    found: &BTreeMap<&str, &[usize]>,
    name: &str,
    moment: &str,
    shape: &[usize],
) -> Result<(), CheckpointError> {
    let unknown = || CheckpointError::UnknownTensor(name.to_string());
    for (prefix, shapes) in networks {
        let Some(rest) = moment.strip_prefix(prefix) else {
            continue;
        };
        let (other, weight) = match rest.split_once('.').ok_or_else(unknown)? {
            ("first", weight) => ("second", weight),
            ("second", weight) => ("first", weight),
            _ => return Err(unknown()),
        };
        let length = shapes.get(weight).ok_or_else(unknown)?.iter().product();
        same(name, shape, &[length])?;
        let other = format!("adam.{prefix}{other}.{weight}");
        if !found.contains_key(other.as_str()) {
            return Err(ParameterError::Missing(other).into());
        }
        return Ok(());
    }
    Err(unknown())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{Noise, Region, SpectralNorms},
        discriminator::Discriminator,
        generator::Generator,
        latents::{Purpose, stream},
        parameters::device_tensors,
    };
    use burn::{module::Module, tensor::Device};

    fn of(module: &impl Module) -> Shapes {
        device_tensors(module)
            .into_iter()
            .map(|tensor| (tensor.name, tensor.shape))
            .collect()
    }

    #[test]
    fn the_table_is_what_the_networks_have() {
        let plain = SaganConfig::sized(32, 8, 5);
        let full = SaganConfig {
            energy: Energy::Centred,
            query_width: Some(16),
            place: true,
            generator_attention: vec![4, 16],
            discriminator_attention: vec![16],
            noise: vec![Noise {
                side: 16,
                channels: 3,
                region: Region::Left,
            }],
            minibatch_deviation: true,
            equal_phase_sums: true,
            spectral_norm: SpectralNorms::Discriminator,
            ..plain.clone()
        };
        let spectral = SaganConfig {
            energy: Energy::Spectral,
            spectral_norm: SpectralNorms::None,
            ..plain.clone()
        };
        let large = SaganConfig::sized(128, 8, 5);
        for config in [plain, full, spectral, large] {
            let random = &mut stream(1, Purpose::Weights, 0);
            let device = Device::flex();
            assert_eq!(
                generator(&config),
                of(&Generator::init(&config, random, &device))
            );
            assert_eq!(
                discriminator(&config),
                of(&Discriminator::init(&config, random, &device))
            );
        }
    }
}
