//! The same operations as one would write them with Burn's public functions, for benchmarks.
//!
//! Convolutions are Burn's, with Burn's own gradients, and attention keeps its N×N map for the
//! backward pass. (The defaults in [`crate::stock`] are better than that: they share the gradient
//! formulas of [`crate::gradients`].)

use std::sync::atomic::{AtomicBool, Ordering};

use burn::tensor::{
    Tensor, activation,
    module::{batch_norm_train, conv_transpose2d, conv2d},
    ops::{ConvOptions, ConvTransposeOptions},
};

use crate::{
    Attended, AttentionLayer, BatchNormed, Normalised, SPECTRAL_EPSILON, cpu::adam::Factors,
    unit_columns::EPSILON,
};

static STOCK: AtomicBool = AtomicBool::new(false);

/// Lets every later call in this process, on any thread, run on Burn's public functions (`true`)
/// or on this crate's operations (`false`, how it begins). For benchmarks that compare the two.
pub fn use_stock(stock: bool) {
    STOCK.store(stock, Ordering::Relaxed);
}

pub(crate) fn stock() -> bool {
    STOCK.load(Ordering::Relaxed)
}

pub(crate) fn up(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    let options = ConvTransposeOptions::new([2, 2], [1, 1], [0, 0], [1, 1], 1);
    conv_transpose2d(x, weight, bias, options)
}

pub(crate) fn down(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    conv2d(x, weight, bias, ConvOptions::new([2, 2], [1, 1], [1, 1], 1))
}

pub(crate) fn leaky_relu<const D: usize>(x: Tensor<D>, slope: f32) -> Tensor<D> {
    activation::leaky_relu(x, slope.into())
}

pub(crate) fn pointwise(x: Tensor<3>, weight: Tensor<2>, bias: Tensor<1>) -> Tensor<3> {
    let out = bias.dims()[0];
    weight.unsqueeze_dim::<3>(0).matmul(x) + bias.reshape([1, out, 1])
}

pub(crate) fn unit_columns(x: Tensor<3>, scale: Tensor<1>) -> Tensor<3> {
    let lengths = (x.clone().powf_scalar(2.0).sum_dim(1) + EPSILON).sqrt();
    x / lengths * scale.reshape([1, 1, 1])
}

pub(crate) fn attention_layer(
    attended: Attended,
    x: Tensor<3>,
    gamma: Tensor<1>,
) -> AttentionLayer {
    let change = attended.output * gamma.reshape([1, 1, 1]);
    AttentionLayer {
        share: norms(change.clone()) / norms(x.clone()),
        output: x + change,
        log_sum_exp: attended.log_sum_exp,
    }
}

/// Euclidean norm of each sample, `[B, C, N]` → `[B]`.
fn norms(x: Tensor<3>) -> Tensor<1> {
    let batch = x.dims()[0] as i32;
    let flat: Tensor<2> = x.reshape([batch, -1]);
    (flat.clone() * flat).sum_dim(1).sqrt().reshape([-1])
}

pub(crate) fn batch_norm_relu(
    x: Tensor<4>,
    weight: Tensor<1>,
    bias: Tensor<1>,
    running: [Tensor<1>; 2],
    epsilon: f32,
    momentum: f32,
) -> BatchNormed {
    let [batch, _, height, width] = x.dims();
    let count = (batch * height * width) as f64;
    let out = batch_norm_train(x, weight, bias, f64::from(epsilon));
    let unbiased = out.variance * (count / (count - 1.0).max(1.0));
    let blend = |old: Tensor<1>, new: Tensor<1>| old * (1.0 - momentum) + new * momentum;
    let [running_mean, running_variance] = running;
    BatchNormed {
        output: activation::relu(out.output),
        running_mean: blend(running_mean, out.mean),
        running_variance: blend(running_variance, unbiased),
    }
}

/// The five steps of a softmax, written out since its sum is wanted too.
pub(crate) fn attention(queries: Tensor<3>, keys: Tensor<3>, values: Tensor<3>) -> Attended {
    let energy = queries.swap_dims(1, 2).matmul(keys);
    let [batch, pixels, _] = energy.dims();
    let top = energy.clone().detach().max_dim(2);
    let weights = (energy - top.clone()).exp();
    let sum = weights.clone().sum_dim(2);
    let log_sum_exp = top + sum.clone().detach().log();
    let map = weights / sum;
    Attended {
        output: values.matmul(map.swap_dims(1, 2)),
        log_sum_exp: log_sum_exp.reshape([batch, pixels]),
    }
}

/// `[parameter, first moment, second moment]` after an update.
pub(crate) fn adam(
    [parameter, first, second]: [Tensor<1>; 3],
    gradient: Tensor<1>,
    factors: Factors,
) -> [Tensor<1>; 3] {
    let square = gradient.clone() * gradient.clone();
    let first = first * factors.keep_first + gradient * factors.take_first;
    let second = second * factors.keep_second + square * factors.take_second;
    let root = second.clone().sqrt() / factors.bias + factors.epsilon;
    let change = first.clone() / root * factors.rate;
    [parameter - change, first, second]
}

pub(crate) fn spectral_norm<const D: usize>(weight: Tensor<D>, u: Tensor<1>) -> Normalised<D> {
    let rows = weight.dims()[0];
    let matrix: Tensor<2> = weight.clone().reshape([rows as i32, -1]);
    let fixed = matrix.clone().detach();
    let unit = |row: Tensor<2>| {
        let norm = row.clone().powf_scalar(2.0).sum_dim(1).sqrt() + SPECTRAL_EPSILON;
        row / norm
    };
    let v = unit(u.unsqueeze_dim::<2>(0).matmul(fixed.clone()));
    let u = unit(fixed.matmul(v.clone().swap_dims(0, 1)).swap_dims(0, 1));
    let sigma = u.clone().matmul(matrix).mul(v.clone()).sum();
    Normalised {
        weight: weight / sigma.reshape([1; D]),
        u: u.squeeze_dim(0),
        v: v.squeeze_dim(0),
    }
}
