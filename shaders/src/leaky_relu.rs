//! `x` where positive, `slope · x` elsewhere.

use burn::{
    backend::{
        Autodiff, Backend, Dispatch, TensorMetadata,
        autodiff::{
            checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
            grads::Gradients,
            ops::{Backward, Ops},
        },
        backend_extension, get_device_settings,
        tensor::FloatTensor,
    },
    tensor::{Tensor, activation},
};

use crate::{autodiff::record, shapes::assert_slope, switch};

/// LeakyReLU with a slope of at least zero; ReLU at zero. At `x = 0` the gradient is the slope, as
/// in PyTorch.
///
/// On the CPU it works in place where nobody else holds `x`, and on all cores.
///
/// # Panics
/// If the slope is negative.
pub fn leaky_relu<const D: usize>(x: Tensor<D>, slope: f32) -> Tensor<D> {
    assert_slope("leaky_relu", slope);
    if switch::stock() {
        return stock(x, slope);
    }
    Tensor::from_dispatch(Dispatch::leaky_relu(x.into_dispatch(), slope))
}

/// With Burn's public functions, for the bench.
pub(crate) fn stock<const D: usize>(x: Tensor<D>, slope: f32) -> Tensor<D> {
    activation::leaky_relu(x, slope.into())
}

/// The operation that a network calls.
#[backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff)]
pub(crate) trait LeakyReluOperation: Backend {
    fn leaky_relu(x: FloatTensor<Self>, slope: f32) -> FloatTensor<Self>;
}

/// What the operation and its gradient are made of, on the backend under autodiff.
pub(crate) trait LeakyReluKernels: Backend {
    /// [`leaky_relu`].
    fn kernel_leaky_relu(x: FloatTensor<Self>, slope: f32) -> FloatTensor<Self> {
        fallback::<Self>(x, slope)
    }

    /// The gradient `grad`, times `slope` where `output` is not positive.
    fn leaky_relu_backward(
        output: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        slope: f32,
    ) -> FloatTensor<Self> {
        fallback_backward::<Self>(output, grad, slope)
    }
}

impl<B: LeakyReluKernels> LeakyReluOperation for B {
    fn leaky_relu(x: FloatTensor<Self>, slope: f32) -> FloatTensor<Self> {
        B::kernel_leaky_relu(x, slope)
    }
}

impl<B: LeakyReluKernels, C: CheckpointStrategy> LeakyReluOperation for Autodiff<B, C> {
    fn leaky_relu(x: FloatTensor<Self>, slope: f32) -> FloatTensor<Self> {
        let (x, node) = x.into_parts();
        let output = B::kernel_leaky_relu(x, slope);
        record::<B, C, _, 1>(LeakyRelu(slope), [node], output, Clone::clone)
    }
}

/// With its slope.
#[derive(Clone, Copy, Debug)]
struct LeakyRelu(f32);

impl<B: LeakyReluKernels> Backward<B, 1> for LeakyRelu {
    /// The output.
    type State = FloatTensor<B>;

    fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let grad = gradients.consume::<B>(&ops.node);
        if let [Some(node)] = ops.parents {
            let grad = B::leaky_relu_backward(ops.state, grad, self.0);
            gradients.register::<B>(node.id, grad);
        }
    }
}

/// On Burn's own kernels.
pub(crate) fn fallback<B: Backend>(x: FloatTensor<B>, slope: f32) -> FloatTensor<B> {
    B::leaky_relu(x, slope.into())
}

/// On Burn's own kernels.
pub(crate) fn fallback_backward<B: Backend>(
    output: FloatTensor<B>,
    grad: FloatTensor<B>,
    slope: f32,
) -> FloatTensor<B> {
    let bools = get_device_settings::<B>(&output.device()).bool_dtype;
    let flat = B::float_lower_equal_elem(output, 0.0.into(), bools);
    let scaled = B::float_mul_scalar(grad.clone(), slope.into());
    B::float_mask_where(grad, flat, scaled)
}
