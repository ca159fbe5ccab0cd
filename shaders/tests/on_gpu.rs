//! The GPU's operations against the CPU's, on whatever adapter wgpu finds; without one they fail.
//!
//! Buffers come from a pool, so each test first leaves junk behind: a kernel that relied on zeros
//! in fresh memory, or left a corner unwritten, would show.

#![cfg(feature = "gpu")]
#![allow(clippy::unwrap_used)]

mod support;

use burn::tensor::{Device, Tensor, TensorData};
use proptest::prelude::*;
use saganscope_shaders as shaders;

use support::{GPU, leave_junk, values};

/// The same values in (−1, 1) times `scale` on the CPU and on the GPU.
fn pair<const D: usize>(shape: [usize; D], seed: u32, scale: f32) -> [Tensor<D>; 2] {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 8) as f32 / (1 << 23) as f32 - 1.0) * scale
        })
        .collect();
    let data = TensorData::new(values, shape);
    [&Device::flex(), &*GPU].map(|device| Tensor::from_data(data.clone(), device))
}

#[track_caller]
fn assert_close<const D: usize>(what: &str, gpu: Tensor<D>, cpu: Tensor<D>, tolerance: f64) {
    assert_eq!(gpu.dims(), cpu.dims(), "{what}");
    let cpu: Vec<f64> = values(cpu).into_iter().map(f64::from).collect();
    support::assert_close(what, &values(gpu), &cpu, tolerance);
}

fn check_up(batch: usize, input: usize, output: usize, height: usize, width: usize) {
    let [x, gx] = pair([batch, input, height, width], 1, 1.0);
    let [w, gw] = pair([input, output, 4, 4], 2, 0.3);
    let [b, gb] = pair([output], 3, 1.0);
    leave_junk(batch * output * height * width * 4, &GPU);
    let gpu = shaders::up(gx.clone(), gw.clone(), Some(gb.clone()));
    let cpu = shaders::up(x.clone(), w.clone(), Some(b.clone()));
    assert_close("up", gpu, cpu, 2e-5);
    // A bias that is not negative: a few outputs might all be, and tell nothing.
    let gpu = shaders::up_relu(gx.clone(), gw.clone(), gb.clone() + 1.0);
    let cpu = shaders::up_relu(x.clone(), w.clone(), b.clone() + 1.0);
    assert_close("up_relu", gpu, cpu, 2e-5);
    let gpu = shaders::up_tanh(gx, gw, gb);
    assert_close("up_tanh", gpu, shaders::up_tanh(x, w, b), 2e-5);
}

fn check_down(batch: usize, input: usize, output: usize, height: usize, width: usize) {
    let [x, gx] = pair([batch, input, 2 * height, 2 * width], 1, 1.0);
    let [w, gw] = pair([output, input, 4, 4], 2, 0.3);
    let [b, gb] = pair([output], 3, 1.0);
    leave_junk(batch * output * height * width, &GPU);
    let gpu = shaders::down_leaky_relu(gx, gw, gb, 0.1);
    let cpu = shaders::down_leaky_relu(x, w, b, 0.1);
    assert_close("down_leaky_relu", gpu, cpu, 2e-5);
}

fn check_attention(batch: usize, depth: usize, channels: usize, pixels: usize, scale: f32) {
    let [q, gq] = pair([batch, depth, pixels], 1, scale);
    let [k, gk] = pair([batch, depth, pixels], 2, scale);
    let [v, gv] = pair([batch, channels, pixels], 3, 1.0);
    leave_junk(batch * channels * pixels, &GPU);
    let gpu = shaders::attention_with_log_sum_exp(gq, gk, gv);
    let cpu = shaders::attention_with_log_sum_exp(q, k, v);
    assert_close("output", gpu.output, cpu.output, 1e-4);
    assert_close("log-sum-exp", gpu.log_sum_exp, cpu.log_sum_exp, 2e-5);
}

