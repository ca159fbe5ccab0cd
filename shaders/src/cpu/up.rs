//! Transposed convolution, kernel 4, stride 2, padding 1, as one matrix product and sixteen moves.

use core::ops::Range;
use std::borrow::Cow;

use pulp::{Simd, WithSimd};

use super::{
    parallel,
    planes::Shape,
    products::{Combine, PANEL},
    spaced::uncrowded,
};

/// Columns of a matrix product, about: enough to use a row of weights many times, few enough for
/// the maps of all channels to stay in the second-level cache.
const COLUMNS: usize = 256;

/// Taps of the kernel.
pub(super) const TAPS: usize = 16;

/// `x` `[B, small, H, W]`, `weight` `[small, big, 4, 4]`, `bias` `[big]` → `[B, big, 2H, 2W]`.
///
/// The definition scatters: input `(i, j)` adds `x · weight[ky, kx]` to output
/// `(2i + ky − 1, 2j + kx − 1)`. The sums over input channels come first: for each output channel
/// a matrix product, `[16 taps, small] · [small, pixels]`, reads the maps where they lie. Then
/// each output is the sum of the four taps that meet it ([`Scatter`]).
pub(crate) fn up(x: &[f32], weight: &[f32], bias: Option<&[f32]>, shape: Shape) -> Vec<f32> {
    let Shape { small, big, .. } = shape;
    up_of(x, bias, shape, |channels| {
        Cow::Owned(taps(weight, small, big, channels))
    })
}

/// The same with the `panels` of [`pack`].
pub(crate) fn up_packed(x: &[f32], panels: &[f32], bias: &[f32], shape: Shape) -> Vec<f32> {
    let channel = 2 * shape.small * PANEL;
    up_of(x, Some(bias), shape, |Range { start, end }| {
        Cow::Borrowed(&panels[start * channel..end * channel])
    })
}

/// A weight `[small, big, 4, 4]` as [`up_packed`] wants it, `[big, 2, small, PANEL]`.
pub(crate) fn pack(weight: &[f32], small: usize, big: usize) -> Vec<f32> {
    taps(weight, small, big, 0..big)
}

/// The convolution, with the factors of a few output channels at a time, as [`taps`] gives them.
fn up_of<'a>(
    x: &[f32],
    bias: Option<&[f32]>,
    shape: Shape,
    taps: impl Fn(Range<usize>) -> Cow<'a, [f32]> + Send + Sync,
) -> Vec<f32> {
    let Shape { small, big, .. } = shape;
    let pixels = shape.pixels();
    let samples = COLUMNS
        .div_ceil(pixels)
        .min(shape.batch.div_ceil(parallel::threads()));
    // Output channels whose weights are packed together: they lie side by side in memory.
    let run = (big / (4 * parallel::threads())).clamp(1, 4);
    let mut out = vec![0.0; shape.batch * big * 4 * pixels];
    parallel::for_each_chunk(&mut out, samples * big * 4 * pixels, |group, out| {
        let x = &x[group * samples * small * pixels..];
        let samples = out.len() / (big * 4 * pixels);
        let x = &x[..samples * small * pixels];
        let gathered = (samples > 1).then(|| side_by_side(x, small, pixels));
        let columns = samples * pixels;
        let (source, pitch) = uncrowded(gathered.as_deref().unwrap_or(x), columns);
        let offsets: Vec<usize> = (0..small).map(|channel| channel * pitch).collect();
        parallel::for_each(by_channels(out, big, 4 * pixels, run), |index, mut maps| {
            let first = index * run;
            let panels = taps(first..big.min(first + run));
            let mut sums = vec![0.0; 16 * columns];
            for (index, panels) in panels.chunks_exact(2 * small * PANEL).enumerate() {
                let halves = panels.chunks_exact(small * PANEL);
                for (panel, out) in halves.zip(sums.chunks_exact_mut(PANEL * columns)) {
                    Combine {
                        panel,
                        rows: PANEL,
                        source: &source,
                        offsets: &offsets,
                        columns,
                        out,
                        pitch: columns,
                        add: false,
                    }
                    .run();
                }
                for (sample, maps) in maps.iter_mut().enumerate() {
                    pulp::Arch::new().dispatch(Scatter {
                        sums: &sums[sample * pixels..],
                        columns,
                        width: shape.width,
                        bias: bias.map_or(0.0, |bias| bias[first + index]),
                        out: &mut maps[index * 4 * pixels..][..4 * pixels],
                    });
                }
            }
        });
    });
    out
}

