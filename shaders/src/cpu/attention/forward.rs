//! Forward: `o_i = Σ_j softmax_j(q_i·k_j) v_j`.

use std::f32::consts::{LN_2, LOG2_E};

use pulp::{Simd, WithSimd};

use super::{
    super::{exp::exp2, parallel, products::Correlate, spaced::spaced},
    Shape, product_rows,
};

/// Output `[B, C, N]` and log-sum-exp `[B, N]`.
pub(crate) struct Attended {
    pub(crate) output: Vec<f32>,
    pub(crate) log_sum_exp: Vec<f32>,
}

/// Queries and keys `[B, d, N]`, values `[B, C, N]`.
///
/// A block of rows of energies fits the cache, so each row is finished before the next block: its
/// greatest energy `m` is subtracted (the exponentials stay in range), the weights `e^(s − m)` are
/// summed to `z`, and the weighted sum of the values is divided by `z` at the end. What the
/// backward pass needs of all that is one number a row, `m + ln z`. Energies are made in units of
/// ln 2: powers of two are the cheaper ones.
pub(crate) fn forward(q: &[f32], k: &[f32], v: &[f32], shape: Shape) -> Attended {
    let Shape {
        batch,
        depth,
        channels,
        pixels,
    } = shape;
    let mut output = vec![0.0; batch * channels * pixels];
    let mut log_sum_exp = vec![0.0; batch * pixels];
    let samples = output
        .chunks_exact_mut(channels * pixels)
        .zip(log_sum_exp.chunks_exact_mut(pixels))
        .collect();
    let block = shape.block();
    parallel::for_each(samples, |sample, (output, log_sum_exp)| {
        let q = &q[sample * depth * pixels..][..depth * pixels];
        let (narrow, wide) = (depth * pixels, channels * pixels);
        let k = spaced(&k[sample * narrow..][..narrow], pixels);
        let v = spaced(&v[sample * wide..][..wide], pixels);
        let blocks = parallel::map(pixels.div_ceil(block), |index| {
            let first = index * block;
            rows(q, &k, &v, first, block.min(pixels - first), shape)
        });
        for (index, part) in blocks.into_iter().enumerate() {
            let (first, rows) = (index * block, part.log_sum_exp.len());
            log_sum_exp[first..first + rows].copy_from_slice(&part.log_sum_exp);
            let output = output.chunks_exact_mut(pixels);
            for (output, part) in output.zip(part.output.chunks_exact(rows)) {
                output[first..first + rows].copy_from_slice(part);
            }
        }
    });
    Attended {
        output,
        log_sum_exp,
    }
}

/// Queries `first..first + rows` of one sample, with spaced keys and values: output `[C, rows]`, log-sum-exp `[rows]`.
fn rows(q: &[f32], k: &[f32], v: &[f32], first: usize, rows: usize, shape: Shape) -> Attended {
    let Shape {
        channels, pixels, ..
    } = shape;
    let pitch = shape.pitch();
    let mut weights = vec![0.0; rows * pitch];
    let (mut log_sum_exp, mut scale) = (vec![0.0; rows], vec![0.0; rows]);
    // A panel's rows of energies are still in the first-level cache when they become weights.
    product_rows(
        LOG2_E,
        q,
        k,
        pixels,
        pitch,
        first..first + rows,
        &mut weights,
        |begin, weights| {
            let rows = weights.chunks_exact_mut(pitch);
            for ((row, log_sum_exp), scale) in
                rows.zip(&mut log_sum_exp[begin..]).zip(&mut scale[begin..])
            {
                let (top, sum) = pulp::Arch::new().dispatch(Exponentials(&mut row[..pixels]));
                *log_sum_exp = (top + sum.log2()) * LN_2;
                *scale = 1.0 / sum;
            }
        },
    );
    let mut output = vec![0.0; channels * rows];
    Correlate {
        left: v,
        left_rows: &(0..channels).map(|c| c * pitch).collect::<Vec<_>>(),
        right: &weights,
        right_rows: &(0..rows).map(|row| row * pitch).collect::<Vec<_>>(),
        length: pixels,
        out: &mut output,
        pitch: rows,
        add: false,
    }
    .run();
    for output in output.chunks_exact_mut(rows) {
        for (output, scale) in output.iter_mut().zip(&scale) {
            *output *= scale;
        }
    }
    Attended {
        output,
        log_sum_exp,
    }
}

/// Replaces every energy `s`, times log₂ e, of a row by `2^(s − top)`, where `top` is the greatest;
/// gives `top` and the sum.
struct Exponentials<'a>(&'a mut [f32]);

impl WithSimd for Exponentials<'_> {
    type Output = (f32, f32);

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> (f32, f32) {
        // Sixteen running results, so that the operations need not wait for each other.
        let mut tops = [f32::MIN; 16];
        let (chunks, rest) = self.0.as_chunks::<16>();
        for chunk in chunks {
            for (top, value) in tops.iter_mut().zip(chunk) {
                *top = if *value > *top { *value } else { *top };
            }
        }
        let top = tops.iter().chain(rest).copied().fold(f32::MIN, f32::max);
        let mut sums = [0.0f32; 16];
        let (chunks, rest) = self.0.as_chunks_mut::<16>();
        for chunk in chunks {
            for (value, sum) in chunk.iter_mut().zip(&mut sums) {
                *value = exp2(*value - top);
                *sum += *value;
            }
        }
        let mut sum = sums.iter().sum();
        for value in rest {
            *value = exp2(*value - top);
            sum += *value;
        }
        (top, sum)
    }
}
