//! Launches `wgsl/down.wgsl`.

use burn::backend::Cube;
use burn_cubecl::tensor::CubeTensor;

use super::{
    dense, dims, flops,
    kernel::{Kernel, THREADS, empty},
    single, sources,
    splits::splits,
    up::{LEAST_SHARE, MOST_SPLITS},
    watch::operation,
};
use crate::{leaky_relu, strided};

/// Whether the kernel can take this input: it writes rows in fours.
fn applies(x: &CubeTensor) -> bool {
    let [_, _, _, width] = dims(x);
    width.is_multiple_of(8)
}

/// As [`down`](crate::down()), with LeakyReLU of the given slope after it or not: in one kernel where
/// it can take the input, else by Burn's own.
pub(super) fn down(
    x: CubeTensor,
    weight: CubeTensor,
    bias: Option<CubeTensor>,
    slope: Option<f32>,
) -> CubeTensor {
    if single([&x, &weight]) && applies(&x) {
        let flops = flops::strided_from_big(&x, dims::<4>(&weight)[0]);
        return operation("down", flops, || launch(x, weight, bias, slope));
    }
    let y = strided::fallback_down::<Cube>(x, weight, bias);
    match slope {
        None => y,
        Some(slope) => leaky_relu::fallback::<Cube>(y, slope),
    }
}

fn launch(
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
    let [blocks, shares] = [blocks(batch, map), output.div_ceil(4)];
    let splits = splits(blocks * shares, input / LEAST_SHARE, MOST_SPLITS);
    kernel([input, output], map, splits, biased, slope).launch(
        [blocks.div_ceil(THREADS), shares, 1],
        vec![x, weight, bias, y.clone()],
    );
    y
}

/// Blocks of two rows and four columns of the output, in the whole batch.
fn blocks(batch: usize, [height, width]: [usize; 2]) -> usize {
    batch * height.div_ceil(2) * width / 4
}

/// Height and width are the output's.
fn kernel(
    [input, output]: [usize; 2],
    [height, width]: [usize; 2],
    splits: usize,
    biased: bool,
    slope: Option<f32>,
) -> Kernel {
    Kernel {
        source: sources::DOWN,
        constants: vec![
            ("INPUT", input as u32),
            ("OUTPUT", output as u32),
            ("HEIGHT", height as u32),
            ("WIDTH", width as u32),
            ("CELLS", THREADS as u32),
            ("SPLITS", splits as u32),
            ("BIASED", u32::from(biased)),
            ("LEAKY", u32::from(slope.is_some())),
            ("SLOPE", slope.unwrap_or(0.0).to_bits()),
        ],
        threads: [THREADS as u32, splits as u32, 1],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![
            kernel([3, 32], [32, 32], 1, true, Some(0.1)),
            kernel([32, 7], [3, 4], 4, false, None),
        ]
    }
}
