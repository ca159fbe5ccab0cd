//! Strided convolutions with the activation behind them, differentiable: one kernel forward on a
//! GPU, and of the activation nothing is kept for the backward pass but the output.

use burn::backend::{
    Autodiff, Backend,
    autodiff::{
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, Ops},
    },
    backend_extension,
    tensor::FloatTensor,
};

use crate::{
    autodiff::record,
    strided::{Strided, StridedKernels},
};

/// The operations that a network calls. Shapes as in the functions of the same names.
#[backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff)]
pub(crate) trait ActivatedOperations: Backend {
    fn up_tanh(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self>;

    fn down_leaky_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        slope: f32,
    ) -> FloatTensor<Self>;
}

/// What they are made of, on the backend under autodiff.
pub(crate) trait ActivatedKernels: StridedKernels {
    fn kernel_up_tanh(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        Self::float_tanh(Self::kernel_up(x, weight, Some(bias)))
    }

    fn kernel_down_leaky_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        slope: f32,
    ) -> FloatTensor<Self> {
        Self::kernel_leaky_relu(Self::kernel_down(x, weight, Some(bias)), slope)
    }

    /// The gradient `grad`, times 1 − `output`².
    fn tanh_backward(output: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self> {
        fallback_tanh_backward::<Self>(output, grad)
    }
}

impl<B: ActivatedKernels> ActivatedOperations for B {
    fn up_tanh(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        B::kernel_up_tanh(x, weight, bias)
    }

    fn down_leaky_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        slope: f32,
    ) -> FloatTensor<Self> {
        B::kernel_down_leaky_relu(x, weight, bias, slope)
    }
}

impl<B: ActivatedKernels, C: CheckpointStrategy> ActivatedOperations for Autodiff<B, C> {
    fn up_tanh(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        activated::<B, C>(Activated::UpTanh, x, weight, bias)
    }

    fn down_leaky_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        slope: f32,
    ) -> FloatTensor<Self> {
        activated::<B, C>(Activated::DownLeakyRelu(slope), x, weight, bias)
    }
}

#[derive(Clone, Copy, Debug)]
enum Activated {
    UpTanh,
    /// With its slope.
    DownLeakyRelu(f32),
}

fn activated<B: ActivatedKernels, C: CheckpointStrategy>(
    operation: Activated,
    x: FloatTensor<Autodiff<B, C>>,
    weight: FloatTensor<Autodiff<B, C>>,
    bias: FloatTensor<Autodiff<B, C>>,
) -> FloatTensor<Autodiff<B, C>> {
    let (x, x_node) = x.into_parts();
    let (weight, weight_node) = weight.into_parts();
    let (bias, bias_node) = bias.into_parts();
    let output = match operation {
        Activated::UpTanh => B::kernel_up_tanh(x.clone(), weight.clone(), bias),
        Activated::DownLeakyRelu(slope) => {
            B::kernel_down_leaky_relu(x.clone(), weight.clone(), bias, slope)
        }
    };
    let nodes = [x_node, weight_node, bias_node];
    record::<B, C, _, 3>(operation, nodes, output, |output| {
        (x, weight, output.clone())
    })
}

impl<B: ActivatedKernels> Backward<B, 3> for Activated {
    /// Input, weight and output.
    type State = (FloatTensor<B>, FloatTensor<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let grad = gradients.consume::<B>(&ops.node);
        let (x, weight, output) = ops.state;
        let (direction, grad) = match self {
            Self::UpTanh => (Strided::Up, B::tanh_backward(output, grad)),
            Self::DownLeakyRelu(slope) => {
                let grad = B::leaky_relu_backward(output, grad, slope);
                (Strided::Down, grad)
            }
        };
        let parents = ops.parents.map(|node| node.map(|node| node.id));
        direction.register::<B>(x, weight, grad, parents, gradients);
    }
}

/// On Burn's own kernels.
pub(crate) fn fallback_tanh_backward<B: Backend>(
    output: FloatTensor<B>,
    grad: FloatTensor<B>,
) -> FloatTensor<B> {
    let square = B::float_mul(output.clone(), output);
    B::float_sub(grad.clone(), B::float_mul(grad, square))
}
