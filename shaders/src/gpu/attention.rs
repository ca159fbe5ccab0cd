//! Launches `wgsl/attention.wgsl`.

use burn_cubecl::tensor::CubeTensor;

use super::{
    dense, dims,
    kernel::{Kernel, THREADS, empty},
    sources,
    splits::splits,
};

/// Output channels that a workgroup makes.
const SHARE: usize = 16;

/// Threads that share a strip at most: each of the 1024 keys' 256 fours then falls to one of 32.
pub(super) const MOST_SPLITS: usize = 8;

/// Output `[B, C, N]` and log-sum-exp `[B, N]`, as [`attention`](crate::attention()).
pub(super) fn attention(
    queries: CubeTensor,
    keys: CubeTensor,
    values: CubeTensor,
) -> (CubeTensor, CubeTensor) {
    launch(queries, keys, values, None)
}

/// The whole layer: `input` (shaped as the values) plus γ (`[1]`) times the output.
pub(super) fn attention_layer(
    queries: CubeTensor,
    keys: CubeTensor,
    values: CubeTensor,
    input: CubeTensor,
    gamma: CubeTensor,
) -> (CubeTensor, CubeTensor) {
    launch(queries, keys, values, Some([input, gamma]))
}

fn launch(
    queries: CubeTensor,
    keys: CubeTensor,
    values: CubeTensor,
    residual: Option<[CubeTensor; 2]>,
) -> (CubeTensor, CubeTensor) {
    let [batch, depth, pixels] = dims(&queries);
    let [_, channels, _] = dims(&values);
    let [queries, keys, values] = [queries, keys, values].map(dense);
    let output = empty(&queries, [batch, channels, pixels]);
    let log_sum_exp = empty(&queries, [batch, pixels]);
    let strips = batch * pixels / 4;
    let shares = channels.div_ceil(SHARE);
    let splits = splits(strips * shares, pixels / 4, MOST_SPLITS);
    let groups = [strips.div_ceil(THREADS / splits), shares, 1];
    let kernel = kernel(depth, channels, pixels, residual.is_some(), splits);
    // Bound, but not read where there is none; four numbers, the least that the kernel may bind.
    let [input, gamma] = residual
        .map(|tensors| tensors.map(dense))
        .unwrap_or_else(|| [(); 2].map(|()| empty(&queries, [4])));
    kernel.launch(
        groups,
        vec![
            queries,
            keys,
            values,
            output.clone(),
            log_sum_exp.clone(),
            input,
            gamma,
        ],
    );
    (output, log_sum_exp)
}

fn kernel(depth: usize, channels: usize, pixels: usize, residual: bool, splits: usize) -> Kernel {
    Kernel {
        source: sources::ATTENTION,
        constants: vec![
            ("DEPTH", depth as u32),
            ("CHANNELS", channels as u32),
            ("QUADS", pixels as u32 / 4),
            ("THREADS", THREADS as u32),
            ("SPLITS", splits as u32),
            ("RESIDUAL", u32::from(residual)),
        ],
        threads: [THREADS as u32, 1, 1],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Narrow and wide ones.
    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![
            kernel(2, 16, 1024, false, 8),
            kernel(8, 64, 256, true, 4),
            kernel(128, 1024, 16, false, 1),
        ]
    }
}
