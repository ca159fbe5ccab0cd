//! One row of an attention map, and what it says.
//!
//! A row belongs to one query (the place being drawn) and gives every key (a place looked at) a
//! weight; the weights sum to one. The map is never stored: the engine sends queries and keys,
//! and a row is one small softmax.

use crate::protocol::Reading;

/// The row of one query: `[N]` weights, `N = side²`, indexed `y·side + x`; they sum to one.
///
/// Divided by its own sum rather than by the engine's log-sum-exp: energies of a hundred are
/// common, and there a 32-bit log-sum-exp alone is off by 1e-5.
///
/// # Panics
/// If the reading's lengths disagree; [`check`](super::sample_check::check) sees to that when a
/// sample arrives.
pub fn row(reading: &Reading, query: usize) -> Vec<f32> {
    let d = reading.dim as usize;
    let q = &reading.queries[query * d..(query + 1) * d];
    let mut row: Vec<f32> = (0..reading.log_sum_exp.len())
        .map(|key| {
            let k = &reading.keys[key * d..(key + 1) * d];
            q.iter().zip(k).map(|(q, k)| q * k).sum()
        })
        .collect();
    let top = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    row.iter_mut()
        .for_each(|energy| *energy = (*energy - top).exp());
    let sum: f64 = row.iter().map(|&w| f64::from(w)).sum();
    row.iter_mut()
        .for_each(|w| *w = (f64::from(*w) / sum) as f32);
    row
}

/// How many keys the row effectively spreads over: exp of its entropy, from 1 (all weight on one
/// key) to N (the same weight on all).
pub fn effective_keys(row: &[f32]) -> f64 {
    let nats: f64 = row
        .iter()
        .map(|&w| f64::from(w))
        .filter(|&w| w > 0.0)
        .map(|w| -w * w.ln())
        .sum();
    nats.exp().clamp(1.0, row.len().max(1) as f64)
}

/// How much the row differs from the average row: KL(row ‖ mean), in bits, from 0 (every pixel
/// gives this very row) to log2 N.
pub fn divergence_bits(row: &[f32], mean: &[f32]) -> f64 {
    let bits: f64 = row
        .iter()
        .zip(mean)
        .map(|(&r, &m)| (f64::from(r), f64::from(m)))
        .filter(|&(r, m)| r > 0.0 && m > 0.0)
        .map(|(r, m)| r * (r / m).log2())
        .sum();
    // The row sums to one up to rounding only, which would otherwise show as "-0.00".
    bits.max(0.0)
}

