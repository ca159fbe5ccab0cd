//! Pointwise (1×1) convolution, also with sines of place as further input channels.

use burn::{
    backend::{
        Autodiff, Backend, Dispatch, TensorMetadata,
        autodiff::{
            NodeId,
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
    channel_sums::ChannelSumsKernel,
    shapes::Shapes,
    switch,
};

/// `[B, I, N]` with weight `[O, I]` and bias `[O]` → `[B, O, N]`: the same matrix for every pixel.
///
/// # Panics
/// If a shape is another.
pub fn pointwise(x: Tensor<3>, weight: Tensor<2>, bias: Tensor<1>) -> Tensor<3> {
    Shapes::of("pointwise")
        .takes("x", x.dims(), ["B", "I", "N"])
        .takes("weight", weight.dims(), ["O", "I"])
        .takes("bias", bias.dims(), ["O"]);
    if switch::stock() {
        return stock(x, weight, bias);
    }
    Tensor::from_dispatch(Dispatch::pointwise(
        x.into_dispatch(),
        weight.into_dispatch(),
        bias.into_dispatch(),
    ))
}

/// [`pointwise()`], and `place · waves` added to each sample: numbers of each place, `waves` `[P, N]`,
/// that all samples share, with weights `place` `[O, P]` of their own. The waves get no gradient.
///
/// # Panics
/// If a shape is another.
pub fn pointwise_placed(
    x: Tensor<3>,
    weight: Tensor<2>,
    bias: Tensor<1>,
    [place, waves]: [Tensor<2>; 2],
) -> Tensor<3> {
    Shapes::of("pointwise_placed")
        .takes("x", x.dims(), ["B", "I", "N"])
        .takes("weight", weight.dims(), ["O", "I"])
        .takes("bias", bias.dims(), ["O"])
        .takes("place", place.dims(), ["O", "P"])
        .takes("waves", waves.dims(), ["P", "N"]);
    if switch::stock() {
        return stock(x, weight, bias) + place.matmul(waves).unsqueeze_dim(0);
    }
    Tensor::from_dispatch(Dispatch::pointwise_placed(
        x.into_dispatch(),
        weight.into_dispatch(),
        bias.into_dispatch(),
        place.into_dispatch(),
        waves.into_dispatch(),
    ))
}

/// With Burn's public functions, for the bench.
fn stock(x: Tensor<3>, weight: Tensor<2>, bias: Tensor<1>) -> Tensor<3> {
    let out = bias.dims()[0];
    weight.unsqueeze_dim::<3>(0).matmul(x) + bias.reshape([1, out, 1])
}

#[backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff)]
pub(crate) trait PointwiseOperations: Backend {
    fn pointwise(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self>;

    fn pointwise_placed(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        place: FloatTensor<Self>,
        waves: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

/// What the operations and their gradients are made of.
pub(crate) trait PointwiseKernels: ChannelSumsKernel {
    /// [`pointwise()`].
    fn kernel_pointwise(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Option<FloatTensor<Self>>,
    ) -> FloatTensor<Self> {
        fallback::<Self>(x, weight, bias)
    }

    /// [`pointwise_placed`].
    fn kernel_pointwise_placed(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        placed: [FloatTensor<Self>; 2],
    ) -> FloatTensor<Self> {
        placed_in_parts::<Self>(x, weight, bias, placed)
    }

    /// The adjoint of [`pointwise()`]: `[B, O, N]` with weight `[O, I]` → `[B, I, N]`.
    fn pointwise_transposed(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        fallback_transposed::<Self>(grad, weight)
    }

    /// Gradient of the weight, `[O, I]`, from the input `[B, I, N]` and the output's gradient
    /// `[B, O, N]`.
    fn pointwise_weight_grad(x: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self> {
        fallback_weight_grad::<Self>(x, grad)
    }

    /// That of the weight, and those of the bias and of the weights of [`pointwise_placed`]'s waves.
    fn pointwise_weight_gradients(
        x: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        waves: Option<FloatTensor<Self>>,
    ) -> WeightGradients<Self> {
        weight_gradients_in_parts::<Self>(x, grad, waves)
    }
}

/// Gradients of all that a pointwise convolution learns.
pub(crate) struct WeightGradients<B: Backend> {
    /// `[O, I]`.
    pub(crate) weight: FloatTensor<B>,
    /// `[O]`.
    pub(crate) bias: FloatTensor<B>,
    /// `[O, P]`, where there are waves.
    pub(crate) place: Option<FloatTensor<B>>,
}

impl<B: PointwiseKernels> PointwiseOperations for B {
    fn pointwise(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        B::kernel_pointwise(x, weight, Some(bias))
    }

    fn pointwise_placed(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        place: FloatTensor<Self>,
        waves: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        B::kernel_pointwise_placed(x, weight, bias, [place, waves])
    }
}

impl<B: PointwiseKernels, C: CheckpointStrategy> PointwiseOperations for Autodiff<B, C> {
    fn pointwise(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let (x, x_node) = x.into_parts();
        let (weight, weight_node) = weight.into_parts();
        let (bias, bias_node) = bias.into_parts();
        let output = B::kernel_pointwise(x.clone(), weight.clone(), Some(bias));
        let nodes = [x_node, weight_node, bias_node];
        record::<B, C, _, 3>(Pointwise, nodes, output, |_| (x, weight))
    }

    fn pointwise_placed(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        place: FloatTensor<Self>,
        waves: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let (x, x_node) = x.into_parts();
        let (weight, weight_node) = weight.into_parts();
        let (bias, bias_node) = bias.into_parts();
        let (place, place_node) = place.into_parts();
        let (waves, _) = waves.into_parts();
        let placed = [place, waves.clone()];
        let output = B::kernel_pointwise_placed(x.clone(), weight.clone(), bias, placed);
        let nodes = [x_node, weight_node, bias_node, place_node];
        record::<B, C, _, 4>(PointwisePlaced, nodes, output, |_| (x, weight, waves))
    }
}

#[derive(Clone, Copy, Debug)]
struct Pointwise;

impl<B: PointwiseKernels> Backward<B, 3> for Pointwise {
    /// Input and weight.
    type State = (FloatTensor<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let grad = gradients.consume::<B>(&ops.node);
        let [x, weight, bias] = ops.parents.map(|node| node.map(|node| node.id));
        let (input, matrix) = ops.state;
        register_pointwise::<B>(
            [x, weight, bias, None],
            (input, matrix, None),
            grad,
            gradients,
        );
    }
}

#[derive(Clone, Copy, Debug)]
struct PointwisePlaced;

impl<B: PointwiseKernels> Backward<B, 4> for PointwisePlaced {
    /// Input, weight and waves.
    type State = (FloatTensor<B>, FloatTensor<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 4>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let grad = gradients.consume::<B>(&ops.node);
        let parents = ops.parents.map(|node| node.map(|node| node.id));
        let (input, matrix, waves) = ops.state;
        register_pointwise::<B>(parents, (input, matrix, Some(waves)), grad, gradients);
    }
}

/// Gradients of input, weight, bias and place.
fn register_pointwise<B: PointwiseKernels>(
    [x_id, weight_id, bias_id, place_id]: [Option<NodeId>; 4],
    (x, weight, waves): (FloatTensor<B>, FloatTensor<B>, Option<FloatTensor<B>>),
    grad: FloatTensor<B>,
    gradients: &mut Gradients,
) {
    if let Some(id) = x_id {
        gradients.register::<B>(id, B::pointwise_transposed(grad.clone(), weight));
    }
    // A network learns all of them or, while the other one learns, none.
    if weight_id.or(bias_id).or(place_id).is_none() {
        return;
    }
    let found = B::pointwise_weight_gradients(x, grad, waves);
    register_each::<B, 2>([weight_id, bias_id], [found.weight, found.bias], gradients);
    if let Some((id, place)) = place_id.zip(found.place) {
        gradients.register::<B>(id, place);
    }
}

/// On Burn's own kernels.
pub(crate) fn fallback<B: Backend>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    bias: Option<FloatTensor<B>>,
) -> FloatTensor<B> {
    let y = B::float_matmul(matrix::<B>(weight), x);
    match bias {
        None => y,
        Some(bias) => {
            let length = bias.shape()[0];
            B::float_add(y, B::float_reshape(bias, Shape::from([1, length, 1])))
        }
    }
}

/// On Burn's own kernels.
pub(crate) fn fallback_transposed<B: Backend>(
    grad: FloatTensor<B>,
    weight: FloatTensor<B>,
) -> FloatTensor<B> {
    let weight = B::float_swap_dims(matrix::<B>(weight), 1, 2);
    B::float_matmul(weight, grad)
}

/// On Burn's own kernels.
pub(crate) fn fallback_weight_grad<B: Backend>(
    x: FloatTensor<B>,
    grad: FloatTensor<B>,
) -> FloatTensor<B> {
    let shape = Shape::from([grad.shape()[1], x.shape()[1]]);
    let parts = B::float_matmul(grad, B::float_swap_dims(x, 1, 2));
    B::float_reshape(B::float_sum_dim(parts, 0), shape)
}

/// Each from a kernel of its own.
pub(crate) fn weight_gradients_in_parts<B: PointwiseKernels>(
    x: FloatTensor<B>,
    grad: FloatTensor<B>,
    waves: Option<FloatTensor<B>>,
) -> WeightGradients<B> {
    let shape = grad.shape();
    let map = Shape::from([shape[0], shape[1], shape[2], 1]);
    WeightGradients {
        weight: B::pointwise_weight_grad(x, grad.clone()),
        bias: B::channel_sums(B::float_reshape(grad.clone(), map)),
        // All samples see the same waves, so it is as if one had the sum of all gradients.
        place: waves
            .map(|waves| B::pointwise_weight_grad(sample::<B>(waves), B::float_sum_dim(grad, 0))),
    }
}

/// [`pointwise_placed`] as the sum that it is.
pub(crate) fn placed_in_parts<B: PointwiseKernels>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    bias: FloatTensor<B>,
    [place, waves]: [FloatTensor<B>; 2],
) -> FloatTensor<B> {
    let y = B::kernel_pointwise(x, weight, Some(bias));
    let placed = B::kernel_pointwise(sample::<B>(waves), place, None);
    B::float_add(y, placed)
}

/// One sample, `[C, N]` → `[1, C, N]`.
pub(crate) fn sample<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    let [rows, columns] = x.shape().dims();
    B::float_reshape(x, Shape::from([1, rows, columns]))
}

/// `[O, I]` → `[1, O, I]`.
fn matrix<B: Backend>(weight: FloatTensor<B>) -> FloatTensor<B> {
    let shape = weight.shape();
    B::float_reshape(weight, Shape::from([1, shape[0], shape[1]]))
}
