//! One update of Adam, in place.

use pulp::{Simd, WithSimd};

use super::parallel;

/// Elements given to a core at a time.
const CHUNK: usize = 1 << 14;

/// The numbers of a step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Factors {
    /// β₁
    pub(crate) keep_first: f32,
    /// 1 − β₁
    pub(crate) take_first: f32,
    /// β₂
    pub(crate) keep_second: f32,
    /// 1 − β₂
    pub(crate) take_second: f32,
    /// √(1 − β₂ᵗ)
    pub(crate) bias: f32,
    /// ε
    pub(crate) epsilon: f32,
    /// rate / (1 − β₁ᵗ)
    pub(crate) rate: f32,
}

impl From<Factors> for [f32; 7] {
    /// In the order in which `wgsl/adam.wgsl` reads them.
    fn from(factors: Factors) -> Self {
        [
            factors.keep_first,
            factors.take_first,
            factors.keep_second,
            factors.take_second,
            factors.bias,
            factors.epsilon,
            factors.rate,
        ]
    }
}

/// Updates both moments, and turns the gradient into the new parameter.
pub(crate) fn adam(
    parameter: &[f32],
    gradient: &mut [f32],
    first: &mut [f32],
    second: &mut [f32],
    factors: Factors,
) {
    let chunks = gradient
        .chunks_mut(CHUNK)
        .zip(first.chunks_mut(CHUNK).zip(second.chunks_mut(CHUNK)));
    parallel::for_each(
        chunks.collect(),
        |index, (gradient, (first, second)): (&mut [f32], (&mut [f32], &mut [f32]))| {
            pulp::Arch::new().dispatch(Update {
                parameter: &parameter[index * CHUNK..][..gradient.len()],
                gradient,
                first,
                second,
                factors,
            });
        },
    );
}

struct Update<'a> {
    parameter: &'a [f32],
    gradient: &'a mut [f32],
    first: &'a mut [f32],
    second: &'a mut [f32],
    factors: Factors,
}

impl WithSimd for Update<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let factors = self.factors;
        let moments = self.first.iter_mut().zip(self.second);
        let values = self.parameter.iter().zip(self.gradient);
        for ((parameter, gradient), (first, second)) in values.zip(moments) {
            let g = *gradient;
            *first = *first * factors.keep_first + g * factors.take_first;
            *second = *second * factors.keep_second + g * g * factors.take_second;
            let root = second.sqrt() / factors.bias + factors.epsilon;
            *gradient = parameter - *first / root * factors.rate;
        }
    }
}
