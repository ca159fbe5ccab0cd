//! Launches `wgsl/channel_sums.wgsl` and adds up its splits.

use burn::backend::{Cube, tensor::FloatTensor};
use burn_cubecl::tensor::CubeTensor;

use super::{
    any_length::exact,
    dims,
    kernel::{Kernel, empty},
    maps_in_fours, single, sources,
    sum_splits::sum_splits,
};
use crate::channel_sums::{ChannelSumsKernel, fallback};

impl ChannelSumsKernel for Cube {
    fn channel_sums(x: FloatTensor<Self>) -> FloatTensor<Self> {
        if single([&x]) && maps_in_fours(&x) {
            return channel_sums(x);
        }
        fallback::<Self>(x)
    }
}

/// Workgroups that keep a large GPU busy.
const BUSY: usize = 512;

/// Fours of pixels that are worth a split of their own: 32 for each of 64 threads.
const LEAST: usize = 32 * 64;

/// Gradient of a bias: `[B, C, H, W]` → `[C]`.
fn channel_sums(x: CubeTensor) -> CubeTensor {
    let [batch, channels, height, width] = dims(&x);
    let x = exact(x);
    let (kernel, groups) = kernel(batch, channels, height * width / 4);
    let parts = empty(&x, [groups[1], channels]);
    kernel.launch(groups, vec![x, parts.clone()]);
    sum_splits(parts, [channels])
}

/// With its workgroups; those in y are the splits.
fn kernel(batch: usize, channels: usize, quads: usize) -> (Kernel, [usize; 3]) {
    let fours = batch * quads;
    let wanted = BUSY.div_ceil(channels).min(fours.div_ceil(LEAST));
    let span = fours.div_ceil(wanted).next_multiple_of(64);
    // A barrier of few threads is cheaper where the GPU is software.
    let root = if span < 512 { 4 } else { 8 };
    let kernel = Kernel {
        source: sources::CHANNEL_SUMS,
        constants: vec![
            ("CHANNELS", channels as u32),
            ("QUADS", quads as u32),
            ("THREADS", root * root),
            ("ROOT", root),
        ],
        threads: [root * root, 1, 1],
    };
    (kernel, [channels, fours.div_ceil(span), 1])
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![kernel(16, 3, 1024).0, kernel(1, 1, 1).0]
    }
}
