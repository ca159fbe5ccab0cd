//! Launches `wgsl/smoothed.wgsl`.

use burn::backend::{Cube, tensor::FloatTensor};
use burn_cubecl::tensor::CubeTensor;

use super::{
    any_length::exact,
    dims, each_element,
    kernel::{Kernel, THREADS, empty_like},
    single, sources,
};
use crate::smoothed::{SmoothedKernels, fallback};

impl SmoothedKernels for Cube {
    fn kernel_smoothed(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let [_, _, pixels] = dims(&x);
        if single([&x]) && pixels.isqrt().is_multiple_of(4) {
            return smoothed(x, pixels.isqrt());
        }
        fallback::<Self>(x)
    }
}

fn smoothed(x: CubeTensor, side: usize) -> CubeTensor {
    let x = exact(x);
    let result = empty_like(&x);
    let groups = each_element::groups(result.meta.num_elements() / 4, THREADS);
    kernel(side).launch(groups, vec![x, result.clone()]);
    result
}

fn kernel(side: usize) -> Kernel {
    let constants = vec![("SIDE", side as u32)];
    each_element::kernel(sources::SMOOTHED, THREADS, constants)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![kernel(4), kernel(32)]
    }
}
