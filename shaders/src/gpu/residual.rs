//! Launches `wgsl/residual.wgsl` and `wgsl/residual_backward.wgsl`.

use burn::backend::{Cube, tensor::FloatTensor};
use burn_cubecl::tensor::CubeTensor;

use super::{
    any_length::exact,
    elementwise::{self, applies},
    kernel::{Kernel, empty, empty_like},
    single, sources,
    sum_splits::sum_splits,
};
use crate::residual::{ResidualKernels, fallback, fallback_backward};

impl ResidualKernels for Cube {
    fn kernel_residual(
        found: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        x: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        if single([&found, &gamma, &x]) && applies(&found) {
            return residual(found, gamma, x);
        }
        fallback::<Self>(found, gamma, x)
    }

    fn residual_backward(
        found: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> [FloatTensor<Self>; 2] {
        if single([&found, &gamma, &grad]) && applies(&found) {
            return residual_backward(found, gamma, grad);
        }
        fallback_backward::<Self>(found, gamma, grad)
    }
}

/// Fours that are worth a thread.
const LEAST: usize = 4;

/// Workgroups that keep a large GPU busy; what each of them found is added up by one thread.
const BUSY: usize = 256;

/// A square.
const THREADS: u32 = 64;
const ROOT: u32 = 8;

fn residual(found: CubeTensor, gamma: CubeTensor, x: CubeTensor) -> CubeTensor {
    let [found, gamma, x] = [found, gamma, x].map(exact);
    let result = empty_like(&x);
    let groups = elementwise::groups(&result);
    kernel().launch(groups, vec![found, gamma, x, result.clone()]);
    result
}

fn residual_backward(found: CubeTensor, gamma: CubeTensor, grad: CubeTensor) -> [CubeTensor; 2] {
    let [found, gamma, grad] = [found, gamma, grad].map(exact);
    let found_grad = empty_like(&grad);
    let fours = grad.meta.num_elements() / 4;
    let groups = fours.div_ceil(LEAST * THREADS as usize).clamp(1, BUSY);
    let parts = empty(&grad, [groups, 1]);
    let tensors = vec![found, gamma, grad, found_grad.clone(), parts.clone()];
    backward_kernel().launch([groups, 1, 1], tensors);
    [found_grad, sum_splits(parts, [1])]
}

fn kernel() -> Kernel {
    elementwise::kernel(sources::RESIDUAL, Vec::new())
}

fn backward_kernel() -> Kernel {
    Kernel {
        source: sources::RESIDUAL_BACKWARD,
        constants: vec![("THREADS", THREADS), ("ROOT", ROOT)],
        threads: [THREADS, 1, 1],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![kernel(), backward_kernel()]
    }
}
