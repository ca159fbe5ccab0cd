//! Transposed convolution, kernel 4, stride 2, padding 1, as four matrix products.

use super::{
    parallel,
    planes::{Grid, SPARE, Shape, channel},
    products::{Combine, PANEL},
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
    let length = 16 * small * PANEL;
    // With a single group of samples each panel is used once, so it is packed where it is used.
    let packed = (grid.samples < shape.batch).then(|| {
        let mut panels = vec![0.0; big.div_ceil(PANEL) * length];
        parallel::for_each_chunk(&mut panels, length, |index, panel| {
            pack_weights(weight, big, index, panel);
        });
        panels
    });
    let offsets: Vec<Vec<usize>> = (0..4).map(|phase| offsets(phase, small, &grid)).collect();
    let mut out = vec![0.0; shape.batch * big * 4 * shape.pixels()];
    parallel::for_each_chunk(
        &mut out,
        grid.samples * big * 4 * shape.pixels(),
        |group, out| {
            let x = &x[group * grid.samples * small * shape.pixels()..];
            let samples = out.len() / (big * 4 * shape.pixels());
            let x = &x[..samples * small * shape.pixels()];
            let mut planes = vec![0.0; small * grid.plane() + SPARE];
            for (index, plane) in planes[..small * grid.plane()]
                .chunks_exact_mut(grid.plane())
                .enumerate()
            {
                grid.spread(channel(x, small, shape.pixels(), index), plane);
            }
            let columns = grid.filled_columns(samples);
            parallel::for_each(by_panel(out, big, 4 * shape.pixels()), |index, mut maps| {
                let rows = PANEL.min(big - index * PANEL);
                let mut own = Vec::new();
                let panels = match &packed {
                    Some(packed) => &packed[index * length..][..length],
                    None => {
                        own.resize(length, 0.0);
                        pack_weights(weight, big, index, &mut own);
                        &own
                    }
                };
                let mut sums = vec![0.0; 4 * PANEL * columns];
                let panels = panels.chunks_exact(length / 4);
                for (phase, (sums, panel)) in sums
                    .chunks_exact_mut(PANEL * columns)
                    .zip(panels)
                    .enumerate()
                {
                    Combine {
                        panel,
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
const fn moves(p: usize) -> [(isize, usize); 2] {
    let first = p as isize - 1;
    [(first, p + 3 - 2 * p), (first + 1, p + 1 - 2 * p)]
}

/// Places of a phase's four taps in a 4×4 kernel, in the order of [`offsets`].
const TAPS: [[usize; 4]; 4] = {
    let mut taps = [[0; 4]; 4];
    let mut index = 0;
    while index < 16 {
        let (phase, a, b) = (index / 4, index / 2 % 2, index % 2);
        taps[phase][index % 4] = moves(phase / 2)[a].1 * 4 + moves(phase % 2)[b].1;
        index += 1;
    }
    taps
};

/// Panel `index` of the output channels: `[phase][small][4 taps][PANEL]`. `panel` begins as zeros.
fn pack_weights(weight: &[f32], big: usize, index: usize, panel: &mut [f32]) {
    let (kernels, _) = weight.as_chunks::<16>();
    let (tiles, _) = panel.as_chunks_mut::<{ 4 * PANEL }>();
    let small = tiles.len() / 4;
    let rows = PANEL.min(big - index * PANEL);
    for (s, kernels) in kernels.chunks_exact(big).enumerate() {
        let kernels = &kernels[index * PANEL..][..rows];
        for (phase, taps) in TAPS.iter().enumerate() {
            let tile = &mut tiles[phase * small + s];
            for (m, kernel) in kernels.iter().enumerate() {
                for (tap, &place) in taps.iter().enumerate() {
                    tile[tap * PANEL + m] = kernel[place];
                }
            }
        }
    }
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
