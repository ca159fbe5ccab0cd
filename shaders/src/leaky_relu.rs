//! `x` where positive, `slope · x` elsewhere.

use burn::{backend::Dispatch, tensor::Tensor};

use crate::{comparison, operations::Operations, shapes::assert_slope};

/// LeakyReLU with a slope of at least zero; ReLU at zero. At `x = 0` the gradient is the slope, as
/// in PyTorch.
///
/// On the CPU it works in place where nobody else holds `x`, and on all cores.
///
/// # Panics
/// If the slope is negative.
pub fn leaky_relu<const D: usize>(x: Tensor<D>, slope: f32) -> Tensor<D> {
    assert_slope("leaky_relu", slope);
    if comparison::stock() {
        return comparison::leaky_relu(x, slope);
    }
    Tensor::from_dispatch(Dispatch::leaky_relu(x.into_dispatch(), slope))
}
