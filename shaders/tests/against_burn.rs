//! The operations and all their gradients against Burn's own kernels, on the CPU.

#![allow(clippy::unwrap_used)]

use burn::tensor::{
    Device, Tensor, TensorData,
    activation::{leaky_relu, relu, softmax},
    module::{batch_norm_train, conv_transpose2d, conv2d},
    ops::{ConvOptions, ConvTransposeOptions},
};
use proptest::prelude::*;
use saganscope_distance::{absolute, scaled};
use saganscope_shaders as shaders;

/// A leaf of the graph that wants a gradient.
fn leaf<const D: usize>(shape: [usize; D], seed: u32, scale: f32) -> Tensor<D> {
    constant(shape, seed, scale).require_grad()
}

/// Values in (−1, 1) times `scale`, on the autodiff device.
fn constant<const D: usize>(shape: [usize; D], seed: u32, scale: f32) -> Tensor<D> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 8) as f32 / (1 << 23) as f32 - 1.0) * scale
        })
        .collect();
    let device = Device::flex().autodiff();
    Tensor::from_data(TensorData::new(values, shape), &device)
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().unwrap()
}

/// Equal to a tolerance of the expected values' size, or so small that both are rounding, and not
/// all zero.
#[track_caller]
fn assert_close<const D: usize>(what: &str, actual: Tensor<D>, expected: Tensor<D>) {
    assert_eq!(actual.dims(), expected.dims(), "{what}");
    let (actual, expected) = (values(actual), values(expected));
    assert!(expected.iter().any(|&x| x != 0.0), "{what} is all zero");
    if !absolute(&actual, &expected).is_within(2e-6) {
        scaled(&actual, &expected).within(2e-5, what);
    }
}

type Conv = fn(Tensor<4>, Tensor<4>, Option<Tensor<1>>) -> Tensor<4>;

fn burn_up(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    let options = ConvTransposeOptions::new([2, 2], [1, 1], [0, 0], [1, 1], 1);
    conv_transpose2d(x, weight, bias, options)
}

fn burn_down(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    conv2d(x, weight, bias, ConvOptions::new([2, 2], [1, 1], [1, 1], 1))
}

