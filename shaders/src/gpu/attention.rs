//! Launches `wgsl/attention.wgsl`.

use burn_cubecl::tensor::CubeTensor;

use super::{
    dense, dims,
    kernel::{Kernel, THREADS, empty},
    sources,
    splits::{splits, strip},
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
    // The layer with its residual is what drawing uses: a few pictures, for which a program should not
    // compile for ten seconds (lavapipe: 1.3 s with short strips). Training runs for hours.
    let strip = match residual {
        Some(_) => 1,
        None => strip(pixels / 4),
    };
    let strips = batch * pixels / 4 / strip;
    let shares = channels.div_ceil(SHARE);
    let splits = splits(strips * shares, pixels / 4, MOST_SPLITS);
    let groups = [strips.div_ceil(threads(strip) / splits), shares, 1];
    let kernel = kernel(
        [depth, channels, pixels],
        residual.is_some(),
        [strip, splits],
    );
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

/// Threads of a workgroup, which takes as many pixels however long a thread's strip is: those beyond the
/// last strip do their work for nothing, and one picture has few.
pub(super) fn threads(strip: usize) -> usize {
    THREADS / strip
}

fn kernel(
    [depth, channels, pixels]: [usize; 3],
    residual: bool,
    [strip, splits]: [usize; 2],
) -> Kernel {
    let threads = threads(strip) as u32;
    Kernel {
        source: sources::ATTENTION,
        constants: vec![
            ("DEPTH", depth as u32),
            ("CHANNELS", channels as u32),
            ("QUADS", pixels as u32 / 4),
            ("STRIP", strip as u32),
            ("THREADS", threads),
            ("SPLITS", splits as u32),
            ("RESIDUAL", u32::from(residual)),
        ],
        threads: [threads, 1, 1],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Narrow and wide ones.
    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![
            kernel([2, 16, 1024], false, [1, 8]),
            kernel([8, 64, 256], true, [1, 4]),
            kernel([128, 1024, 16], false, [1, 1]),
            kernel([16, 64, 256], false, [4, 1]),
            kernel([3, 5, 24], false, [2, 8]),
        ]
    }
}
