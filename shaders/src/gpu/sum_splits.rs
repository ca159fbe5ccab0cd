//! Launches `wgsl/sum_splits.wgsl`.

use burn::{
    backend::{Cube, ops::FloatTensorOps},
    tensor::Shape,
};
use burn_cubecl::tensor::CubeTensor;

use super::{
    each_element,
    kernel::{Kernel, empty},
    sources,
};

/// Threads of a workgroup.
const THREADS: usize = 64;

/// The sum `shape` of the parts `[splits, …]`, which are in a buffer of just their length. Of one split
/// that is the part itself.
pub(super) fn sum_splits(parts: CubeTensor, shape: impl Into<Shape>) -> CubeTensor {
    if parts.meta.shape()[0] == 1 {
        return Cube::float_reshape(parts, shape.into());
    }
    let sums = empty(&parts, shape);
    let groups = each_element::groups(sums.meta.num_elements(), THREADS);
    kernel().launch(groups, vec![parts, sums.clone()]);
    sums
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
