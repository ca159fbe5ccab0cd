//! Softmax attention that never holds the N×N map: a few rows of it at a time.

mod backward;
mod forward;

use std::ops::Range;

pub(crate) use backward::backward;
pub(crate) use forward::forward;

use super::{
    products::{Combine, PANEL, pack_panel},
    spaced,
};

/// Sizes of an attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Samples.
    pub(crate) batch: usize,
    /// Length of a query or key.
    pub(crate) depth: usize,
    /// Length of a value.
    pub(crate) channels: usize,
    /// Pixels: queries, keys and values of a sample.
    pub(crate) pixels: usize,
}

impl Shape {
    /// Rows of the map to hold at once: 128 KiB of them, so that they stay in the second-level
    /// cache beside the keys and values.
    fn block(&self) -> usize {
        (32768 / self.pixels).clamp(8, 64) / PANEL * PANEL
    }

    /// Distance between rows in scratch memory.
    fn pitch(&self) -> usize {
        spaced::pitch(self.pixels)
    }
}

/// Rows `wanted` of `factor`·`left`ᵀ·`right`: `left` is `[K, N]`; the rows of `right`, of the
/// results and of `out` begin `pitch` apart.
#[allow(clippy::too_many_arguments)]
fn product_rows(
    factor: f32,
    left: &[f32],
    right: &[f32],
    pixels: usize,
    pitch: usize,
    wanted: Range<usize>,
    out: &mut [f32],
    mut then: impl FnMut(usize, &mut [f32]),
) {
    let terms = left.len() / pixels;
    let offsets: Vec<usize> = (0..terms).map(|k| k * pitch).collect();
    let mut panel = vec![0.0; terms * PANEL];
    for (index, out) in out[..wanted.len() * pitch]
        .chunks_mut(PANEL * pitch)
        .enumerate()
    {
        let (first, rows) = (wanted.start + index * PANEL, out.len() / pitch);
        pack_panel(&mut panel, rows, |m, k| {
            factor * left[k * pixels + first + m]
        });
        Combine {
            panel: &panel,
            rows,
            source: right,
            offsets: &offsets,
            columns: pixels,
            out: &mut *out,
            pitch,
            add: false,
        }
        .run();
        then(index * PANEL, out);
    }
}
