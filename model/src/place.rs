//! Where a position is, as sines: what queries and keys may see beside the picture.
//!
//! For x, y in (−1, 1), the centres of the cells, a position has the twelve numbers
//! `sin πmx, cos πmx, sin πmy, cos πmy` with m = 1, 2, 4.
//!
//! Why sines and not x and y: a dot product of queries and keys that are linear in these can peak at
//! any fixed displacement, `cos πm(x − x')`, and at the mirrored place, `cos πm(x + x')`. With x and
//! y alone it can only grow towards a border. Whole periods have the mean zero, so that centring
//! ([`crate::config::Energy::Centred`]) leaves them as they are.

use std::f64::consts::PI;

/// Periods over half of the picture's width.
const FREQUENCIES: [f64; 3] = [1.0, 2.0, 4.0];

/// Numbers that tell of a place.
pub const PLACES: usize = 4 * FREQUENCIES.len();

/// The sines of every position of a map of this side, `[PLACES, side²]`, row-major; position
/// `y·side + x`.
pub fn sines(side: usize) -> Vec<f32> {
    let centre = |i: usize| (2 * i + 1) as f64 / side as f64 - 1.0;
    let mut values = Vec::with_capacity(PLACES * side * side);
    for frequency in FREQUENCIES {
        for vertical in [false, true] {
            for wave in [f64::sin, f64::cos] {
                // Along one axis first: a sine is dear.
                let axis: Vec<f32> = (0..side)
                    .map(|i| wave(PI * frequency * centre(i)) as f32)
                    .collect();
                values.extend((0..side * side).map(|position| {
                    axis[if vertical {
                        position / side
                    } else {
                        position % side
                    }]
                }));
            }
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn centring_leaves_sines_as_they_are() {
        for side in [16, 32] {
            for wave in sines(side).chunks_exact(side * side) {
                let mean = wave.iter().map(|&v| f64::from(v)).sum::<f64>() / wave.len() as f64;
                assert!(mean.abs() < 1e-6, "{mean}");
            }
        }
    }

    #[test]
    fn one_query_can_find_its_mirrored_place() {
        // q = (cos πmx, −sin πmx, …), k = (cos πmx', sin πmx', …): Σ cos πm(x + x').
        let side = 16;
        let waves = sines(side);
        let wave = |index: usize, position: usize| waves[index * side * side + position];
        for query in 0..side {
            let energy = |key: usize| -> f32 {
                (0..FREQUENCIES.len())
                    .map(|m| {
                        wave(4 * m + 1, query) * wave(4 * m + 1, key)
                            - wave(4 * m, query) * wave(4 * m, key)
                    })
                    .sum()
            };
            let best = (0..side).max_by(|&a, &b| energy(a).total_cmp(&energy(b)));
            assert_eq!(best, Some(side - 1 - query));
        }
    }
}
