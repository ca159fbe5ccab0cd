//! Launches `wgsl/up.wgsl`.

use burn::backend::{Cube, ops::FloatTensorOps};
use burn_cubecl::tensor::CubeTensor;

use super::{
    dense, dims, flops, in_fours,
    kernel::{Kernel, empty},
    single, sources,
    splits::splits,
    watch::operation,
};
use crate::{leaky_relu, strided};

/// Input channels that are worth a thread.
pub(super) const LEAST_SHARE: usize = 8;

/// Threads that share a block at most: the workgroup's memory holds the sums of no more.
pub(super) const MOST_SPLITS: usize = 4;

/// What comes after the convolution, by its number in the kernel.
#[derive(Clone, Copy, Debug)]
pub(super) enum Activation {
    Nothing = 0,
    Relu = 1,
    Tanh = 2,
}

/// As [`up`](crate::up()), with `activation` after it: in one kernel where it can take the input,
/// else by Burn's own.
pub(super) fn up(
    x: CubeTensor,
    weight: CubeTensor,
    bias: Option<CubeTensor>,
    activation: Activation,
) -> CubeTensor {
    if single([&x, &weight]) && in_fours(&x) {
        let flops = flops::strided(&x, dims::<4>(&weight)[1]);
        return operation("up", flops, || launch(x, weight, bias, activation));
    }
    let y = strided::fallback_up::<Cube>(x, weight, bias);
    match activation {
        Activation::Nothing => y,
        Activation::Relu => leaky_relu::fallback::<Cube>(y, 0.0),
        Activation::Tanh => Cube::float_tanh(y),
    }
}

fn launch(
    x: CubeTensor,
    weight: CubeTensor,
    bias: Option<CubeTensor>,
    activation: Activation,
) -> CubeTensor {
    let [batch, input, height, width] = dims(&x);
    let [_, output, _, _] = dims(&weight);
    let biased = bias.is_some();
    // Bound, but not read.
    let bias = bias.unwrap_or_else(|| empty(&x, [1]));
    let [x, weight, bias] = [x, weight, bias].map(dense);
    let y = empty(&x, [batch, output, 2 * height, 2 * width]);
    let pieces = batch * blocks(height, width) * output.div_ceil(2);
    let splits = splits(pieces, input / LEAST_SHARE, MOST_SPLITS);
    let kernel = kernel([input, output], [height, width], splits, biased, activation);
    let [in_group, lanes, _] = kernel.threads.map(|count| count as usize);
    let groups = [
        blocks(height, width).div_ceil(in_group),
        output.div_ceil(2 * lanes),
        batch,
    ];
    kernel.launch(groups, vec![x, weight, bias, y.clone()]);
    y
}

/// Blocks of two rows and four columns.
fn blocks(height: usize, width: usize) -> usize {
    height.div_ceil(2) * width / 4
}

/// 64 threads: all on pixels, if there are so many, else on several groups of channels too.
fn kernel(
    [input, output]: [usize; 2],
    [height, width]: [usize; 2],
    splits: usize,
    biased: bool,
    activation: Activation,
) -> Kernel {
    let blocks = blocks(height, width).next_power_of_two().min(64) as u32;
    let lanes = (64 / blocks).min(output.div_ceil(2) as u32);
    Kernel {
        source: sources::UP,
        constants: vec![
            ("INPUT", input as u32),
            ("OUTPUT", output as u32),
            ("HEIGHT", height as u32),
            ("WIDTH", width as u32),
            ("BLOCKS", blocks),
            ("LANES", lanes),
            ("CELLS", blocks * lanes),
            ("SPLITS", splits as u32),
            ("BIASED", u32::from(biased)),
            ("ACTIVATION", activation as u32),
        ],
        threads: [blocks, lanes, splits as u32],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// One of every cut.
    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![
            kernel([256, 128], [4, 4], 4, true, Activation::Relu),
            kernel([64, 32], [16, 16], 2, false, Activation::Nothing),
            kernel([32, 3], [32, 32], 1, true, Activation::Tanh),
        ]
    }
}
