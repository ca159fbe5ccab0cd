//! Pointwise convolutions on Burn's CPU backend, carried out by [`crate::cpu::pointwise`].

use burn::backend::{Flex, flex::FlexTensor, ops::FloatTensorOps};

use super::{dense, dims, single, tensor, values};
use crate::{
    cpu::pointwise::{self, Shape},
    pointwise::{PointwiseKernels, fallback, fallback_transposed, fallback_weight_grad},
};

impl PointwiseKernels for Flex {
    fn kernel_pointwise(x: FlexTensor, weight: FlexTensor, bias: Option<FlexTensor>) -> FlexTensor {
        if !single([&x, &weight]) {
            return fallback::<Self>(x, weight, bias);
        }
        let [batch, inputs, pixels] = dims(&x);
        let [outputs, _] = dims(&weight);
        let [x, weight] = [x, weight].map(dense);
        let bias = bias.map(dense);
        let bias = bias.as_ref().map(values);
        let shape = Shape {
            batch,
            inputs,
            outputs,
            pixels,
        };
        let out = pointwise::pointwise(values(&x), values(&weight), bias, shape);
        tensor(out, [batch, outputs, pixels])
    }

    fn pointwise_transposed(grad: FlexTensor, weight: FlexTensor) -> FlexTensor {
        if !single([&grad, &weight]) {
            return fallback_transposed::<Self>(grad, weight);
        }
        let [batch, outputs, pixels] = dims(&grad);
        let [_, inputs] = dims(&weight);
        let [grad, weight] = [grad, weight].map(dense);
        let shape = Shape {
            batch,
            inputs,
            outputs,
            pixels,
        };
        let out = pointwise::transposed(values(&grad), values(&weight), shape);
        tensor(out, [batch, inputs, pixels])
    }

    /// A pointwise convolution of one sample, whose columns are the pixels.
    fn kernel_product(left: FlexTensor, right: FlexTensor) -> FlexTensor {
        if !single([&left, &right]) {
            return Self::float_matmul(left, right);
        }
        let [outputs, inputs] = dims(&left);
        let [_, pixels] = dims(&right);
        let [left, right] = [left, right].map(dense);
        let shape = Shape {
            batch: 1,
            inputs,
            outputs,
            pixels,
        };
        let out = pointwise::pointwise(values(&right), values(&left), None, shape);
        tensor(out, [outputs, pixels])
    }

    fn product_transposed(left: FlexTensor, grad: FlexTensor) -> FlexTensor {
        if !single([&left, &grad]) {
            return Self::float_matmul(Self::float_swap_dims(left, 0, 1), grad);
        }
        let [outputs, inputs] = dims(&left);
        let [_, pixels] = dims(&grad);
        let [left, grad] = [left, grad].map(dense);
        let shape = Shape {
            batch: 1,
            inputs,
            outputs,
            pixels,
        };
        let out = pointwise::transposed(values(&grad), values(&left), shape);
        tensor(out, [inputs, pixels])
    }

    fn pointwise_weight_grad(x: FlexTensor, grad: FlexTensor) -> FlexTensor {
        if !single([&x, &grad]) {
            return fallback_weight_grad::<Self>(x, grad);
        }
        let [batch, inputs, pixels] = dims(&x);
        let [_, outputs, _] = dims(&grad);
        let [x, grad] = [x, grad].map(dense);
        let shape = Shape {
            batch,
            inputs,
            outputs,
            pixels,
        };
        let out = pointwise::weight_grad(values(&x), values(&grad), shape);
        tensor(out, [outputs, inputs])
    }
}
