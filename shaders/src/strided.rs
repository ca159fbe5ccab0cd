//! What `up` and `down` share: each is the other's adjoint, so that the input gradient of one is the other
//! with the same weight, and their weight gradients are one and the same correlation.

use burn::{
    backend::{
        Autodiff, Backend, TensorMetadata,
        autodiff::{
            NodeId,
            checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
            grads::Gradients,
            ops::{Backward, Ops},
        },
        ops::{ConvOptions, ConvTransposeOptions},
        tensor::FloatTensor,
    },
    tensor::Shape,
};

use crate::{autodiff::record, channel_sums::ChannelSumsKernel, leaky_relu::LeakyReluKernels};

/// What the convolutions and their gradients are made of, on the backend under autodiff.
///
/// Each has a fallback on Burn's own kernels; a backend replaces what it can do better.
pub(crate) trait StridedKernels: ChannelSumsKernel + LeakyReluKernels {
    /// [`up`](crate::up()), and the input gradient of `down`.
    fn kernel_up(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Option<FloatTensor<Self>>,
    ) -> FloatTensor<Self> {
        fallback_up::<Self>(x, weight, bias)
    }

    /// [`up_relu`](crate::up_relu()).
    fn kernel_up_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        Self::kernel_leaky_relu(Self::kernel_up(x, weight, Some(bias)), 0.0)
    }

    /// [`down`](crate::down()), and the input gradient of `up`.
    fn kernel_down(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Option<FloatTensor<Self>>,
    ) -> FloatTensor<Self> {
        fallback_down::<Self>(x, weight, bias)
    }

    /// Gradient of the weight that joins a small map `[B, small, H, W]` with a big one
    /// `[B, big, 2H, 2W]`, one of them an input and the other an output's gradient:
    /// `[small, big, 4, 4]`.
    fn weight_grad(small: FloatTensor<Self>, big: FloatTensor<Self>) -> FloatTensor<Self> {
        fallback_weight_grad::<Self>(small, big)
    }
}

/// A strided convolution: the two directions have the same gradients, mirrored.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Strided {
    Up,
    Down,
}

impl Strided {
    /// Hands the gradients of input, weight and bias to those of the `parents` that want one.
    pub(crate) fn register<B: StridedKernels>(
        self,
        x: FloatTensor<B>,
        weight: FloatTensor<B>,
        grad: FloatTensor<B>,
        [x_id, weight_id, bias_id]: [Option<NodeId>; 3],
        gradients: &mut Gradients,
    ) {
        if let Some(id) = x_id {
            let grad = match self {
                Self::Up => B::kernel_down(grad.clone(), weight, None),
                Self::Down => B::kernel_up(grad.clone(), weight, None),
            };
            gradients.register::<B>(id, grad);
        }
        if let Some(id) = weight_id {
            let grad = match self {
                Self::Up => B::weight_grad(x, grad.clone()),
                Self::Down => B::weight_grad(grad.clone(), x),
            };
            gradients.register::<B>(id, grad);
        }
        if let Some(id) = bias_id {
            gradients.register::<B>(id, B::channel_sums(grad));
        }
    }
}

/// The convolution on a device with autodiff.
pub(crate) fn strided<B: StridedKernels, C: CheckpointStrategy>(
    direction: Strided,
    x: FloatTensor<Autodiff<B, C>>,
    weight: FloatTensor<Autodiff<B, C>>,
    bias: FloatTensor<Autodiff<B, C>>,
) -> FloatTensor<Autodiff<B, C>> {
    let (x, x_node) = x.into_parts();
    let (weight, weight_node) = weight.into_parts();
    let (bias, bias_node) = bias.into_parts();
    let output = match direction {
        Strided::Up => B::kernel_up(x.clone(), weight.clone(), Some(bias)),
        Strided::Down => B::kernel_down(x.clone(), weight.clone(), Some(bias)),
    };
    let nodes = [x_node, weight_node, bias_node];
    record::<B, C, _, 3>(direction, nodes, output, |_| (x, weight))
}

impl<B: StridedKernels> Backward<B, 3> for Strided {
    /// Input and weight.
    type State = (FloatTensor<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let grad = gradients.consume::<B>(&ops.node);
        let (x, weight) = ops.state;
        let parents = ops.parents.map(|node| node.map(|node| node.id));
        self.register::<B>(x, weight, grad, parents, gradients);
    }
}

fn up_options() -> ConvTransposeOptions<2> {
    ConvTransposeOptions::new([2, 2], [1, 1], [0, 0], [1, 1], 1)
}

fn down_options() -> ConvOptions<2> {
    ConvOptions::new([2, 2], [1, 1], [1, 1], 1)
}

/// On Burn's own kernels.
pub(crate) fn fallback_up<B: Backend>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    bias: Option<FloatTensor<B>>,
) -> FloatTensor<B> {
    B::conv_transpose2d(x, weight, bias, up_options())
}

/// On Burn's own kernels.
pub(crate) fn fallback_down<B: Backend>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    bias: Option<FloatTensor<B>>,
) -> FloatTensor<B> {
    B::conv2d(x, weight, bias, down_options())
}

/// On Burn's own kernels.
pub(crate) fn fallback_weight_grad<B: Backend>(
    small: FloatTensor<B>,
    big: FloatTensor<B>,
) -> FloatTensor<B> {
    // As the weight gradient of `down`: that of a transposed convolution is the slower of the two.
    // Burn wants the weight for its shape only.
    let shape = Shape::from([small.shape()[1], big.shape()[1], 4, 4]);
    let weight = B::float_empty(shape, &small.device(), small.dtype().into());
    B::conv2d_weight_backward(big, weight, small, down_options())
}
