//! Launches `wgsl/pointwise.wgsl`.

use burn::backend::{Cube, tensor::FloatTensor};
use burn_cubecl::tensor::CubeTensor;

use super::{
    dense, dims, flops, in_fours,
    kernel::{Kernel, empty, few_threads},
    pointwise_weight_grad::pointwise_weight_grad,
    single,
    watch::operation,
};
use crate::{pointwise::PointwiseKernels, stock};

impl PointwiseKernels for Cube {
    fn kernel_pointwise(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Option<FloatTensor<Self>>,
    ) -> FloatTensor<Self> {
        if single([&x, &weight]) && in_fours(&x) {
            let flops = flops::pointwise(&x, dims::<2>(&weight)[0]);
            return operation("pointwise", flops, || launch(x, weight, bias, false));
        }
        stock::pointwise::<Self>(x, weight, bias)
    }

    fn pointwise_transposed(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        if single([&grad, &weight]) && in_fours(&grad) {
            let flops = flops::pointwise(&grad, dims::<2>(&weight)[1]);
            return operation("pointwise", flops, || launch(grad, weight, None, true));
        }
        stock::pointwise_transposed::<Self>(grad, weight)
    }

    fn pointwise_weight_grad(x: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self> {
        if single([&x, &grad]) && in_fours(&x) {
            let flops = flops::pointwise(&x, dims::<3>(&grad)[1]);
            return operation("pointwise_weight_grad", flops, || {
                pointwise_weight_grad(x, grad)
            });
        }
        stock::pointwise_weight_grad::<Self>(x, grad)
    }
}

/// `transposed`: the weight is `[input, output]`.
fn launch(
    x: CubeTensor,
    weight: CubeTensor,
    bias: Option<CubeTensor>,
    transposed: bool,
) -> CubeTensor {
    let [batch, input, pixels] = dims(&x);
    let sides: [usize; 2] = dims(&weight);
    let output = sides[usize::from(transposed)];
    let biased = bias.is_some();
    // Bound, but not read.
    let bias = bias.unwrap_or_else(|| empty(&x, [1]));
    let [x, weight, bias] = [x, weight, bias].map(dense);
    let y = empty(&x, [batch, output, pixels]);
    let strips = batch * pixels / 4;
    let kernel = kernel(strips, pixels, [input, output], transposed, biased);
    let groups = [
        strips.div_ceil(few_threads(strips)),
        output.div_ceil(4 * blocks(output)),
        1,
    ];
    kernel.launch(groups, vec![x, weight, bias, y.clone()]);
    y
}

/// Fours of output channels that a thread makes.
fn blocks(output: usize) -> usize {
    if output > 4 { 2 } else { 1 }
}

fn kernel(
    strips: usize,
    pixels: usize,
    [input, output]: [usize; 2],
    transposed: bool,
    biased: bool,
) -> Kernel {
    Kernel {
        name: "pointwise",
        text: include_str!("../../wgsl/pointwise.wgsl"),
        constants: vec![
            ("INPUT", input as u32),
            ("OUTPUT", output as u32),
            ("QUADS", pixels as u32 / 4),
            ("STRIPS", strips as u32),
            ("THREADS", few_threads(strips) as u32),
            ("BLOCKS", blocks(output) as u32),
            ("TRANSPOSED", u32::from(transposed)),
            ("BIASED", u32::from(biased)),
        ],
        threads: [few_threads(strips) as u32, 1],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![
            kernel(4096, 1024, [32, 4], false, true),
            kernel(64, 16, [512, 512], true, false),
        ]
    }
}