/// The indices of the `count` heaviest keys, heaviest first; ties in the order of their index.
pub fn strongest(row: &[f32], count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..row.len()).collect();
    order.sort_by(|&a, &b| row[b].total_cmp(&row[a]));
    order.truncate(count);
    order
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    /// A reading of the given queries and keys. Rows do not use the log-sum-exp's values.
    fn reading(side: u32, dim: u32, queries: Vec<f32>, keys: Vec<f32>) -> Reading {
        let log_sum_exp = vec![f32::NAN; (side * side) as usize];
        Reading {
            side,
            dim,
            queries,
            keys,
            log_sum_exp,
            gamma: 1.0,
            share: 0.1,
            ..Reading::default()
        }
    }

    /// The average of all rows, which the engine sends along.
    fn mean_row(reading: &Reading) -> Vec<f32> {
        let n = reading.log_sum_exp.len();
        let mut sum = vec![0f64; n];
        for query in 0..n {
            for (total, weight) in sum.iter_mut().zip(row(reading, query)) {
                *total += f64::from(weight);
            }
        }
        sum.into_iter()
            .map(|total| (total / n as f64) as f32)
            .collect()
    }

    fn some_reading(side: u32, dim: u32, span: f32) -> impl Strategy<Value = Reading> {
        let len = (side * side * dim) as usize;
        let values = || prop::collection::vec(-span..span, len);
        (values(), values()).prop_map(move |(q, k)| reading(side, dim, q, k))
    }

    #[test]
    fn a_key_is_found_at_y_side_plus_x() {
        // Every query looks at the key in column 1 of row 2 of a 4×4 map.
        let mut keys = vec![0.0; 16];
        keys[2 * 4 + 1] = 9.0;
        let reading = reading(4, 1, vec![1.0; 16], keys);
        assert_eq!(strongest(&row(&reading, 7), 1), vec![9]);
        assert_eq!(
            super::super::pixel::Point::of_index(9, 4),
            super::super::pixel::Point { x: 1, y: 2 }
        );
    }

    #[test]
    fn a_sink_does_not_depend_on_the_query_but_is_not_flat() {
        let mut keys = vec![0.0; 16];
        keys[3] = 9.0;
        let reading = reading(4, 1, vec![1.0; 16], keys);
        let row = row(&reading, 5);
        assert!(divergence_bits(&row, &mean_row(&reading)) < 1e-6);
        assert!(effective_keys(&row) < 1.1);
    }

    #[test]
    fn queries_that_look_at_themselves_differ_from_the_mean_by_log2_n() {
        let mut eye = vec![0.0; 16 * 16];
        (0..16).for_each(|i| eye[i * 16 + i] = 8.0);
        let reading = reading(4, 16, eye.clone(), eye);
        let bits = divergence_bits(&row(&reading, 11), &mean_row(&reading));
        assert!((bits - 4.0).abs() < 1e-3, "{bits}");
    }

    #[test]
    fn no_weight_anywhere_spreads_over_all_keys() {
        let reading = reading(4, 2, vec![0.0; 32], vec![0.0; 32]);
        let row = row(&reading, 0);
        assert!(row.iter().all(|w| (w - 1.0 / 16.0).abs() < 1e-7));
        assert!((effective_keys(&row) - 16.0).abs() < 1e-4);
        assert_eq!(strongest(&row, 3), vec![0, 1, 2]);
    }

    #[test]
    fn large_energies_neither_overflow_nor_drift() {
        let keys: Vec<f32> = (0..16).map(|j| 400.0 + j as f32).collect();
        let row = row(&reading(4, 1, vec![1.0; 16], keys), 0);
        let sum: f64 = row.iter().map(|&w| f64::from(w)).sum();
        assert!((sum - 1.0).abs() < 1e-6, "{sum}");
        assert!((row[15] / row[14] - 1f32.exp()).abs() < 1e-4);
    }

    proptest! {
        #[test]
        fn rows_are_the_softmax_of_their_energies(r in some_reading(4, 3, 3.0), query in 0usize..16) {
            let energies: Vec<f64> = (0..16)
                .map(|j| (0..3).map(|c| f64::from(r.queries[query * 3 + c]) * f64::from(r.keys[j * 3 + c])).sum())
                .collect();
            let total: f64 = energies.iter().map(|e: &f64| e.exp()).sum();
            let row = row(&r, query);
            for (j, e) in energies.iter().enumerate() {
                prop_assert!((f64::from(row[j]) - e.exp() / total).abs() < 1e-5);
            }
            let sum: f64 = row.iter().map(|&w| f64::from(w)).sum();
            prop_assert!((sum - 1.0).abs() < 1e-6);
        }

        #[test]
        fn facts_stay_in_their_ranges(r in some_reading(4, 2, 4.0), query in 0usize..16) {
            let (row, mean) = (row(&r, query), mean_row(&r));
            let (effective, bits) = (effective_keys(&row), divergence_bits(&row, &mean));
            prop_assert!((1.0..=16.0).contains(&effective));
            prop_assert!((0.0..=4.001).contains(&bits));
            let sum: f64 = mean.iter().map(|&w| f64::from(w)).sum();
            prop_assert!((sum - 1.0).abs() < 1e-6);
        }

        #[test]
        fn the_strongest_are_the_heaviest_in_order(row in prop::collection::vec(0f32..1.0, 16)) {
            let top = strongest(&row, 5);
            prop_assert!(top.windows(2).all(|w| row[w[0]] >= row[w[1]]));
            let least = row[*top.last().unwrap()];
            prop_assert!((0..16).filter(|i| !top.contains(i)).all(|i| row[i] <= least));
        }
    }
}
