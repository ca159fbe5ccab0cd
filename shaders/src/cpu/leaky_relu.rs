//! LeakyReLU and its gradient, in place.

use pulp::{Simd, WithSimd};

use super::parallel;

/// Elements given to a core at a time.
const CHUNK: usize = 1 << 15;

/// Multiplies the negative elements by `slope`.
pub(crate) fn leaky_relu(x: &mut [f32], slope: f32) {
    parallel::for_each_chunk(x, CHUNK, |_, x| {
        pulp::Arch::new().dispatch(Forward { x, slope });
    });
}

/// Multiplies by `slope` where `output` is not positive: an output has its input's sign.
pub(crate) fn leaky_relu_backward(output: &[f32], grad: &mut [f32], slope: f32) {
    parallel::for_each_chunk(grad, CHUNK, |index, grad| {
        let output = &output[index * CHUNK..][..grad.len()];
        pulp::Arch::new().dispatch(Backward {
            output,
            grad,
            slope,
        });
    });
}

struct Forward<'a> {
    x: &'a mut [f32],
    slope: f32,
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for x in self.x {
            *x *= if *x > 0.0 { 1.0 } else { self.slope };
        }
    }
}

struct Backward<'a> {
    output: &'a [f32],
    grad: &'a mut [f32],
    slope: f32,
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (grad, output) in self.grad.iter_mut().zip(self.output) {
            *grad *= if *output > 0.0 { 1.0 } else { self.slope };
        }
    }
}
