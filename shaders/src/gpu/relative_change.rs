//! Launches `wgsl/relative_change.wgsl`.

use burn_cubecl::tensor::CubeTensor;

use super::{
    dense, dims,
    kernel::{Kernel, empty},
    sources,
    splits::software,
};

/// Threads of a workgroup are the square of this. A sample has one workgroup, and a picture alone must
/// not wait for few threads; where a processor plays the GPU, a barrier of few is cheaper.
fn root() -> u32 {
    if software() { 8 } else { 16 }
}

/// `[B, C, N]` twice → `[B]`.
pub(super) fn relative_change(before: CubeTensor, after: CubeTensor) -> CubeTensor {
    let [batch, channels, pixels] = dims(&before);
    let [before, after] = [before, after].map(dense);
    let change = empty(&before, [batch]);
    kernel(channels * pixels / 4, root())
        .launch([batch, 1, 1], vec![before, after, change.clone()]);
    change
}

fn kernel(quads: usize, root: u32) -> Kernel {
    Kernel {
        source: sources::RELATIVE_CHANGE,
        constants: vec![
            ("QUADS", quads as u32),
            ("THREADS", root * root),
            ("ROOT", root),
        ],
        threads: [root * root, 1, 1],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![kernel(8 * 1024, 8), kernel(8 * 1024, 16)]
    }
}
