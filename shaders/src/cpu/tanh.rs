//! The hyperbolic tangent of a whole map.

use pulp::{Simd, WithSimd};

use super::{exp::exp, parallel};

/// Elements given to a core at a time.
const CHUNK: usize = 1 << 13;

/// Replaces every element by its hyperbolic tangent.
pub(crate) fn tanh(x: &mut [f32]) {
    parallel::for_each_chunk(x, CHUNK, |_, x| pulp::Arch::new().dispatch(Tanh(x)));
}

struct Tanh<'a>(&'a mut [f32]);

impl WithSimd for Tanh<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for x in self.0 {
            *x = of(*x);
        }
    }
}

/// `tanh x` to 3 units in the last place: `1 − 2 / (e^2|x| + 1)` with the sign of `x`, and where
/// that would cancel, below 0.625, a polynomial (as in Cephes). Both are computed, since a vector
/// cannot branch.
#[inline(always)]
fn of(x: f32) -> f32 {
    const P: [f32; 5] = [
        -3.333_328e-1,
        1.333_144_2e-1,
        -5.373_971_6e-2,
        2.063_909e-2,
        -5.704_988_7e-3,
    ];
    let size = x.abs();
    let square = x * x;
    let pairs = (P[0] + P[1] * square, P[2] + P[3] * square);
    let fourth = square * square;
    let near = x + x * square * ((P[4] * fourth + pairs.1) * fourth + pairs.0);
    // From 10 on it is 1 in f32.
    let far = 1.0 - 2.0 / (exp(2.0 * if size > 10.0 { 10.0 } else { size }) + 1.0);
    if size < 0.625 { near } else { far.copysign(x) }
}

#[cfg(test)]
mod tests {
    use super::tanh;

    #[test]
    fn agrees_with_f64() {
        let xs: Vec<f32> = (-1_200_000..1_200_000).map(|i| i as f32 * 1e-5).collect();
        let mut values = xs.clone();
        tanh(&mut values);
        let mut worst = 0.0f64;
        for (x, value) in xs.iter().zip(&values) {
            let exact = f64::from(*x).tanh();
            let error = (f64::from(*value) - exact).abs() / exact.abs().max(1e-30);
            worst = if error <= worst { worst } else { error };
        }
        assert!(worst < 2.5e-7, "worst relative error {worst:e}");
    }

    #[test]
    fn the_ends_and_no_number() {
        let mut ends = [
            0.0,
            -0.0,
            1e30,
            -1e30,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::NAN,
        ];
        tanh(&mut ends);
        assert_eq!(ends[..6], [0.0, -0.0, 1.0, -1.0, 1.0, -1.0]);
        assert!(ends[6].is_nan());
    }
}
