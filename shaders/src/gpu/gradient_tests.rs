//! The kernels of training against their definitions, over random shapes, on a wgpu adapter.
//!
//! Where there is no adapter these tests fail: one that skips itself would prove nothing.

#![allow(clippy::unwrap_used)]

use burn::{
    backend::{Cube, ops::FloatTensorOps, tensor::Device},
    tensor::{FloatDType, TensorData},
};
use burn_cubecl::{cubecl::future::block_on, tensor::CubeTensor};
use proptest::prelude::*;

use crate::{
    activated::ActivatedKernels,
    attention::{AttentionKernels, AttentionState},
    channel_sums::ChannelSumsKernel,
    cpu::{Shape, attention},
    definition::{self, assert_close, singles, to_f32},
    leaky_relu::LeakyReluKernels,
    strided::StridedKernels,
};

pub(super) fn upload<const D: usize>(values: &[f64], shape: [usize; D]) -> CubeTensor {
    let data = TensorData::new(to_f32(values), shape);
    Cube::float_from_data(data, &Device::<Cube>::default())
}

pub(super) fn values(tensor: CubeTensor) -> Vec<f32> {
    let data = block_on(Cube::float_into_data(tensor)).unwrap();
    data.try_into_vec().unwrap()
}

/// Fresh buffers come from a pool: what was not written, or should have been zero, then shows.
pub(super) fn leave_junk(elements: usize) {
    let shape = burn::tensor::Shape::from([elements]);
    let device = Device::<Cube>::default();
    let junk = Cube::float_full(shape, (-12345.0).into(), &device, FloatDType::F32);
    assert_eq!(values(junk)[0], -12345.0);
}

fn check_down(shape: Shape, biased: bool, seed: u64) {
    let Shape {
        batch,
        small,
        big,
        height,
        width,
    } = shape;
    let x = singles(batch * big * 4 * shape.pixels(), seed);
    let weight = singles(small * big * 16, seed + 1);
    let bias = if biased {
        singles(small, seed + 2)
    } else {
        vec![0.0; small]
    };
    leave_junk(batch * small * shape.pixels());
    let y = Cube::kernel_down(
        upload(&x, [batch, big, 2 * height, 2 * width]),
        upload(&weight, [small, big, 4, 4]),
        biased.then(|| upload(&bias, [small])),
    );
    let expected = definition::down(&x, &weight, &bias, shape);
    assert_close("down", &values(y), &expected, 2e-5);
}

fn check_weight_grad(shape: Shape, seed: u64) {
    let Shape {
        batch,
        small,
        big,
        height,
        width,
    } = shape;
    let smalls = singles(batch * small * shape.pixels(), seed);
    let bigs = singles(batch * big * 4 * shape.pixels(), seed + 1);
    leave_junk(small * big * 16 * 4);
    let gradient = Cube::weight_grad(
        upload(&smalls, [batch, small, height, width]),
        upload(&bigs, [batch, big, 2 * height, 2 * width]),
    );
    let expected = definition::weight_grad(&smalls, &bigs, shape);
    assert_close("weight gradient", &values(gradient), &expected, 2e-5);
}

fn check_channel_sums([batch, channels, height, width]: [usize; 4], seed: u64) {
    let map = height * width;
    let x = singles(batch * channels * map, seed);
    let mut expected = vec![0.0; channels];
    for (index, row) in x.chunks_exact(map).enumerate() {
        expected[index % channels] += row.iter().sum::<f64>();
    }
    leave_junk(channels);
    let sums = Cube::channel_sums(upload(&x, [batch, channels, height, width]));
    assert_close("channel sums", &values(sums), &expected, 2e-4);
}

/// Gradients of the activations, at and around zero too.
fn check_activations(length: usize, seed: u64) {
    let output: Vec<f64> = singles(length, seed)
        .iter()
        .map(|y| if y.abs() < 0.2 { 0.0 } else { *y })
        .collect();
    let grad = singles(length, seed + 1);
    let terms = || output.iter().zip(&grad);
    let leaky: Vec<f64> = terms()
        .map(|(y, g)| if *y > 0.0 { *g } else { 0.25 * g })
        .collect();
    let tanh: Vec<f64> = terms().map(|(y, g)| g * (1.0 - y * y)).collect();
    let tensors = || [&output, &grad].map(|x| upload(x, [1, length]));
    leave_junk(length);
    let [y, g] = tensors();
    let gradient = Cube::leaky_relu_backward(y, g, 0.25);
    assert_close("leaky ReLU", &values(gradient), &leaky, 1e-6);
    let [y, g] = tensors();
    let gradient = Cube::tanh_backward(y, g);
    assert_close("tanh", &values(gradient), &tanh, 1e-6);
}

