//! PyTorch's own numbers for the same weights: images, maps, scores and three training steps.
//!
//! `tests/golden/c16` was made with the public implementation at conv_dim 16, z_dim 100. Every
//! case runs on the CPU backend and on a wgpu adapter; where there is no adapter they fail.
#![allow(clippy::unwrap_used)]

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use burn::{
    module::{Module, ModuleVisitor, Param},
    tensor::{Device, Gradients, Tensor, TensorData},
};
use pollster::block_on;
use saganscope_model::{
    checkpoint::{Checkpoint, from_pytorch, read_pytorch, read_tensors},
    discriminator::Discriminator,
    generator::{Generator, Mode},
    host::{HostTensor, HostTensors, read},
    inference::Artist,
    latents::{Inputs, Purpose, stream},
    minibatch_deviation::Deviation,
    parameters::{host_tensors, load},
    train::{TrainConfig, Trainer},
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/c16")
}

fn golden(file: &str) -> HostTensors {
    read_tensors(&std::fs::read(folder().join(file)).unwrap()).unwrap()
}

fn pytorch(file: &str) -> Checkpoint {
    read_pytorch(&folder().join(file)).unwrap()
}

fn gpu() -> Device {
    static GPU: OnceLock<Device> = OnceLock::new();
    GPU.get_or_init(|| {
        Device::wgpu_options()
            .init()
            .expect("these tests need a wgpu adapter")
    })
    .clone()
}

fn upload<const D: usize>(tensor: &HostTensor, device: &Device) -> Tensor<D> {
    Tensor::from_data(
        TensorData::new(tensor.values.clone(), tensor.shape.clone()),
        device,
    )
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    block_on(read(tensor)).unwrap()
}

/// The largest difference, which must be under `tolerance`.
fn close(what: &str, found: &[f32], wanted: &[f32], tolerance: f32) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    let worst = found
        .iter()
        .zip(wanted)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max);
    assert!(
        worst < tolerance,
        "{what}: off by {worst}, over {tolerance}"
    );
}

fn generator(device: &Device) -> Generator {
    pytorch("G.pth").generator(device).unwrap()
}

fn discriminator(device: &Device) -> Discriminator {
    let checkpoint = pytorch("D.pth");
    let blank = Discriminator::init(
        &checkpoint.header.config,
        &mut stream(0, Purpose::Weights, 0),
        device,
    );
    load(blank, &checkpoint.tensors, "discriminator.").unwrap()
}

/// Row `row` of each picture's map, `[B, N, N]` → B rows.
fn rows(maps: &[f32], batch: usize, row: usize) -> Vec<f32> {
    let pixels = (maps.len() / batch).isqrt();
    maps.chunks_exact(pixels * pixels)
        .flat_map(|map| map[row * pixels..(row + 1) * pixels].to_vec())
        .collect()
}

