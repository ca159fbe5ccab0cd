//! The plain matrix product: a pointwise convolution of one sample, whose pixels are the columns.

use burn::{
    backend::{
        Autodiff, Backend, Dispatch,
        autodiff::{
            checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
            grads::Gradients,
            ops::{Backward, Ops},
        },
        backend_extension,
        tensor::FloatTensor,
    },
    tensor::Tensor,
};

use crate::{
    autodiff::record,
    pointwise::{PointwiseKernels, sample},
    shapes::Shapes,
    switch,
};

/// `[M, K]` times `[K, N]` → `[M, N]`.
///
/// Made for few rows and many columns, as the generator's first layer has them.
///
/// # Panics
/// If a shape is another.
pub fn product(left: Tensor<2>, right: Tensor<2>) -> Tensor<2> {
    Shapes::of("product")
        .takes("left", left.dims(), ["M", "K"])
        .takes("right", right.dims(), ["K", "N"]);
    if switch::stock() {
        return left.matmul(right);
    }
    Tensor::from_dispatch(Dispatch::product(
        left.into_dispatch(),
        right.into_dispatch(),
    ))
}

#[backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff)]
pub(crate) trait ProductOperations: Backend {
    fn product(left: FloatTensor<Self>, right: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// What the operation and its gradients are made of, beside a pointwise convolution's weight gradient.
pub(crate) trait ProductKernels: PointwiseKernels {
    /// [`product`].
    fn kernel_product(left: FloatTensor<Self>, right: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_matmul(left, right)
    }

    /// The right factor's gradient: `[M, K]` and `[M, N]` → `[K, N]`.
    fn product_transposed(left: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_matmul(Self::float_swap_dims(left, 0, 1), grad)
    }
}

impl<B: ProductKernels> ProductOperations for B {
    fn product(left: FloatTensor<Self>, right: FloatTensor<Self>) -> FloatTensor<Self> {
        B::kernel_product(left, right)
    }
}

impl<B: ProductKernels, C: CheckpointStrategy> ProductOperations for Autodiff<B, C> {
    fn product(left: FloatTensor<Self>, right: FloatTensor<Self>) -> FloatTensor<Self> {
        let (left, left_node) = left.into_parts();
        let (right, right_node) = right.into_parts();
        let output = B::kernel_product(left.clone(), right.clone());
        let nodes = [left_node, right_node];
        record::<B, C, _, 2>(Product, nodes, output, |_| (left, right))
    }
}

#[derive(Clone, Copy, Debug)]
struct Product;

impl<B: ProductKernels> Backward<B, 2> for Product {
    /// Both factors.
    type State = (FloatTensor<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 2>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let grad = gradients.consume::<B>(&ops.node);
        let [left_node, right_node] = ops.parents;
        let (left, right) = ops.state;
        if let Some(node) = left_node {
            // The weight's gradient of a pointwise convolution whose one sample has the columns as pixels.
            let grad = B::pointwise_weight_grad(sample::<B>(right), sample::<B>(grad.clone()));
            gradients.register::<B>(node.id, grad);
        }
        if let Some(node) = right_node {
            gradients.register::<B>(node.id, B::product_transposed(left, grad));
        }
    }
}
