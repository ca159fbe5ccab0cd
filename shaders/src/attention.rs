//! Softmax attention over the pixels of a map, with no 1/√d (SAGAN, equation 1).

use burn::tensor::{Tensor, activation::softmax};

/// The largest energy matrix kept at once when nothing is to be differentiated, in elements:
/// 32 MiB of f32, well under the 128 MiB that WebGPU promises of a storage binding.
const ENERGY_ELEMENTS: usize = 8 << 20;

/// What attention gives at inference.
pub struct Attended {
    /// `[B, C, N]`: each pixel's weighted mean of the values.
    pub output: Tensor<3>,
    /// `[B, N]`: natural logarithm of Σ_j exp(q_i·k_j), from which any row of the map follows.
    pub log_sum_exp: Tensor<2>,
}

/// Differentiable attention. Queries and keys `[B, d, N]`, values `[B, C, N]` → `[B, C, N]`.
pub fn attention(queries: Tensor<3>, keys: Tensor<3>, values: Tensor<3>) -> Tensor<3> {
    let energy = queries.swap_dims(1, 2).matmul(keys);
    let map = softmax(energy, 2);
    values.matmul(map.swap_dims(1, 2))
}

/// Attention and its rows' log-sum-exp, in slices of queries so that the map is never whole.
///
/// Shapes as in [`attention`]. Meant for inference: nothing is kept for a gradient.
pub fn attention_with_log_sum_exp(
    queries: Tensor<3>,
    keys: Tensor<3>,
    values: Tensor<3>,
) -> Attended {
    let [batch, _, pixels] = queries.dims();
    let queries = queries.swap_dims(1, 2);
    let slice = (ENERGY_ELEMENTS / (batch * pixels)).clamp(1, pixels);
    let mut outputs = Vec::new();
    let mut sums = Vec::new();
    for start in (0..pixels).step_by(slice) {
        let length = slice.min(pixels - start);
        let energy = queries
            .clone()
            .narrow(1, start, length)
            .matmul(keys.clone());
        let top = energy.clone().max_dim(2);
        let weights = (energy - top.clone()).exp();
        let sum = weights.clone().sum_dim(2);
        let map = weights / sum.clone();
        outputs.push(values.clone().matmul(map.swap_dims(1, 2)));
        sums.push((top + sum.log()).squeeze_dim::<2>(2));
    }
    Attended {
        output: Tensor::cat(outputs, 2),
        log_sum_exp: Tensor::cat(sums, 1),
    }
}
