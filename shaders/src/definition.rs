//! The operations as their definitions say them, in f64 and without haste: what all else is
//! measured against.

use proptest::prelude::Strategy;

use crate::cpu::{Shape, attention, batch_norm};

/// Shapes of at most so many samples and channels on either side, and small maps of at most that
/// side.
pub(crate) fn shapes(
    batch: usize,
    small: usize,
    big: usize,
    side: usize,
) -> impl Strategy<Value = Shape> {
    (1..=batch, 1..=small, 1..=big, 1..=side, 1..=side).prop_map(
        |(batch, small, big, height, width)| Shape {
            batch,
            small,
            big,
            height,
            width,
        },
    )
}

/// `up` by scattering, as a transposed convolution is defined.
pub(crate) fn up(x: &[f64], weight: &[f64], bias: &[f64], shape: Shape) -> Vec<f64> {
    let (height, width) = (2 * shape.height, 2 * shape.width);
    let mut out = vec![0.0; shape.batch * shape.big * height * width];
    for (index, out) in out.chunks_exact_mut(height * width).enumerate() {
        out.fill(bias[index % shape.big]);
    }
    each_term(shape, |small, big, weight_index| {
        out[big] += x[small] * weight[weight_index];
    });
    out
}

/// `down` by gathering, as a convolution is defined.
pub(crate) fn down(x: &[f64], weight: &[f64], bias: &[f64], shape: Shape) -> Vec<f64> {
    let mut out = vec![0.0; shape.batch * shape.small * shape.pixels()];
    for (index, out) in out.chunks_exact_mut(shape.pixels()).enumerate() {
        out.fill(bias[index % shape.small]);
    }
    each_term(shape, |small, big, weight_index| {
        out[small] += x[big] * weight[weight_index];
    });
    out
}

/// Gradient of the weight `[small, big, 4, 4]` between the two maps.
#[cfg(feature = "gpu")]
pub(crate) fn weight_grad(small: &[f64], big: &[f64], shape: Shape) -> Vec<f64> {
    let mut out = vec![0.0; shape.small * shape.big * 16];
    each_term(shape, |small_index, big_index, weight| {
        out[weight] += small[small_index] * big[big_index];
    });
    out
}

/// Every product of the convolution: calls `term(small pixel, big pixel, weight)`.
fn each_term(shape: Shape, mut term: impl FnMut(usize, usize, usize)) {
    let Shape {
        batch,
        small,
        big,
        height,
        width,
    } = shape;
    for b in 0..batch {
        for s in 0..small {
            for g in 0..big {
                for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
                    for (ky, kx) in (0..4).flat_map(|ky| (0..4).map(move |kx| (ky, kx))) {
                        let (big_y, big_x) = (2 * y + ky, 2 * x + kx);
                        // One less than that: the padding.
                        if (1..=2 * height).contains(&big_y) && (1..=2 * width).contains(&big_x) {
                            let big_row = (b * big + g) * 2 * height + big_y - 1;
                            term(
                                ((b * small + s) * height + y) * width + x,
                                big_row * 2 * width + big_x - 1,
                                ((s * big + g) * 4 + ky) * 4 + kx,
                            );
                        }
                    }
                }
            }
        }
    }
}

/// Weights and biases of a batch norm, such that its ReLU cuts off a part of every channel: sums of
/// a few numbers close to the kink would be rounding errors for the most part.
pub(crate) fn batch_norm_layer(channels: usize, seed: u64) -> [Vec<f64>; 2] {
    let weight = singles(channels, seed);
    let weight = weight.iter().map(|w| w + 0.5f64.copysign(*w));
    let bias = singles(channels, seed + 1);
    let single = |x: f64| f64::from(x as f32);
    [
        weight.map(single).collect(),
        bias.iter().map(|b| single(0.3 * b)).collect(),
    ]
}

/// What batch norm makes of `[B, C, N]` before its ReLU.
pub(crate) fn batch_norm(
    x: &[f64],
    weight: &[f64],
    bias: &[f64],
    shape: batch_norm::Shape,
    epsilon: f64,
) -> Vec<f64> {
    let mut out = vec![0.0; x.len()];
    for channel in 0..shape.channels {
        let [mean, variance] = mean_and_variance(x, channel, shape);
        for index in batch_norm_indices(channel, shape) {
            let normed = (x[index] - mean) / (variance + epsilon).sqrt();
            out[index] = normed * weight[channel] + bias[channel];
        }
    }
    out
}

/// A channel's mean and biased variance.
pub(crate) fn mean_and_variance(x: &[f64], channel: usize, shape: batch_norm::Shape) -> [f64; 2] {
    let count = (shape.batch * shape.pixels) as f64;
    let indices = || batch_norm_indices(channel, shape);
    let mean = indices().map(|index| x[index]).sum::<f64>() / count;
    let squares = indices().map(|index| (x[index] - mean).powi(2));
    [mean, squares.sum::<f64>() / count]
}

/// Gradients of input, weight and bias, given that of the output before the ReLU.
#[cfg(feature = "gpu")]
pub(crate) fn batch_norm_backward(
    x: &[f64],
    weight: &[f64],
    grad: &[f64],
    shape: batch_norm::Shape,
    epsilon: f64,
) -> [Vec<f64>; 3] {
    let count = (shape.batch * shape.pixels) as f64;
    let ones = vec![1.0; shape.channels];
    let normed = batch_norm(x, &ones, &vec![0.0; shape.channels], shape, epsilon);
    let mut grads = [x, weight, weight].map(|x| vec![0.0; x.len()]);
    for channel in 0..shape.channels {
        let [_, variance] = mean_and_variance(x, channel, shape);
        let indices = || batch_norm_indices(channel, shape);
        let sum: f64 = indices().map(|index| grad[index]).sum();
        let along: f64 = indices().map(|index| grad[index] * normed[index]).sum();
        grads[1][channel] = along;
        grads[2][channel] = sum;
        for index in indices() {
            let rest = grad[index] - sum / count - normed[index] * along / count;
            grads[0][index] = weight[channel] * rest / (variance + epsilon).sqrt();
        }
    }
    grads
}

