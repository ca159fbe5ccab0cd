//! What an attention layer adds to its input, γ·o + x (SAGAN, equation 3), with a gradient.

use burn::{
    backend::{
        Autodiff, Backend, Dispatch, Flex,
        autodiff::{
            checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
            grads::Gradients,
            ops::{Backward, Ops},
        },
        backend_extension,
        tensor::FloatTensor,
    },
    tensor::{Shape, Tensor},
};

use crate::{
    autodiff::{record, register_each},
    shapes::Shapes,
    switch,
};

/// γ·o + x: what attention found, o `[B, C, N]`, γ `[1]` and the layer's input x `[B, C, N]` → `[B, C, N]`.
///
/// # Panics
/// If a shape is another.
pub fn residual(found: Tensor<3>, gamma: Tensor<1>, x: Tensor<3>) -> Tensor<3> {
    Shapes::of("residual")
        .takes("found", found.dims(), ["B", "C", "N"])
        .takes("gamma", gamma.dims(), ["1"])
        .takes("x", x.dims(), ["B", "C", "N"]);
    if switch::stock() {
        return found * gamma.reshape([1, 1, 1]) + x;
    }
    Tensor::from_dispatch(Dispatch::residual(
        found.into_dispatch(),
        gamma.into_dispatch(),
        x.into_dispatch(),
    ))
}

#[backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff)]
pub(crate) trait ResidualOperations: Backend {
    fn residual(
        found: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        x: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

/// What the operation and its gradients are made of.
pub(crate) trait ResidualKernels: Backend {
    /// [`residual`].
    fn kernel_residual(
        found: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        x: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        fallback::<Self>(found, gamma, x)
    }

    /// Gradients of what was found, `[B, C, N]`, and of γ, `[1]`; that of x is the output's.
    fn residual_backward(
        found: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> [FloatTensor<Self>; 2] {
        fallback_backward::<Self>(found, gamma, grad)
    }
}

impl ResidualKernels for Flex {}

/// On Burn's own kernels.
pub(crate) fn fallback<B: Backend>(
    found: FloatTensor<B>,
    gamma: FloatTensor<B>,
    x: FloatTensor<B>,
) -> FloatTensor<B> {
    B::float_add(B::float_mul(found, everywhere::<B>(gamma)), x)
}

/// On Burn's own kernels.
pub(crate) fn fallback_backward<B: Backend>(
    found: FloatTensor<B>,
    gamma: FloatTensor<B>,
    grad: FloatTensor<B>,
) -> [FloatTensor<B>; 2] {
    let gamma_grad = B::float_sum(B::float_mul(grad.clone(), found));
    [B::float_mul(grad, everywhere::<B>(gamma)), gamma_grad]
}

/// `[1]` → `[1, 1, 1]`.
fn everywhere<B: Backend>(gamma: FloatTensor<B>) -> FloatTensor<B> {
    B::float_reshape(gamma, Shape::from([1, 1, 1]))
}

impl<B: ResidualKernels> ResidualOperations for B {
    fn residual(
        found: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        x: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        B::kernel_residual(found, gamma, x)
    }
}

impl<B: ResidualKernels, C: CheckpointStrategy> ResidualOperations for Autodiff<B, C> {
    fn residual(
        found: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        x: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let (found, found_node) = found.into_parts();
        let (gamma, gamma_node) = gamma.into_parts();
        let (x, x_node) = x.into_parts();
        let output = B::kernel_residual(found.clone(), gamma.clone(), x);
        let nodes = [found_node, gamma_node, x_node];
        record::<B, C, _, 3>(Residual, nodes, output, |_| (found, gamma))
    }
}

#[derive(Clone, Copy, Debug)]
struct Residual;

impl<B: ResidualKernels> Backward<B, 3> for Residual {
    /// What was found, and γ.
    type State = (FloatTensor<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let grad = gradients.consume::<B>(&ops.node);
        let (found, gamma) = ops.state;
        let [found_grad, gamma_grad] = B::residual_backward(found, gamma, grad.clone());
        let parents = ops.parents.map(|node| node.map(|node| node.id));
        register_each::<B, 3>(parents, [found_grad, gamma_grad, grad], gradients);
    }
}
