//! Columns of a given length, of centred rows: what centred and cosine attention make of their queries
//! and keys.

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

use crate::{autodiff::record, shapes::Shapes, switch};

/// Added to a square before its root, so that a column of zeros stays one.
const EPSILON: f64 = 1e-12;

/// `[B, d, N]` and the logarithm of a length, `[1]` → where `centred`, each row `x[b, i, :]` minus its
/// mean; then each column `z[b, :, n]` of that times `e^log_length / √(‖z[b, :, n]‖² + 1e-12)`.
///
/// # Panics
/// If a shape is another.
pub fn unit_columns(x: Tensor<3>, centred: bool, log_length: Tensor<1>) -> Tensor<3> {
    Shapes::of("unit_columns")
        .takes("x", x.dims(), ["B", "d", "N"])
        .takes("log_length", log_length.dims(), ["1"]);
    if switch::stock() {
        return stock(x, centred, log_length);
    }
    Tensor::from_dispatch(Dispatch::unit_columns(
        x.into_dispatch(),
        centred,
        log_length.into_dispatch(),
    ))
}

/// With Burn's public functions, for the bench.
fn stock(x: Tensor<3>, centred: bool, log_length: Tensor<1>) -> Tensor<3> {
    let x = if centred {
        x.clone() - x.mean_dim(2)
    } else {
        x
    };
    let lengths = (x.clone().powf_scalar(2.0).sum_dim(1) + EPSILON).sqrt();
    x / lengths * log_length.exp().reshape([1, 1, 1])
}

#[backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff)]
pub(crate) trait UnitColumnsOperations: Backend {
    fn unit_columns(
        x: FloatTensor<Self>,
        centred: bool,
        log_length: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

/// What the operation and its gradients are made of.
pub(crate) trait UnitColumnsKernels: Backend {
    /// [`unit_columns`].
    fn kernel_unit_columns(
        x: FloatTensor<Self>,
        centred: bool,
        log_length: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        fallback::<Self>(x, centred, log_length)
    }

    /// Gradient of the input, `[B, d, N]`, and parts whose sum is that of the logarithm.
    fn unit_columns_backward(
        x: FloatTensor<Self>,
        centred: bool,
        log_length: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> [FloatTensor<Self>; 2] {
        fallback_backward::<Self>(x, centred, log_length, grad)
    }

    /// The sum of these parts, `[1]`.
    fn sum_of_parts(parts: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_sum(parts)
    }
}

impl UnitColumnsKernels for Flex {}

/// On Burn's own kernels.
pub(crate) fn fallback<B: Backend>(
    x: FloatTensor<B>,
    centred: bool,
    log_length: FloatTensor<B>,
) -> FloatTensor<B> {
    let x = centred_if::<B>(centred, x);
    let factor = B::float_div(length::<B>(log_length), lengths::<B>(x.clone()));
    B::float_mul(x, factor)
}

/// On Burn's own kernels. The formulas are derived in `wgsl/unit_columns_backward.wgsl`.
pub(crate) fn fallback_backward<B: Backend>(
    x: FloatTensor<B>,
    centred: bool,
    log_length: FloatTensor<B>,
    grad: FloatTensor<B>,
) -> [FloatTensor<B>; 2] {
    let x = centred_if::<B>(centred, x);
    let length = length::<B>(log_length);
    let lengths = lengths::<B>(x.clone());
    let units = B::float_div(x, lengths.clone());
    let along = B::float_sum_dim(B::float_mul(units.clone(), grad.clone()), 1);
    let across = B::float_sub(grad, B::float_mul(units, along.clone()));
    let x_grad = B::float_mul(across, B::float_div(length.clone(), lengths));
    [
        centred_if::<B>(centred, x_grad),
        B::float_mul(along, length),
    ]
}

/// Each row minus its mean; a projection, and so its own adjoint.
fn centred_if<B: Backend>(centred: bool, x: FloatTensor<B>) -> FloatTensor<B> {
    if centred {
        B::float_sub(x.clone(), B::float_mean_dim(x, 2))
    } else {
        x
    }
}

/// Of the columns, `[B, 1, N]`.
fn lengths<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    let squares = B::float_sum_dim(B::float_mul(x.clone(), x), 1);
    B::float_sqrt(B::float_add_scalar(squares, EPSILON.into()))
}

/// What is asked for, `[1, 1, 1]`.
fn length<B: Backend>(log_length: FloatTensor<B>) -> FloatTensor<B> {
    B::float_reshape(B::float_exp(log_length), Shape::from([1, 1, 1]))
}

impl<B: UnitColumnsKernels> UnitColumnsOperations for B {
    fn unit_columns(
        x: FloatTensor<Self>,
        centred: bool,
        log_length: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        B::kernel_unit_columns(x, centred, log_length)
    }
}

impl<B: UnitColumnsKernels, C: CheckpointStrategy> UnitColumnsOperations for Autodiff<B, C> {
    fn unit_columns(
        x: FloatTensor<Self>,
        centred: bool,
        log_length: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let (x, x_node) = x.into_parts();
        let (log_length, length_node) = log_length.into_parts();
        let output = B::kernel_unit_columns(x.clone(), centred, log_length.clone());
        let nodes = [x_node, length_node];
        record::<B, C, _, 2>(UnitColumns { centred }, nodes, output, |_| (x, log_length))
    }
}

#[derive(Clone, Copy, Debug)]
struct UnitColumns {
    centred: bool,
}

impl<B: UnitColumnsKernels> Backward<B, 2> for UnitColumns {
    /// Input and the logarithm of the length.
    type State = (FloatTensor<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 2>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let grad = gradients.consume::<B>(&ops.node);
        let (x, log_length) = ops.state;
        let [x_grad, parts] = B::unit_columns_backward(x, self.centred, log_length, grad);
        let [x_node, length_node] = ops.parents;
        if let Some(node) = x_node {
            gradients.register::<B>(node.id, x_grad);
        }
        if let Some(node) = length_node {
            gradients.register::<B>(node.id, B::sum_of_parts(parts));
        }
    }
}
