//! Batch norm on the CPU against its definition and finite differences.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use saganscope_distance::absolute;

use super::batch_norm::{Shape, backward, follow, moments, relu, statistics};
use crate::definition::{self, assert_close, differences, dot, singles, to_f32};

const EPSILON: f32 = 1e-5;

/// At least eight numbers a channel: of one or two, batch norm leaves nothing.
fn shapes() -> impl Strategy<Value = Shape> {
    (2..5usize, 1..9usize, 4..70usize).prop_map(|(batch, channels, pixels)| Shape {
        batch,
        channels,
        pixels,
    })
}

struct Case {
    x: Vec<f64>,
    weight: Vec<f64>,
    bias: Vec<f64>,
    grad: Vec<f64>,
}

fn case(shape: Shape, seed: u64) -> Case {
    let length = shape.batch * shape.channels * shape.pixels;
    let [weight, bias] = definition::batch_norm_layer(shape.channels, seed + 1);
    Case {
        x: singles(length, seed),
        weight,
        bias,
        grad: singles(length, seed + 3),
    }
}

fn relu_of(x: Vec<f64>) -> Vec<f64> {
    x.into_iter().map(|x| x.max(0.0)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn forward_is_what_its_definition_says(shape in shapes(), offset in -1e3..1e3f64, seed in 0..1000u64) {
        let Case { x, weight, bias, .. } = case(shape, seed);
        let x: Vec<f64> = x.iter().map(|x| f64::from((x + offset) as f32)).collect();
        let expected = definition::batch_norm(&x, &weight, &bias, shape, EPSILON.into());
        let single = to_f32(&x);
        let of = statistics(&single, shape);
        let moments = moments(&of, shape, EPSILON);
        let y = relu(&single, &moments, &to_f32(&weight), &to_f32(&bias), shape);
        // The mean itself is rounded.
        let tolerance = 1e-5 + offset.abs() * 1e-6;
        assert_close("output", &y, &relu_of(expected), tolerance);

        let mut mean = vec![0.5; shape.channels];
        let mut variance = vec![2.0; shape.channels];
        follow(&mut mean, &mut variance, &of, shape, 0.1);
        let count = (shape.batch * shape.pixels) as f64;
        for channel in 0..shape.channels {
            let [batch_mean, biased] = definition::mean_and_variance(&x, channel, shape);
            let expected = 0.45 + 0.1 * batch_mean;
            // A mean can be close to zero, and is not more exact for it.
            absolute(&mean[channel..=channel], &[expected]).within(1e-6 * (1.0 + offset.abs()), "mean");
            let expected = [1.8 + 0.1 * biased * count / (count - 1.0)];
            assert_close("variance", &[variance[channel]], &expected, 1e-5);
        }
    }

    #[test]
    fn gradients_are_finite_differences(
        (batch, channels, pixels) in (2..4usize, 1..4usize, 4..9usize), seed in 0..1000u64,
    ) {
        let shape = Shape { batch, channels, pixels };
        let Case { x, weight, bias, grad } = case(shape, seed);
        let normed = |x: &[f64], weight: &[f64], bias: &[f64]| {
            definition::batch_norm(x, weight, bias, shape, EPSILON.into())
        };
        // There is no derivative at the ReLU's kink.
        prop_assume!(normed(&x, &weight, &bias).iter().all(|y| y.abs() > 1e-3));
        let loss = |x: &[f64], weight: &[f64], bias: &[f64]| {
            dot(&relu_of(normed(x, weight, bias)), &grad)
        };
        let single = to_f32(&x);
        let moments = moments(&statistics(&single, shape), shape, EPSILON);
        let mut x_grad = to_f32(&grad);
        let layer = [&weight, &bias].map(|x| to_f32(x));
        let [weight_grad, bias_grad] =
            backward(&single, &mut x_grad, &moments, [&layer[0], &layer[1]], shape);
        let slopes = differences(&x, |x| loss(x, &weight, &bias));
        assert_close("input", &x_grad, &slopes, 1e-4);
        let slopes = differences(&weight, |weight| loss(&x, weight, &bias));
        assert_close("weight", &weight_grad, &slopes, 1e-4);
        let slopes = differences(&bias, |bias| loss(&x, &weight, bias));
        assert_close("bias", &bias_grad, &slopes, 1e-4);
    }
}

#[test]
fn a_nan_is_not_hidden() {
    let shape = Shape {
        batch: 1,
        channels: 1,
        pixels: 2,
    };
    let y = relu(&[f32::NAN, 1.0], &[0.0, 1.0], &[1.0], &[0.0], shape);
    assert!(y[0].is_nan());
    assert_eq!(y[1], 1.0);
}
