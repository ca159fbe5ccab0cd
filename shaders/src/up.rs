//! Transposed convolution, kernel 4, stride 2, padding 1: doubles width and height.

use burn::tensor::{Tensor, module::conv_transpose2d, ops::ConvTransposeOptions};

/// `[B, Cin, H, W]` with weight `[Cin, Cout, 4, 4]` and bias `[Cout]` → `[B, Cout, 2H, 2W]`.
///
/// Each output pixel is reached by exactly 2×2 inputs: output row `2i + p` (phase `p`) takes
/// input rows `i` and `i − 1 + 2p`. [`down`](crate::down) with the same weight is its adjoint.
pub fn up(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    let options = ConvTransposeOptions::new([2, 2], [1, 1], [0, 0], [1, 1], 1);
    conv_transpose2d(x, weight, bias, options)
}
