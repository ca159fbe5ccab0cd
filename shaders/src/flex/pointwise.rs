//! Pointwise convolutions on Burn's CPU backend, carried out by [`crate::cpu::pointwise`].

use burn::backend::{Flex, flex::FlexTensor};

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
