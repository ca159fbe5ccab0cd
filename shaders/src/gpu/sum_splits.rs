//! Launches `wgsl/sum_splits.wgsl`.

use burn_cubecl::tensor::CubeTensor;

use super::kernel::Kernel;

/// Elements of a workgroup.
const ELEMENTS: usize = 64;

/// Adds up the `splits` parts of `parts` into `sums`.
pub(super) fn sum_splits(parts: CubeTensor, sums: CubeTensor, splits: usize) {
    let length = sums.meta.num_elements();
    let groups = [length.div_ceil(ELEMENTS), 1, 1];
    kernel(splits, length).launch(groups, vec![parts, sums]);
}

fn kernel(splits: usize, length: usize) -> Kernel {
    Kernel {
        name: "sum_splits",
        text: include_str!("../../wgsl/sum_splits.wgsl"),
        constants: vec![("SPLITS", splits as u32), ("LENGTH", length as u32)],
        threads: [ELEMENTS as u32, 1],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![kernel(7, 100)]
    }
}
