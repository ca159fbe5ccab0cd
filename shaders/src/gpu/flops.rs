//! Additions and multiplications of the operations' formulas, for [`watch`](super::watch).
//!
//! What a formula asks for, however a kernel gets there: attention's backward pass may work out an
//! energy several times, and counts it once. Taps that fall on padding are counted too.

use burn_cubecl::tensor::CubeTensor;

use super::dims;

/// A convolution with kernel 4 and stride 2, or either of its gradients: every one multiplies each
/// pixel of the small map `[B, C, H, W]` with 16 taps of each of `others` channels.
pub(super) fn strided(small: &CubeTensor, others: usize) -> usize {
    let [batch, channels, height, width] = dims(small);
    2 * batch * channels * others * 16 * height * width
}

/// [`strided`] from the big map `[B, C, 2H, 2W]` and the channels of the small one.
pub(super) fn strided_from_big(big: &CubeTensor, smalls: usize) -> usize {
    strided(big, smalls) / 4
}

/// A matrix of `others` rows times each pixel of `[B, C, N]`, or either gradient of that.
pub(super) fn pointwise(x: &CubeTensor, others: usize) -> usize {
    let [batch, channels, pixels] = dims(x);
    2 * batch * channels * others * pixels
}

/// `outputs` rows of weights for each place, times `places` numbers that the samples of `[B, C, N]`
/// share, or either gradient of that.
pub(super) fn placed(x: &CubeTensor, outputs: usize, places: usize) -> usize {
    let [batch, _, pixels] = dims(x);
    2 * batch * outputs * places * pixels
}

/// `q·k`, and their softmax times `v`.
pub(super) fn attention(queries: &CubeTensor, values: &CubeTensor) -> usize {
    let [batch, depth, pixels] = dims(queries);
    let [_, channels, _] = dims(values);
    2 * batch * pixels * pixels * (depth + channels)
}

/// `q·k` again, the map's gradient `g·v`, and from both the gradients of q, k and v.
pub(super) fn attention_backward(queries: &CubeTensor, values: &CubeTensor) -> usize {
    let [batch, depth, pixels] = dims(queries);
    let [_, channels, _] = dims(values);
    2 * batch * pixels * pixels * (3 * depth + 2 * channels)
}
