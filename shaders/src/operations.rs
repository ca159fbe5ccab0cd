//! What a backend must compute. Burn routes a call by the device of its tensors.

use burn::backend::{Backend, backend_extension, tensor::FloatTensor};

use crate::stock;

/// The operations that a network calls. Shapes as in the functions of the same names.
#[backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff)]
pub(crate) trait Operations: Backend {
    fn up(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self>;

    fn up_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self>;

    fn down(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self>;

    fn leaky_relu(x: FloatTensor<Self>, slope: f32) -> FloatTensor<Self>;

    /// Output `[B, C, N]` and log-sum-exp `[B, N]`; the latter carries no gradient.
    fn attention(
        queries: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

/// What the operations and their gradients are made of, on the backend under autodiff.
///
/// Each has a default on Burn's own kernels; a backend replaces what it can do better.
pub(crate) trait Kernels: Backend {
    /// [`up`](crate::up()), and the input gradient of `down`.
    fn kernel_up(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Option<FloatTensor<Self>>,
    ) -> FloatTensor<Self> {
        stock::up::<Self>(x, weight, bias)
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
        stock::down::<Self>(x, weight, bias)
    }

    /// Gradient of the weight that joins a small map `[B, small, H, W]` with a big one
    /// `[B, big, 2H, 2W]`, one of them an input and the other an output's gradient:
    /// `[small, big, 4, 4]`.
    fn weight_grad(small: FloatTensor<Self>, big: FloatTensor<Self>) -> FloatTensor<Self> {
        stock::weight_grad::<Self>(small, big)
    }

    /// Gradient of a bias: `[B, C, H, W]` → `[C]`.
    fn channel_sums(x: FloatTensor<Self>) -> FloatTensor<Self> {
        stock::channel_sums::<Self>(x)
    }

    fn kernel_leaky_relu(x: FloatTensor<Self>, slope: f32) -> FloatTensor<Self> {
        stock::leaky_relu::<Self>(x, slope)
    }

    /// The gradient `grad`, times `slope` where `output` is not positive.
    fn leaky_relu_backward(
        output: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        slope: f32,
    ) -> FloatTensor<Self> {
        stock::leaky_relu_backward::<Self>(output, grad, slope)
    }

    /// Output `[B, C, N]` and log-sum-exp `[B, N]`.
    fn attention_forward(
        queries: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        stock::attention::<Self>(queries, keys, values)
    }

    /// Gradients of queries, keys and values, from the output's gradient.
    fn attention_backward(
        state: AttentionState<Self>,
        output_grad: FloatTensor<Self>,
    ) -> [FloatTensor<Self>; 3] {
        stock::attention_backward::<Self>(state, output_grad)
    }
}

/// Without autodiff, an operation is its kernel.
impl<B: Kernels> Operations for B {
    fn up(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        B::kernel_up(x, weight, Some(bias))
    }

    fn up_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        B::kernel_up_relu(x, weight, bias)
    }

    fn down(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        B::kernel_down(x, weight, Some(bias))
    }

    fn leaky_relu(x: FloatTensor<Self>, slope: f32) -> FloatTensor<Self> {
        B::kernel_leaky_relu(x, slope)
    }

    fn attention(
        queries: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        B::attention_forward(queries, keys, values)
    }
}

/// What attention's backward pass needs of the forward pass: no N×N map among it.
#[derive(Debug)]
pub(crate) struct AttentionState<B: Backend> {
    /// `[B, d, N]`
    pub(crate) queries: FloatTensor<B>,
    /// `[B, d, N]`
    pub(crate) keys: FloatTensor<B>,
    /// `[B, C, N]`
    pub(crate) values: FloatTensor<B>,
    /// `[B, C, N]`
    pub(crate) output: FloatTensor<B>,
    /// `[B, N]`
    pub(crate) log_sum_exp: FloatTensor<B>,
}

impl<B: Backend> Clone for AttentionState<B> {
    fn clone(&self) -> Self {
        Self {
            queries: self.queries.clone(),
            keys: self.keys.clone(),
            values: self.values.clone(),
            output: self.output.clone(),
            log_sum_exp: self.log_sum_exp.clone(),
        }
    }
}
