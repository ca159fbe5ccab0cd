//! The exponential function, in a form that the compiler turns into vector instructions.

/// `e^x` for `x ≤ 88`, to 2 units in the last place; zero or a denormal's neighbour below −87.
///
/// `x = n·ln 2 + r` with `n` whole and `|r| ≤ ln 2 / 2`, so `e^x = 2^n · e^r`. A polynomial gives
/// `e^r`; `2^n` is added to the exponent bits. Adding 1.5·2²³ rounds to a whole number, and leaves
/// it in the low bits of the sum.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0;
    // ln 2 in two parts, the first with so few bits that n·LN2_HIGH is exact.
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = if x < -87.0 { -87.0 } else { x };
    let rounded = x * core::f32::consts::LOG2_E + ROUND;
    let n = rounded - ROUND;
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    let mut sum = 1.987_569_1e-4;
    sum = sum * r + 1.398_199_9e-3;
    sum = sum * r + 8.333_452e-3;
    sum = sum * r + 4.166_579_6e-2;
    sum = sum * r + 1.666_666_5e-1;
    sum = sum * r + 0.5;
    sum = sum * r * r + r + 1.0;
    f32::from_bits(sum.to_bits().wrapping_add(rounded.to_bits() << 23))
}

#[cfg(test)]
mod tests {
    #[test]
    fn agrees_with_f64() {
        let mut worst = 0.0f64;
        for step in 0..1_750_000 {
            let x = -87.0 + step as f32 * 1e-4;
            let exact = f64::from(x).exp();
            worst = worst.max(((f64::from(super::exp(x)) - exact) / exact).abs());
        }
        assert!(worst < 2.5e-7, "worst relative error {worst:e}");
        assert_eq!(super::exp(0.0), 1.0);
        assert!(super::exp(-1e30) < 1e-37);
    }
}
