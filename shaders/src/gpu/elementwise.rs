//! Launches the kernels that treat each number alone: `wgsl/leaky_relu_backward.wgsl` and
//! `wgsl/tanh_backward.wgsl`.

use burn_cubecl::tensor::CubeTensor;

use super::{
    dense,
    kernel::{Kernel, empty_like},
};

/// Threads of a workgroup, each for four numbers.
const THREADS: usize = 256;

/// Workgroups in x; more go to the next y. WebGPU promises 65535 a dimension.
const ROW: usize = 1 << 15;

/// Whether the kernels can take this tensor: they read it in fours.
pub(super) fn applies(x: &CubeTensor) -> bool {
    x.meta.num_elements().is_multiple_of(4)
}

/// `grad`, times `slope` where `output` is not positive.
pub(super) fn leaky_relu_backward(output: CubeTensor, grad: CubeTensor, slope: f32) -> CubeTensor {
    let total = output.meta.num_elements() / 4;
    launch(leaky_relu_kernel(total, slope), total, output, grad)
}

/// `grad · (1 − output²)`.
pub(super) fn tanh_backward(output: CubeTensor, grad: CubeTensor) -> CubeTensor {
    let total = output.meta.num_elements() / 4;
    launch(tanh_kernel(total), total, output, grad)
}

fn launch(kernel: Kernel, total: usize, output: CubeTensor, grad: CubeTensor) -> CubeTensor {
    let [output, grad] = [output, grad].map(dense);
    let x_grad = empty_like(&output);
    kernel.launch(groups(total), vec![output, grad, x_grad.clone()]);
    x_grad
}

/// Workgroups for `total` fours.
pub(super) fn groups(total: usize) -> [usize; 3] {
    let groups = total.div_ceil(THREADS);
    let row = groups.clamp(1, ROW);
    [row, groups.div_ceil(row), 1]
}

/// A kernel with a thread for each of `total` fours, TOTAL and ROW among its constants.
pub(super) fn kernel(
    name: &'static str,
    text: &'static str,
    total: usize,
    mut constants: Vec<(&'static str, u32)>,
) -> Kernel {
    constants.push(("TOTAL", total as u32));
    constants.push(("ROW", groups(total)[0] as u32));
    Kernel {
        name,
        text,
        constants,
        threads: [THREADS as u32, 1],
    }
}

fn leaky_relu_kernel(total: usize, slope: f32) -> Kernel {
    kernel(
        "leaky_relu_backward",
        include_str!("../../wgsl/leaky_relu_backward.wgsl"),
        total,
        vec![("SLOPE", slope.to_bits())],
    )
}

fn tanh_kernel(total: usize) -> Kernel {
    let text = include_str!("../../wgsl/tanh_backward.wgsl");
    kernel("tanh_backward", text, total, Vec::new())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![leaky_relu_kernel(1000, 0.1), tanh_kernel(1)]
    }

    #[test]
    fn enough_workgroups_and_not_too_many_in_a_row() {
        for total in [1, 255, 256, 257, 256 * ROW, 256 * ROW + 1, 1 << 25] {
            let [x, y, z] = groups(total);
            assert!(x <= 65535 && y <= 65535 && z == 1);
            assert!(x * y * THREADS >= total, "{total}: {x}×{y}");
            assert!(x * (y - 1) * THREADS < total, "{total}: {x}×{y}");
        }
    }
}
