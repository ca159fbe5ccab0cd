//! Columns of a given length: what cosine attention makes of its queries and keys.

use burn::{
    backend::{
        Autodiff, Backend, Dispatch, Flex, TensorMetadata,
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

use crate::{autodiff::record, shapes::Shapes, switch};

/// Added to a square before its root, so that a column of zeros stays one.
pub(crate) const EPSILON: f64 = 1e-12;

/// `[B, d, N]` and scale `[1]` → each column `x[b, :, n]` times `scale / √(‖x[b, :, n]‖² + 1e-12)`.
///
/// # Panics
/// If a shape is another.
pub fn unit_columns(x: Tensor<3>, scale: Tensor<1>) -> Tensor<3> {
    Shapes::of("unit_columns")
        .takes("x", x.dims(), ["B", "d", "N"])
        .takes("scale", scale.dims(), ["1"]);
    if switch::stock() {
        return stock(x, scale);
    }
    Tensor::from_dispatch(Dispatch::unit_columns(
        x.into_dispatch(),
        scale.into_dispatch(),
    ))
}

/// With Burn's public functions, for the bench.
fn stock(x: Tensor<3>, scale: Tensor<1>) -> Tensor<3> {
    let lengths = (x.clone().powf_scalar(2.0).sum_dim(1) + EPSILON).sqrt();
    x / lengths * scale.reshape([1, 1, 1])
}

#[backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff)]
pub(crate) trait UnitColumnsOperations: Backend {
    fn unit_columns(x: FloatTensor<Self>, scale: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// What the operation and its gradients are made of.
pub(crate) trait UnitColumnsKernels: Backend {
    /// [`unit_columns`].
    fn kernel_unit_columns(x: FloatTensor<Self>, scale: FloatTensor<Self>) -> FloatTensor<Self> {
        fallback::<Self>(x, scale)
    }

    /// Gradient of the input, `[B, d, N]`, and what each column adds to the scale's, `[B, N]`.
    fn unit_columns_backward(
        x: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> [FloatTensor<Self>; 2] {
        fallback_backward::<Self>(x, scale, grad)
    }
}

impl UnitColumnsKernels for Flex {}

/// On Burn's own kernels.
pub(crate) fn fallback<B: Backend>(x: FloatTensor<B>, scale: FloatTensor<B>) -> FloatTensor<B> {
    let factor = B::float_div(single::<B>(scale), lengths::<B>(x.clone()));
    B::float_mul(x, factor)
}

/// On Burn's own kernels. The formulas are derived in `wgsl/unit_columns_backward.wgsl`.
pub(crate) fn fallback_backward<B: Backend>(
    x: FloatTensor<B>,
    scale: FloatTensor<B>,
    grad: FloatTensor<B>,
) -> [FloatTensor<B>; 2] {
    let shape = x.shape();
    let lengths = lengths::<B>(x.clone());
    let units = B::float_div(x, lengths.clone());
    let along = B::float_sum_dim(B::float_mul(units.clone(), grad.clone()), 1);
    let across = B::float_sub(grad, B::float_mul(units, along.clone()));
    let x_grad = B::float_mul(across, B::float_div(single::<B>(scale), lengths));
    let along = B::float_reshape(along, Shape::from([shape[0], shape[2]]));
    [x_grad, along]
}

/// `[B, 1, N]`.
fn lengths<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    let squares = B::float_sum_dim(B::float_mul(x.clone(), x), 1);
    B::float_sqrt(B::float_add_scalar(squares, EPSILON.into()))
}

/// `[1]` → `[1, 1, 1]`.
fn single<B: Backend>(scale: FloatTensor<B>) -> FloatTensor<B> {
    B::float_reshape(scale, Shape::from([1, 1, 1]))
}

impl<B: UnitColumnsKernels> UnitColumnsOperations for B {
    fn unit_columns(x: FloatTensor<Self>, scale: FloatTensor<Self>) -> FloatTensor<Self> {
        B::kernel_unit_columns(x, scale)
    }
}

impl<B: UnitColumnsKernels, C: CheckpointStrategy> UnitColumnsOperations for Autodiff<B, C> {
    fn unit_columns(x: FloatTensor<Self>, scale: FloatTensor<Self>) -> FloatTensor<Self> {
        let (x, x_node) = x.into_parts();
        let (scale, scale_node) = scale.into_parts();
        let output = B::kernel_unit_columns(x.clone(), scale.clone());
        let nodes = [x_node, scale_node];
        record::<B, C, _, 2>(UnitColumns, nodes, output, |_| (x, scale))
    }
}

#[derive(Clone, Copy, Debug)]
struct UnitColumns;

impl<B: UnitColumnsKernels> Backward<B, 2> for UnitColumns {
    /// Input and scale.
    type State = (FloatTensor<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 2>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let grad = gradients.consume::<B>(&ops.node);
        let (x, scale) = ops.state;
        let [x_grad, along] = B::unit_columns_backward(x, scale, grad);
        let [x_node, scale_node] = ops.parents;
        if let Some(node) = x_node {
            gradients.register::<B>(node.id, x_grad);
        }
        if let Some(node) = scale_node {
            gradients.register::<B>(node.id, B::float_sum(along));
        }
    }
}
