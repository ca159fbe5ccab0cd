//! What the kernels share that have no length among their constants.

use burn_cubecl::tensor::CubeTensor;

use super::{dense, kernel::Kernel, sources::Source};

/// Threads of a workgroup.
const THREADS: u32 = 256;

/// Elements of a workgroup, as long as there are not too many workgroups: so many that what each
/// group of some kernels adds up anew is little beside them.
const ELEMENTS: usize = 16 * THREADS as usize;

/// What WebGPU promises for one dimension.
const MOST: usize = 65535;

/// A kernel of these threads.
pub(super) fn kernel(source: Source) -> Kernel {
    Kernel {
        source,
        constants: vec![],
        threads: [THREADS, 1, 1],
    }
}

/// Workgroups for this many elements.
pub(super) fn groups(elements: usize) -> [usize; 3] {
    [elements.div_ceil(ELEMENTS).min(MOST), 1, 1]
}

/// The same values where a kernel may write: a copy, if anybody else holds them.
pub(super) fn own(tensor: CubeTensor) -> CubeTensor {
    let tensor = dense(tensor);
    if tensor.can_mut() {
        tensor
    } else {
        tensor.copy()
    }
}

/// Row-major, in a buffer of just its length, so that a kernel can tell the one from the other.
pub(super) fn exact(tensor: CubeTensor) -> CubeTensor {
    let tensor = dense(tensor);
    if tensor.is_contiguous_buffer() {
        tensor
    } else {
        tensor.copy()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn great_tensors_take_no_more_groups_than_promised() {
        assert_eq!(groups(1), [1, 1, 1]);
        assert_eq!(groups(4097), [2, 1, 1]);
        assert_eq!(groups(1 << 30), [MOST, 1, 1]);
    }
}
