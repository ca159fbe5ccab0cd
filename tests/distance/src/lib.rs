//! How far apart two lists of numbers are, for every test that compares some.
//!
//! The usual `fold(0.0, f32::max)` drops NaN, a loop over `zip` ends with the shorter list, and
//! over nothing at all it passes. So here a distance is infinite for a number that is NaN or
//! infinite on either side, for lists of unequal lengths, and for empty ones; and an infinite
//! distance is within no tolerance.

use std::fmt::Display;

/// A distance, and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Distance {
    /// How far apart; infinite where the lists cannot be compared, never NaN.
    pub size: f64,
    /// The worst place with both its numbers, or why there is nothing to compare.
    pub reason: String,
}

/// The largest |found − wanted|.
pub fn absolute<A, B>(found: &[A], wanted: &[B]) -> Distance
where
    A: Copy + Into<f64>,
    B: Copy + Into<f64>,
{
    match pairs(found, wanted) {
        Ok(pairs) => largest(&pairs, |_| 1.0),
        Err(reason) => Distance::infinite(reason),
    }
}

/// The largest |found − wanted|, each in terms of |wanted| or of the root mean square of all that
/// was wanted, whichever is larger: an element near zero need not be more exact than the rest.
///
/// Where all that was wanted is zero, the difference itself.
pub fn scaled<A, B>(found: &[A], wanted: &[B]) -> Distance
where
    A: Copy + Into<f64>,
    B: Copy + Into<f64>,
{
    let pairs = match pairs(found, wanted) {
        Ok(pairs) => pairs,
        Err(reason) => return Distance::infinite(reason),
    };
    let square = pairs.iter().map(|(_, b)| b * b).sum::<f64>() / pairs.len() as f64;
    if !square.is_finite() {
        return Distance::infinite("what was wanted has no mean square".into());
    }
    let scale = if square > 0.0 { square.sqrt() } else { 1.0 };
    largest(&pairs, |wanted| scale.max(wanted.abs()))
}

/// ‖found − wanted‖ / ‖wanted‖; infinite where nothing but zeros was wanted.
pub fn relative<A, B>(found: &[A], wanted: &[B]) -> Distance
where
    A: Copy + Into<f64>,
    B: Copy + Into<f64>,
{
    let pairs = match pairs(found, wanted) {
        Ok(pairs) => pairs,
        Err(reason) => return Distance::infinite(reason),
    };
    let apart = norm(pairs.iter().map(|(a, b)| a - b));
    let wanted = norm(pairs.iter().map(|&(_, b)| b));
    if wanted == 0.0 || !wanted.is_finite() {
        return Distance::infinite(format!(
            "relative to a norm of {wanted} there is no distance"
        ));
    }
    Distance {
        size: apart / wanted,
        reason: format!(
            "the norm of {} differences is {apart:e}, of what was wanted {wanted:e}",
            pairs.len()
        ),
    }
}

impl Distance {
    fn infinite(reason: String) -> Self {
        Self {
            size: f64::INFINITY,
            reason,
        }
    }

    /// Whether it is finite and at most `tolerance`.
    pub fn is_within(&self, tolerance: f64) -> bool {
        self.size.is_finite() && self.size <= tolerance
    }

    /// Fails the test that asks, unless the distance is within `tolerance`.
    ///
    /// # Panics
    /// Names `what` was compared, how far apart it is, and where.
    #[track_caller]
    pub fn within(&self, tolerance: f64, what: impl Display) {
        assert!(
            self.is_within(tolerance),
            "{what}: off by {:e}, over {tolerance:e}: {}",
            self.size,
            self.reason
        );
    }
}

/// Both lists as pairs in double precision, or why they cannot be compared.
fn pairs<A, B>(found: &[A], wanted: &[B]) -> Result<Vec<(f64, f64)>, String>
where
    A: Copy + Into<f64>,
    B: Copy + Into<f64>,
{
    if found.len() != wanted.len() {
        return Err(format!("{} numbers against {}", found.len(), wanted.len()));
    }
    if found.is_empty() {
        return Err("there is nothing to compare".into());
    }
    let mut pairs = Vec::with_capacity(found.len());
    for (index, (&a, &b)) in found.iter().zip(wanted).enumerate() {
        let (a, b) = (a.into(), b.into());
        if !a.is_finite() || !b.is_finite() {
            return Err(format!("number {index} is {a}, wanted {b}"));
        }
        pairs.push((a, b));
    }
    Ok(pairs)
}