fn check_attention_backward(shape: attention::Shape, scale: f64, seed: u64) {
    let attention::Shape {
        batch,
        depth,
        channels,
        pixels,
    } = shape;
    let narrow = batch * depth * pixels;
    let wide = batch * channels * pixels;
    let q: Vec<f64> = singles(narrow, seed)
        .into_iter()
        .map(|value| f64::from((value * scale) as f32))
        .collect();
    let k = singles(narrow, seed + 1);
    let v = singles(wide, seed + 2);
    let g = singles(wide, seed + 3);
    let (output, log_sum_exp) = definition::attention(&q, &k, &v, shape);
    let state = AttentionState::<Cube> {
        queries: upload(&q, [batch, depth, pixels]),
        keys: upload(&k, [batch, depth, pixels]),
        values: upload(&v, [batch, channels, pixels]),
        output: upload(&output, [batch, channels, pixels]),
        log_sum_exp: upload(&log_sum_exp, [batch, pixels]),
    };
    leave_junk(wide);
    let gradients = Cube::attention_backward(state, upload(&g, [batch, channels, pixels]));
    let expected = definition::attention_backward(&q, &k, &v, &g, shape);
    for ((what, actual), expected) in ["queries", "keys", "values"]
        .into_iter()
        .zip(gradients)
        .zip(expected)
    {
        assert_close(what, &values(actual), &expected, 1e-4);
    }
}

fn shapes() -> impl Strategy<Value = Shape> {
    definition::shapes(5, 39, 19, 17)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn down_is_what_its_definition_says(
        shape in shapes(), biased in any::<bool>(), seed in 0..1000u64,
    ) {
        // Other widths are Burn's.
        let shape = Shape { width: shape.width.next_multiple_of(4), ..shape };
        check_down(shape, biased, seed);
    }

    #[test]
    fn weight_grad_is_what_its_definition_says(shape in shapes(), seed in 0..1000u64) {
        let shape = Shape { width: shape.width.next_multiple_of(4), ..shape };
        check_weight_grad(shape, seed);
    }

    #[test]
    fn channel_sums_are_sums(
        shape in (1..20usize, 1..40usize, 1..20usize, 1..20usize), seed in 0..1000u64,
    ) {
        check_channel_sums(shape.into(), seed);
    }

    /// Lengths that are no multiple of four are Burn's.
    #[test]
    fn activations_have_their_slopes(length in 1..5000usize, seed in 0..1000u64) {
        check_activations(length, seed);
    }

    #[test]
    fn attention_backward_is_what_its_definition_says(
        (batch, depth, channels) in (1..4usize, 1..40usize, 1..70usize),
        quads in 1..38usize,
        (scale, seed) in (0.1..3.0f64, 0..1000u64),
    ) {
        let shape = attention::Shape { batch, depth, channels, pixels: 4 * quads };
        check_attention_backward(shape, scale, seed);
    }
}

/// Narrow and wide, near the picture and far from it; enough pixels for many splits.
#[test]
fn the_networks_own_shapes() {
    for (batch, small, big, side) in [
        (4, 16, 3, 32),
        (4, 96, 8, 16),
        (9, 80, 24, 4),
        (2, 3, 5, 64),
    ] {
        let shape = Shape {
            batch,
            small,
            big,
            height: side,
            width: side,
        };
        check_down(shape, true, 9);
        check_weight_grad(shape, 10);
        check_channel_sums([batch, small, side, side], 11);
    }
    for (depth, channels, pixels) in [(2, 16, 1024), (4, 32, 256), (64, 512, 16)] {
        let shape = attention::Shape {
            batch: 2,
            depth,
            channels,
            pixels,
        };
        check_attention_backward(shape, 2.0, 12);
    }
}
