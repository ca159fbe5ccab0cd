//! What a drawing needs around attention: the layer's output, and how much it changed.

use pulp::{Simd, WithSimd};

use super::parallel;
use crate::attention_layer::LEAST;

/// Elements given to a core at a time.
const CHUNK: usize = 1 << 15;

/// Makes of what attention found, `o`, the layer's output `γ·o + x`.
pub(crate) fn join(o: &mut [f32], x: &[f32], gamma: f32) {
    parallel::for_each_chunk(o, CHUNK, |index, o| {
        let x = &x[index * CHUNK..][..o.len()];
        pulp::Arch::new().dispatch(Join { o, x, gamma });
    });
}

/// ‖after − before‖ / ‖before‖ of each of `batch` samples.
pub(crate) fn relative_change(before: &[f32], after: &[f32], batch: usize) -> Vec<f32> {
    let sample = before.len() / batch;
    parallel::map(batch, |index| {
        let [before, after] = [before, after].map(|x| &x[index * sample..][..sample]);
        let [change, whole] = pulp::Arch::new().dispatch(Squares { before, after });
        (change / whole.max(LEAST)).sqrt()
    })
}

struct Join<'a> {
    o: &'a mut [f32],
    x: &'a [f32],
    gamma: f32,
}

impl WithSimd for Join<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (o, x) in self.o.iter_mut().zip(self.x) {
            *o = self.gamma * *o + x;
        }
    }
}

/// Sums of squares of the change and of `before`.
struct Squares<'a> {
    before: &'a [f32],
    after: &'a [f32],
}

impl WithSimd for Squares<'_> {
    type Output = [f32; 2];

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> [f32; 2] {
        // Running sums that a compiler can keep in vectors: it may not change the order of one.
        let mut changes = [0.0f32; 16];
        let mut wholes = [0.0f32; 16];
        let mut add = |before: &[f32], after: &[f32]| {
            let sums = changes.iter_mut().zip(&mut wholes);
            for ((before, after), (change, whole)) in before.iter().zip(after).zip(sums) {
                *change += (after - before) * (after - before);
                *whole += before * before;
            }
        };
        let (before, before_rest) = self.before.as_chunks::<16>();
        let (after, after_rest) = self.after.as_chunks::<16>();
        for (before, after) in before.iter().zip(after) {
            add(before, after);
        }
        add(before_rest, after_rest);
        [changes, wholes].map(|sums| sums.iter().sum())
    }
}
