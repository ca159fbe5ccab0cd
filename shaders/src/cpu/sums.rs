//! The bias gradient: sums over samples and pixels.

use pulp::{Simd, WithSimd};

use super::parallel;

/// `[B, channels, pixels]` → `[channels]`.
pub(crate) fn channel_sums(x: &[f32], channels: usize, pixels: usize) -> Vec<f32> {
    parallel::map(channels, |channel| {
        let maps = x.chunks_exact(channels * pixels);
        let maps = maps.map(|sample| &sample[channel * pixels..][..pixels]);
        maps.map(|map| pulp::Arch::new().dispatch(Sum(map))).sum()
    })
}

struct Sum<'a>(&'a [f32]);

impl WithSimd for Sum<'_> {
    type Output = f32;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f32 {
        let (vectors, rest) = S::as_simd_f32s(self.0);
        let mut sums = [simd.splat_f32s(0.0); 4];
        for vectors in vectors.chunks(4) {
            for (sum, &vector) in sums.iter_mut().zip(vectors) {
                *sum = simd.add_f32s(*sum, vector);
            }
        }
        let [a, b, c, d] = sums;
        let sum = simd.add_f32s(simd.add_f32s(a, b), simd.add_f32s(c, d));
        simd.reduce_sum_f32s(sum) + rest.iter().sum::<f32>()
    }
}
