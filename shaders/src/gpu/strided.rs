//! `up`, `down` and their gradients on a GPU.

use burn::backend::{Cube, tensor::FloatTensor};

use super::{
    dims, down, flops, in_fours, single,
    up::{self, Activation},
    watch::operation,
    weight_grad,
};
use crate::strided::{self, StridedKernels};

impl StridedKernels for Cube {
    fn kernel_up(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Option<FloatTensor<Self>>,
    ) -> FloatTensor<Self> {
        up::up(x, weight, bias, Activation::Nothing)
    }

    fn kernel_up_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        up::up(x, weight, Some(bias), Activation::Relu)
    }

    fn kernel_down(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Option<FloatTensor<Self>>,
    ) -> FloatTensor<Self> {
        down::down(x, weight, bias, None)
    }

    fn weight_grad(small: FloatTensor<Self>, big: FloatTensor<Self>) -> FloatTensor<Self> {
        if single([&small, &big]) && in_fours(&small) {
            let flops = flops::strided(&small, dims::<4>(&big)[1]);
            return operation("weight_grad", flops, || {
                weight_grad::weight_grad(small, big)
            });
        }
        strided::fallback_weight_grad::<Self>(small, big)
    }
}