fn batch_norm_indices(channel: usize, shape: batch_norm::Shape) -> impl Iterator<Item = usize> {
    let maps = (0..shape.batch).map(move |b| (b * shape.channels + channel) * shape.pixels);
    maps.flat_map(move |first| first..first + shape.pixels)
}

/// Output `[B, C, N]` and log-sum-exp `[B, N]`.
pub(crate) fn attention(
    q: &[f64],
    k: &[f64],
    v: &[f64],
    shape: attention::Shape,
) -> (Vec<f64>, Vec<f64>) {
    let attention::Shape {
        batch,
        depth,
        channels,
        pixels,
    } = shape;
    let mut output = vec![0.0; batch * channels * pixels];
    let mut log_sum_exp = vec![0.0; batch * pixels];
    for b in 0..batch {
        for i in 0..pixels {
            let at = |d: usize, n: usize| (b * depth + d) * pixels + n;
            let energies: Vec<f64> = (0..pixels)
                .map(|j| (0..depth).map(|d| q[at(d, i)] * k[at(d, j)]).sum())
                .collect();
            let sum: f64 = energies.iter().map(|energy| energy.exp()).sum();
            log_sum_exp[b * pixels + i] = sum.ln();
            for c in 0..channels {
                let row = (b * channels + c) * pixels;
                let terms = energies.iter().zip(&v[row..row + pixels]);
                output[row + i] = terms.map(|(energy, v)| energy.exp() / sum * v).sum();
            }
        }
    }
    (output, log_sum_exp)
}

/// Gradients of queries, keys and values, given that of the output, by the derivative of softmax
/// as it stands: ∂P_ij / ∂s_il = P_ij ([j = l] − P_il).
#[cfg(feature = "gpu")]
pub(crate) fn attention_backward(
    q: &[f64],
    k: &[f64],
    v: &[f64],
    output_grad: &[f64],
    shape: attention::Shape,
) -> [Vec<f64>; 3] {
    let attention::Shape {
        batch,
        depth,
        channels,
        pixels,
    } = shape;
    let (_, log_sum_exp) = attention(q, k, v, shape);
    let mut grads = [q, k, v].map(|x| vec![0.0; x.len()]);
    for b in 0..batch {
        for i in 0..pixels {
            let narrow = |d: usize, n: usize| (b * depth + d) * pixels + n;
            let wide = |c: usize, n: usize| (b * channels + c) * pixels + n;
            let row = |f: &dyn Fn(usize) -> f64| (0..pixels).map(f).collect::<Vec<f64>>();
            let map = row(&|j| {
                let energy: f64 = (0..depth).map(|d| q[narrow(d, i)] * k[narrow(d, j)]).sum();
                (energy - log_sum_exp[b * pixels + i]).exp()
            });
            let slopes = row(&|j| {
                let terms = (0..channels).map(|c| output_grad[wide(c, i)] * v[wide(c, j)]);
                terms.sum()
            });
            let mean = dot(&map, &slopes);
            for j in 0..pixels {
                let slope = map[j] * (slopes[j] - mean);
                for d in 0..depth {
                    grads[0][narrow(d, i)] += slope * k[narrow(d, j)];
                    grads[1][narrow(d, j)] += slope * q[narrow(d, i)];
                }
                for c in 0..channels {
                    grads[2][wide(c, j)] += map[j] * output_grad[wide(c, i)];
                }
            }
        }
    }
    grads
}

/// Central differences of a scalar function, one for each element of `x`.
pub(crate) fn differences(x: &[f64], f: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    const STEP: f64 = 1e-5;
    let mut moved = x.to_vec();
    let mut slopes = Vec::with_capacity(x.len());
    for index in 0..x.len() {
        moved[index] = x[index] + STEP;
        let above = f(&moved);
        moved[index] = x[index] - STEP;
        slopes.push((above - f(&moved)) / (2.0 * STEP));
        moved[index] = x[index];
    }
    slopes
}

/// Σ a·b.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Numbers in (−1, 1), in an order without pattern: a Weyl sequence.
pub(crate) fn numbers(count: usize, seed: u64) -> Vec<f64> {
    (0..count as u64)
        .map(|index| {
            let bits = (index + 1 + seed * 7919).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let bits = (bits ^ (bits >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            (bits >> 11) as f64 / (1u64 << 52) as f64 - 1.0
        })
        .collect()
}

/// The same numbers in single precision; exact for those of [`singles`].
pub(crate) fn to_f32(values: &[f64]) -> Vec<f32> {
    values.iter().map(|&value| value as f32).collect()
}

/// [`numbers`], rounded to single precision, so that both precisions begin with the same input.
pub(crate) fn singles(count: usize, seed: u64) -> Vec<f64> {
    numbers(count, seed)
        .into_iter()
        .map(|value| f64::from(value as f32))
        .collect()
}

/// Fails where `actual` is further from `expected` than `tolerance` times the expected values'
/// size (or than `tolerance` itself, if they are all zero).
#[track_caller]
pub(crate) fn assert_close(what: &str, actual: &[f32], expected: &[f64], tolerance: f64) {
    saganscope_distance::scaled(actual, expected).within(tolerance, what);
}
