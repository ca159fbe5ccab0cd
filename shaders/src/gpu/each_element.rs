//! What the kernels share that make each element of a result alone: `wgsl/each_element.wgsl`, which
//! stands behind them.

use super::{kernel::Kernel, sources::Source};

/// Workgroups in x; more go to the next y. WebGPU promises 65535 a dimension.
const ROW: usize = 1 << 15;

/// A kernel with `threads` threads a workgroup, THREADS among its constants.
pub(super) fn kernel(
    source: Source,
    threads: usize,
    mut constants: Vec<(&'static str, u32)>,
) -> Kernel {
    constants.push(("THREADS", threads as u32));
    Kernel {
        source,
        constants,
        threads: [threads as u32, 1, 1],
    }
}

/// Workgroups of so many threads for a result of `elements` elements.
pub(super) fn groups(elements: usize, threads: usize) -> [usize; 3] {
    let groups = elements.div_ceil(threads);
    let row = groups.clamp(1, ROW);
    [row, groups.div_ceil(row), 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enough_workgroups_and_not_too_many_in_a_row() {
        for threads in [64, 256] {
            for total in [1, 255, 256, 257, 256 * ROW, 256 * ROW + 1, 1 << 25] {
                let [x, y, z] = groups(total, threads);
                assert!(x <= 65535 && y <= 65535 && z == 1);
                assert!(x * y * threads >= total, "{total}: {x}×{y}");
                assert!(x * (y - 1) * threads < total, "{total}: {x}×{y}");
            }
        }
    }
}
