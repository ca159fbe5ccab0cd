//! Launches `wgsl/attention_backward.wgsl`, once for each gradient.

use burn::backend::Cube;
use burn_cubecl::tensor::CubeTensor;

use super::{
    attention::{MOST_SPLITS, threads},
    attention_means::attention_means,
    dense, dims,
    kernel::{Kernel, empty},
    sources,
    splits::{splits, strip},
};
use crate::attention::AttentionState;

/// Channels of the gradient that a workgroup makes.
const SHARE: usize = 16;

/// Which gradient a launch makes; the numbers are the shader's.
#[derive(Clone, Copy, Debug)]
enum Gradient {
    Queries = 0,
    Keys = 1,
    Values = 2,
}

/// Gradients of queries, keys and values.
pub(super) fn attention_backward(
    state: AttentionState<Cube>,
    output_grad: CubeTensor,
) -> [CubeTensor; 3] {
    let [batch, depth, pixels] = dims(&state.queries);
    let [_, channels, _] = dims(&state.values);
    let [queries, keys, values] = [state.queries, state.keys, state.values].map(dense);
    let [log_sum_exp, grad] = [state.log_sum_exp, output_grad].map(dense);
    let means = attention_means(dense(state.output), grad.clone());
    [Gradient::Queries, Gradient::Keys, Gradient::Values].map(|gradient| {
        let queries = [queries.clone(), grad.clone()];
        let keys = [keys.clone(), values.clone()];
        let (own, other) = match gradient {
            Gradient::Queries => (queries, keys),
            Gradient::Keys | Gradient::Values => (keys, queries),
        };
        let ([own_narrow, own_wide], [other_narrow, other_wide]) = (own, other);
        let length = gradient.length(depth, channels);
        let result = empty(&grad, [batch, length, pixels]);
        let strip = strip(pixels / 4);
        let strips = batch * pixels / 4 / strip;
        let shares = length.div_ceil(SHARE);
        let splits = splits(strips * shares, pixels / 8, MOST_SPLITS);
        let groups = [strips.div_ceil(threads(strip) / splits), shares, 1];
        kernel(gradient, [depth, channels, pixels], [strip, splits]).launch(
            groups,
            vec![
                own_narrow,
                other_narrow,
                own_wide,
                other_wide,
                log_sum_exp.clone(),
                means.clone(),
                result.clone(),
            ],
        );
        result
    })
}

impl Gradient {
    /// Channels of the result.
    fn length(self, depth: usize, channels: usize) -> usize {
        match self {
            Self::Queries | Self::Keys => depth,
            Self::Values => channels,
        }
    }
}

fn kernel(
    gradient: Gradient,
    [depth, channels, pixels]: [usize; 3],
    [strip, splits]: [usize; 2],
) -> Kernel {
    let threads = threads(strip) as u32;
    Kernel {
        source: sources::ATTENTION_BACKWARD,
        constants: vec![
            ("DEPTH", depth as u32),
            ("CHANNELS", channels as u32),
            ("QUADS", pixels as u32 / 4),
            ("GRADIENT", gradient as u32),
            ("STRIP", strip as u32),
            ("THREADS", threads),
            ("SPLITS", splits as u32),
        ],
        threads: [threads, 1, 1],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Narrow and wide ones.
    pub(crate) fn kernels() -> Vec<Kernel> {
        [Gradient::Queries, Gradient::Keys, Gradient::Values]
            .into_iter()
            .flat_map(|gradient| {
                let shapes = [
                    ([2, 16, 1024], [1, 8]),
                    ([128, 1024, 16], [1, 1]),
                    ([1, 3, 20], [1, 4]),
                    ([16, 64, 256], [4, 1]),
                    ([3, 5, 24], [2, 8]),
                ];
                shapes.map(|(shape, cut)| kernel(gradient, shape, cut))
            })
            .collect()
    }
}