fn compare(ours: Conv, theirs: Conv, x: [usize; 4], weight: [usize; 4], bias: Option<usize>) {
    let x = leaf(x, 1, 1.0);
    let weight = leaf(weight, 2, 0.3);
    let bias = bias.map(|channels| leaf([channels], 3, 1.0));
    let run = |f: Conv| {
        let y = f(x.clone(), weight.clone(), bias.clone());
        let slope = constant(y.dims(), 4, 1.0);
        let gradients = (y.clone() * slope).sum().backward();
        let bias = bias.as_ref().map(|bias| bias.grad(&gradients).unwrap());
        let (x, weight) = (x.grad(&gradients), weight.grad(&gradients));
        (y.inner(), x.unwrap(), weight.unwrap(), bias)
    };
    let (ours, theirs) = (run(ours), run(theirs));
    assert_close("output", ours.0, theirs.0);
    assert_close("input gradient", ours.1, theirs.1);
    assert_close("weight gradient", ours.2, theirs.2);
    if let (Some(ours), Some(theirs)) = (ours.3, theirs.3) {
        assert_close("bias gradient", ours, theirs);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn up_is_a_transposed_convolution(
        (batch, input, output) in (1..5usize, 1..12usize, 1..12usize),
        (height, width, with_bias) in (1..17usize, 1..17usize, any::<bool>()),
    ) {
        let bias = with_bias.then_some(output);
        let x = [batch, input, height, width];
        compare(shaders::up, burn_up, x, [input, output, 4, 4], bias);
    }

    #[test]
    fn down_is_a_convolution(
        (batch, input, output) in (1..5usize, 1..12usize, 1..12usize),
        (height, width, with_bias) in (1..9usize, 1..9usize, any::<bool>()),
    ) {
        let bias = with_bias.then_some(output);
        let x = [batch, input, 2 * height, 2 * width];
        compare(shaders::down, burn_down, x, [output, input, 4, 4], bias);
    }

    #[test]
    fn leaky_relu_is_a_leaky_relu(shape in (1..4usize, 1..300usize), slope in 0.0..0.9f32) {
        let x = leaf([shape.0, shape.1], 9, 1.0);
        let factors = constant([shape.0, shape.1], 10, 1.0);
        let run = |y: Tensor<2>| {
            let gradients = (y.clone() * factors.clone()).sum().backward();
            (y.inner(), x.grad(&gradients).unwrap())
        };
        // Through a product, whose result nobody else holds: that is changed in place.
        let ours = run(shaders::leaky_relu(x.clone() * 2.0, slope));
        let theirs = run(leaky_relu(x.clone() * 2.0, f64::from(slope)));
        assert_close("output", ours.0, theirs.0);
        assert_close("gradient", ours.1, theirs.1);
        // And of a leaf, which must stay as it was.
        let before = values(x.clone());
        let _ = shaders::leaky_relu(x.clone(), slope);
        prop_assert_eq!(values(x), before);
    }

    #[test]
    fn batch_norm_relu_is_both(
        (batch, channels) in (2..5usize, 1..9usize),
        (height, width) in (2..9usize, 2..9usize),
    ) {
        let x = leaf([batch, channels, height, width], 11, 1.0);
        let (weight, bias) = (leaf([channels], 12, 1.0), leaf([channels], 13, 0.5));
        let (mean, variance) = (constant([channels], 14, 1.0), constant([channels], 15, 1.0) + 2.0);
        let slope = constant(x.dims(), 16, 1.0);
        let gradients = |y: Tensor<4>| {
            let gradients = (y * slope.clone()).sum().backward();
            (x.grad(&gradients).unwrap(), weight.grad(&gradients).unwrap(), bias.grad(&gradients).unwrap())
        };
        let running = [mean.clone(), variance.clone()];
        let ours = shaders::batch_norm_relu(
            x.clone(), weight.clone(), bias.clone(), running, 1e-5, 0.1,
        );
        let theirs = batch_norm_train(x.clone(), weight.clone(), bias.clone(), 1e-5);
        let output = relu(theirs.output);
        assert_close("output", ours.output.clone().inner(), output.clone().inner());
        let count = (batch * height * width) as f64;
        let unbiased = theirs.variance * (count / (count - 1.0));
        assert_close("mean", ours.running_mean, mean * 0.9 + theirs.mean * 0.1);
        assert_close("variance", ours.running_variance, variance * 0.9 + unbiased * 0.1);
        let (ours, theirs) = (gradients(ours.output), gradients(output));
        assert_close("input gradient", ours.0, theirs.0);
        assert_close("weight gradient", ours.1, theirs.1);
        assert_close("bias gradient", ours.2, theirs.2);
    }

    #[test]
    fn attention_is_softmax_of_dot_products(
        (batch, depth, channels) in (1..4usize, 1..10usize, 1..20usize),
        (side, scale) in (1..17usize, 0.2..2.0f32),
    ) {
        let pixels = side * side;
        let q = leaf([batch, depth, pixels], 5, scale);
        let k = leaf([batch, depth, pixels], 6, scale);
        let v = leaf([batch, channels, pixels], 7, 1.0);
        let slope = constant([batch, channels, pixels], 8, 1.0);
        let run = |output: Tensor<3>| {
            let gradients = (output.clone() * slope.clone()).sum().backward();
            let [q, k, v] = [&q, &k, &v].map(|x| x.grad(&gradients).unwrap());
            (output.inner(), q, k, v)
        };
        let ours = run(shaders::attention(q.clone(), k.clone(), v.clone()));
        let energy = q.clone().swap_dims(1, 2).matmul(k.clone());
        let map = softmax(energy.clone(), 2);
        let theirs = run(v.clone().matmul(map.swap_dims(1, 2)));
        assert_close("output", ours.0, theirs.0);
        assert_close("value gradient", ours.3, theirs.3);
        if pixels > 1 {
            assert_close("query gradient", ours.1, theirs.1);
            assert_close("key gradient", ours.2, theirs.2);
        }
        let attended = shaders::attention_with_log_sum_exp(q.inner(), k.inner(), v.inner());
        let log_sum_exp = energy.inner().exp().sum_dim(2).log().squeeze_dim::<2>(2);
        assert_close("log-sum-exp", attended.log_sum_exp, log_sum_exp);
    }
}

#[test]
fn up_relu_is_both() {
    let ours = |x, weight, bias: Option<Tensor<1>>| shaders::up_relu(x, weight, bias.unwrap());
    let theirs = |x, weight, bias| relu(burn_up(x, weight, bias));
    for (input, output, side) in [(8, 12, 4), (3, 5, 7)] {
        let x = [2, input, side, side];
        compare(ours, theirs, x, [input, output, 4, 4], Some(output));
    }
}

#[test]
fn up_tanh_is_both() {
    let ours = |x, weight, bias: Option<Tensor<1>>| shaders::up_tanh(x, weight, bias.unwrap());
    let theirs = |x, weight, bias| burn_up(x, weight, bias).tanh();
    for (input, output, side) in [(8, 3, 4), (3, 5, 7)] {
        let x = [2, input, side, side];
        compare(ours, theirs, x, [input, output, 4, 4], Some(output));
    }
}

#[test]
fn down_leaky_relu_is_both() {
    let ours = |x, weight, bias: Option<Tensor<1>>| {
        shaders::down_leaky_relu(x, weight, bias.unwrap(), 0.1)
    };
    let theirs = |x, weight, bias| leaky_relu(burn_down(x, weight, bias), 0.1);
    for (input, output, side) in [(3, 8, 8), (5, 3, 14)] {
        let x = [2, input, side, side];
        compare(ours, theirs, x, [output, input, 4, 4], Some(output));
    }
}

/// What training does: one network is frozen while the other learns.
#[test]
fn constants_get_no_gradient() {
    let x = leaf([2, 3, 4, 4], 1, 1.0);
    let weight = constant([3, 5, 4, 4], 2, 1.0);
    let gradients = shaders::up(x.clone(), weight.clone(), None)
        .sum()
        .backward();
    assert!(x.grad(&gradients).is_some());
    assert!(weight.grad(&gradients).is_none());
}

/// A view that is not row-major reaches the kernels as any other tensor.
#[test]
fn transposed_views_are_read_in_order() {
    let x = leaf([2, 3, 5, 4], 1, 1.0).inner();
    let weight = leaf([4, 3, 4, 4], 2, 1.0).inner();
    let turned = x.clone().permute([0, 3, 2, 1]);
    let copied = Tensor::from_data(turned.to_data(), &Device::flex());
    let expected = burn_up(copied, weight.clone(), None);
    assert_close("output", shaders::up(turned, weight, None), expected);
}

#[test]
#[should_panic(expected = "even sides")]
fn odd_maps_cannot_be_halved() {
    let _ = shaders::down(leaf([1, 1, 3, 4], 1, 1.0), leaf([1, 1, 4, 4], 2, 1.0), None);
}
