//! Launches `wgsl/channel_sums.wgsl` and adds up its splits.

use burn_cubecl::tensor::CubeTensor;

use super::{
    dense, dims,
    kernel::{Kernel, empty},
    sum_splits::sum_splits,
};

/// Threads of a workgroup.
const THREADS: usize = 64;

/// Workgroups that keep a large GPU busy.
const BUSY: usize = 512;

/// Pixels that are worth a split of their own.
const LEAST: usize = 1024;

/// Gradient of a bias: `[B, C, H, W]` → `[C]`.
pub(super) fn channel_sums(x: CubeTensor) -> CubeTensor {
    let [batch, channels, height, width] = dims(&x);
    let x = dense(x);
    let (kernel, groups) = kernel(batch, channels, height * width);
    let sums = empty(&x, [channels]);
    let splits = groups[1];
    if splits == 1 {
        kernel.launch(groups, vec![x, sums.clone()]);
    } else {
        let parts = empty(&x, [splits, channels]);
        kernel.launch(groups, vec![x, parts.clone()]);
        sum_splits(parts, sums.clone(), splits);
    }
    sums
}

/// With its workgroups; those in y are the splits.
fn kernel(batch: usize, channels: usize, map: usize) -> (Kernel, [usize; 3]) {
    let columns = batch * map;
    let wanted = BUSY.div_ceil(channels).min(columns.div_ceil(LEAST));
    let span = columns.div_ceil(wanted).next_multiple_of(THREADS);
    let kernel = Kernel {
        name: "channel_sums",
        text: include_str!("../../wgsl/channel_sums.wgsl"),
        constants: vec![
            ("CHANNELS", channels as u32),
            ("MAP", map as u32),
            ("COLUMNS", columns as u32),
            ("SPAN", span as u32),
        ],
        threads: [THREADS as u32, 1],
    };
    (kernel, [channels, columns.div_ceil(span), 1])
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![kernel(16, 3, 4096).0, kernel(1, 1, 1).0]
    }
}
