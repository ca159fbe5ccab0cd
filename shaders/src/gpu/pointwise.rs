//! Launches `wgsl/pointwise.wgsl`.

use burn::backend::{Cube, tensor::FloatTensor};
use burn_cubecl::tensor::CubeTensor;

use super::{
    any_length::exact,
    dense, dims, flops, in_fours,
    kernel::{Kernel, THREADS, empty},
    pointwise_weight_grad::{pointwise_weight_grad, pointwise_weight_gradients},
    single, sources,
    watch::operation,
};
use crate::pointwise::{
    PointwiseKernels, WeightGradients, fallback, fallback_transposed, fallback_weight_grad,
    placed_in_parts, weight_gradients_in_parts,
};

impl PointwiseKernels for Cube {
    fn kernel_pointwise(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Option<FloatTensor<Self>>,
    ) -> FloatTensor<Self> {
        if single([&x, &weight]) && in_fours(&x) {
            let flops = flops::pointwise(&x, dims::<2>(&weight)[0]);
            let weighting = Weighting::of(&weight, false);
            return operation("pointwise", flops, || {
                launch(x, weight, bias, None, weighting)
            });
        }
        fallback::<Self>(x, weight, bias)
    }

    fn kernel_pointwise_placed(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        placed: [FloatTensor<Self>; 2],
    ) -> FloatTensor<Self> {
        let [place, waves] = &placed;
        if single([&x, &weight, place, waves]) && in_fours(&x) {
            let output = dims::<2>(&weight)[0];
            let flops =
                flops::pointwise(&x, output) + flops::placed(&x, output, dims::<2>(place)[1]);
            let weighting = Weighting::of(&weight, false);
            return operation("pointwise", flops, || {
                launch(x, weight, Some(bias), Some(placed), weighting)
            });
        }
        placed_in_parts::<Self>(x, weight, bias, placed)
    }

    fn pointwise_transposed(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        if single([&grad, &weight]) && in_fours(&grad) {
            let flops = flops::pointwise(&grad, dims::<2>(&weight)[1]);
            let weighting = Weighting::of(&weight, true);
            return operation("pointwise", flops, || {
                launch(grad, weight, None, None, weighting)
            });
        }
        fallback_transposed::<Self>(grad, weight)
    }

    fn pointwise_weight_grad(x: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self> {
        if single([&x, &grad]) && in_fours(&x) {
            let flops = flops::pointwise(&x, dims::<3>(&grad)[1]);
            return operation("pointwise_weight_grad", flops, || {
                pointwise_weight_grad(x, grad)
            });
        }
        fallback_weight_grad::<Self>(x, grad)
    }

    fn pointwise_weight_gradients(
        x: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        waves: Option<FloatTensor<Self>>,
    ) -> WeightGradients<Self> {
        let known = waves.as_ref().is_none_or(|waves| single([waves]));
        if single([&x, &grad]) && known && in_fours(&x) {
            let output = dims::<3>(&grad)[1];
            let placed = waves.as_ref().map(|waves| dims::<2>(waves)[0]);
            let placed = placed.map_or(0, |places| flops::placed(&x, output, places));
            let flops = flops::pointwise(&x, output) + placed;
            return operation("pointwise_weight_grad", flops, || {
                pointwise_weight_gradients(x, grad, waves)
            });
        }
        weight_gradients_in_parts::<Self>(x, grad, waves)
    }
}

/// What the kernel is told of the weight.
#[derive(Clone, Copy)]
pub(super) struct Weighting {
    /// Sides of the weight; 0 for one that the kernel shall find itself.
    rows: usize,
    columns: usize,
    /// The weight is `[input, output]`.
    pub(super) transposed: bool,
}

impl Weighting {
    fn of(weight: &CubeTensor, transposed: bool) -> Self {
        let [rows, columns] = dims(weight);
        Self {
            rows,
            columns,
            transposed,
        }
    }

    /// Of a weight whose rows are a batch.
    pub(super) fn of_any_rows(weight: &CubeTensor, transposed: bool) -> Self {
        Self {
            rows: 0,
            ..Self::of(weight, transposed)
        }
    }

    fn input_and_output(self) -> [usize; 2] {
        if self.transposed {
            [self.rows, self.columns]
        } else {
            [self.columns, self.rows]
        }
    }

    /// Fours of output channels that a thread makes.
    fn blocks(self) -> usize {
        let [_, output] = self.input_and_output();
        if (1..=4).contains(&output) { 1 } else { 2 }
    }
}

pub(super) fn launch(
    x: CubeTensor,
    weight: CubeTensor,
    bias: Option<CubeTensor>,
    placed: Option<[CubeTensor; 2]>,
    weighting: Weighting,
) -> CubeTensor {
    let [batch, _, pixels] = dims(&x);
    let sides: [usize; 2] = dims(&weight);
    let output = sides[usize::from(weighting.transposed)];
    let biased = bias.is_some();
    let places = placed.as_ref().map_or(0, |[place, _]| dims::<2>(place)[1]);
    // Bound, but not read.
    let bias = bias.unwrap_or_else(|| empty(&x, [1]));
    let placed = placed.unwrap_or_else(|| [empty(&x, [1]), empty(&x, [4])]);
    let [place, waves] = placed.map(dense);
    let [x, bias] = [x, bias].map(dense);
    let y = empty(&x, [batch, output, pixels]);
    let kernel = kernel(pixels, weighting, biased, places);
    let groups = [
        (batch * pixels / 4).div_ceil(THREADS),
        output.div_ceil(4 * weighting.blocks()),
        1,
    ];
    let tensors = vec![x, exact(weight), bias, place, waves, y.clone()];
    kernel.launch(groups, tensors);
    y
}

fn kernel(pixels: usize, weighting: Weighting, biased: bool, places: usize) -> Kernel {
    let [input, output] = weighting.input_and_output();
    Kernel {
        source: sources::POINTWISE,
        constants: vec![
            ("INPUT", input as u32),
            ("OUTPUT", output as u32),
            ("QUADS", pixels as u32 / 4),
            ("THREADS", THREADS as u32),
            ("BLOCKS", weighting.blocks() as u32),
            ("TRANSPOSED", u32::from(weighting.transposed)),
            ("BIASED", u32::from(biased)),
            ("PLACES", places as u32),
        ],
        threads: [THREADS as u32, 1, 1],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        [
            (4, 32, false),
            (512, 512, true),
            (0, 128, false),
            (0, 128, true),
        ]
        .map(|(rows, columns, transposed)| {
            let weighting = Weighting {
                rows,
                columns,
                transposed,
            };
            let placed = rows == 4;
            kernel(64, weighting, placed, if placed { 12 } else { 0 })
        })
        .into()
    }
}
