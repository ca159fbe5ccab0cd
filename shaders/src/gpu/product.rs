//! Launches `wgsl/pointwise.wgsl` for a product of matrices.

use burn::{
    backend::{Cube, ops::FloatTensorOps, tensor::FloatTensor},
    tensor::Shape,
};
use burn_cubecl::tensor::CubeTensor;

use super::{
    dims, flops, in_fours,
    pointwise::{Weighting, launch},
    single,
    watch::operation,
};
use crate::{pointwise::sample, product::ProductKernels};

impl ProductKernels for Cube {
    fn kernel_product(left: FloatTensor<Self>, right: FloatTensor<Self>) -> FloatTensor<Self> {
        if single([&left, &right]) && in_fours(&right) {
            let weighting = Weighting::of_any_rows(&left, false);
            return as_pixels(right, left, weighting);
        }
        Self::float_matmul(left, right)
    }

    fn product_transposed(left: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self> {
        if single([&left, &grad]) && in_fours(&grad) {
            let weighting = Weighting::of_any_rows(&left, true);
            return as_pixels(grad, left, weighting);
        }
        Self::float_matmul(Self::float_swap_dims(left, 0, 1), grad)
    }
}

/// A product is a pointwise convolution of one sample: the columns of `x` are its pixels.
fn as_pixels(x: CubeTensor, weight: CubeTensor, weighting: Weighting) -> CubeTensor {
    let [_, columns] = dims(&x);
    let sides: [usize; 2] = dims(&weight);
    let rows = sides[usize::from(weighting.transposed)];
    let x = sample::<Cube>(x);
    let flops = flops::pointwise(&x, rows);
    let y = operation("pointwise", flops, || {
        launch(x, weight, None, None, weighting)
    });
    Cube::float_reshape(y, Shape::from([rows, columns]))
}
