//! Launches `wgsl/relative_change.wgsl`.

use burn_cubecl::tensor::CubeTensor;

use super::{
    dense, dims,
    kernel::{Kernel, empty},
    sources,
};

/// Threads of a workgroup.
const THREADS: usize = 64;

/// `[B, C, N]` twice → `[B]`.
pub(super) fn relative_change(before: CubeTensor, after: CubeTensor) -> CubeTensor {
    let [batch, channels, pixels] = dims(&before);
    let [before, after] = [before, after].map(dense);
    let change = empty(&before, [batch]);
    kernel(channels * pixels).launch([batch, 1, 1], vec![before, after, change.clone()]);
    change
}

fn kernel(length: usize) -> Kernel {
    Kernel {
        source: sources::RELATIVE_CHANGE,
        constants: vec![("LENGTH", length as u32)],
        threads: [THREADS as u32, 1],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![kernel(32 * 1024)]
    }
}
