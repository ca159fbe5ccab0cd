//! What can be said of an attention layer's whole map without storing it.
//!
//! Each is attention itself with other queries, keys and values, so the N×N map is never whole, on
//! whatever device.

use burn::tensor::Tensor;
use saganscope_shaders as shaders;

use crate::attention::AttentionState;

/// ln Ā, the logarithm of the mean of all rows, `[B, N]`; what everybody looks at.
///
/// `log_sum_exp` is that of the rows, `[B, N]`. Since Ā_j = 1/N · Σ_i exp(q_i·k_j − l_i), its
/// logarithm is the log-sum-exp of a map in which keys ask and queries answer, with one more
/// dimension for l: (k_j, 1)·(q_i, −l_i).
pub fn log_mean_row(state: &AttentionState, log_sum_exp: &Tensor<2>) -> Tensor<2> {
    let [batch, _, pixels] = state.queries.dims();
    let device = state.queries.device();
    let line = |tensor: Tensor<2>| tensor.reshape([batch, 1, pixels]);
    let ones = Tensor::ones([batch, 1, pixels], &device);
    let asking = Tensor::cat(vec![state.keys.clone(), ones], 1);
    let answering = Tensor::cat(vec![state.queries.clone(), line(-log_sum_exp.clone())], 1);
    // Nothing is fetched, but a value is a channel at least.
    let nothing = Tensor::zeros([batch, 1, pixels], &device);
    shaders::attention_with_log_sum_exp(asking, answering, nothing).log_sum_exp
        - (pixels as f32).ln()
}

/// How much each row is its own: its KL divergence from the mean row in bits, `[B, N]`, from 0
/// (every pixel has this very row) to log2 N.
///
/// With `log_mean` ln Ā, the row of query i has Σ_j A_ij (q_i·k_j − l_i − ln Ā_j) = q_i·(A k)_i −
/// l_i − (A ln Ā)_i nats, so keys and ln Ā are what attention fetches.
pub fn bits(state: &AttentionState, log_sum_exp: &Tensor<2>, log_mean: &Tensor<2>) -> Tensor<2> {
    let [batch, dim, pixels] = state.queries.dims();
    let line = |tensor: &Tensor<2>| tensor.clone().reshape([batch, 1, pixels]);
    let values = Tensor::cat(vec![state.keys.clone(), line(log_mean)], 1);
    let fetched = shaders::attention(state.queries.clone(), state.keys.clone(), values);
    let energy = (fetched.clone().narrow(1, 0, dim) * state.queries.clone()).sum_dim(1);
    let nats = energy - line(log_sum_exp) - fetched.narrow(1, dim, 1);
    nats.reshape([batch, pixels])
        .clamp_min(0.0)
        .div_scalar(std::f32::consts::LN_2)
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Distribution};

    use super::*;

    const SHAPE: [usize; 3] = [2, 3, 16];

    /// Values of a tensor.
    fn host<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
        tensor.into_data().iter::<f64>().collect()
    }

    fn state(spread: f64) -> AttentionState {
        let device = Device::flex();
        device.seed(5);
        let random = || Tensor::random(SHAPE, Distribution::Normal(0.0, spread), &device);
        AttentionState {
            queries: random(),
            keys: random(),
        }
    }

    fn log_sum_exp(state: &AttentionState) -> Tensor<2> {
        let (q, k) = (state.queries.clone(), state.keys.clone());
        shaders::attention_with_log_sum_exp(q, k.clone(), k).log_sum_exp
    }

    /// Compares element by element; NaN and unlike lengths are far apart.
    fn assert_close(found: &[f64], wanted: &[f64], tolerance: f64) {
        assert_eq!(found.len(), wanted.len());
        assert!(!wanted.is_empty());
        for (at, (found, wanted)) in found.iter().zip(wanted).enumerate() {
            let off = (found - wanted).abs();
            assert!(off <= tolerance, "{found} at {at} is not {wanted}");
        }
    }

    /// From the whole map: the mean row, and each row's divergence from it in bits.
    fn by_hand(state: &AttentionState) -> (Vec<f64>, Vec<f64>) {
        let [_, _, n] = SHAPE;
        let (mut means, mut bits) = (Vec::new(), Vec::new());
        for map in host(state.map()).chunks_exact(n * n) {
            let mean: Vec<f64> = (0..n)
                .map(|j| map.iter().skip(j).step_by(n).sum::<f64>() / n as f64)
                .collect();
            bits.extend(map.chunks_exact(n).map(|row| {
                let terms = row.iter().zip(&mean).map(|(p, m)| p * (p / m).log2());
                terms.sum::<f64>()
            }));
            means.extend(mean);
        }
        (means, bits)
    }

    #[test]
    fn mean_row_and_bits_are_those_of_the_whole_map() {
        for spread in [0.0, 0.5, 1.5] {
            let state = state(spread);
            let sums = log_sum_exp(&state);
            let log_mean = log_mean_row(&state, &sums);
            let (mean, divergence) = by_hand(&state);
            assert_close(&host(log_mean.clone().exp()), &mean, 1e-6);
            assert_close(&host(bits(&state, &sums, &log_mean)), &divergence, 2e-5);
        }
    }
}
