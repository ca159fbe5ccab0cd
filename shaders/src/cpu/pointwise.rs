//! The same matrix for every pixel, its adjoint, and the gradient of the matrix.

use super::{
    parallel,
    products::{Combine, Correlate, PANEL, pack_panel},
    spaced::uncrowded,
};

/// Sizes of a pointwise convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Samples.
    pub(crate) batch: usize,
    /// Channels of the input.
    pub(crate) inputs: usize,
    /// Channels of the output.
    pub(crate) outputs: usize,
    /// Pixels of a map.
    pub(crate) pixels: usize,
}

/// `x` `[B, I, N]`, `weight` `[O, I]`, `bias` `[O]` → `[B, O, N]`.
pub(crate) fn pointwise(x: &[f32], weight: &[f32], bias: Option<&[f32]>, shape: Shape) -> Vec<f32> {
    let Shape {
        batch,
        inputs,
        outputs,
        pixels,
    } = shape;
    let mut out = vec![0.0; batch * outputs * pixels];
    if let Some(bias) = bias {
        let rows = out.chunks_exact_mut(pixels);
        for (row, &bias) in rows.zip(bias.iter().cycle()) {
            row.fill(bias);
        }
    }
    let factor = |o: usize, i: usize| weight[o * inputs + i];
    mix(x, inputs, &mut out, outputs, pixels, factor, bias.is_some());
    out
}

/// The adjoint: `grad` `[B, O, N]`, `weight` `[O, I]` → `[B, I, N]`.
pub(crate) fn transposed(grad: &[f32], weight: &[f32], shape: Shape) -> Vec<f32> {
    let Shape {
        batch,
        inputs,
        outputs,
        pixels,
    } = shape;
    let mut out = vec![0.0; batch * inputs * pixels];
    let factor = |i: usize, o: usize| weight[o * inputs + i];
    mix(grad, outputs, &mut out, inputs, pixels, factor, false);
    out
}

/// `out[b][m] (+)= Σ_k factor(m, k) · x[b][k]`, rows of `pixels` each.
fn mix(
    x: &[f32],
    terms: usize,
    out: &mut [f32],
    rows: usize,
    pixels: usize,
    factor: impl Fn(usize, usize) -> f32 + Send + Sync,
    add: bool,
) {
    let panels: Vec<Vec<f32>> = parallel::map(rows.div_ceil(PANEL), |index| {
        let mut panel = vec![0.0; terms * PANEL];
        let count = PANEL.min(rows - index * PANEL);
        pack_panel(&mut panel, count, |m, k| factor(index * PANEL + m, k));
        panel
    });
    let (x, pitch) = uncrowded(x, pixels);
    let offsets: Vec<usize> = (0..terms).map(|k| k * pitch).collect();
    let jobs = out.chunks_mut(rows * pixels).enumerate();
    let jobs = jobs.flat_map(|(sample, out)| {
        let panels = out.chunks_mut(PANEL * pixels).zip(&panels);
        panels.map(move |(out, panel)| (sample, out, panel))
    });
    parallel::for_each(
        jobs.collect(),
        |_, (sample, out, panel): (usize, &mut [f32], &Vec<f32>)| {
            Combine {
                panel,
                rows: out.len() / pixels,
                source: &x[sample * terms * pitch..][..terms * pitch],
                offsets: &offsets,
                columns: pixels,
                out,
                pitch: pixels,
                add,
            }
            .run();
        },
    );
}

/// The weight's gradient: `x` `[B, I, N]`, `grad` `[B, O, N]` → `[O, I]`.
pub(crate) fn weight_grad(x: &[f32], grad: &[f32], shape: Shape) -> Vec<f32> {
    let Shape {
        batch,
        inputs,
        outputs,
        pixels,
    } = shape;
    let starts = |count: usize| (0..count).map(|row| row * pixels).collect::<Vec<_>>();
    let (input_rows, output_rows) = (starts(inputs), starts(outputs));
    let rows = outputs
        .div_ceil(2 * parallel::threads())
        .next_multiple_of(4);
    let mut out = vec![0.0; outputs * inputs];
    parallel::for_each_chunk(&mut out, rows * inputs, |block, out| {
        let left_rows = &output_rows[block * rows..outputs.min((block + 1) * rows)];
        for sample in 0..batch {
            Correlate {
                left: &grad[sample * outputs * pixels..][..outputs * pixels],
                left_rows,
                right: &x[sample * inputs * pixels..][..inputs * pixels],
                right_rows: &input_rows,
                length: pixels,
                out: &mut *out,
                pitch: inputs,
                add: true,
            }
            .run();
        }
    });
    out
}
