//! Strided convolutions with the activation behind them, by the kernels of the convolutions.

use burn::backend::{Cube, tensor::FloatTensor};

use super::{
    down, elementwise, single,
    up::{self, Activation},
};
use crate::activated::{ActivatedKernels, fallback_tanh_backward};

impl ActivatedKernels for Cube {
    fn kernel_up_tanh(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        up::up(x, weight, Some(bias), Activation::Tanh)
    }

    fn kernel_down_leaky_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        slope: f32,
    ) -> FloatTensor<Self> {
        down::down(x, weight, Some(bias), Some(slope))
    }

    fn tanh_backward(output: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self> {
        if single([&output, &grad]) && elementwise::applies(&output) {
            return elementwise::tanh_backward(output, grad);
        }
        fallback_tanh_backward::<Self>(output, grad)
    }
}
