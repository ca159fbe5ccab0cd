//! Spectral normalisation: a weight divided by an estimate of its largest singular value.
//!
//! One step of the power iteration from a left vector `u`, on the weight as a matrix `W`:
//!
//! ```text
//! v ← Wᵀu / (‖Wᵀu‖ + ε),  u ← Wv / (‖Wv‖ + ε),  σ = u·(Wv),  Ŵ = W/σ
//! ```
//!
//! `u` and `v` are constants for the gradient, so that ∂σ/∂W = u vᵀ, and a loss with the gradient
//! `g` of Ŵ has
//!
//! ```text
//! ∂L/∂W = g/σ − (Σ g∘W)/σ² · u vᵀ = (g − (Σ g∘Ŵ) · u vᵀ) / σ
//! ```

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

use crate::{autodiff::record, shapes::Shapes, switch};

/// ε: keeps a division by the norm of a zero vector finite.
pub const SPECTRAL_EPSILON: f64 = 1e-12;

/// What one step of the power iteration gives.
#[derive(Debug)]
pub struct Normalised<const D: usize> {
    /// The weight over σ.
    pub weight: Tensor<D>,
    /// Left singular vector estimate, `[rows]`, without gradient.
    pub u: Tensor<1>,
    /// Right singular vector estimate, `[columns]`, without gradient.
    pub v: Tensor<1>,
}

/// Divides a weight, seen as a matrix of its first dimension by all others, by σ as found from the
/// left vector `u`.
///
/// # Panics
/// If `u` is not as long as the weight's first dimension, or the weight is empty.
pub fn spectral_norm<const D: usize>(weight: Tensor<D>, u: Tensor<1>) -> Normalised<D> {
    let (rows, columns) = sides(&weight.shape());
    Shapes::of("spectral_norm")
        .takes("weight", [rows, columns], ["rows", "columns"])
        .takes("u", u.dims(), ["rows"]);
    if switch::stock() {
        return stock(weight, u);
    }
    let (weight, u, v) = Dispatch::spectral_norm(weight.into_dispatch(), u.into_dispatch());
    Normalised {
        weight: Tensor::from_dispatch(weight),
        u: Tensor::from_dispatch(u),
        v: Tensor::from_dispatch(v),
    }
}

/// With Burn's public functions, for the bench.
fn stock<const D: usize>(weight: Tensor<D>, u: Tensor<1>) -> Normalised<D> {
    let rows = weight.dims()[0];
    let matrix: Tensor<2> = weight.clone().reshape([rows as i32, -1]);
    let fixed = matrix.clone().detach();
    let unit = |row: Tensor<2>| {
        let norm = row.clone().powf_scalar(2.0).sum_dim(1).sqrt() + SPECTRAL_EPSILON;
        row / norm
    };
    let v = unit(u.unsqueeze_dim::<2>(0).matmul(fixed.clone()));
    let u = unit(fixed.matmul(v.clone().swap_dims(0, 1)).swap_dims(0, 1));
    let sigma = u.clone().matmul(matrix).mul(v.clone()).sum();
    Normalised {
        weight: weight / sigma.reshape([1; D]),
        u: u.squeeze_dim(0),
        v: v.squeeze_dim(0),
    }
}

