//! A weighted mean, in place.

use pulp::{Simd, WithSimd};

use super::parallel;

/// Elements given to a core at a time.
const CHUNK: usize = 1 << 15;

/// average ← keep · average + take · current.
pub(crate) fn blend(average: &mut [f32], current: &[f32], keep: f32, take: f32) {
    parallel::for_each_chunk(average, CHUNK, |index, average| {
        let current = &current[index * CHUNK..][..average.len()];
        pulp::Arch::new().dispatch(Mean {
            average,
            current,
            keep,
            take,
        });
    });
}

struct Mean<'a> {
    average: &'a mut [f32],
    current: &'a [f32],
    keep: f32,
    take: f32,
}

impl WithSimd for Mean<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (average, current) in self.average.iter_mut().zip(self.current) {
            *average = *average * self.keep + current * self.take;
        }
    }
}
