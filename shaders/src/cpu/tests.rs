//! The CPU path against the definitions and against finite differences, over random shapes.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::{
    Shape, attention, attention_layer, channel_sums, down::down, pointwise, up::up, up_dots,
    weight_grad::weight_grad, winograd,
};
use crate::definition::{self, assert_close, differences, dot, singles, to_f32};

fn shapes() -> impl Strategy<Value = Shape> {
    definition::shapes(3, 19, 19, 16)
}

/// Few elements: finite differences run the slow reference twice for each.
fn tiny_shapes() -> impl Strategy<Value = Shape> {
    definition::shapes(2, 3, 3, 3)
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
    let expected = definition::up(&case.small, &case.weight, &case.big_bias, shape);
    assert_close(
        "up",
        &up(&small, &weight, Some(&bias), shape),
        &expected,
        1e-5,
    );
    let panels = super::up::pack(&weight, shape.small, shape.big);
    let packed = super::up::up_packed(&small, &panels, &bias, shape);
    assert_close("up_packed", &packed, &expected, 1e-5);
    let packed = up_dots::pack(&weight, shape.small, shape.big);
    let dots = up_dots::up(&small, &packed, &bias, shape);
    assert_close("up_dots", &dots, &expected, 1e-5);
    let bias = to_f32(&case.small_bias);
    let expected = definition::down(&case.big, &case.weight, &case.small_bias, shape);
    assert_close(
        "down",
        &down(&big, &weight, Some(&bias), shape),
        &expected,
        1e-5,
    );
}

fn check_pointwise(shape: pointwise::Shape, seed: u64) {
    let [x, weight, bias, _] = pointwise_case(shape, seed);
    let (x32, w32, b32) = (to_f32(&x), to_f32(&weight), to_f32(&bias));
    let expected = pointwise_by_definition(&x, &weight, &bias, shape);
    assert_close(
        "with bias",
        &pointwise::pointwise(&x32, &w32, Some(&b32), shape),
        &expected,
        1e-5,
    );
    let expected = pointwise_by_definition(&x, &weight, &vec![0.0; shape.outputs], shape);
    assert_close(
        "without",
        &pointwise::pointwise(&x32, &w32, None, shape),
        &expected,
        1e-5,
    );
}