fn column_sums(maps: &[f32], batch: usize) -> Vec<f32> {
    let pixels = (maps.len() / batch).isqrt();
    maps.chunks_exact(pixels * pixels)
        .flat_map(|map| {
            (0..pixels)
                .map(|c| {
                    map.iter()
                        .skip(c)
                        .step_by(pixels)
                        .map(|&p| f64::from(p))
                        .sum::<f64>() as f32
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

fn check_eval(golden: &HostTensors, image: &[f32], map1: &[f32], map2: &[f32]) {
    close("image", image, &golden["eval.image"].values, 1e-4);
    close(
        "map",
        &map1[..256 * 256],
        &golden["eval.attention1"].values,
        1e-4,
    );
    close(
        "row 100",
        &rows(map1, 3, 100),
        &golden["eval.attention1.row_100"].values,
        1e-4,
    );
    close(
        "row 0",
        &rows(map2, 3, 0),
        &golden["eval.attention2.row_0"].values,
        1e-4,
    );
    close(
        "row 500",
        &rows(map2, 3, 500),
        &golden["eval.attention2.row_500"].values,
        1e-4,
    );
    // Sums of 1024 weights, up to hundreds: 1e-4 of the larger of one and the sum.
    let sums = column_sums(map2, 3);
    for (found, wanted) in sums
        .iter()
        .zip(&golden["eval.attention2.column_sum"].values)
    {
        let off = (found - wanted).abs() / wanted.max(1.0);
        assert!(off < 1e-4, "column sum {found} is not {wanted}");
    }
}

fn evaluation_mode(device: &Device) {
    let golden = golden("forward.safetensors");
    let z = upload::<2>(&golden["z"], device);
    let unfolded = generator(device).forward(z, Mode::Eval);
    check_eval(
        &golden,
        &values(unfolded.image),
        &values(unfolded.attention[0].map()),
        &values(unfolded.attention[1].map()),
    );

    let artist = Artist::new(&pytorch("G.pth"), device).unwrap();
    let drawn = artist.draw(Inputs::of_latents(
        &artist.config,
        golden["z"].values.clone(),
        0,
    ));
    let [layer1, layer2] = &drawn.layers[..] else {
        panic!("two layers");
    };
    check_eval(
        &golden,
        &values(drawn.image),
        &values(layer1.state.map()),
        &values(layer2.state.map()),
    );
}

fn training_mode(device: &Device) {
    let golden = golden("forward.safetensors");
    let z = upload::<2>(&golden["z"], device);
    let out = generator(device).forward(z, Mode::Train);
    close(
        "image",
        &values(out.image),
        &golden["train.image"].values,
        1e-4,
    );
    let (map1, map2) = (
        values(out.attention[0].map()),
        values(out.attention[1].map()),
    );
    close(
        "row 100",
        &rows(&map1, 3, 100),
        &golden["train.attention1.row_100"].values,
        1e-4,
    );
    close(
        "row 500",
        &rows(&map2, 3, 500),
        &golden["train.attention2.row_500"].values,
        1e-4,
    );
}

fn scores(device: &Device) {
    let golden = golden("forward.safetensors");
    let judged =
        discriminator(device).forward(upload(&golden["pictures"], device), Deviation::OfBatch);
    close(
        "score",
        &values(judged.score),
        &golden["score"].values,
        1e-4,
    );
    close(
        "map 1",
        &values(judged.attention[0].map()),
        &golden["discriminator.attention1"].values,
        1e-4,
    );
    close(
        "map 2",
        &values(judged.attention[1].map()),
        &golden["discriminator.attention2"].values,
        1e-4,
    );
}

fn trainer(device: &Device) -> Trainer {
    let device = device.clone().autodiff();
    let config = pytorch("G.pth").header.config;
    let batch = golden("train.safetensors")["step0.z_d"].shape[0];
    let (generator, discriminator) = (generator(&device), discriminator(&device));
    Trainer::from_networks(
        config,
        TrainConfig::new(batch, 0),
        generator,
        discriminator,
        &device,
    )
}

/// Some parameters have a true gradient of zero; what they get is rounding noise, of which Adam
/// makes full-size steps:
/// - biases in front of a batch norm, which takes the mean away again;
/// - biases of keys, which shift a whole row of energies, as the softmax does not notice;
/// - in these first steps, where no hinge term is met yet, what adds the same to every score: the
///   discriminator's last bias and, straight before that linear layer, the value bias of its last
///   attention. Real and fake pictures pull them by the same amount in opposite directions.
fn has_gradient(name: &str) -> bool {
    let before_norm = name.starts_with("generator.stages.")
        && name.ends_with(".bias")
        && !name.contains(".norm.");
    let same_for_all = [
        "discriminator.last_bias",
        "discriminator.attention.1.value.bias",
    ];
    !before_norm && !name.ends_with(".key.bias") && !same_for_all.contains(&name)
}

fn is_buffer(name: &str) -> bool {
    name.contains(".sigma.") || name.contains(".running_")
}

fn norm(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|v| v * v).sum::<f64>().sqrt()
}

/// ‖a − b‖ / ‖b‖.
fn relative(found: &[f32], wanted: &[f32]) -> f64 {
    assert_eq!(found.len(), wanted.len());
    let difference = found
        .iter()
        .zip(wanted)
        .map(|(a, b)| f64::from(*a) - f64::from(*b));
    norm(difference) / norm(wanted.iter().map(|&b| f64::from(b)))
}

struct Collect<'a> {
    gradients: &'a Gradients,
    path: Vec<String>,
    found: HostTensors,
}

impl ModuleVisitor for Collect<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_string());
    }
    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = param.val().grad(self.gradients) {
            let shape = gradient.dims().to_vec();
            self.found.insert(
                self.path.join("."),
                HostTensor {
                    shape,
                    values: values(gradient),
                },
            );
        }
    }
}

