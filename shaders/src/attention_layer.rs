//! SAGAN's whole attention layer for drawing, where nothing needs a gradient (SAGAN, equation 3).

use burn::{
    backend::{Backend, Dispatch, TensorMetadata, backend_extension, tensor::FloatTensor},
    tensor::{Shape, Tensor},
};

use crate::{
    attention::{self, Attended, AttentionKernels, attention_with_log_sum_exp},
    switch,
};

/// The least square of a norm that anything is divided by: a map of zeros has changed by 0, not by NaN.
pub(crate) const LEAST: f32 = 1e-30;

/// What the layer gives at inference.
pub struct AttentionLayer {
    /// `[B, C, N]`: the input plus γ times what attention found.
    pub output: Tensor<3>,
    /// `[B, N]`: natural logarithm of Σ_j exp(q_i·k_j), from which any row of the map follows.
    pub log_sum_exp: Tensor<2>,
    /// ‖γ·o‖ / ‖x‖, `[B]`: how much the layer changes what passes through it.
    pub share: Tensor<1>,
}

/// `y = γ·o + x` with `o` the [attention](crate::attention()) of queries and keys `[B, d, N]` over
/// values `[B, C, N]`, the layer's input x `[B, C, N]` and γ `[1]`. Carries no gradient.
///
/// # Panics
/// If a shape is another.
pub fn attention_layer(
    queries: Tensor<3>,
    keys: Tensor<3>,
    values: Tensor<3>,
    x: Tensor<3>,
    gamma: Tensor<1>,
) -> AttentionLayer {
    attention::check("attention_layer", &queries, &keys, &values)
        .takes("x", x.dims(), ["B", "C", "N"])
        .takes("gamma", gamma.dims(), ["1"]);
    if switch::stock() {
        let attended = attention_with_log_sum_exp(queries, keys, values);
        return stock(attended, x, gamma);
    }
    let before = x.clone().into_dispatch();
    let (output, log_sum_exp) = Dispatch::attention_layer(
        queries.into_dispatch(),
        keys.into_dispatch(),
        values.into_dispatch(),
        x.into_dispatch(),
        gamma.into_dispatch(),
    );
    let share = Dispatch::relative_change(before, output.clone());
    AttentionLayer {
        output: Tensor::from_dispatch(output),
        log_sum_exp: Tensor::from_dispatch(log_sum_exp),
        share: Tensor::from_dispatch(share),
    }
}

#[backend_extension(Flex, Cube: cfg(feature = "gpu"))]
pub(crate) trait AttentionLayerOperations: Backend {
    /// Output `[B, C, N]` and log-sum-exp `[B, N]`.
    fn attention_layer(
        queries: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// ‖after − before‖ / ‖before‖ of each sample: `[B, C, N]` twice → `[B]`.
    fn relative_change(before: FloatTensor<Self>, after: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// With Burn's public functions, for the bench.
fn stock(attended: Attended, x: Tensor<3>, gamma: Tensor<1>) -> AttentionLayer {
    let change = attended.output * gamma.reshape([1, 1, 1]);
    AttentionLayer {
        share: norms(change.clone()) / norms(x.clone()).clamp_min(LEAST.sqrt()),
        output: x + change,
        log_sum_exp: attended.log_sum_exp,
    }
}

/// Euclidean norm of each sample, `[B, C, N]` → `[B]`.
fn norms(x: Tensor<3>) -> Tensor<1> {
    let batch = x.dims()[0] as i32;
    let flat: Tensor<2> = x.reshape([batch, -1]);
    (flat.clone() * flat).sum_dim(1).sqrt().reshape([-1])
}

/// On a backend's attention and Burn's own kernels.
pub(crate) fn attention_layer_of<B: AttentionKernels>(
    [queries, keys, values, x, gamma]: [FloatTensor<B>; 5],
) -> (FloatTensor<B>, FloatTensor<B>) {
    let (output, log_sum_exp) = B::attention_forward(queries, keys, values);
    let gamma = B::float_reshape(gamma, Shape::from([1, 1, 1]));
    (B::float_add(x, B::float_mul(output, gamma)), log_sum_exp)
}

/// On Burn's own kernels.
pub(crate) fn relative_change<B: Backend>(
    before: FloatTensor<B>,
    after: FloatTensor<B>,
) -> FloatTensor<B> {
    let change = B::float_sub(after, before.clone());
    let whole = B::float_clamp_min(squares::<B>(before), LEAST.into());
    B::float_sqrt(B::float_div(squares::<B>(change), whole))
}

/// `[B, C, N]` → `[B]`.
fn squares<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    let shape = x.shape();
    let flat = B::float_reshape(x, Shape::from([shape[0], shape[1] * shape[2]]));
    let sums = B::float_sum_dim(B::float_mul(flat.clone(), flat), 1);
    B::float_reshape(sums, Shape::from([shape[0]]))
}