fn check_attention_gradients(batch: usize, depth: usize, channels: usize, pixels: usize) {
    let queries = pair([batch, depth, pixels], 1, 1.0);
    let keys = pair([batch, depth, pixels], 2, 1.0);
    let values = pair([batch, channels, pixels], 3, 1.0);
    let slopes = pair([batch, channels, pixels], 4, 1.0);
    leave_junk(batch * channels.max(depth) * pixels, &GPU);
    let [cpu, gpu] = [0, 1].map(|device| {
        let inputs =
            [&queries, &keys, &values].map(|pair| pair[device].clone().autodiff().require_grad());
        let [q, k, v] = inputs.clone();
        let output = shaders::attention(q, k, v);
        let gradients = (output * slopes[device].clone().autodiff())
            .sum()
            .backward();
        inputs.map(|input| input.grad(&gradients).unwrap())
    });
    for (of, (gpu, cpu)) in ["queries", "keys", "values"]
        .iter()
        .zip(gpu.into_iter().zip(cpu))
    {
        assert_close(&format!("gradient of {of}"), gpu, cpu, 1e-4);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn up_agrees_with_the_cpu(
        (batch, input, output) in (1..4usize, 1..20usize, 1..40usize),
        (height, width) in (1..12usize, 1..5usize),
    ) {
        check_up(batch, input, output, height, 4 * width);
    }

    #[test]
    fn down_agrees_with_the_cpu(
        (batch, input, output) in (1..4usize, 1..20usize, 1..40usize),
        (height, width) in (1..12usize, 1..20usize),
    ) {
        check_down(batch, input, output, height, width);
    }

    #[test]
    fn attention_agrees_with_the_cpu(
        (batch, depth, channels) in (1..4usize, 1..20usize, 1..18usize),
        (pixels, scale) in (1..80usize, 0.2..2.0f32),
    ) {
        check_attention(batch, depth, 4 * channels, 4 * pixels, scale);
    }
}

#[test]
fn up_on_the_networks_own_shapes() {
    // With work that threads share, and without; other tests may run either way meanwhile.
    for software in [true, false] {
        shaders::gpu_is_software(software);
        for (input, output, side) in [(64, 32, 4), (32, 16, 8), (16, 8, 16), (8, 3, 32)] {
            check_up(2, input, output, side, side);
        }
    }
    check_up(1, 1, 1, 1, 4);
}

/// Shapes that the kernel leaves to Burn.
#[test]
fn shapes_without_fours() {
    check_up(2, 3, 5, 4, 6);
    check_up(1, 4, 2, 3, 5);
    check_attention(2, 3, 5, 12, 1.0);
    check_attention(2, 3, 8, 13, 1.0);
}

#[test]
fn attention_on_the_networks_own_shapes() {
    // As above.
    for software in [true, false] {
        shaders::gpu_is_software(software);
        for (channels, pixels) in [(8, 1024), (16, 256), (32, 64), (512, 16)] {
            check_attention(2, channels / 8, channels, pixels, 1.0);
        }
    }
}

/// A thread takes one, two or four fours of pixels where the GPU is software, and sixteen channels or the
/// rest of them: samples of 5, 6 and 16 fours; fewer channels than that, as many, and more.
#[test]
fn attention_and_its_gradients_however_they_are_cut() {
    for software in [true, false] {
        shaders::gpu_is_software(software);
        for (depth, channels, pixels) in [(3, 5, 20), (4, 16, 24), (18, 37, 64)] {
            check_attention(3, depth, channels, pixels, 1.0);
            check_attention_gradients(3, depth, channels, pixels);
        }
    }
}

/// Two shapes in a row must not share a compiled kernel.
#[test]
fn one_shape_after_another() {
    for output in [8, 16, 8] {
        check_up(1, 8, output, 8, 8);
        check_attention(1, output / 8, output, 100, 1.0);
    }
}

/// Energies far beyond the range of `exp`.
#[test]
fn great_energies_stay_finite() {
    check_attention(1, 4, 8, 128, 20.0);
}

/// Where the quotient of two exponentials would be infinity by infinity.
#[test]
fn great_values_stay_within_tanh() {
    let [x, gx] = pair([1, 2, 4, 4], 1, 1e4);
    let [w, gw] = pair([2, 3, 4, 4], 2, 1.0);
    let [b, gb] = pair([3], 3, 1.0);
    let gpu = shaders::up_tanh(gx, gw, gb);
    assert_close("up_tanh", gpu, shaders::up_tanh(x, w, b), 2e-5);
}

/// The gradients of a training step on the GPU.
#[test]
fn gradients_agree_with_the_cpu() {
    let [x, gx] = pair([2, 8, 8, 8], 1, 1.0);
    let [w, gw] = pair([8, 4, 4, 4], 2, 0.3);
    let [q, gq] = pair([2, 2, 64], 3, 1.0);
    let run = |x: Tensor<4>, w: Tensor<4>, q: Tensor<3>| {
        let (x, w) = (x.autodiff().require_grad(), w.autodiff().require_grad());
        let q = q.autodiff().require_grad();
        let flat: Tensor<3> = x.clone().reshape([2, 8, 64]);
        let o = shaders::attention(q.clone(), q.clone(), flat.clone()) + flat;
        let y = shaders::up(o.reshape([2, 8, 8, 8]), w.clone(), None);
        let y = shaders::leaky_relu(y, 0.1);
        let device = y.device();
        let [scale, zeros] = [0.5, 0.0].map(|value| Tensor::full([8], value, &device));
        let z = shaders::down_leaky_relu(y, w.clone(), scale.clone(), 0.1);
        let running = [zeros.clone(), scale.clone()];
        let z = shaders::batch_norm_relu(z, scale, zeros, running, 1e-5, 0.1).output;
        let y = shaders::up_tanh(z.clone(), w.clone(), Tensor::full([4], 0.5, &device));
        let gradients = (y.clone() * y).mean().backward();
        (
            x.grad(&gradients).unwrap(),
            w.grad(&gradients).unwrap(),
            q.grad(&gradients).unwrap(),
        )
    };
    let (cpu, gpu) = (run(x, w, q), run(gx, gw, gq));
    assert_close("input", gpu.0, cpu.0, 1e-4);
    assert_close("weight", gpu.1, cpu.1, 1e-4);
    assert_close("queries", gpu.2, cpu.2, 1e-4);
}