/// `[S, channels, map]` → `[channels, S, map]`.
fn side_by_side(x: &[f32], channels: usize, map: usize) -> Vec<f32> {
    let mut out = Vec::with_capacity(x.len());
    for channel in 0..channels {
        for sample in x.chunks_exact(channels * map) {
            out.extend_from_slice(&sample[channel * map..][..map]);
        }
    }
    out
}

/// The factors of a few output channels as [`Combine`] wants them: for each channel those of the
/// taps 0 to 7, then of 8 to 15, `[channels, 2, small, PANEL]`.
fn taps(weight: &[f32], small: usize, big: usize, channels: Range<usize>) -> Vec<f32> {
    let mut out = vec![0.0; 2 * channels.len() * small * PANEL];
    let panels = out.as_chunks_mut::<PANEL>().0;
    let halves = weight.as_chunks::<PANEL>().0;
    for (s, halves) in halves.chunks_exact(2 * big).enumerate() {
        let halves = &halves[2 * channels.start..2 * channels.end];
        for (half, panel) in halves.iter().zip(panels.chunks_exact_mut(small)) {
            panel[s] = *half;
        }
    }
    out
}

/// Adds up one channel of one sample from what its taps gave.
///
/// Seen from the output, row `2i + p` gets input row `i + d` through `ky = p + 1 − 2d`, which is a
/// tap for two values of `d` only: −1 and 0 when `p = 0`, 0 and 1 when `p = 1`. Columns likewise.
pub(super) struct Scatter<'a> {
    /// Row `4 ky + kx`, each `columns` after the one before, begins with the sample's map `[H, W]`.
    pub(super) sums: &'a [f32],
    pub(super) columns: usize,
    pub(super) width: usize,
    pub(super) bias: f32,
    /// `[2H, 2W]`.
    pub(super) out: &'a mut [f32],
}

impl WithSimd for Scatter<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let (width, bias) = (self.width, self.bias);
        let height = self.out.len() / (4 * width);
        let row = |ky: usize, kx: usize, i: usize| {
            &self.sums[(4 * ky + kx) * self.columns + i * width..][..width]
        };
        // For each kx a row, with a zero before and behind it.
        let mut rows = vec![0.0; 4 * (width + 2)];
        for (y, out) in self.out.chunks_exact_mut(2 * width).enumerate() {
            let (i, p) = (y / 2, y % 2);
            let (near, far, other) = match p {
                0 => (1, 3, i.checked_sub(1)),
                _ => (2, 0, Some(i + 1).filter(|&i| i < height)),
            };
            for (kx, sum) in rows.chunks_exact_mut(width + 2).enumerate() {
                let sum = &mut sum[1..=width];
                let near = row(near, kx, i);
                match other {
                    None => sum.copy_from_slice(near),
                    Some(i) => {
                        for ((sum, near), far) in sum.iter_mut().zip(near).zip(row(far, kx, i)) {
                            *sum = near + far;
                        }
                    }
                }
            }
            let moved = |kx: usize, begin: usize| &rows[kx * (width + 2) + begin..][..width];
            let even = moved(1, 1).iter().zip(moved(3, 0));
            let odd = moved(2, 1).iter().zip(moved(0, 2));
            let (pairs, _) = out.as_chunks_mut::<2>();
            for ((pair, (a, b)), (c, d)) in pairs.iter_mut().zip(even).zip(odd) {
                *pair = [a + b + bias, c + d + bias];
            }
        }
    }
}

/// Cuts `[S, channels, map]` into runs of `count` channels: `[run][S]`, each some whole maps.
pub(super) fn by_channels(
    out: &mut [f32],
    channels: usize,
    map: usize,
    count: usize,
) -> Vec<Vec<&mut [f32]>> {
    let mut runs: Vec<Vec<&mut [f32]>> = Vec::new();
    runs.resize_with(channels.div_ceil(count), Vec::new);
    for sample in out.chunks_mut(channels * map) {
        for (run, maps) in runs.iter_mut().zip(sample.chunks_mut(count * map)) {
            run.push(maps);
        }
    }
    runs
}
