//! Launches `wgsl/attention_means.wgsl`.

use burn_cubecl::tensor::CubeTensor;

use super::{
    dims, each_element,
    kernel::{Kernel, empty},
    sources,
};

/// Threads of a workgroup.
const THREADS: usize = 64;

/// Σ_c output · gradient of every pixel: row-major `[B, C, N]` twice → `[B, N]`.
pub(super) fn attention_means(output: CubeTensor, gradient: CubeTensor) -> CubeTensor {
    let [batch, channels, pixels] = dims(&output);
    let means = empty(&output, [batch, pixels]);
    let groups = each_element::groups(batch * pixels, THREADS);
    kernel(channels, pixels).launch(groups, vec![output, gradient, means.clone()]);
    means
}

fn kernel(channels: usize, pixels: usize) -> Kernel {
    each_element::kernel(
        sources::ATTENTION_MEANS,
        THREADS,
        vec![("CHANNELS", channels as u32), ("PIXELS", pixels as u32)],
    )
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![kernel(16, 1024)]
    }
}
