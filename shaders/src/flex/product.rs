//! Products of matrices on Burn's CPU backend, carried out by [`crate::cpu::pointwise`].

use burn::backend::{Flex, flex::FlexTensor, ops::FloatTensorOps};

use super::{dense, dims, single, tensor, values};
use crate::{
    cpu::pointwise::{self, Shape},
    product::ProductKernels,
};

impl ProductKernels for Flex {
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
}
