//! Transposed convolution, kernel 4, stride 2, padding 1, as four matrix products.

use super::{
    parallel,
    planes::{Grid, Shape, channel},
    products::{Combine, PANEL, pack_panel},
};

/// Columns of a matrix product, about: enough to use a row of weights many times, few enough for
/// the maps of all channels to stay in the second-level cache.
const COLUMNS: usize = 256;

/// `x` `[B, small, H, W]`, `weight` `[small, big, 4, 4]`, `bias` `[big]` → `[B, big, 2H, 2W]`.
///
/// The definition scatters: input `(i, j)` adds `x · weight[ky, kx]` to output
/// `(2i + ky − 1, 2j + kx − 1)`. Seen from the output, row `2i + p` (phase `p`) gets input row
/// `i + d` through `ky = p + 1 − 2d`, which is a tap for two values of `d` only: −1 and 0 when
/// `p = 0`, 0 and 1 when `p = 1`. So each of the four phases is a matrix product of
/// `[big, small · 4 taps]` weights with moved input maps.
pub(crate) fn up(x: &[f32], weight: &[f32], bias: Option<&[f32]>, shape: Shape) -> Vec<f32> {
    let Shape { small, big, .. } = shape;
    let grid = Grid::new(&shape, COLUMNS, shape.batch.div_ceil(parallel::threads()));
    let panels = pack_weights(weight, small, big);
    let offsets: Vec<Vec<usize>> = (0..4).map(|phase| offsets(phase, small, &grid)).collect();
    let mut out = vec![0.0; shape.batch * big * 4 * shape.pixels()];
    parallel::for_each_chunk(
        &mut out,
        grid.samples * big * 4 * shape.pixels(),
        |group, out| {
            let x = &x[group * grid.samples * small * shape.pixels()..];
            let samples = out.len() / (big * 4 * shape.pixels());
            let x = &x[..samples * small * shape.pixels()];
            let mut planes = vec![0.0; small * grid.plane()];
            for (index, plane) in planes.chunks_exact_mut(grid.plane()).enumerate() {
                grid.spread(channel(x, small, shape.pixels(), index), plane);
            }
            let columns = grid.columns(samples);
            parallel::for_each(by_panel(out, big, 4 * shape.pixels()), |index, mut maps| {
                let rows = PANEL.min(big - index * PANEL);
                let mut sums = vec![0.0; 4 * PANEL * columns];
                for (phase, sums) in sums.chunks_exact_mut(PANEL * columns).enumerate() {
                    let length = 4 * small * PANEL;
                    Combine {
                        panel: &panels[(index * 4 + phase) * length..][..length],
                        rows,
                        source: &planes,
                        offsets: &offsets[phase],
                        columns,
                        out: sums,
                        pitch: columns,
                        add: false,
                    }
                    .run();
                }
                for (sample, maps) in maps.iter_mut().enumerate() {
                    for (row, map) in maps.chunks_exact_mut(4 * shape.pixels()).enumerate() {
                        let bias = bias.map_or(0.0, |bias| bias[index * PANEL + row]);
                        let phase = |phase| &sums[(phase * PANEL + row) * columns..][..columns];
                        for (y, map) in map.chunks_exact_mut(2 * shape.width).enumerate() {
                            let start = grid.row(sample, y / 2);
                            let even = &phase(y % 2 * 2)[start..start + shape.width];
                            let odd = &phase(y % 2 * 2 + 1)[start..start + shape.width];
                            for ((pair, even), odd) in map.chunks_exact_mut(2).zip(even).zip(odd) {
                                pair[0] = even + bias;
                                pair[1] = odd + bias;
                            }
                        }
                    }
                }
            });
        },
    );
    out
}

/// The two moves `d` of phase `p`, and the tap that each goes through.
fn moves(p: usize) -> [(isize, usize); 2] {
    let first = p as isize - 1;
    [first, first + 1].map(|d| (d, (p as isize + 1 - 2 * d) as usize))
}

/// `[panel][phase][small][4 taps][PANEL]`, the taps in the order of [`offsets`].
fn pack_weights(weight: &[f32], small: usize, big: usize) -> Vec<f32> {
    let length = 4 * small * PANEL;
    let mut panels = vec![0.0; big.div_ceil(PANEL) * 4 * length];
    parallel::for_each_chunk(&mut panels, 4 * length, |index, panels| {
        let rows = PANEL.min(big - index * PANEL);
        for (phase, panel) in panels.chunks_exact_mut(length).enumerate() {
            let mut taps = [0; 4];
            for (a, (_, ky)) in moves(phase / 2).into_iter().enumerate() {
                for (b, (_, kx)) in moves(phase % 2).into_iter().enumerate() {
                    taps[2 * a + b] = ky * 4 + kx;
                }
            }
            pack_panel(panel, rows, |m, k| {
                weight[(k / 4 * big + index * PANEL + m) * 16 + taps[k % 4]]
            });
        }
    });
    panels
}

/// Where the moved maps begin, `[small][4 taps]`.
fn offsets(phase: usize, small: usize, grid: &Grid) -> Vec<usize> {
    let mut offsets = Vec::with_capacity(4 * small);
    for channel in 0..small {
        for (dy, _) in moves(phase / 2) {
            for (dx, _) in moves(phase % 2) {
                offsets.push(channel * grid.plane() + grid.offset(dy, dx));
            }
        }
    }
    offsets
}

/// Cuts `[S, channels, map]` into panels of channels: `[panel][S]`, each a run of whole maps.
pub(super) fn by_panel(out: &mut [f32], channels: usize, map: usize) -> Vec<Vec<&mut [f32]>> {
    let mut panels: Vec<Vec<&mut [f32]>> = Vec::new();
    panels.resize_with(channels.div_ceil(PANEL), Vec::new);
    for sample in out.chunks_mut(channels * map) {
        for (panel, maps) in panels.iter_mut().zip(sample.chunks_mut(PANEL * map)) {
            panel.push(maps);
        }
    }
    panels
}
