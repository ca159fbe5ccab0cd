//! Launches the kernels that treat four numbers alone: `wgsl/leaky_relu_backward.wgsl` and
//! `wgsl/tanh_backward.wgsl`; and says how such kernels are cut.

use burn::backend::{Cube, tensor::FloatTensor};
use burn_cubecl::tensor::CubeTensor;

use super::{
    dense, each_element,
    kernel::{Kernel, empty_like},
    single,
    sources::{self, Source},
};
use crate::leaky_relu::{LeakyReluKernels, fallback_backward};

impl LeakyReluKernels for Cube {
    fn leaky_relu_backward(
        output: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        slope: f32,
    ) -> FloatTensor<Self> {
        if single([&output, &grad]) && applies(&output) {
            return leaky_relu_backward(output, grad, slope);
        }
        fallback_backward::<Self>(output, grad, slope)
    }
}

/// Threads of a workgroup, each for four numbers.
const THREADS: usize = 256;

/// Whether the kernels can take this tensor: they read it in fours.
pub(super) fn applies(x: &CubeTensor) -> bool {
    x.meta.num_elements().is_multiple_of(4)
}

/// `grad`, times `slope` where `output` is not positive.
fn leaky_relu_backward(output: CubeTensor, grad: CubeTensor, slope: f32) -> CubeTensor {
    launch(leaky_relu_kernel(slope), output, grad)
}

/// `grad · (1 − output²)`.
pub(super) fn tanh_backward(output: CubeTensor, grad: CubeTensor) -> CubeTensor {
    launch(tanh_kernel(), output, grad)
}

fn launch(kernel: Kernel, output: CubeTensor, grad: CubeTensor) -> CubeTensor {
    let [output, grad] = [output, grad].map(dense);
    let x_grad = empty_like(&output);
    kernel.launch(groups(&x_grad), vec![output, grad, x_grad.clone()]);
    x_grad
}

/// Workgroups for a result that is made in fours.
pub(super) fn groups(result: &CubeTensor) -> [usize; 3] {
    each_element::groups(result.meta.num_elements() / 4, THREADS)
}

/// A kernel with a thread for each four of its result.
pub(super) fn kernel(source: Source, constants: Vec<(&'static str, u32)>) -> Kernel {
    each_element::kernel(source, THREADS, constants)
}

fn leaky_relu_kernel(slope: f32) -> Kernel {
    kernel(
        sources::LEAKY_RELU_BACKWARD,
        vec![("SLOPE", slope.to_bits())],
    )
}

fn tanh_kernel() -> Kernel {
    kernel(sources::TANH_BACKWARD, Vec::new())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![leaky_relu_kernel(0.1), tanh_kernel()]
    }
}