/// [`spectral_norm`] of a backend.
#[backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff)]
pub(crate) trait SpectralNormOperation: Backend {
    /// Weight over σ, u, v.
    fn spectral_norm(
        weight: FloatTensor<Self>,
        u: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

/// What it is made of on the backend under autodiff; by default, of Burn's own kernels.
pub(crate) trait SpectralNormKernels: Backend {
    fn normalise(weight: FloatTensor<Self>, u: FloatTensor<Self>) -> SpectralNorm<Self> {
        fallback::<Self>(weight, u)
    }

    /// Gradient of the weight from that of the weight over σ.
    fn normalise_backward(state: SpectralNorm<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self> {
        fallback_backward::<Self>(state, grad)
    }
}

impl SpectralNormKernels for Flex {}

/// The result of the operation and all that its backward pass needs.
#[derive(Debug)]
pub(crate) struct SpectralNorm<B: Backend> {
    /// Over σ.
    pub(crate) weight: FloatTensor<B>,
    /// `[rows]`
    pub(crate) u: FloatTensor<B>,
    /// `[columns]`
    pub(crate) v: FloatTensor<B>,
    /// `[1]`
    pub(crate) sigma: FloatTensor<B>,
}

impl<B: Backend> Clone for SpectralNorm<B> {
    fn clone(&self) -> Self {
        Self {
            weight: self.weight.clone(),
            u: self.u.clone(),
            v: self.v.clone(),
            sigma: self.sigma.clone(),
        }
    }
}

/// Rows and columns of a weight.
pub(crate) fn sides(shape: &Shape) -> (usize, usize) {
    (shape[0], shape.iter().skip(1).product())
}

impl<B: SpectralNormKernels> SpectralNormOperation for B {
    fn spectral_norm(
        weight: FloatTensor<Self>,
        u: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let normed = B::normalise(weight, u);
        (normed.weight, normed.u, normed.v)
    }
}

impl<B: SpectralNormKernels, C: CheckpointStrategy> SpectralNormOperation for Autodiff<B, C> {
    fn spectral_norm(
        weight: FloatTensor<Self>,
        u: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let (weight, node) = weight.into_parts();
        let normed = B::normalise(weight, Self::inner(u));
        let [u, v] = [normed.u.clone(), normed.v.clone()].map(Self::from_inner);
        let output = normed.weight.clone();
        let weight = record::<B, C, _, 1>(Division, [node], output, |_| normed);
        (weight, u, v)
    }
}

/// The weight over σ.
#[derive(Clone, Copy, Debug)]
struct Division;

impl<B: SpectralNormKernels> Backward<B, 1> for Division {
    type State = SpectralNorm<B>;

    fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let grad = gradients.consume::<B>(&ops.node);
        if let [Some(node)] = ops.parents {
            gradients.register::<B>(node.id, B::normalise_backward(ops.state, grad));
        }
    }
}

/// On Burn's own kernels.
pub(crate) fn fallback<B: Backend>(weight: FloatTensor<B>, u: FloatTensor<B>) -> SpectralNorm<B> {
    let shape = weight.shape();
    let (rows, columns) = sides(&shape);
    let matrix = B::float_reshape(weight, Shape::from([rows, columns]));
    let u = B::float_reshape(u, Shape::from([1, rows]));
    let unit = |x: FloatTensor<B>| {
        let square = B::float_sum(B::float_mul(x.clone(), x.clone()));
        let norm = B::float_sqrt(square);
        let norm = B::float_add_scalar(norm, SPECTRAL_EPSILON.into());
        B::float_div(x, B::float_reshape(norm, Shape::from([1, 1])))
    };
    let v = unit(B::float_matmul(u, matrix.clone()));
    let column = B::float_reshape(v.clone(), Shape::from([columns, 1]));
    let stretched = B::float_matmul(matrix.clone(), column);
    let u = unit(stretched.clone());
    let sigma = B::float_sum(B::float_mul(
        B::float_reshape(u.clone(), Shape::from([rows, 1])),
        stretched,
    ));
    let divisor = B::float_reshape(sigma.clone(), Shape::from([1, 1]));
    SpectralNorm {
        weight: B::float_reshape(B::float_div(matrix, divisor), shape),
        u: B::float_reshape(u, Shape::from([rows])),
        v: B::float_reshape(v, Shape::from([columns])),
        sigma,
    }
}

/// On Burn's own kernels.
pub(crate) fn fallback_backward<B: Backend>(
    state: SpectralNorm<B>,
    grad: FloatTensor<B>,
) -> FloatTensor<B> {
    let shape = grad.shape();
    let (rows, columns) = sides(&shape);
    let matrix = |x, sides: [usize; 2]| B::float_reshape(x, Shape::from(sides));
    let along = B::float_sum(B::float_mul(grad.clone(), state.weight));
    let u = B::float_mul(matrix(state.u, [rows, 1]), matrix(along, [1, 1]));
    let change = B::float_mul(u, matrix(state.v, [1, columns]));
    let rest = B::float_sub(matrix(grad, [rows, columns]), change);
    B::float_reshape(B::float_div(rest, matrix(state.sigma, [1, 1])), shape)
}
