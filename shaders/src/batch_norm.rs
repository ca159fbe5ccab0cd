//! Batch normalisation in training, and the ReLU behind it, as one operation.
//!
//! Of the layer's `[B, C, H, W]` tensors only the input is kept for the backward pass: the
//! normalised values and the ReLU's mask follow from it and two numbers a channel. The formulas are
//! derived in `wgsl/batch_norm_statistics.wgsl` and `wgsl/batch_norm_backward.wgsl`.

use burn::{
    backend::{
        Autodiff, AutodiffBackend, Backend, Dispatch, TensorMetadata,
        autodiff::{
            checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
            grads::Gradients,
            ops::{Backward, Ops},
        },
        backend_extension,
        tensor::FloatTensor,
    },
    tensor::{Shape, Slice, Tensor, activation, module::batch_norm_train},
};

use crate::{
    autodiff::{record, register_each},
    channel_sums, leaky_relu,
    shapes::Shapes,
    switch,
};

/// What batch norm gives in training.
pub struct BatchNormed {
    /// `[B, C, H, W]`, not negative.
    pub output: Tensor<4>,
    /// `[C]`: the running mean from now on. Carries no gradient.
    pub running_mean: Tensor<1>,
    /// `[C]`: the running variance from now on. Carries no gradient.
    pub running_variance: Tensor<1>,
}

/// ReLU of batch norm by the batch's own statistics: `[B, C, H, W]`, weight and bias `[C]`.
///
/// It normalises with the biased variance plus `epsilon`. The running statistics `[C]` move towards
/// the batch's by the share `momentum`, the variance towards the unbiased one, as in PyTorch. At
/// `y = 0` the gradient is zero.
///
/// # Panics
/// If a shape is another.
pub fn batch_norm_relu(
    x: Tensor<4>,
    weight: Tensor<1>,
    bias: Tensor<1>,
    [running_mean, running_variance]: [Tensor<1>; 2],
    epsilon: f32,
    momentum: f32,
) -> BatchNormed {
    Shapes::of("batch_norm_relu")
        .takes("x", x.dims(), ["B", "C", "H", "W"])
        .takes("weight", weight.dims(), ["C"])
        .takes("bias", bias.dims(), ["C"])
        .takes("running_mean", running_mean.dims(), ["C"])
        .takes("running_variance", running_variance.dims(), ["C"]);
    if switch::stock() {
        let running = [running_mean, running_variance];
        return stock(x, weight, bias, running, epsilon, momentum);
    }
    let (output, mean, variance) = Dispatch::batch_norm_relu(
        x.into_dispatch(),
        weight.into_dispatch(),
        bias.into_dispatch(),
        running_mean.into_dispatch(),
        running_variance.into_dispatch(),
        epsilon,
        momentum,
    );
    BatchNormed {
        output: Tensor::from_dispatch(output),
        running_mean: Tensor::from_dispatch(mean),
        running_variance: Tensor::from_dispatch(variance),
    }
}

/// With Burn's public functions, for the bench.
fn stock(
    x: Tensor<4>,
    weight: Tensor<1>,
    bias: Tensor<1>,
    running: [Tensor<1>; 2],
    epsilon: f32,
    momentum: f32,
) -> BatchNormed {
    let [batch, _, height, width] = x.dims();
    let count = (batch * height * width) as f64;
    let out = batch_norm_train(x, weight, bias, f64::from(epsilon));
    let unbiased = out.variance * (count / (count - 1.0).max(1.0));
    let blend = |old: Tensor<1>, new: Tensor<1>| old * (1.0 - momentum) + new * momentum;
    let [running_mean, running_variance] = running;
    BatchNormed {
        output: activation::relu(out.output),
        running_mean: blend(running_mean, out.mean),
        running_variance: blend(running_variance, unbiased),
    }
}

/// The operation that a network calls.
#[backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff)]
pub(crate) trait BatchNormOperations: Backend {
    /// Output, and the running mean and variance from now on.
    fn batch_norm_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        running_mean: FloatTensor<Self>,
        running_variance: FloatTensor<Self>,
        epsilon: f32,
        momentum: f32,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

/// What the operation and its gradient are made of, on the backend under autodiff.
pub(crate) trait BatchNormKernels: Backend {
    fn batch_norm_relu_forward(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        running: Running<Self>,
    ) -> Normed<Self> {
        fallback(x, weight, bias, running)
    }

    /// Gradients of input, weight and bias, from the output's gradient.
    fn batch_norm_relu_backward(
        state: NormState<Self>,
        grad: FloatTensor<Self>,
    ) -> [FloatTensor<Self>; 3] {
        fallback_backward(state, grad)
    }
}

/// The running statistics before a batch, and how they move.
pub(crate) struct Running<B: Backend> {
    /// `[C]`
    pub(crate) mean: FloatTensor<B>,
    /// `[C]`, unbiased.
    pub(crate) variance: FloatTensor<B>,
    /// Added to the batch's variance.
    pub(crate) epsilon: f32,
    /// The batch's share of the running statistics after it.
    pub(crate) momentum: f32,
}

pub(crate) struct Normed<B: Backend> {
    /// `[B, C, H, W]`
    pub(crate) output: FloatTensor<B>,
    /// `[2, C]`: the batch's mean, and 1/√(variance + ε).
    pub(crate) moments: FloatTensor<B>,
    /// `[C]`: the running mean after this batch.
    pub(crate) mean: FloatTensor<B>,
    /// `[C]`: the running variance after this batch.
    pub(crate) variance: FloatTensor<B>,
}

/// What the backward pass needs of the forward pass.
#[derive(Debug)]
pub(crate) struct NormState<B: Backend> {
    /// `[B, C, H, W]`
    pub(crate) x: FloatTensor<B>,
    /// As in [`Normed`].
    pub(crate) moments: FloatTensor<B>,
    /// `[C]`
    pub(crate) weight: FloatTensor<B>,
    /// `[C]`
    pub(crate) bias: FloatTensor<B>,
}

impl<B: Backend> Clone for NormState<B> {
    fn clone(&self) -> Self {
        Self {
            x: self.x.clone(),
            moments: self.moments.clone(),
            weight: self.weight.clone(),
            bias: self.bias.clone(),
        }
    }
}

impl<B: BatchNormKernels> BatchNormOperations for B {
    fn batch_norm_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        epsilon: f32,
        momentum: f32,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let running = Running {
            mean,
            variance,
            epsilon,
            momentum,
        };
        let normed = B::batch_norm_relu_forward(x, weight, bias, running);
        (normed.output, normed.mean, normed.variance)
    }
}

