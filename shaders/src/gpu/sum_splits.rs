//! Launches `wgsl/sum_splits.wgsl`.

use burn_cubecl::tensor::CubeTensor;

use super::{each_element, kernel::Kernel, sources};

/// Threads of a workgroup.
const THREADS: usize = 64;

/// Adds up the parts `[splits, …]` into `sums` `[…]`, both in buffers of just their lengths.
pub(super) fn sum_splits(parts: CubeTensor, sums: CubeTensor) {
    let groups = each_element::groups(sums.meta.num_elements(), THREADS);
    kernel().launch(groups, vec![parts, sums]);
}

fn kernel() -> Kernel {
    each_element::kernel(sources::SUM_SPLITS, THREADS, Vec::new())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![kernel()]
    }
}
