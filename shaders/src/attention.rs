//! Softmax attention over the pixels of a map, with no 1/√d (SAGAN, equation 1).

use burn::{backend::Dispatch, tensor::Tensor};

use crate::{comparison, operations::Operations, shapes::Shapes};

/// What attention gives at inference.
pub struct Attended {
    /// `[B, C, N]`: each pixel's weighted mean of the values.
    pub output: Tensor<3>,
    /// `[B, N]`: natural logarithm of Σ_j exp(q_i·k_j), from which any row of the map follows.
    pub log_sum_exp: Tensor<2>,
}

/// Differentiable attention. Queries and keys `[B, d, N]`, values `[B, C, N]` → `[B, C, N]`.
///
/// The N×N map is never whole, neither here nor in the backward pass, which computes its rows a
/// second time.
///
/// # Panics
/// If a shape is another.
pub fn attention(queries: Tensor<3>, keys: Tensor<3>, values: Tensor<3>) -> Tensor<3> {
    attention_with_log_sum_exp(queries, keys, values).output
}

/// Attention and its rows' log-sum-exp; the latter carries no gradient.
///
/// Shapes and panics as in [`attention`].
pub fn attention_with_log_sum_exp(
    queries: Tensor<3>,
    keys: Tensor<3>,
    values: Tensor<3>,
) -> Attended {
    check("attention", &queries, &keys, &values);
    if comparison::stock() {
        return comparison::attention(queries, keys, values);
    }
    let (output, log_sum_exp) = Dispatch::attention(
        queries.into_dispatch(),
        keys.into_dispatch(),
        values.into_dispatch(),
    );
    Attended {
        output: Tensor::from_dispatch(output),
        log_sum_exp: Tensor::from_dispatch(log_sum_exp),
    }
}

/// What attention takes of `operation`'s arguments.
pub(crate) fn check(
    operation: &'static str,
    queries: &Tensor<3>,
    keys: &Tensor<3>,
    values: &Tensor<3>,
) -> Shapes {
    Shapes::of(operation)
        .takes("queries", queries.dims(), ["B", "d", "N"])
        .takes("keys", keys.dims(), ["B", "d", "N"])
        .takes("values", values.dims(), ["B", "C", "N"])
}
