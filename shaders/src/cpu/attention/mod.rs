//! Softmax attention that never holds the N×N map: a few rows of it at a time.

mod backward;
mod forward;

pub(crate) use backward::backward;
pub(crate) use forward::forward;

use super::products::{Combine, PANEL, pack_panel};

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
}

/// Rows `first..first + rows` of `left`ᵀ·`right`, both `[K, N]`: into `out` `[rows, N]`.
fn product_rows(
    left: &[f32],
    right: &[f32],
    pixels: usize,
    first: usize,
    rows: usize,
    out: &mut [f32],
) {
    let terms = left.len() / pixels;
    let offsets: Vec<usize> = (0..terms).map(|k| k * pixels).collect();
    let mut panel = vec![0.0; terms * PANEL];
    for (index, out) in out[..rows * pixels].chunks_mut(PANEL * pixels).enumerate() {
        let (first, rows) = (first + index * PANEL, out.len() / pixels);
        pack_panel(&mut panel, rows, |m, k| left[k * pixels + first + m]);
        Combine {
            panel: &panel,
            rows,
            source: right,
            offsets: &offsets,
            columns: pixels,
            out,
            pitch: pixels,
            add: false,
        }
        .run();
    }
}
