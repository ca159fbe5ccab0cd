//! Folded = unfolded, for every size and energy, and attention readings = the full map.
#![allow(clippy::unwrap_used)]

use burn::tensor::{Device, Tensor, TensorData};
use pollster::block_on;
use saganscope_distance::absolute;
use saganscope_model::{
    checkpoint::{Checkpoint, Header},
    config::{Energy, SaganConfig},
    generator::{Generator, Mode},
    inference::Artist,
    latents::{Purpose, latents, stream},
    parameters::{host_tensors, normal_values, read},
};

/// A generator with nothing left at its initial value: statistics, norms, biases, γ.
fn checkpoint(config: &SaganConfig, seed: u64, device: &Device) -> Checkpoint {
    let mut random = stream(seed, Purpose::Weights, 0);
    let generator = Generator::init(config, &mut random, device);
    let mut tensors = block_on(host_tensors(&generator)).unwrap();
    for (name, tensor) in &mut tensors {
        let noise = normal_values(tensor.values.len(), 0.3, &mut random);
        for (value, noise) in tensor.values.iter_mut().zip(noise) {
            if name.ends_with("running_var") || name.ends_with("norm.weight") {
                *value += noise.abs();
            } else if !name.contains(".sigma.") {
                *value += noise;
            }
        }
    }
    let tensors = tensors
        .into_iter()
        .map(|(name, t)| (format!("generator.{name}"), t))
        .collect();
    Checkpoint {
        header: Header {
            config: config.clone(),
            step: None,
            training: None,
        },
        tensors,
    }
}

#[test]
fn folded_equals_unfolded() {
    let device = Device::flex();
    for (seed, size) in [(1, 32), (2, 64), (3, 128)] {
        for energy in [Energy::Dot, Energy::Spectral, Energy::Cosine] {
            let config = SaganConfig {
                size,
                z_dim: 10,
                conv_dim: 8,
                energy,
            };
            let checkpoint = checkpoint(&config, seed, &device);
            let z = latents(seed, 2, config.z_dim);
            let generator = checkpoint.generator(&device).unwrap();
            let data = TensorData::new(z.clone(), [2, config.z_dim]);
            let unfolded = generator.forward(Tensor::from_data(data, &device), Mode::Eval);
            let folded = Artist::new(&checkpoint, &device).unwrap().draw(z);

            let what = format!("size {size}, {energy:?}");
            let (a, b) = (
                block_on(read(unfolded.image)).unwrap(),
                block_on(read(folded.image)).unwrap(),
            );
            assert_eq!(a.len(), 2 * 3 * size * size);
            absolute(&b, &a).within(1e-4, format!("{what}: images"));

            let maps = [unfolded.attention1.map(), unfolded.attention2.map()];
            for (map, layer) in maps.into_iter().zip(folded.layers) {
                let wanted = block_on(read(map)).unwrap();
                let queries = layer.state.queries.swap_dims(1, 2);
                let energy = queries.matmul(layer.state.keys);
                let found = (energy - layer.log_sum_exp.unsqueeze_dim(2)).exp();
                let found = block_on(read(found)).unwrap();
                absolute(&found, &wanted).within(1e-4, format!("{what}: maps"));
            }
        }
    }
}
