//! Strided convolutions with the activation behind them, by the kernels of the convolutions.

use burn::backend::{Cube, ops::FloatTensorOps, tensor::FloatTensor};

use super::{
    dims, down, elementwise, flops, operation, single,
    up::{self, Activation},
};
use crate::{
    activated::{ActivatedKernels, stock_tanh_backward},
    stock,
};

impl ActivatedKernels for Cube {
    fn kernel_up_tanh(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        if single([&x, &weight]) && up::applies(&x) {
            let flops = flops::strided(&x, dims::<4>(&weight)[1]);
            let launch = || up::up(x, weight, Some(bias), Activation::Tanh);
            return operation("up", flops, launch);
        }
        Self::float_tanh(stock::up::<Self>(x, weight, Some(bias)))
    }

    fn kernel_down_leaky_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        slope: f32,
    ) -> FloatTensor<Self> {
        if single([&x, &weight]) && down::applies(&x) {
            let flops = flops::strided_from_big(&x, dims::<4>(&weight)[0]);
            let launch = || down::down(x, weight, Some(bias), Some(slope));
            return operation("down", flops, launch);
        }
        stock::leaky_relu::<Self>(stock::down::<Self>(x, weight, Some(bias)), slope)
    }

    fn tanh_backward(output: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self> {
        if single([&output, &grad]) && elementwise::applies(&output) {
            return elementwise::tanh_backward(output, grad);
        }
        stock_tanh_backward::<Self>(output, grad)
    }
}
