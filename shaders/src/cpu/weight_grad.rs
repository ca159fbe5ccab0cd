//! The weight gradient of `up` and of `down`, which is one correlation of two maps.

use super::{
    down::tap_offsets,
    parallel,
    planes::{Grid, Shape, channel},
    products::Correlate,
};

/// Length of a dot product, about: long, since every one ends by adding up a register.
const COLUMNS: usize = 2048;

/// `small_map` `[B, small, H, W]`, `big_map` `[B, big, 2H, 2W]` → `[small, big, 4, 4]`.
///
/// In both directions weight `(s, b, ky, kx)` joins small-grid pixel `(i, j)` of channel `s` with
/// big-grid pixel `(2i + ky − 1, 2j + kx − 1)` of channel `b`; its gradient is the sum over all
/// such pairs of the input at one end times the output's gradient at the other. For `up` the small
/// map is the input, for `down` it is the output's gradient.
pub(crate) fn weight_grad(small_map: &[f32], big_map: &[f32], shape: Shape) -> Vec<f32> {
    let Shape { small, big, .. } = shape;
    let grid = Grid::new(&shape, COLUMNS, shape.batch);
    let groups = shape.batch.div_ceil(grid.samples);
    let spread = |map: &[f32], channels: usize, pixels: usize, phases: usize| {
        let length = phases * grid.plane();
        let mut planes = vec![0.0; groups * channels * length];
        parallel::for_each_chunk(&mut planes, length, |index, planes| {
            let (group, index) = (index / channels, index % channels);
            let sample = channels * pixels;
            let map = &map[group * grid.samples * sample..];
            let map = &map[..map.len().min(grid.samples * sample)];
            let maps = channel(map, channels, pixels, index);
            match phases {
                1 => grid.spread(maps, planes),
                _ => grid.spread_phases(maps, planes),
            }
        });
        planes
    };
    let small_planes = spread(small_map, small, shape.pixels(), 1);
    let big_planes = spread(big_map, big, 4 * shape.pixels(), 4);
    let small_rows: Vec<usize> = (0..small)
        .map(|channel| channel * grid.plane() + grid.offset(0, 0))
        .collect();
    let big_rows = tap_offsets(big, &grid);

    let terms = big * 16;
    let rows = small.div_ceil(2 * parallel::threads()).next_multiple_of(4);
    let mut out = vec![0.0; small * terms];
    parallel::for_each_chunk(&mut out, rows * terms, |block, out| {
        let left_rows = &small_rows[block * rows..small.min((block + 1) * rows)];
        for group in 0..groups {
            let samples = grid.samples.min(shape.batch - group * grid.samples);
            let (small_group, big_group) = (small * grid.plane(), terms / 4 * grid.plane());
            Correlate {
                left: &small_planes[group * small_group..][..small_group],
                left_rows,
                right: &big_planes[group * big_group..][..big_group],
                right_rows: &big_rows,
                length: grid.columns(samples),
                out: &mut *out,
                pitch: terms,
                add: true,
            }
            .run();
        }
    });
    out
}
