//! The network's options against their definitions in f64, and their gradients against finite
//! differences.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use burn::{
    module::Module,
    tensor::{Device, Tensor, TensorData},
};
use pollster::block_on;
use saganscope_distance::{absolute, relative};
use saganscope_model::{
    attention::Attention,
    config::{Energy, Noise, Region, SaganConfig},
    discriminator::Discriminator,
    generator::{Generator, Mode},
    host::{HostTensors, read},
    initial::normal_values,
    latents::{Inputs, Purpose, stream},
    minibatch_deviation::Deviation,
    parameters::{host_tensors, load},
    place::{PLACES, sines},
};

fn every_option() -> SaganConfig {
    SaganConfig {
        energy: Energy::Centred,
        query_width: Some(6),
        place: true,
        smooth_keys: true,
        generator_attention: vec![8, 16],
        discriminator_attention: vec![8],
        noise: vec![Noise {
            side: 8,
            channels: 2,
            region: Region::Left,
        }],
        minibatch_deviation: true,
        equal_phase_sums: true,
        ..SaganConfig::sized(32, 8, 5)
    }
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    block_on(read(tensor)).unwrap()
}

/// The module with random numbers in every parameter that starts at zero.
fn awake<M: Module>(module: M) -> (M, HostTensors) {
    let mut tensors = block_on(host_tensors(&module)).unwrap();
    let mut random = stream(4, Purpose::Weights, 0);
    for (name, tensor) in &mut tensors {
        if name.ends_with("bias") || name.ends_with("gamma") {
            tensor.values = normal_values(tensor.values.len(), 0.5, &mut random);
        }
        // So that what comes before them counts for more than the last digit of the result.
        if name == "last_weight" {
            tensor.values.iter_mut().for_each(|w| *w *= 5.0);
        }
    }
    let module = load(module, &tensors, "").unwrap();
    (module, tensors)
}

/// A map `[C, N]` times weights `[out, C]`, plus sines of place times theirs, plus the bias.
fn pointwise(tensors: &HostTensors, part: &str, x: &[f32], side: usize) -> Vec<Vec<f64>> {
    let pixels = side * side;
    let waves = sines(side);
    let get = |name: &str| &tensors[&format!("{part}.{name}")].values;
    let (weight, bias, place) = (get("weight"), get("bias"), get("place"));
    let channels = x.len() / pixels;
    (0..pixels)
        .map(|n| {
            (0..bias.len())
                .map(|o| {
                    let of_map = (0..channels).map(|c| {
                        f64::from(weight[o * channels + c]) * f64::from(x[c * pixels + n])
                    });
                    let of_place = (0..PLACES).map(|p| {
                        f64::from(place[o * PLACES + p]) * f64::from(waves[p * pixels + n])
                    });
                    f64::from(bias[o]) + of_map.chain(of_place).sum::<f64>()
                })
                .collect()
        })
        .collect()
}

/// Each position of a square map, `side²` rows, as the mean of its neighbourhood with the binomial
/// weights ¼ ½ ¼ along both axes, the border repeated.
fn blurred(rows: &[Vec<f64>], side: usize) -> Vec<Vec<f64>> {
    let beside = |i: usize| [i.saturating_sub(1), i, i, (i + 1).min(side - 1)];
    (0..side * side)
        .map(|place| {
            let mut mean = vec![0.0; rows[place].len()];
            for y in beside(place / side) {
                for x in beside(place % side) {
                    let sums = mean.iter_mut().zip(&rows[y * side + x]);
                    sums.for_each(|(sum, value)| *sum += value / 16.0);
                }
            }
            mean
        })
        .collect()
}

/// Minus the mean over positions, then unit length.
fn centred_units(mut rows: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let count = rows.len() as f64;
    let mean: Vec<f64> = (0..rows[0].len())
        .map(|d| rows.iter().map(|row| row[d]).sum::<f64>() / count)
        .collect();
    for row in &mut rows {
        row.iter_mut().zip(&mean).for_each(|(v, m)| *v -= m);
        let length = row.iter().map(|v| v * v).sum::<f64>().sqrt();
        row.iter_mut().for_each(|v| *v /= length);
    }
    rows
}

