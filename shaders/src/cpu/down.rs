//! Convolution, kernel 4, stride 2, padding 1, as one matrix product.

use super::{
    parallel,
    planes::{Grid, SPARE, Shape, channel, tap},
    products::{Combine, PANEL, pack_panel},
    up::by_channels,
};

/// As for `up`.
const COLUMNS: usize = 256;

/// `x` `[B, big, 2H, 2W]`, `weight` `[small, big, 4, 4]`, `bias` `[small]` → `[B, small, H, W]`.
///
/// Output `(i, j)` sums `weight[ky, kx] · x(2i + ky − 1, 2j + kx − 1)`. Rows of one parity form a
/// phase of `x`, on which each tap is a move by −1, 0 or 1; so this is the product of the
/// `[small, big · 16]` weights, as they are, with moved phases.
pub(crate) fn down(x: &[f32], weight: &[f32], bias: Option<&[f32]>, shape: Shape) -> Vec<f32> {
    let Shape { small, big, .. } = shape;
    let grid = Grid::new(&shape, COLUMNS, shape.batch.div_ceil(parallel::threads()));
    let panels = pack_weights(weight, small, big);
    let offsets = tap_offsets(big, &grid);
    let mut out = vec![0.0; shape.batch * small * shape.pixels()];
    parallel::for_each_chunk(
        &mut out,
        grid.samples * small * shape.pixels(),
        |group, out| {
            let x = &x[group * grid.samples * big * 4 * shape.pixels()..];
            let samples = out.len() / (small * shape.pixels());
            let x = &x[..samples * big * 4 * shape.pixels()];
            let mut planes = vec![0.0; big * 4 * grid.plane() + SPARE];
            for (index, planes) in planes[..big * 4 * grid.plane()]
                .chunks_exact_mut(4 * grid.plane())
                .enumerate()
            {
                grid.spread_phases(channel(x, big, 4 * shape.pixels(), index), planes);
            }
            let columns = grid.filled_columns(samples);
            parallel::for_each(
                by_channels(out, small, shape.pixels(), PANEL),
                |index, mut maps| {
                    let length = big * 16 * PANEL;
                    let mut sums = vec![0.0; PANEL * columns];
                    Combine {
                        panel: &panels[index * length..][..length],
                        rows: PANEL.min(small - index * PANEL),
                        source: &planes,
                        offsets: &offsets,
                        columns,
                        out: &mut sums,
                        pitch: columns,
                        add: false,
                    }
                    .run();
                    for (sample, maps) in maps.iter_mut().enumerate() {
                        for (row, map) in maps.chunks_exact_mut(shape.pixels()).enumerate() {
                            let bias = bias.map_or(0.0, |bias| bias[index * PANEL + row]);
                            let sums = &sums[row * columns..][..columns];
                            for (y, map) in map.chunks_exact_mut(shape.width).enumerate() {
                                let sums = &sums[grid.row(sample, y)..];
                                for (value, sum) in map.iter_mut().zip(sums) {
                                    *value = sum + bias;
                                }
                            }
                        }
                    }
                },
            );
        },
    );
    out
}

/// `[panel][big · 16][PANEL]`.
fn pack_weights(weight: &[f32], small: usize, big: usize) -> Vec<f32> {
    let terms = big * 16;
    let mut panels = vec![0.0; small.div_ceil(PANEL) * terms * PANEL];
    parallel::for_each_chunk(&mut panels, terms * PANEL, |index, panel| {
        let rows = PANEL.min(small - index * PANEL);
        let weight = &weight[index * PANEL * terms..][..rows * terms];
        pack_panel(panel, rows, |m, k| weight[m * terms + k]);
    });
    panels
}

/// Where the moved phases begin, `[big][4 ky][4 kx]`.
pub(super) fn tap_offsets(big: usize, grid: &Grid) -> Vec<usize> {
    let mut offsets = Vec::with_capacity(big * 16);
    for channel in 0..big {
        for (p, dy) in (0..4).map(tap) {
            for (q, dx) in (0..4).map(tap) {
                let plane = channel * 4 + p * 2 + q;
                offsets.push(plane * grid.plane() + grid.offset(dy, dx));
            }
        }
    }
    offsets
}
