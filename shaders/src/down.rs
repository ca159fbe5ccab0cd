//! Convolution, kernel 4, stride 2, padding 1: halves width and height.

use burn::tensor::{Tensor, module::conv2d, ops::ConvOptions};

/// `[B, Cin, H, W]` with weight `[Cout, Cin, 4, 4]` and bias `[Cout]` → `[B, Cout, H/2, W/2]`.
///
/// [`up`](crate::up) with the same weight is its adjoint.
pub fn down(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    let options = ConvOptions::new([2, 2], [1, 1], [1, 1], 1);
    conv2d(x, weight, bias, options)
}
