//! Runs in turn, and what is told of their times.

use std::time::{Duration, Instant};

use super::arguments::Arguments;
use crate::files::Error;

/// Runs all in turn, so that what else the machine does meanwhile meets them alike: once first, and
/// then as often as there is time for.
pub(super) fn in_turn<T>(
    arguments: &Arguments,
    contestants: &mut [T],
    mut run: impl FnMut(&mut T) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut start = Instant::now();
    for round in 0..=arguments.runs {
        if round == 1 {
            start = Instant::now();
        }
        if round > 1 && start.elapsed().as_secs_f64() > arguments.seconds {
            break;
        }
        contestants.iter_mut().try_for_each(&mut run)?;
    }
    Ok(())
}

/// As the figures have it.
pub(super) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The middle one, or the mean of the two about the middle.
///
/// # Panics
/// If there is none.
pub(super) fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    let middle = sorted.len() / 2;
    match sorted.len() % 2 {
        1 => sorted[middle],
        _ => (sorted[middle - 1] + sorted[middle]) / 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_count_lies_between_the_middle_two() {
        let times = [5, 1, 9, 3].map(Duration::from_millis);
        assert_eq!(median(&times), Duration::from_millis(4));
        assert_eq!(median(&times[..3]), Duration::from_millis(5));
    }
}
