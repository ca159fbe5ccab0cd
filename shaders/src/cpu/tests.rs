//! The CPU path against the definitions and against finite differences, over random shapes.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::{Shape, attention, channel_sums, down::down, up::up, weight_grad::weight_grad};
use crate::definition::{self as reference, assert_close, differences, dot, singles, to_f32};

fn shapes() -> impl Strategy<Value = Shape> {
    reference::shapes(3, 19, 19, 16)
}

/// Few elements: finite differences run the slow reference twice for each.
fn tiny_shapes() -> impl Strategy<Value = Shape> {
    reference::shapes(2, 3, 3, 3)
}

/// Small map, big map, weight, and a bias for either side.
struct Case {
    small: Vec<f64>,
    big: Vec<f64>,
    weight: Vec<f64>,
    small_bias: Vec<f64>,
    big_bias: Vec<f64>,
}

fn case(shape: Shape, seed: u64) -> Case {
    Case {
        small: singles(shape.batch * shape.small * shape.pixels(), seed),
        big: singles(shape.batch * shape.big * shape.pixels() * 4, seed + 1),
        weight: singles(shape.small * shape.big * 16, seed + 2),
        small_bias: singles(shape.small, seed + 3),
        big_bias: singles(shape.big, seed + 4),
    }
}

fn check_forward(shape: Shape, seed: u64) {
    let case = case(shape, seed);
    let (small, big, weight) = (to_f32(&case.small), to_f32(&case.big), to_f32(&case.weight));
    let bias = to_f32(&case.big_bias);
    let expected = reference::up(&case.small, &case.weight, &case.big_bias, shape);
    assert_close(
        "up",
        &up(&small, &weight, Some(&bias), shape),
        &expected,
        1e-5,
    );
    let bias = to_f32(&case.small_bias);
    let expected = reference::down(&case.big, &case.weight, &case.small_bias, shape);
    assert_close(
        "down",
        &down(&big, &weight, Some(&bias), shape),
        &expected,
        1e-5,
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn up_and_down_are_what_their_definitions_say(shape in shapes(), seed in 0..1000u64) {
        check_forward(shape, seed);
    }

    #[test]
    fn gradients_of_up_are_finite_differences(shape in tiny_shapes(), seed in 0..1000u64) {
        let Case { small, big, weight, big_bias, .. } = case(shape, seed);
        let loss = |x: &[f64], w: &[f64], b: &[f64]| dot(&reference::up(x, w, b, shape), &big);
        let slopes = differences(&small, |x| loss(x, &weight, &big_bias));
        let (x, g, w) = (to_f32(&small), to_f32(&big), to_f32(&weight));
        assert_close("input", &down(&g, &w, None, shape), &slopes, 1e-5);
        let slopes = differences(&weight, |w| loss(&small, w, &big_bias));
        assert_close("weight", &weight_grad(&x, &g, shape), &slopes, 1e-5);
        let slopes = differences(&big_bias, |b| loss(&small, &weight, b));
        assert_close("bias", &channel_sums(&g, shape.big, 4 * shape.pixels()), &slopes, 1e-4);
        prop_assert!(slopes.iter().any(|slope| slope.abs() > 1e-3));
    }

    #[test]
    fn gradients_of_down_are_finite_differences(shape in tiny_shapes(), seed in 0..1000u64) {
        let Case { small, big, weight, small_bias, .. } = case(shape, seed);
        let loss = |x: &[f64], w: &[f64], b: &[f64]| dot(&reference::down(x, w, b, shape), &small);
        let slopes = differences(&big, |x| loss(x, &weight, &small_bias));
        let (g, x, w) = (to_f32(&small), to_f32(&big), to_f32(&weight));
        assert_close("input", &up(&g, &w, None, shape), &slopes, 1e-5);
        let slopes = differences(&weight, |w| loss(&big, w, &small_bias));
        assert_close("weight", &weight_grad(&g, &x, shape), &slopes, 1e-5);
        let slopes = differences(&small_bias, |b| loss(&big, &weight, b));
        assert_close("bias", &channel_sums(&g, shape.small, shape.pixels()), &slopes, 1e-4);
    }

    #[test]
    fn attention_is_what_its_definition_says(
        (batch, depth, channels) in (1..3usize, 1..12usize, 1..20usize),
        pixels in 1..300usize,
        (scale, seed) in (0.1..6.0f64, 0..1000u64),
    ) {
        let shape = attention::Shape { batch, depth, channels, pixels };
        let [q, k, v, _] = tensors(shape, scale, seed);
        let (output, log_sum_exp) = reference::attention(&q, &k, &v, shape);
        let attended = attention::forward(&to_f32(&q), &to_f32(&k), &to_f32(&v), shape);
        assert_close("output", &attended.output, &output, 3e-5);
        assert_close("log-sum-exp", &attended.log_sum_exp, &log_sum_exp, 1e-5);
    }

    #[test]
    fn gradients_of_attention_are_finite_differences(
        (batch, depth, channels) in (1..3usize, 1..5usize, 1..6usize),
        (pixels, seed) in (2..20usize, 0..1000u64),
    ) {
        let shape = attention::Shape { batch, depth, channels, pixels };
        let [q, k, v, g] = tensors(shape, 1.5, seed);
        let loss = |q: &[f64], k: &[f64], v: &[f64]| dot(&reference::attention(q, k, v, shape).0, &g);
        let (q32, k32, v32) = (to_f32(&q), to_f32(&k), to_f32(&v));
        let attended = attention::forward(&q32, &k32, &v32, shape);
        let saved = (&attended.output[..], &attended.log_sum_exp[..]);
        let gradients = attention::backward(&q32, &k32, &v32, saved, &to_f32(&g), shape);
        let slopes = differences(&q, |q| loss(q, &k, &v));
        assert_close("queries", &gradients.queries, &slopes, 1e-4);
        let slopes = differences(&k, |k| loss(&q, k, &v));
        assert_close("keys", &gradients.keys, &slopes, 1e-4);
        let slopes = differences(&v, |v| loss(&q, &k, v));
        assert_close("values", &gradients.values, &slopes, 1e-4);
    }
}

/// Queries, keys, values, and a gradient of the output.
fn tensors(shape: attention::Shape, scale: f64, seed: u64) -> [Vec<f64>; 4] {
    let narrow = shape.batch * shape.depth * shape.pixels;
    let wide = shape.batch * shape.channels * shape.pixels;
    let mut queries = singles(narrow, seed);
    for value in &mut queries {
        *value = f64::from((*value * scale) as f32);
    }
    let keys = singles(narrow, seed + 1);
    [
        queries,
        keys,
        singles(wide, seed + 2),
        singles(wide, seed + 3),
    ]
}

#[test]
fn the_networks_own_shapes() {
    for (small, big, side) in [(24, 16, 4), (3, 8, 8), (16, 3, 32), (33, 9, 16)] {
        let shape = Shape {
            batch: 5,
            small,
            big,
            height: side,
            width: side,
        };
        check_forward(shape, 9);
    }
}

#[test]
fn great_energies_do_not_overflow() {
    let shape = attention::Shape {
        batch: 1,
        depth: 1,
        channels: 1,
        pixels: 20,
    };
    let k: Vec<f32> = (0..20).map(|j| j as f32).collect();
    let attended = attention::forward(&[100.0; 20], &k, &k, shape);
    assert!((attended.output[3] - 19.0).abs() < 1e-4);
    assert!((attended.log_sum_exp[3] - 1900.0).abs() < 1e-3);
}
