//! Launches `wgsl/relative_change.wgsl`.

use burn_cubecl::tensor::CubeTensor;

use super::{
    dense, dims,
    kernel::{Kernel, empty},
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
        name: "relative_change",
        text: include_str!("../../wgsl/relative_change.wgsl"),
        constants: vec![("LENGTH", length as u32), ("THREADS", THREADS as u32)],
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