/// The largest difference in units of what `unit` makes of the wanted number.
fn largest(pairs: &[(f64, f64)], unit: impl Fn(f64) -> f64) -> Distance {
    let (mut size, mut worst) = (-1.0, 0);
    for (index, &(a, b)) in pairs.iter().enumerate() {
        let apart = (a - b).abs() / unit(b);
        // Of numbers beyond all bounds: infinite by infinite.
        let apart = if apart.is_nan() { f64::INFINITY } else { apart };
        if apart > size {
            (size, worst) = (apart, index);
        }
    }
    let (a, b) = pairs[worst];
    Distance {
        size,
        reason: format!("number {worst} of {} is {a:e}, wanted {b:e}", pairs.len()),
    }
}

fn norm(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|v| v * v).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Measure = fn(&[f64], &[f64]) -> Distance;
    const ALL: [Measure; 3] = [absolute, scaled, relative];

    #[test]
    fn equal_lists_are_not_apart() {
        for measure in ALL {
            assert_eq!(measure(&[1.0, -2.0, 0.0], &[1.0, -2.0, 0.0]).size, 0.0);
        }
    }

    #[test]
    fn each_measures_in_its_own_unit() {
        let (found, wanted) = ([0.0f32, 6.0, 0.5, 0.0], [0.0, 8.0, 0.0, 0.0]);
        assert_eq!(absolute(&found, &wanted).size, 2.0);
        assert_eq!(relative(&found, &wanted).size, 4.25f64.sqrt() / 8.0);
        // The root mean square of what was wanted is 4: the worst is the 6, in terms of its 8.
        assert_eq!(scaled(&found, &wanted).size, 0.25);
        assert_eq!(scaled(&[0.0, 8.0, 2.0, 0.0], &wanted).size, 0.5);
        assert_eq!(scaled(&[0.25, 0.0], &[0.0, 0.0]).size, 0.25);
    }

    #[test]
    fn the_worst_place_is_named() {
        let off = absolute(&[1.0, 2.0, 3.5], &[1.0, 2.25, 3.0]);
        assert_eq!(off.reason, "number 2 of 3 is 3.5e0, wanted 3e0");
    }

    #[test]
    fn what_is_no_number_is_infinitely_far() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for measure in ALL {
                for place in 0..3 {
                    let mut list = [1.0, 2.0, 3.0];
                    list[place] = bad;
                    assert_eq!(measure(&list, &[1.0, 2.0, 3.0]).size, f64::INFINITY);
                    assert_eq!(measure(&[1.0, 2.0, 3.0], &list).size, f64::INFINITY);
                    // Not even from itself.
                    assert_eq!(measure(&list, &list).size, f64::INFINITY);
                }
            }
        }
    }

    #[test]
    fn unequal_lengths_are_infinitely_far() {
        for measure in ALL {
            assert_eq!(measure(&[1.0, 2.0], &[1.0]).size, f64::INFINITY);
            assert_eq!(measure(&[1.0], &[1.0, 2.0]).size, f64::INFINITY);
            assert_eq!(measure(&[], &[1.0]).size, f64::INFINITY);
        }
    }

    #[test]
    fn nothing_is_infinitely_far_from_nothing() {
        for measure in ALL {
            assert_eq!(measure(&[], &[]).size, f64::INFINITY);
        }
    }

    #[test]
    fn numbers_beyond_all_bounds_do_not_pass() {
        let great = [1e200, -1e200];
        for measure in ALL {
            assert!(!measure(&great, &[-1e200, 1e200]).is_within(0.1));
        }
        assert_eq!(relative(&[1.0], &[0.0]).size, f64::INFINITY);
        assert_eq!(relative(&[0.0], &[0.0]).size, f64::INFINITY);
    }

    #[test]
    fn an_infinite_distance_is_within_nothing() {
        let nothing = absolute::<f64, f64>(&[], &[]);
        for tolerance in [1.0, f64::MAX, f64::INFINITY, f64::NAN] {
            assert!(!nothing.is_within(tolerance));
        }
        let near = absolute(&[1.0], &[1.5]);
        assert!(near.is_within(0.5) && !near.is_within(0.49) && !near.is_within(f64::NAN));
    }

    #[test]
    #[should_panic(expected = "the image: off by inf, over 1e-1: number 1 is NaN, wanted 2")]
    fn a_test_that_compares_a_nan_fails() {
        absolute(&[1.0, f32::NAN], &[1.0f32, 2.0]).within(0.1, "the image");
    }

    #[test]
    fn a_test_that_compares_what_is_near_passes() {
        absolute(&[1.0f32, 2.0], &[1.0f64, 2.05]).within(0.1, "the image");
    }
}
