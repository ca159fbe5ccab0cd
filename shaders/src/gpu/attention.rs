//! Launches `wgsl/attention.wgsl`.

use burn_cubecl::tensor::CubeTensor;

use super::{
    dense, dims,
    kernel::{Kernel, empty},
};

/// Bytes of workgroup memory that WebGPU promises.
const WORKGROUP_BYTES: usize = 16384;

/// Queries of a workgroup.
const QUERIES: usize = 64;

/// Whether the keys fit workgroup memory.
pub(super) fn applies(queries: &CubeTensor) -> bool {
    let [_, depth, _] = dims(queries);
    tile(depth, 2) > 0
}

/// Output `[B, C, N]` and log-sum-exp `[B, N]`, as [`attention`](crate::attention()).
pub(super) fn attention(
    queries: CubeTensor,
    keys: CubeTensor,
    values: CubeTensor,
) -> (CubeTensor, CubeTensor) {
    let [batch, depth, pixels] = dims(&queries);
    let [_, channels, _] = dims(&values);
    let [queries, keys, values] = [queries, keys, values].map(dense);
    let output = empty(&queries, [batch, channels, pixels]);
    let log_sum_exp = empty(&queries, [batch, pixels]);
    let groups = [
        pixels.div_ceil(QUERIES),
        channels.div_ceil(16 * blocks(channels)),
        batch,
    ];
    kernel(depth, channels, pixels).launch(
        groups,
        vec![queries, keys, values, output.clone(), log_sum_exp.clone()],
    );
    (output, log_sum_exp)
}

/// Sixteens of channels that a thread holds.
fn blocks(channels: usize) -> usize {
    if channels > 16 { 2 } else { 1 }
}

/// Keys in workgroup memory at once: 32, or as many as fit beside their values.
fn tile(depth: usize, blocks: usize) -> usize {
    let bytes = 16 * (depth.div_ceil(4) + 4 * blocks);
    (WORKGROUP_BYTES / bytes).min(32)
}

fn kernel(depth: usize, channels: usize, pixels: usize) -> Kernel {
    let blocks = blocks(channels);
    Kernel {
        name: "attention",
        text: include_str!("../../wgsl/attention.wgsl"),
        constants: vec![
            ("DEPTH", depth as u32),
            ("CHANNELS", channels as u32),
            ("PIXELS", pixels as u32),
            ("KEYS", tile(depth, blocks) as u32),
            ("BLOCKS", blocks as u32),
        ],
        threads: [QUERIES as u32, 1],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Narrow and wide ones.
    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![
            kernel(2, 16, 1024),
            kernel(8, 64, 256),
            kernel(128, 1024, 16),
        ]
    }
}
