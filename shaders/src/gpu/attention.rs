//! Launches `wgsl/attention.wgsl`.

use burn_cubecl::tensor::CubeTensor;

use super::{
    dense, dims,
    kernel::{Kernel, empty},
};

/// Whether the kernel can take these values: it reads pixels and channels in fours.
pub(super) fn applies(values: &CubeTensor) -> bool {
    let [_, channels, pixels] = dims(values);
    channels.is_multiple_of(4) && pixels.is_multiple_of(4)
}

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
    let groups = [
        pixels.div_ceil(2 * threads(pixels)),
        channels.div_ceil(16 * blocks(channels)),
        batch,
    ];
    let kernel = kernel(depth, channels, pixels, residual.is_some());
    // Bound, but not read where there is none.
    let [input, gamma] = residual
        .map(|tensors| tensors.map(dense))
        .unwrap_or_else(|| [(); 2].map(|()| empty(&queries, [1])));
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

/// Threads of a workgroup, each with two queries.
fn threads(pixels: usize) -> usize {
    pixels.div_ceil(2).min(64)
}

/// Sixteens of channels that a thread holds.
fn blocks(channels: usize) -> usize {
    if channels > 16 { 2 } else { 1 }
}

fn kernel(depth: usize, channels: usize, pixels: usize, residual: bool) -> Kernel {
    Kernel {
        name: "attention",
        text: include_str!("../../wgsl/attention.wgsl"),
        constants: vec![
            ("DEPTH", depth as u32),
            ("CHANNELS", channels as u32),
            ("PIXELS", pixels as u32),
            ("THREADS", threads(pixels) as u32),
            ("BLOCKS", blocks(channels) as u32),
            ("RESIDUAL", u32::from(residual)),
        ],
        threads: [threads(pixels) as u32, 1],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Narrow and wide ones.
    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![
            kernel(2, 16, 1024, false),
            kernel(8, 64, 256, true),
            kernel(128, 1024, 16, false),
        ]
    }
}