impl<B: BatchNormKernels, C: CheckpointStrategy> BatchNormOperations for Autodiff<B, C> {
    fn batch_norm_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        running_mean: FloatTensor<Self>,
        running_variance: FloatTensor<Self>,
        epsilon: f32,
        momentum: f32,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let (x, x_node) = x.into_parts();
        let (weight, weight_node) = weight.into_parts();
        let (bias, bias_node) = bias.into_parts();
        let running = Running {
            mean: Self::inner(running_mean),
            variance: Self::inner(running_variance),
            epsilon,
            momentum,
        };
        let normed = B::batch_norm_relu_forward(x.clone(), weight.clone(), bias.clone(), running);
        let nodes = [x_node, weight_node, bias_node];
        let state = NormState {
            x,
            moments: normed.moments,
            weight,
            bias,
        };
        let output = record::<B, C, _, 3>(BatchNormRelu, nodes, normed.output, |_| state);
        (
            output,
            Self::from_inner(normed.mean),
            Self::from_inner(normed.variance),
        )
    }
}

#[derive(Clone, Copy, Debug)]
struct BatchNormRelu;

impl<B: BatchNormKernels> Backward<B, 3> for BatchNormRelu {
    type State = NormState<B>;

    fn backward(self, ops: Ops<Self::State, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let grad = gradients.consume::<B>(&ops.node);
        let grads = B::batch_norm_relu_backward(ops.state, grad);
        let parents = ops.parents.map(|node| node.map(|node| node.id));
        register_each::<B, 3>(parents, grads, gradients);
    }
}

/// On Burn's own kernels.
pub(crate) fn fallback<B: Backend>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    bias: FloatTensor<B>,
    running: Running<B>,
) -> Normed<B> {
    let count = count::<B>(&x);
    let channels = x.shape()[1];
    let normed = B::batch_norm_train(x, weight, bias, f64::from(running.epsilon));
    let blend = |old: FloatTensor<B>, new: FloatTensor<B>, share: f32| {
        let old = B::float_mul_scalar(old, (1.0 - running.momentum).into());
        let new = B::float_mul_scalar(new, (running.momentum * share).into());
        B::float_add(old, new)
    };
    let unbiased = count / (count - 1.0).max(1.0);
    let variance = blend(running.variance, normed.variance.clone(), unbiased);
    let mean = blend(running.mean, normed.mean.clone(), 1.0);
    let deviation = B::float_sqrt(B::float_add_scalar(normed.variance, running.epsilon.into()));
    let moments = B::float_cat(vec![normed.mean, B::float_recip(deviation)], 0);
    Normed {
        output: leaky_relu::fallback::<B>(normed.output, 0.0),
        moments: B::float_reshape(moments, Shape::from([2, channels])),
        mean,
        variance,
    }
}

/// On Burn's own kernels.
pub(crate) fn fallback_backward<B: Backend>(
    state: NormState<B>,
    grad: FloatTensor<B>,
) -> [FloatTensor<B>; 3] {
    let count = count::<B>(&state.x);
    let channels = state.x.shape()[1];
    let spread = |x| B::float_reshape(x, Shape::from([1, channels, 1, 1]));
    let moment = |row: usize| {
        let row = [Slice::from(row..row + 1), Slice::full()];
        spread(B::float_slice(state.moments.clone(), &row))
    };
    let (weight, bias) = (spread(state.weight), spread(state.bias));
    let normed = B::float_mul(B::float_sub(state.x, moment(0)), moment(1));
    let output = B::float_add(B::float_mul(normed.clone(), weight.clone()), bias);
    let grad = leaky_relu::fallback_backward::<B>(output, grad, 0.0);
    let bias_grad = channel_sums::fallback::<B>(grad.clone());
    let weight_grad = channel_sums::fallback::<B>(B::float_mul(grad.clone(), normed.clone()));
    let mean = |sum: &FloatTensor<B>| spread(B::float_div_scalar(sum.clone(), count.into()));
    let along = B::float_mul(normed, mean(&weight_grad));
    let rest = B::float_sub(B::float_sub(grad, mean(&bias_grad)), along);
    let x_grad = B::float_mul(rest, B::float_mul(weight, moment(1)));
    [x_grad, weight_grad, bias_grad]
}

/// Numbers in a channel.
fn count<B: Backend>(x: &FloatTensor<B>) -> f32 {
    let shape = x.shape();
    (shape.num_elements() / shape[1]) as f32
}
