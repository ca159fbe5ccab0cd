//! Launches `wgsl/unit_columns.wgsl`.

use burn::backend::{Cube, tensor::FloatTensor};
use burn_cubecl::tensor::CubeTensor;

use super::{
    dense, dims, in_fours,
    kernel::{Kernel, THREADS, empty},
    single,
    unit_columns_backward::unit_columns_backward,
};
use crate::unit_columns::{UnitColumnsKernels, stock, stock_backward};

impl UnitColumnsKernels for Cube {
    fn kernel_unit_columns(x: FloatTensor<Self>, scale: FloatTensor<Self>) -> FloatTensor<Self> {
        if single([&x, &scale]) && in_fours(&x) {
            return unit_columns(x, scale);
        }
        stock::<Self>(x, scale)
    }

    fn unit_columns_backward(
        x: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> [FloatTensor<Self>; 2] {
        if single([&x, &scale, &grad]) && in_fours(&x) {
            return unit_columns_backward(x, scale, grad);
        }
        stock_backward::<Self>(x, scale, grad)
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
    by_strips(
        "unit_columns",
        include_str!("../../wgsl/unit_columns.wgsl"),
        shape,
    )
}

/// A kernel with a thread for every four columns of `[batch, depth, pixels]`, and its workgroups.
pub(super) fn by_strips(
    name: &'static str,
    text: &'static str,
    [batch, depth, pixels]: [usize; 3],
) -> (Kernel, [usize; 3]) {
    let strips = batch * pixels / 4;
    let kernel = Kernel {
        name,
        text,
        constants: vec![
            ("DEPTH", depth as u32),
            ("QUADS", pixels as u32 / 4),
            ("THREADS", THREADS as u32),
        ],
        threads: [THREADS as u32, 1],
    };
    (kernel, [strips.div_ceil(THREADS), 1, 1])
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![kernel([2, 4, 1024]).0]
    }
}
