//! Launches `wgsl/weight_grad.wgsl` and adds up its splits.

use burn_cubecl::tensor::CubeTensor;

use super::{
    any_length::exact,
    dense, dims,
    kernel::{Kernel, empty},
    sources,
    sum_splits::sum_splits,
};

/// Threads that keep a large GPU busy.
const BUSY: usize = 1 << 15;

/// The fewest strips that a thread should add up.
const LEAST: usize = 16;

/// From so many strips on, the threads of a workgroup work together.
const MANY: usize = 1024;

/// The most threads of a workgroup.
const MOST: usize = 64;

/// Gradient `[small, big, 4, 4]` of the weight between `[B, small, H, W]` and `[B, big, 2H, 2W]`.
pub(super) fn weight_grad(small: CubeTensor, big: CubeTensor) -> CubeTensor {
    let [batch, smalls, height, width] = dims(&small);
    let [_, bigs, _, _] = dims(&big);
    let (small, big) = (exact(small), dense(big));
    let (kernel, groups) = kernel(batch, smalls, bigs, [height, width]);
    let parts = empty(&small, [groups[2], smalls, bigs, 4, 4]);
    kernel.launch(groups, vec![small, big, parts.clone()]);
    sum_splits(parts, [smalls, bigs, 4, 4])
}

/// With its workgroups; those in z are the splits.
///
/// There are splits only where threads are few, so that all of them together hold at most some
/// mebibytes (64 numbers a thread), far from WebGPU's limit of 128 MiB.
fn kernel(
    batch: usize,
    small: usize,
    big: usize,
    [height, width]: [usize; 2],
) -> (Kernel, [usize; 3]) {
    let strips = batch * height * width / 4;
    let fours = small.div_ceil(4);
    let together = strips >= MANY;
    let (threads, groups, least) = if together {
        (MOST, fours, MOST * LEAST)
    } else {
        let threads = fours.next_power_of_two().min(MOST);
        (threads, fours.div_ceil(threads), LEAST)
    };
    let wanted = BUSY
        .div_ceil(groups * big * threads)
        .min(strips.div_ceil(least));
    let span = strips.div_ceil(wanted);
    let kernel = Kernel {
        source: sources::WEIGHT_GRAD,
        constants: vec![
            ("SMALL", small as u32),
            ("BIG", big as u32),
            ("HEIGHT", height as u32),
            ("WIDTH", width as u32),
            ("THREADS", threads as u32),
            ("TOGETHER", u32::from(together)),
        ],
        threads: [threads as u32, 1, 1],
    };
    (kernel, [groups, big, strips.div_ceil(span)])
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// One of every cut.
    pub(crate) fn kernels() -> Vec<Kernel> {
        [
            kernel(16, 32, 3, [32, 32]),
            kernel(64, 512, 256, [4, 4]),
            kernel(64, 32, 64, [16, 32]),
            kernel(1, 5, 7, [3, 4]),
        ]
        .map(|(kernel, _)| kernel)
        .into()
    }

    #[test]
    fn splits_cover_all_pixels_and_stay_small() {
        for (batch, small, big, side) in [
            (64, 64, 3, 32),
            (1, 3, 5, 4),
            (64, 1024, 512, 4),
            (16, 64, 32, 16),
        ] {
            let (kernel, [groups, bigs, splits]) = kernel(batch, small, big, [side, side]);
            let [threads, _, _] = kernel.threads.map(|count| count as usize);
            assert!(splits >= 1 && bigs == big);
            assert!(splits == 1 || groups * bigs * threads * splits <= 2 * BUSY);
            assert!(splits * small * big * 64 <= 128 << 20);
        }
    }
}
