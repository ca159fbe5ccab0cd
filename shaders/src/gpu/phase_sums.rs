//! Launches `wgsl/phase_sums.wgsl`.

use burn::backend::{Cube, tensor::FloatTensor};
use burn_cubecl::tensor::CubeTensor;

use super::{
    any_length::exact,
    each_element,
    kernel::{Kernel, empty_like},
    single, sources,
};
use crate::phase_sums::{PhaseSumsKernels, fallback};

impl PhaseSumsKernels for Cube {
    fn kernel_equal_phase_sums(weight: FloatTensor<Self>) -> FloatTensor<Self> {
        if single([&weight]) {
            return phase_sums(weight);
        }
        fallback::<Self>(weight)
    }
}

/// Threads of a workgroup, each for the sixteen taps of a kernel.
const THREADS: usize = 64;

fn phase_sums(weight: CubeTensor) -> CubeTensor {
    let weight = exact(weight);
    let result = empty_like(&weight);
    let groups = each_element::groups(result.meta.num_elements() / 16, THREADS);
    kernel().launch(groups, vec![weight, result.clone()]);
    result
}

fn kernel() -> Kernel {
    each_element::kernel(sources::PHASE_SUMS, THREADS, Vec::new())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![kernel()]
    }
}