#[test]
fn the_centred_map_is_the_softmax_of_its_definition() {
    let device = Device::flex();
    let config = every_option();
    let (side, channels) = (8, config.channels_at(8));
    let random = &mut stream(3, Purpose::Weights, 0);
    let (layer, tensors) = awake(Attention::init(&config, side, random, &device));
    let x = normal_values(channels * side * side, 1.0, random);
    let data = TensorData::new(x.clone(), [1, channels, side, side]);
    let (_, state) = layer.forward(Tensor::from_data(data, &device));

    let queries = centred_units(pointwise(&tensors, "query", &x, side));
    let keys = centred_units(blurred(&pointwise(&tensors, "key", &x, side), side));
    let scale = f64::from(tensors["temperature"].values[0]).exp();
    let mut wanted = Vec::new();
    for query in &queries {
        let energies = keys.iter().map(|key| {
            let cosine: f64 = query.iter().zip(key).map(|(q, k)| q * k).sum();
            (scale * cosine).exp()
        });
        let energies: Vec<f64> = energies.collect();
        let sum: f64 = energies.iter().sum();
        wanted.extend(energies.iter().map(|e| (e / sum) as f32));
    }
    absolute(&values(state.map()), &wanted).within(1e-6, "map");
}

#[test]
fn what_all_queries_share_favours_no_key() {
    // The same vector added to every query before centring changes nothing: that is the sink cured.
    let device = Device::flex();
    let config = every_option();
    let random = &mut stream(5, Purpose::Weights, 0);
    let (layer, mut tensors) = awake(Attention::init(&config, 8, random, &device));
    let channels = config.channels_at(8);
    let data = normal_values(channels * 64, 1.0, random);
    let x = Tensor::<4>::from_data(TensorData::new(data, [1, channels, 8, 8]), &device);
    let before = values(layer.forward(x.clone()).1.map());
    for bias in &mut tensors.get_mut("query.bias").unwrap().values {
        *bias += 3.0;
    }
    let shifted = load(layer, &tensors, "").unwrap();
    let after = values(shifted.forward(x).1.map());
    absolute(&after, &before).within(1e-5, "map");
}

/// The derivative of Σ c∘output along a direction of each tensor, by the gradient and by a central
/// difference, whose sum is in f64.
fn check_gradients<M: Module>(
    module: M,
    output: impl Fn(&M) -> Tensor<1>,
    c: &[f32],
    skip: &[&str],
) {
    // A long step averages over kinks of ReLU, a short one drowns in rounding; which is the better
    // depends on the tensor. A wrong gradient is off at each.
    const STEPS: [f32; 4] = [1e-3, 4e-3, 1.6e-2, 6.4e-2];
    let (module, tensors) = awake(module);
    let loss = |module: &M| {
        let output = output(module);
        let c = Tensor::from_data(TensorData::new(c.to_vec(), [c.len()]), &output.device());
        (output * c).sum()
    };
    let exact = |module: &M| -> f64 {
        let output = values(output(module).inner());
        assert_eq!(output.len(), c.len());
        let terms = output.iter().zip(c);
        terms.map(|(o, c)| f64::from(*o) * f64::from(*c)).sum()
    };
    let gradients = loss(&module).backward();
    let mut found = BTreeMap::new();
    collect(&module, &gradients, &mut found);
    assert!(found.len() > 10);
    let mut random = stream(6, Purpose::Weights, 0);
    for (name, gradient) in &found {
        if skip.iter().any(|skipped| name.contains(skipped)) {
            continue;
        }
        // Along the gradient itself, where the difference is largest against rounding, and bent a
        // little, so that a wrong length shows.
        let noise = normal_values(gradient.len(), 1.0, &mut random);
        let length = gradient.iter().map(|g| g * g).sum::<f32>().sqrt();
        assert!(length > 1e-6, "the gradient of {name} is zero");
        let size = tensors[name]
            .values
            .iter()
            .map(|v| v * v)
            .sum::<f32>()
            .sqrt();
        let direction: Vec<f32> = gradient
            .iter()
            .zip(&noise)
            .map(|(g, n)| g / length + 0.3 * n / (gradient.len() as f32).sqrt())
            .map(|d| d * size.max(0.1))
            .collect();
        let moved = |step: f32| {
            let mut moved = tensors.clone();
            let values = &mut moved.get_mut(name).unwrap().values;
            for (value, d) in values.iter_mut().zip(&direction) {
                *value += step * d;
            }
            exact(&load(module.clone(), &moved, "").unwrap())
        };
        let along: f64 = gradient
            .iter()
            .zip(&direction)
            .map(|(g, d)| f64::from(*g) * f64::from(*d))
            .sum();
        let differences = STEPS.map(|step| (moved(step) - moved(-step)) / (2.0 * f64::from(step)));
        let off = differences.map(|difference| relative(&[along], &[difference]));
        assert!(
            off.iter().any(|off| off.is_within(6e-2)),
            "the gradient of {name} is {along}, but differences are {differences:?}"
        );
    }
}

