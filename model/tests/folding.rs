//! Folded = unfolded, for every size and energy, and attention readings = the full map.
#![allow(clippy::unwrap_used)]

use burn::tensor::Device;
use pollster::block_on;
use saganscope_distance::absolute;
use saganscope_model::{
    checkpoint::{Checkpoint, Header},
    config::{Energy, Noise, Region, SaganConfig, SpectralNorms},
    generator::{Generator, Mode},
    host::read,
    inference::Artist,
    initial::normal_values,
    latents::{Inputs, Purpose, stream},
    parameters::host_tensors,
};

/// A generator with nothing left at its initial value: statistics, norms, biases, γ.
fn checkpoint(config: &SaganConfig, seed: u64, device: &Device) -> Checkpoint {
    let mut random = stream(seed, Purpose::Weights, 0);
    let generator = Generator::init(config, &mut random, device);
    let mut tensors = block_on(host_tensors(&generator)).unwrap();
    // Without spectral norm such weights would blow the maps up until the last digit decides.
    let deviation = if config.generator_is_normed() {
        0.3
    } else {
        0.05
    };
    for (name, tensor) in &mut tensors {
        let noise = normal_values(tensor.values.len(), deviation, &mut random);
        for (value, noise) in tensor.values.iter_mut().zip(noise) {
            if name.ends_with("running_var") || name.ends_with("norm.weight") {
                *value += noise.abs();
            } else if !name.contains(".sigma.") {
                *value += noise;
            }
        }
    }
    // A channel that hardly varies: there the ε beside its variance counts.
    for (name, tensor) in &mut tensors {
        if name.ends_with("running_var") {
            tensor.values[0] = 1e-5;
        } else if name.ends_with("norm.weight") {
            tensor.values[0] = 3e-3;
        }
    }
    let tensors = tensors
        .into_iter()
        .map(|(name, t)| (format!("generator.{name}"), t))
        .collect();
    Checkpoint::new(Header::new(config.clone()), tensors)
}

/// The plain form, and every option that the drawing of a picture depends on.
fn configurations(size: usize) -> Vec<SaganConfig> {
    let plain = SaganConfig::sized(size, 8, 10);
    let energy = |energy| SaganConfig {
        energy,
        ..plain.clone()
    };
    let noise = |side, region| Noise {
        side,
        channels: 2,
        region,
    };
    let full = SaganConfig {
        query_width: Some(16),
        place: true,
        smooth_keys: true,
        generator_attention: vec![size / 8, size / 4, size / 2],
        noise: vec![
            noise(size / 4, Region::Left),
            noise(size / 2, Region::Whole),
        ],
        equal_phase_sums: true,
        ..energy(Energy::Centred)
    };

    let nowhere = SaganConfig {
        generator_attention: Vec::new(),
        spectral_norm: SpectralNorms::Discriminator,
        ..plain.clone()
    };
    let mut all: Vec<_> = Energy::ALL.into_iter().map(energy).collect();
    all.extend([full, nowhere]);
    all
}

#[test]
fn folded_equals_unfolded() {
    let device = Device::flex();
    for (seed, size) in [(1, 32), (2, 64), (3, 128)] {
        for config in configurations(size) {
            let checkpoint = checkpoint(&config, seed, &device);
            checkpoint.check().unwrap();
            let inputs = Inputs::of_seed(&config, seed, 0..2);
            let generator = checkpoint.generator(&device).unwrap();
            let input = inputs.clone().upload(&config, &device);
            let unfolded = generator.forward(input, Mode::Eval);
            let folded = Artist::new(&checkpoint, &device).unwrap().draw(inputs);

            let what = format!("{config:?}");
            let (a, b) = (
                block_on(read(unfolded.image)).unwrap(),
                block_on(read(folded.image)).unwrap(),
            );
            assert_eq!(a.len(), 2 * 3 * size * size);
            absolute(&b, &a).within(1e-4, format!("{what}: images"));

            assert_eq!(unfolded.attention.len(), config.generator_attention.len());
            assert_eq!(folded.layers.len(), config.generator_attention.len());
            for (state, layer) in unfolded.attention.iter().zip(folded.layers) {
                let wanted = block_on(read(state.map())).unwrap();
                let queries = layer.state.queries.swap_dims(1, 2);
                let energy = queries.matmul(layer.state.keys);
                let found = (energy - layer.log_sum_exp.unsqueeze_dim(2)).exp();
                let found = block_on(read(found)).unwrap();
                absolute(&found, &wanted).within(1e-4, format!("{what}: maps"));
            }
        }
    }
}
