//! Launches `wgsl/attention_means.wgsl`.

use burn_cubecl::tensor::CubeTensor;

use super::{
    dims,
    kernel::{Kernel, empty},
};

/// Threads of a workgroup.
const THREADS: usize = 64;

/// Σ_c output · gradient of every pixel: row-major `[B, C, N]` twice → `[B, N]`.
pub(super) fn attention_means(output: CubeTensor, gradient: CubeTensor) -> CubeTensor {
    let [batch, channels, pixels] = dims(&output);
    let means = empty(&output, [batch, pixels]);
    let groups = [(batch * pixels).div_ceil(THREADS), 1, 1];
    kernel(batch, channels, pixels).launch(groups, vec![output, gradient, means.clone()]);
    means
}

fn kernel(batch: usize, channels: usize, pixels: usize) -> Kernel {
    Kernel {
        name: "attention_means",
        text: include_str!("../../wgsl/attention_means.wgsl"),
        constants: vec![
            ("CHANNELS", channels as u32),
            ("PIXELS", pixels as u32),
            ("COLUMNS", (batch * pixels) as u32),
        ],
        threads: [THREADS as u32, 1],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![kernel(2, 16, 1024)]
    }
}