fn collect(
    module: &impl Module,
    gradients: &burn::tensor::Gradients,
    found: &mut BTreeMap<String, Vec<f32>>,
) {
    struct Visit<'a> {
        gradients: &'a burn::tensor::Gradients,
        path: Vec<String>,
        found: &'a mut BTreeMap<String, Vec<f32>>,
    }
    impl burn::module::ModuleVisitor for Visit<'_> {
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.push(name.to_string());
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.pop();
        }
        fn visit_float<const D: usize>(&mut self, param: &burn::module::Param<Tensor<D>>) {
            if let Some(gradient) = param.val().grad(self.gradients) {
                self.found.insert(self.path.join("."), values(gradient));
            }
        }
    }
    module.visit(&mut Visit {
        gradients,
        path: Vec::new(),
        found,
    });
}

#[test]
fn the_generators_gradients_are_those_of_finite_differences() {
    let device = Device::flex().autodiff();
    let config = every_option();
    let random = &mut stream(7, Purpose::Weights, 0);
    let generator = Generator::init(&config, random, &device);
    let input = Inputs::of_seed(&config, 1, 0..3).upload(&config, &device);
    let c = normal_values(3 * 3 * 32 * 32, 1.0, random);
    let image = |generator: &Generator| {
        let image = generator.forward(input.clone(), Mode::Eval).image;
        image.reshape([-1])
    };
    // A key's bias moves nothing (see the attention layer), and centring takes a query's away too.
    check_gradients(generator, image, &c, &["key.bias", "query.bias"]);
}

#[test]
fn the_discriminators_gradients_are_those_of_finite_differences() {
    let device = Device::flex().autodiff();
    let config = every_option();
    let random = &mut stream(8, Purpose::Weights, 0);
    let discriminator = Discriminator::init(&config, random, &device);
    let pictures = normal_values(4 * 3 * 32 * 32, 0.5, random);
    let data = TensorData::new(pictures, [4, 3, 32, 32]);
    let pictures = Tensor::<4>::from_data(data, &device);
    let score = |discriminator: &Discriminator| {
        let judged = discriminator.forward(pictures.clone(), Deviation::OfBatch);
        judged.score
    };
    let c = [1.0, -2.0, 0.5, 1.5];
    check_gradients(discriminator, score, &c, &["key.bias", "query.bias"]);
}

#[test]
fn noise_on_one_half_reaches_the_other_through_attention_alone() {
    let device = Device::flex();
    let config = SaganConfig {
        generator_attention: vec![16],
        noise: vec![Noise {
            side: 16,
            channels: 2,
            region: Region::Left,
        }],
        ..SaganConfig::sized(64, 8, 5)
    };
    let random = &mut stream(9, Purpose::Weights, 0);
    let generator = Generator::init(&config, random, &device);
    let mut tensors = block_on(host_tensors(&generator)).unwrap();
    let drawn = |tensors: &HostTensors, noise_seed: u64| {
        let generator = load(generator.clone(), tensors, "").unwrap();
        let latents = Inputs::of_seed(&config, 1, 0..1).latents;
        let input = Inputs::of_latents(&config, latents, noise_seed).upload(&config, &device);
        values(generator.forward(input, Mode::Eval).image)
    };
    // 16×16 cells of four pixels; behind them two transposed convolutions reach two cells on.
    let right = |image: &[f32]| -> Vec<f32> {
        let rows = image.chunks_exact(64);
        rows.flat_map(|row| row[32 + 8..].to_vec()).collect()
    };
    let off = [1, 2].map(|seed| drawn(&tensors, seed));
    assert_ne!(off[0], off[1]);
    assert_eq!(right(&off[0]), right(&off[1]));
    tensors.get_mut("attention.0.gamma").unwrap().values = vec![1.0];
    let on = [1, 2].map(|seed| drawn(&tensors, seed));
    assert_ne!(right(&on[0]), right(&on[1]));
}
