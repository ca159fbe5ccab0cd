//! Launches `wgsl/pointwise_weight_grad.wgsl` and adds up its splits.

use burn_cubecl::tensor::CubeTensor;

use super::{
    any_length::exact,
    dense, dims,
    kernel::{Kernel, empty},
    sources,
    sum_splits::sum_splits,
};

/// Workgroups that keep a large GPU busy.
const BUSY: usize = 512;

/// Strips that are worth a split of their own.
const LEAST: usize = 512;

/// Side of the tile that a workgroup makes.
const TILE: usize = 8;

/// Gradient `[O, I]` of the weight between `[B, I, N]` and `[B, O, N]`.
pub(super) fn pointwise_weight_grad(x: CubeTensor, grad: CubeTensor) -> CubeTensor {
    let [batch, input, pixels] = dims(&x);
    let [_, output, _] = dims(&grad);
    let (x, grad) = (exact(x), dense(grad));
    let (kernel, groups) = kernel(batch, pixels, [input, output]);
    let gradient = empty(&x, [output, input]);
    let splits = groups[2];
    if splits == 1 {
        kernel.launch(groups, vec![x, grad, gradient.clone()]);
    } else {
        let parts = empty(&x, [splits, output, input]);
        kernel.launch(groups, vec![x, grad, parts.clone()]);
        sum_splits(parts, gradient.clone());
    }
    gradient
}

/// With its workgroups; those in z are the splits.
fn kernel(batch: usize, pixels: usize, [input, output]: [usize; 2]) -> (Kernel, [usize; 3]) {
    let strips = batch * pixels / 4;
    let tiles = [output.div_ceil(TILE), input.div_ceil(TILE)];
    let wanted = BUSY
        .div_ceil(tiles[0] * tiles[1])
        .min(strips.div_ceil(LEAST));
    let span = strips.div_ceil(wanted);
    let threads = if span >= LEAST { 64 } else { 16 };
    let kernel = Kernel {
        source: sources::POINTWISE_WEIGHT_GRAD,
        constants: vec![
            ("INPUT", input as u32),
            ("OUTPUT", output as u32),
            ("QUADS", pixels as u32 / 4),
            ("THREADS", threads),
        ],
        threads: [threads, 1, 1],
    };
    (kernel, [tiles[0], tiles[1], strips.div_ceil(span)])
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![
            kernel(16, 1024, [32, 4]).0,
            kernel(16, 16, [256, 256]).0,
            kernel(1, 4, [3, 5]).0,
        ]
    }

    #[test]
    fn no_split_is_empty() {
        for (batch, pixels, sides) in [(64, 1024, [64, 8]), (1, 4, [8, 8]), (33, 256, [128, 16])] {
            let (_, [_, _, splits]) = kernel(batch, pixels, sides);
            let strips = batch * pixels / 4;
            // As the shader has it.
            let span = strips.div_ceil(splits);
            assert!((splits - 1) * span < strips);
        }
    }
}