fn gradients(device: &Device) {
    let golden = golden("train.safetensors");
    let mut trainer = trainer(device);
    let device = device.clone().autodiff();
    trainer.update_discriminator(
        upload(&golden["step0.real"], &device),
        upload::<2>(&golden["step0.z_d"], &device),
    );
    let z_g = upload::<2>(&golden["step0.z_g"], &device);
    let (_, gradients) = trainer.generator_gradients(z_g);
    let mut collect = Collect {
        gradients: &gradients,
        path: Vec::new(),
        found: HostTensors::new(),
    };
    trainer.generator.visit(&mut collect);
    let mut checked = 0;
    for (name, wanted) in &golden {
        let Some(name) = name.strip_prefix("step0.grad.G.") else {
            continue;
        };
        let name = from_pytorch(name).unwrap();
        let found = &collect.found[&name].values;
        if has_gradient(&format!("generator.{name}")) {
            let off = relative(found, &wanted.values);
            assert!(off < 1e-3, "gradient of {name}: off by {off} relative");
            assert!(
                found.iter().any(|g| *g != 0.0),
                "gradient of {name} is zero"
            );
        } else {
            close(&name, found, &wanted.values, 1e-6);
        }
        checked += 1;
    }
    assert_eq!(
        checked,
        collect.found.len(),
        "every parameter has a golden gradient"
    );
}

fn three_steps(device: &Device) {
    let golden = golden("train.safetensors");
    let mut trainer = trainer(device);
    let device = device.clone().autodiff();
    let before = state(&trainer);
    for step in 0..3 {
        let get = |what: &str| &golden[&format!("step{step}.{what}")];
        let losses = trainer.update(
            upload(get("real"), &device),
            upload::<2>(get("z_d"), &device),
            upload::<2>(get("z_g"), &device),
        );
        let found = [values(losses.discriminator)[0], values(losses.generator)[0]];
        close(
            &format!("losses of step {step}"),
            &found,
            &golden["losses"].values[2 * step..2 * step + 2],
            1e-3,
        );
        match step {
            0 => check_update(&golden, "after1.", &before, &state(&trainer), 1e-3),
            // Adam with β1 = 0 makes a full step of the sign of a gradient, so one LeakyReLU that
            // falls on the other side of zero shows. Changing the starting weights by 1e-7 of
            // themselves moves this update by 3e-2 (discriminator) to 2e-1 (generator).
            2 => check_update(&golden, "after3.", &before, &state(&trainer), 6e-2),
            _ => {}
        }
    }
}

fn state(trainer: &Trainer) -> HostTensors {
    let named = |prefix: &'static str, tensors: HostTensors| {
        tensors
            .into_iter()
            .map(move |(name, tensor)| (format!("{prefix}{name}"), tensor))
    };
    named(
        "generator.",
        block_on(host_tensors(&trainer.generator)).unwrap(),
    )
    .chain(named(
        "discriminator.",
        block_on(host_tensors(&trainer.discriminator)).unwrap(),
    ))
    .collect()
}

fn check_update(
    golden: &HostTensors,
    prefix: &str,
    before: &HostTensors,
    after: &HostTensors,
    tolerance: f64,
) {
    let (mut found, mut wanted) = (Vec::new(), Vec::new());
    for (name, reference) in golden {
        let Some(name) = name.strip_prefix(prefix) else {
            continue;
        };
        let (network, name) = name.split_once('.').unwrap();
        if name.ends_with("num_batches_tracked") {
            continue;
        }
        let network = if network == "G" {
            "generator"
        } else {
            "discriminator"
        };
        let name = format!("{network}.{}", from_pytorch(name).unwrap());
        let (old, new) = (&before[&name].values, &after[&name].values);
        if is_buffer(&name) {
            close(&format!("{prefix} {name}"), new, &reference.values, 1e-3);
        } else if has_gradient(&name) {
            found.extend(new.iter().zip(old).map(|(a, b)| a - b));
            wanted.extend(reference.values.iter().zip(old).map(|(a, b)| a - b));
        }
    }
    assert!(found.len() > 100_000, "both networks are compared");
    let off = relative(&found, &wanted);
    assert!(
        off < tolerance,
        "{prefix}: the update is off by {off} relative"
    );
}

macro_rules! on_both_devices {
    ($($case:ident),*) => {
        mod cpu {
            $(#[test] fn $case() { super::$case(&burn::tensor::Device::flex()); })*
        }
        mod wgpu {
            $(#[test] fn $case() { super::$case(&super::gpu()); })*
        }
    };
}

on_both_devices!(
    evaluation_mode,
    training_mode,
    scores,
    gradients,
    three_steps
);

#[test]
fn all_file_formats_hold_the_same_generator() {
    let plain = pytorch("G.pth");
    assert_eq!(pytorch("G_legacy.pth"), plain);
    assert_eq!(pytorch("G_parallel.pth"), plain);
}
