//! Transposed convolution, kernel 4, stride 2, padding 1, of small maps in the browser.
//!
//! On a map of a few pixels the products of [`super::up`] have rows of one or two tiles, and each of
//! their sums needs a factor spread over a register. Here the input channels are last, in the weight
//! and in the maps: a product is a dot product, and all that is loaded is used as it is.

use super::{
    parallel,
    planes::Shape,
    products::Correlate,
    up::{Scatter, TAPS, by_channels},
};

/// Output channels at a time.
const CHANNELS: usize = 4;

/// Whether maps of this size are worth it: in Chromium, from 512 channels at 4×4 it takes 0.86 of the
/// time of [`super::up`]. Native code waits for the weights, not for the products.
pub(crate) fn serves(height: usize, width: usize) -> bool {
    cfg!(target_family = "wasm") && height * width < 64
}

/// A weight `[small, big, 4, 4]` as [`up`] wants it: `[big, 16, small]`.
pub(crate) fn pack(weight: &[f32], small: usize, big: usize) -> Vec<f32> {
    let mut out = vec![0.0; weight.len()];
    for (index, taps) in weight.as_chunks::<TAPS>().0.iter().enumerate() {
        let (s, b) = (index / big, index % big);
        for (tap, &value) in taps.iter().enumerate() {
            out[(b * TAPS + tap) * small + s] = value;
        }
    }
    out
}

/// `x` `[B, small, H, W]`, `packed` of [`pack`], `bias` `[big]` → `[B, big, 2H, 2W]`.
pub(crate) fn up(x: &[f32], packed: &[f32], bias: &[f32], shape: Shape) -> Vec<f32> {
    let Shape {
        batch, small, big, ..
    } = shape;
    let (pixels, map) = (shape.pixels(), 4 * shape.pixels());
    let columns = batch * pixels;
    let inputs = channels_last(x, small, pixels);
    let starts = |count: usize| (0..count).map(|row| row * small).collect::<Vec<_>>();
    let right_rows = starts(columns);
    let mut out = vec![0.0; batch * big * map];
    parallel::for_each(
        by_channels(&mut out, big, map, CHANNELS),
        |run, mut maps| {
            let channels = maps[0].len() / map;
            let mut sums = vec![0.0; channels * TAPS * columns];
            Correlate {
                left: &packed[run * CHANNELS * TAPS * small..],
                left_rows: &starts(channels * TAPS),
                right: &inputs,
                right_rows: &right_rows,
                length: small,
                out: &mut sums,
                pitch: columns,
                add: false,
            }
            .run();
            for (sample, maps) in maps.iter_mut().enumerate() {
                for (channel, out) in maps.chunks_exact_mut(map).enumerate() {
                    pulp::Arch::new().dispatch(Scatter {
                        sums: &sums[channel * TAPS * columns + sample * pixels..],
                        columns,
                        width: shape.width,
                        bias: bias[run * CHANNELS + channel],
                        out,
                    });
                }
            }
        },
    );
    out
}

/// `[B, channels, pixels]` → `[B, pixels, channels]`.
fn channels_last(x: &[f32], channels: usize, pixels: usize) -> Vec<f32> {
    let mut out = vec![0.0; x.len()];
    let samples = x.chunks_exact(channels * pixels);
    for (out, x) in out.chunks_exact_mut(channels * pixels).zip(samples) {
        for (channel, map) in x.chunks_exact(pixels).enumerate() {
            for (pixel, &value) in map.iter().enumerate() {
                out[pixel * channels + channel] = value;
            }
        }
    }
    out
}
