//! Launches `wgsl/unit_columns.wgsl`.

use burn::backend::{Cube, tensor::FloatTensor};
use burn_cubecl::tensor::CubeTensor;

use super::{
    dense, dims,
    kernel::{Kernel, empty},
    single,
    unit_columns_backward::unit_columns_backward,
};
use crate::unit_columns::{UnitColumnsKernels, stock, stock_backward};

/// Threads of a workgroup.
const THREADS: usize = 64;

impl UnitColumnsKernels for Cube {
    fn kernel_unit_columns(x: FloatTensor<Self>, scale: FloatTensor<Self>) -> FloatTensor<Self> {
        if single([&x, &scale]) && applies(&x) {
            return unit_columns(x, scale);
        }
        stock::<Self>(x, scale)
    }

    fn unit_columns_backward(
        x: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> [FloatTensor<Self>; 2] {
        if single([&x, &scale, &grad]) && applies(&x) {
            return unit_columns_backward(x, scale, grad);
        }
        stock_backward::<Self>(x, scale, grad)
    }
}

/// Whether the kernels can take these pixels: they read them in fours.
fn applies(x: &CubeTensor) -> bool {
    let [_, _, pixels] = dims(x);
    pixels.is_multiple_of(4)
}

fn unit_columns(x: CubeTensor, scale: CubeTensor) -> CubeTensor {
    let shape @ [batch, depth, pixels] = dims(&x);
    let [x, scale] = [x, scale].map(dense);
    let y = empty(&x, shape);
    let groups = [(batch * pixels / 4).div_ceil(THREADS), 1, 1];
    kernel(batch, depth, pixels).launch(groups, vec![x, scale, y.clone()]);
    y
}

fn kernel(batch: usize, depth: usize, pixels: usize) -> Kernel {
    Kernel {
        name: "unit_columns",
        text: include_str!("../../wgsl/unit_columns.wgsl"),
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
