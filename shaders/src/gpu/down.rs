//! Launches `wgsl/down.wgsl`.

use burn_cubecl::tensor::CubeTensor;

use super::{
    dense, dims,
    kernel::{Kernel, empty},
};

/// Whether the kernel can take this input: it writes rows in fours.
pub(super) fn applies(x: &CubeTensor) -> bool {
    let [_, _, _, width] = dims(x);
    width.is_multiple_of(8)
}

/// As [`down`](crate::down()), with LeakyReLU of the given slope after it or not.
pub(super) fn down(
    x: CubeTensor,
    weight: CubeTensor,
    bias: Option<CubeTensor>,
    slope: Option<f32>,
) -> CubeTensor {
    let [batch, input, height, width] = dims(&x);
    let [output, _, _, _] = dims(&weight);
    let biased = bias.is_some();
    // Bound, but not read.
    let bias = bias.unwrap_or_else(|| empty(&x, [1]));
    let [x, weight, bias] = [x, weight, bias].map(dense);
    let map = [height / 2, width / 2];
    let y = empty(&x, [batch, output, map[0], map[1]]);
    let blocks = blocks(batch, map);
    kernel(blocks, input, output, map, biased, slope).launch(
        [blocks.div_ceil(threads(blocks)), output.div_ceil(4), 1],
        vec![x, weight, bias, y.clone()],
    );
    y
}

/// Blocks of two rows and four columns of the output, in the whole batch.
fn blocks(batch: usize, [height, width]: [usize; 2]) -> usize {
    batch * height.div_ceil(2) * width / 4
}

/// Threads of a workgroup, each for a block: no more than a few small maps have use for.
fn threads(blocks: usize) -> usize {
    blocks.next_power_of_two().clamp(16, 64)
}

/// `blocks` are those of the whole batch; height and width are the output's.
fn kernel(
    blocks: usize,
    input: usize,
    output: usize,
    [height, width]: [usize; 2],
    biased: bool,
    slope: Option<f32>,
) -> Kernel {
    Kernel {
        name: "down",
        text: include_str!("../../wgsl/down.wgsl"),
        constants: vec![
            ("INPUT", input as u32),
            ("OUTPUT", output as u32),
            ("HEIGHT", height as u32),
            ("WIDTH", width as u32),
            ("BLOCKS", blocks as u32),
            ("THREADS", threads(blocks) as u32),
            ("BIASED", u32::from(biased)),
            ("LEAKY", u32::from(slope.is_some())),
            ("SLOPE", slope.unwrap_or(0.0).to_bits()),
        ],
        threads: [threads(blocks) as u32, 1],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![
            kernel(4096, 3, 32, [32, 32], true, Some(0.1)),
            kernel(3, 5, 7, [3, 4], false, None),
        ]
    }
}