#[test]
fn rows_that_crowd_the_cache_are_spaced() {
    // Of 1024 elements: copied before the product, which must still read each sample's own.
    let shape = pointwise::Shape {
        batch: 2,
        inputs: 3,
        outputs: 9,
        pixels: 1024,
    };
    check_pointwise(shape, 5);
    let shape = Shape {
        batch: 2,
        small: 3,
        big: 5,
        height: 32,
        width: 32,
    };
    check_forward(shape, 5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn up_and_down_are_what_their_definitions_say(shape in shapes(), seed in 0..1000u64) {
        check_forward(shape, seed);
    }

    #[test]
    fn fewer_products_give_what_the_definition_does(half in shapes(), seed in 0..1000u64) {
        // Whatever `serves` says: any even sides, any number of channels.
        let (height, width) = (half.height.next_multiple_of(2), half.width.next_multiple_of(2));
        let shape = Shape { height, width, ..half };
        let case = case(shape, seed);
        let (x, weight, bias) = (to_f32(&case.small), to_f32(&case.weight), to_f32(&case.big_bias));
        let panels = winograd::pack(&weight, shape.small, shape.big);
        let expected = definition::up(&case.small, &case.weight, &case.big_bias, shape);
        assert_close("winograd", &winograd::up(&x, &panels, &bias, shape), &expected, 2e-5);
    }

    #[test]
    fn gradients_of_up_are_finite_differences(shape in tiny_shapes(), seed in 0..1000u64) {
        let Case { small, big, weight, big_bias, .. } = case(shape, seed);
        let loss = |x: &[f64], w: &[f64], b: &[f64]| dot(&definition::up(x, w, b, shape), &big);
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
        let loss = |x: &[f64], w: &[f64], b: &[f64]| dot(&definition::down(x, w, b, shape), &small);
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
        let (output, log_sum_exp) = definition::attention(&q, &k, &v, shape);
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
        let loss = |q: &[f64], k: &[f64], v: &[f64]| dot(&definition::attention(q, k, v, shape).0, &g);
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

/// Small enough for finite differences, and large enough for every tile of the products.
fn pointwise_shapes(most: usize, pixels: usize) -> impl Strategy<Value = pointwise::Shape> {
    (1..3usize, 1..most, 1..most, 1..pixels).prop_map(|(batch, inputs, outputs, pixels)| {
        pointwise::Shape {
            batch,
            inputs,
            outputs,
            pixels,
        }
    })
}

/// `y[b][o][n] = bias[o] + Σ_i weight[o][i] · x[b][i][n]`.
fn pointwise_by_definition(
    x: &[f64],
    weight: &[f64],
    bias: &[f64],
    shape: pointwise::Shape,
) -> Vec<f64> {
    let mut y = Vec::new();
    for b in 0..shape.batch {
        for (weight, bias) in weight.chunks_exact(shape.inputs).zip(bias) {
            for n in 0..shape.pixels {
                let x = |i: usize| x[(b * shape.inputs + i) * shape.pixels + n];
                let sum: f64 = weight.iter().enumerate().map(|(i, w)| w * x(i)).sum();
                y.push(sum + bias);
            }
        }
    }
    y
}

/// Input, weight, bias, and a gradient of the output.
fn pointwise_case(shape: pointwise::Shape, seed: u64) -> [Vec<f64>; 4] {
    [
        singles(shape.batch * shape.inputs * shape.pixels, seed),
        singles(shape.outputs * shape.inputs, seed + 1),
        singles(shape.outputs, seed + 2),
        singles(shape.batch * shape.outputs * shape.pixels, seed + 3),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn pointwise_is_what_its_definition_says(
        shape in pointwise_shapes(40, 130),
        seed in 0..1000u64,
    ) {
        check_pointwise(shape, seed);
    }

    #[test]
    fn gradients_of_pointwise_are_finite_differences(
        shape in pointwise_shapes(11, 12),
        seed in 0..1000u64,
    ) {
        let [x, weight, bias, grad] = pointwise_case(shape, seed);
        let loss = |x: &[f64], w: &[f64]| dot(&pointwise_by_definition(x, w, &bias, shape), &grad);
        let (x32, w32, g32) = (to_f32(&x), to_f32(&weight), to_f32(&grad));
        let slopes = differences(&x, |x| loss(x, &weight));
        assert_close("input", &pointwise::transposed(&g32, &w32, shape), &slopes, 1e-5);
        let slopes = differences(&weight, |w| loss(&x, w));
        assert_close("weight", &pointwise::weight_grad(&x32, &g32, shape), &slopes, 1e-5);
    }

    #[test]
    fn a_layer_is_told_by_its_output_and_its_change(
        (batch, length) in (1..4usize, 1..100usize),
        (gamma, seed) in (-2.0..2.0f64, 0..1000u64),
    ) {
        let gamma = f64::from(gamma as f32);
        let [o, x] = [0, 1].map(|more| singles(batch * length, seed + more));
        let expected: Vec<f64> = o.iter().zip(&x).map(|(o, x)| gamma * o + x).collect();
        let mut output = to_f32(&o);
        attention_layer::join(&mut output, &to_f32(&x), gamma as f32);
        assert_close("output", &output, &expected, 1e-6);
        let norm = |values: &[f64]| values.iter().map(|v| v * v).sum::<f64>().sqrt();
        let samples = o.chunks_exact(length).zip(x.chunks_exact(length));
        let shares: Vec<f64> = samples.map(|(o, x)| gamma.abs() * norm(o) / norm(x)).collect();
        let after = to_f32(&expected);
        let told = attention_layer::relative_change(&to_f32(&x), &after, batch);
        assert_close("share", &told, &shares, 1e-4);
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
