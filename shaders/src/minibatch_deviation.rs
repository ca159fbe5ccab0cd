//! Minibatch deviation, told to every place of a map, with a gradient
//! (Karras et al. 2018, arXiv 1710.10196, section 3).
//!
//! With μ and σ² the mean and the variance of a number of x over the batch, s is the mean over all numbers of
//! a map of √(σ² + ε), and the output x + a·s. A slope g of the output becomes, with S = Σ_c a_c Σ g over
//! the samples and places of channel c, and with M numbers in a map,
//!     ∂L/∂a_c = s·Σ g,   ∂L/∂x = g + S·(x − μ)/(B·M·√(σ² + ε)).

use burn::{
    backend::{
        Autodiff, AutodiffBackend, Backend, Dispatch, Flex, TensorMetadata,
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
    channel_sums::ChannelSumsKernel,
    shapes::Shapes,
    switch,
};

/// Added to a variance before its root.
const EPSILON: f64 = 1e-8;

/// What [`minibatch_deviation`] gives.
pub struct Told {
    /// `[B, C, H, W]`.
    pub output: Tensor<4>,
    /// s, `[1]`. Carries no gradient.
    pub deviation: Tensor<1>,
}

/// How much the pictures of a batch differ, one number s, added with a weight a `[C]` to every place of
/// x `[B, C, H, W]`.
///
/// # Panics
/// If a shape is another.
pub fn minibatch_deviation(x: Tensor<4>, weight: Tensor<1>) -> Told {
    Shapes::of("minibatch_deviation")
        .takes("x", x.dims(), ["B", "C", "H", "W"])
        .takes("weight", weight.dims(), ["C"]);
    if switch::stock() {
        return stock(x, weight);
    }
    let (output, deviation) =
        Dispatch::minibatch_deviation(x.into_dispatch(), weight.into_dispatch());
    Told {
        output: Tensor::from_dispatch(output),
        deviation: Tensor::from_dispatch(deviation),
    }
}

/// With Burn's public functions, for the bench.
fn stock(x: Tensor<4>, weight: Tensor<1>) -> Told {
    let channels = weight.dims()[0];
    let apart = x.clone() - x.clone().mean_dim(0);
    let variance = (apart.clone() * apart).mean_dim(0);
    let deviation = (variance + EPSILON).sqrt().mean();
    let told = weight * deviation.clone();
    Told {
        output: x + told.reshape([1, channels, 1, 1]),
        deviation: deviation.detach(),
    }
}

#[backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff)]
pub(crate) trait MinibatchDeviationOperations: Backend {
    /// Output and s.
    fn minibatch_deviation(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

/// What the operation and its gradients are made of.
pub(crate) trait MinibatchDeviationKernels: ChannelSumsKernel {
    /// Output and s, `[1]`.
    fn minibatch_deviation_forward(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
    ) -> [FloatTensor<Self>; 2] {
        fallback::<Self>(x, weight)
    }

    /// Gradient of x, from the output's, its sums over each channel, `[C]`, and the weight.
    fn minibatch_deviation_backward(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        sums: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        fallback_backward::<Self>(x, weight, sums, grad)
    }
}

impl MinibatchDeviationKernels for Flex {}

/// Numbers less their mean over the batch, `[B, C, H, W]`, and their deviation, `[1, C, H, W]`.
fn spread<B: Backend>(x: FloatTensor<B>) -> [FloatTensor<B>; 2] {
    let apart = B::float_sub(x.clone(), B::float_mean_dim(x, 0));
    let variance = B::float_mean_dim(B::float_mul(apart.clone(), apart.clone()), 0);
    let deviation = B::float_sqrt(B::float_add_scalar(variance, EPSILON.into()));
    [apart, deviation]
}

/// On Burn's own kernels.
pub(crate) fn fallback<B: Backend>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
) -> [FloatTensor<B>; 2] {
    let channels = weight.shape()[0];
    let [_, deviation] = spread::<B>(x.clone());
    let deviation = B::float_mean(deviation);
    let told = B::float_mul(weight, deviation.clone());
    let told = B::float_reshape(told, Shape::from([1, channels, 1, 1]));
    [B::float_add(x, told), deviation]
}

/// On Burn's own kernels.
pub(crate) fn fallback_backward<B: Backend>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    sums: FloatTensor<B>,
    grad: FloatTensor<B>,
) -> FloatTensor<B> {
    let numbers = x.shape().num_elements() as f32;
    let [apart, deviation] = spread::<B>(x);
    let slope = B::float_sum(B::float_mul(weight, sums));
    let slope = B::float_div_scalar(slope, numbers.into());
    let slope = B::float_reshape(slope, Shape::from([1, 1, 1, 1]));
    B::float_add(grad, B::float_mul(apart, B::float_div(slope, deviation)))
}

impl<B: MinibatchDeviationKernels> MinibatchDeviationOperations for B {
    fn minibatch_deviation(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let [output, deviation] = B::minibatch_deviation_forward(x, weight);
        (output, deviation)
    }
}

impl<B: MinibatchDeviationKernels, C: CheckpointStrategy> MinibatchDeviationOperations
    for Autodiff<B, C>
{
    fn minibatch_deviation(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (x, x_node) = x.into_parts();
        let (weight, weight_node) = weight.into_parts();
        let [output, deviation] = B::minibatch_deviation_forward(x.clone(), weight.clone());
        let nodes = [x_node, weight_node];
        let state = (x, weight, deviation.clone());
        let output = record::<B, C, _, 2>(MinibatchDeviation, nodes, output, |_| state);
        (output, Self::from_inner(deviation))
    }
}

#[derive(Clone, Copy, Debug)]
struct MinibatchDeviation;

impl<B: MinibatchDeviationKernels> Backward<B, 2> for MinibatchDeviation {
    /// x, the weight, and s.
    type State = (FloatTensor<B>, FloatTensor<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 2>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let grad = gradients.consume::<B>(&ops.node);
        let (x, weight, deviation) = ops.state;
        let sums = B::channel_sums(grad.clone());
        let weight_grad = B::float_mul(sums.clone(), deviation);
        let x_grad = B::minibatch_deviation_backward(x, weight, sums, grad);
        let parents = ops.parents.map(|node| node.map(|node| node.id));
        register_each::<B, 2>(parents, [x_grad, weight_grad], gradients);
    }
}
