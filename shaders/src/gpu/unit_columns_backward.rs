//! Launches `wgsl/unit_columns_backward.wgsl`.

use burn_cubecl::tensor::CubeTensor;

use super::{
    dense, dims,
    kernel::{Kernel, empty},
};

/// Threads of a workgroup.
const THREADS: usize = 64;

/// Gradient of the input, `[B, d, N]`, and what each column adds to the scale's, `[B, N]`.
pub(super) fn unit_columns_backward(
    x: CubeTensor,
    scale: CubeTensor,
    grad: CubeTensor,
) -> [CubeTensor; 2] {
    let shape @ [batch, depth, pixels] = dims(&x);
    let [x, scale, grad] = [x, scale, grad].map(dense);
    let x_grad = empty(&x, shape);
    let along = empty(&x, [batch, pixels]);
    let groups = [(batch * pixels / 4).div_ceil(THREADS), 1, 1];
    kernel(batch, depth, pixels)
        .launch(groups, vec![x, scale, grad, x_grad.clone(), along.clone()]);
    [x_grad, along]
}

fn kernel(batch: usize, depth: usize, pixels: usize) -> Kernel {
    Kernel {
        name: "unit_columns_backward",
        text: include_str!("../../wgsl/unit_columns_backward.wgsl"),
        constants: vec![
            ("DEPTH", depth as u32),
            ("QUADS", pixels as u32 / 4),
            ("STRIPS", (batch * pixels) as u32 / 4),
            ("THREADS", THREADS as u32),
        ],
        threads: [THREADS as u32, 1],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![kernel(2, 4, 1024)]
    }
}
