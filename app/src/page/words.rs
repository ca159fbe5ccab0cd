//! Numbers as the page writes them.

/// Bytes as megabytes with one decimal, or kilobytes below that.
pub fn bytes(count: u64) -> String {
    if count < 1_000_000 {
        format!("{} kB", count.div_ceil(1000))
    } else {
        format!("{:.1} MB", count as f64 / 1e6)
    }
}

/// A fraction as a percentage with about three significant digits.
pub fn percent(fraction: f64) -> String {
    format!("{} %", significant(100.0 * fraction))
}

/// A multiple of the uniform weight.
pub fn times(multiple: f64) -> String {
    format!("{}×", significant(multiple))
}

/// About three significant digits, never in scientific notation; what is below 0.005 says so.
pub fn significant(value: f64) -> String {
    match value.abs() {
        a if a >= 99.95 => format!("{value:.0}"),
        a if a >= 9.995 => format!("{value:.1}"),
        a if a >= 0.005 => format!("{value:.2}"),
        0.0 => "0".to_owned(),
        _ => "<0.01".to_owned(),
    }
}

/// γ: two decimals, or four where it is small, since 0 means "off" and 0.004 does not.
pub fn gamma(value: f32) -> String {
    if value == 0.0 || value.abs() >= 0.1 {
        format!("{value:.2}")
    } else {
        format!("{value:.4}")
    }
}

/// Milliseconds in the unit that suits.
pub fn duration(millis: f64) -> String {
    if millis < 1000.0 {
        format!("{millis:.0} ms")
    } else {
        format!("{:.1} s", millis / 1000.0)
    }
}

/// What a row's two readings mean, in one sentence: `effective` keys of `n`, and `bits` of
/// divergence from the average row.
pub fn verdict(effective: f64, n: usize, bits: f64) -> &'static str {
    if effective > 0.9 * n as f64 {
        "Nearly flat: looks everywhere alike."
    } else if bits < 0.1 {
        "A sink: every pixel looks at much the same cells."
    } else if bits < 0.5 {
        "Depends a little on the pixel."
    } else {
        "Depends on the pixel."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_in_plain_units() {
        assert_eq!(bytes(0), "0 kB");
        assert_eq!(bytes(2_049_000), "2.0 MB");
        assert_eq!(percent(0.1234), "12.3 %");
        assert_eq!(percent(0.000_01), "<0.01 %");
        assert_eq!(times(899.6), "900×");
        assert_eq!(times(0.0), "0×");
        assert_eq!(gamma(-0.8), "-0.80");
        assert_eq!(gamma(0.0041), "0.0041");
        assert_eq!(duration(432.4), "432 ms");
        assert_eq!(duration(2345.0), "2.3 s");
    }

    #[test]
    fn a_flat_row_is_not_called_a_sink() {
        assert!(verdict(250.0, 256, 0.0).starts_with("Nearly flat"));
        assert!(verdict(1.2, 256, 0.02).starts_with("A sink"));
        assert!(verdict(30.0, 256, 1.4).starts_with("Depends on"));
    }
}
