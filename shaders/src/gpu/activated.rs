//! Strided convolutions with the activation behind them, by the kernels of the convolutions.

use burn::backend::{Cube, ops::FloatTensorOps, tensor::FloatTensor};

use super::{
    down, elementwise, single,
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
            return up::up(x, weight, Some(bias), Activation::Tanh);
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
            return down::down(x, weight, Some(bias), Some(slope));
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
