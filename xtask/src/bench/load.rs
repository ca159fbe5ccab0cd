//! Whether the machine was doing something else: times of a busy machine say little, and those of
//! programs whose threads wait for each other say least.

use std::thread::available_parallelism;

/// A sentence for the table where other programs keep a quarter of the cores or more busy. Linux
/// alone is asked.
pub(crate) fn note() -> Option<String> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    let cores = available_parallelism().ok()?.get();
    let load = busy(&text, cores)?;
    Some(format!(
        "The machine was busy when this began: a load of {load:.1} on {cores} cores. Measure again \
         on a quiet one before you believe the ratios."
    ))
}

/// The load of the last minute, where it is a quarter of the cores or more.
fn busy(loadavg: &str, cores: usize) -> Option<f64> {
    let load: f64 = loadavg.split_whitespace().next()?.parse().ok()?;
    (load >= 0.25 * cores as f64).then_some(load)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_machine_is_told_from_a_quiet_one() {
        assert_eq!(busy("5.97 6.63 5.87 3/456 7890\n", 2), Some(5.97));
        assert_eq!(busy("0.31 2.00 2.00 1/456 7890\n", 2), None);
        assert_eq!(busy("", 2), None);
    }
}
