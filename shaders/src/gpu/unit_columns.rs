//! Launches `wgsl/unit_columns.wgsl`.

use burn::backend::{Cube, tensor::FloatTensor};
use burn_cubecl::tensor::CubeTensor;

use super::{
    by_strips::by_strips,
    dense, dims, in_fours,
    kernel::{Kernel, empty},
    single, sources,
    unit_columns_backward::unit_columns_backward,
};
use crate::unit_columns::{UnitColumnsKernels, fallback, fallback_backward};

impl UnitColumnsKernels for Cube {
    fn kernel_unit_columns(x: FloatTensor<Self>, scale: FloatTensor<Self>) -> FloatTensor<Self> {
        if single([&x, &scale]) && in_fours(&x) {
            return unit_columns(x, scale);
        }
        fallback::<Self>(x, scale)
    }

    fn unit_columns_backward(
        x: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> [FloatTensor<Self>; 2] {
        if single([&x, &scale, &grad]) && in_fours(&x) {
            return unit_columns_backward(x, scale, grad);
        }
        fallback_backward::<Self>(x, scale, grad)
    }
}

fn unit_columns(x: CubeTensor, scale: CubeTensor) -> CubeTensor {
    let shape = dims(&x);
    let [x, scale] = [x, scale].map(dense);
    let y = empty(&x, shape);
    let (kernel, groups) = kernel(shape);
    kernel.launch(groups, vec![x, scale, y.clone()]);
    y
}

fn kernel(shape: [usize; 3]) -> (Kernel, [usize; 3]) {
    by_strips(sources::UNIT_COLUMNS, shape)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![kernel([2, 4, 1024]).0]
    }
}
