//! Batch norm on a wgpu adapter against its definition, over random shapes.

#![allow(clippy::unwrap_used)]

use burn::backend::Cube;
use proptest::prelude::*;
use saganscope_distance::absolute;

use super::gradient_tests::{leave_junk, upload, values};
use crate::{
    batch_norm::{BatchNormKernels, NormState, Running},
    cpu::batch_norm::Shape,
    definition::{self, assert_close, singles},
};

const EPSILON: f32 = 1e-5;
const MOMENTUM: f32 = 0.1;

/// `offset` is added to all of x.
fn check([batch, channels, height, width]: [usize; 4], offset: f64, seed: u64) {
    let shape = Shape {
        batch,
        channels,
        pixels: height * width,
    };
    let whole = [batch, channels, height, width];
    let length = batch * channels * shape.pixels;
    let x: Vec<f64> = singles(length, seed)
        .iter()
        .map(|x| f64::from((x + offset) as f32))
        .collect();
    let [weight, bias] = definition::batch_norm_layer(channels, seed + 1);
    let old_mean = singles(channels, seed + 3);
    let old_variance: Vec<f64> = old_mean.iter().map(|mean| mean + 2.0).collect();
    let normed = definition::batch_norm(&x, &weight, &bias, shape, EPSILON.into());
    // The mean itself is rounded.
    let tolerance = 2e-5 + offset.abs() * 1e-6;

    let running = Running::<Cube> {
        mean: upload(&old_mean, [channels]),
        variance: upload(&old_variance, [channels]),
        epsilon: EPSILON,
        momentum: MOMENTUM,
    };
    let uploaded = [&weight, &bias].map(|x| upload(x, [channels]));
    let [gpu_weight, gpu_bias] = uploaded;
    let gpu_x = upload(&x, whole);
    leave_junk(length);
    let result =
        Cube::batch_norm_relu_forward(gpu_x.clone(), gpu_weight.clone(), gpu_bias.clone(), running);
    let expected: Vec<f64> = normed.iter().map(|y| y.max(0.0)).collect();
    assert_close("output", &values(result.output), &expected, tolerance);

    let count = (batch * shape.pixels) as f64;
    let mut expected = [const { Vec::new() }; 4];
    for channel in 0..channels {
        let [mean, variance] = definition::mean_and_variance(&x, channel, shape);
        let blend = |old: f64, new: f64| old + (new - old) * f64::from(MOMENTUM);
        expected[0].push(mean);
        expected[1].push(1.0 / (variance + f64::from(EPSILON)).sqrt());
        expected[2].push(blend(old_mean[channel], mean));
        let unbiased = variance * count / (count - 1.0);
        expected[3].push(blend(old_variance[channel], unbiased));
    }
    let moments = values(result.moments.clone());
    let (means, rates) = moments.split_at(channels);
    // A mean can be close to zero, and is not more exact for it.
    for (means, expected) in [(means, &expected[0]), (&values(result.mean), &expected[2])] {
        absolute(means, expected).within(1e-6 * (1.0 + offset.abs()), "means");
    }
    assert_close("rates", rates, &expected[1], 1e-5);
    assert_close(
        "running variance",
        &values(result.variance),
        &expected[3],
        1e-5,
    );

    // None at the ReLU's kink, where the two precisions may differ on the side.
    let margin = 10.0 * tolerance;
    let grad: Vec<f64> = singles(length, seed + 4)
        .iter()
        .zip(&normed)
        .map(|(grad, y)| if y.abs() > margin { *grad } else { 0.0 })
        .collect();
    let passed: Vec<f64> = grad
        .iter()
        .zip(&normed)
        .map(|(grad, y)| if *y > 0.0 { *grad } else { 0.0 })
        .collect();
    let state = NormState::<Cube> {
        x: gpu_x,
        moments: result.moments,
        weight: gpu_weight,
        bias: gpu_bias,
    };
    let gpu_grad = upload(&grad, whole);
    leave_junk(length);
    let grads = Cube::batch_norm_relu_backward(state, gpu_grad);
    let expected = definition::batch_norm_backward(&x, &weight, &passed, shape, EPSILON.into());
    let names = ["input", "weight", "bias"];
    for ((name, grad), expected) in names.into_iter().zip(grads).zip(expected) {
        assert_close(name, &values(grad), &expected, 10.0 * tolerance);
        assert!(
            expected.iter().any(|slope| slope.abs() > 1e-3),
            "no gradient of the {name}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Maps that are no multiple of four are Burn's.
    #[test]
    fn batch_norm_is_what_its_definition_says(
        (batch, channels) in (2..6usize, 1..40usize),
        (height, width) in (2..18usize, 2..18usize),
        seed in 0..1000u64,
    ) {
        check([batch, channels, height, width], 0.0, seed);
    }

    /// Fours only, far from zero.
    #[test]
    fn a_great_mean_does_not_swallow_the_variance(
        (batch, channels, quads) in (2..6usize, 1..9usize, 1..80usize),
        (offset, seed) in (-1e3..1e3f64, 0..1000u64),
    ) {
        check([batch, channels, 2, 2 * quads], offset, seed);
    }
}

#[test]
fn the_networks_own_shapes() {
    for (channels, side) in [(64, 4), (32, 8), (16, 16), (8, 32)] {
        check([8, channels, side, side], 0.3, 5);
    }
    // More fours than a workgroup has threads, and not the same for each.
    check([3, 2, 50, 50], 0.3, 6);
}
