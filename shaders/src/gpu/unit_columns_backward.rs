//! Launches `wgsl/unit_columns_backward.wgsl`.

use burn_cubecl::tensor::CubeTensor;

use super::{
    by_strips::by_strips,
    dense, dims,
    kernel::{Kernel, empty},
    sources,
};

/// Gradient of the input, `[B, d, N]`, and what each column adds to the scale's, `[B, N]`.
pub(super) fn unit_columns_backward(
    x: CubeTensor,
    scale: CubeTensor,
    grad: CubeTensor,
) -> [CubeTensor; 2] {
    let shape @ [batch, _, pixels] = dims(&x);
    let [x, scale, grad] = [x, scale, grad].map(dense);
    let x_grad = empty(&x, shape);
    let along = empty(&x, [batch, pixels]);
    let (kernel, groups) = kernel(shape);
    kernel.launch(groups, vec![x, scale, grad, x_grad.clone(), along.clone()]);
    [x_grad, along]
}

fn kernel(shape: [usize; 3]) -> (Kernel, [usize; 3]) {
    by_strips(sources::UNIT_COLUMNS_BACKWARD, shape)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![kernel([2, 4, 1024]).0]
    }
}
