//! Launches `wgsl/unit_columns.wgsl` and `wgsl/unit_columns_backward.wgsl`.

use burn::backend::{Cube, ops::FloatTensorOps, tensor::FloatTensor};
use burn_cubecl::tensor::CubeTensor;

use super::{
    any_length::exact,
    dense, dims, each_element, in_fours,
    kernel::{Kernel, empty},
    single,
    sources::{self, Source},
    sum_splits::sum_splits,
};
use crate::unit_columns::{UnitColumnsKernels, fallback, fallback_backward};

impl UnitColumnsKernels for Cube {
    fn kernel_unit_columns(
        x: FloatTensor<Self>,
        centred: bool,
        log_length: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        if single([&x, &log_length]) && in_fours(&x) {
            return forward(x, centred, log_length);
        }
        fallback::<Self>(x, centred, log_length)
    }

    fn unit_columns_backward(
        x: FloatTensor<Self>,
        centred: bool,
        log_length: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> [FloatTensor<Self>; 2] {
        if single([&x, &log_length, &grad]) && in_fours(&x) {
            return backward(x, centred, log_length, grad);
        }
        fallback_backward::<Self>(x, centred, log_length, grad)
    }

    fn sum_of_parts(parts: FloatTensor<Self>) -> FloatTensor<Self> {
        // A few, as the kernel makes them; Burn's own operations make as many as there are columns.
        if single([&parts]) && parts.meta.num_dims() == 1 {
            return sum_splits(exact(parts), [1]);
        }
        Self::float_sum(parts)
    }
}

fn forward(x: CubeTensor, centred: bool, log_length: CubeTensor) -> CubeTensor {
    let shape = dims(&x);
    let [x, log_length] = [x, log_length].map(dense);
    let y = empty(&x, shape);
    let (kernel, groups) = by_picture(sources::UNIT_COLUMNS, shape, centred);
    kernel.launch(groups, vec![x, log_length, y.clone()]);
    y
}

/// Gradient of the input, and what each picture adds to that of the logarithm, `[B]`.
fn backward(
    x: CubeTensor,
    centred: bool,
    log_length: CubeTensor,
    grad: CubeTensor,
) -> [CubeTensor; 2] {
    let shape @ [batch, _, _] = dims(&x);
    let [x, log_length, grad] = [x, log_length, grad].map(dense);
    let x_grad = empty(&x, shape);
    let parts = empty(&x, [batch]);
    let (kernel, groups) = by_picture(sources::UNIT_COLUMNS_BACKWARD, shape, centred);
    let tensors = vec![x, log_length, grad, x_grad.clone(), parts.clone()];
    kernel.launch(groups, tensors);
    [x_grad, parts]
}

/// A kernel with a workgroup for each picture of `[batch, depth, pixels]`, and its workgroups.
fn by_picture(
    source: Source,
    [batch, depth, pixels]: [usize; 3],
    centred: bool,
) -> (Kernel, [usize; 3]) {
    let quads = pixels / 4;
    // A barrier of few threads is cheaper where the GPU is software.
    let root = if quads < 64 { 4 } else { 8 };
    let kernel = Kernel {
        source,
        constants: vec![
            ("DEPTH", depth as u32),
            ("QUADS", quads as u32),
            ("CENTRED", u32::from(centred)),
            ("THREADS", root * root),
            ("ROOT", root),
        ],
        threads: [root * root, 1, 1],
    };
    (kernel, each_element::groups(batch, 1))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        [sources::UNIT_COLUMNS, sources::UNIT_COLUMNS_BACKWARD]
            .into_iter()
            .flat_map(|source| {
                [true, false].map(|centred| by_picture(source, [2, 4, 1024], centred).0)
            })
            .collect()
    }
}
