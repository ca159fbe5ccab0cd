//! What a row or a column says, in numbers.

use super::pixel::Point;

/// How many cells the weights effectively spread over: exp of their entropy, from 1 (all weight on
/// one cell) to N (the same weight on all). Weights need not sum to one. 0 where there is none.
pub fn effective_cells(weights: &[f32]) -> f64 {
    let sum = total(weights);
    if sum <= 0.0 {
        return 0.0;
    }
    let nats: f64 = weights
        .iter()
        .map(|&w| f64::from(w) / sum)
        .filter(|&w| w > 0.0)
        .map(|w| -w * w.ln())
        .sum();
    nats.exp().clamp(1.0, weights.len().max(1) as f64)
}

/// How much a row differs from the mean row: KL(row ‖ mean), in bits, from 0 (every pixel gives
/// this very row) to log2 N.
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

/// The mean distance from a cell, in cells, of where the weights are in a `side`² grid: between
/// the middles of cells, along a straight line.
pub fn mean_distance(weights: &[f32], from: Point, side: u32) -> f64 {
    let sum = total(weights);
    if sum <= 0.0 {
        return 0.0;
    }
    let weighted: f64 = weights
        .iter()
        .enumerate()
        .map(|(index, &weight)| {
            let at = Point::of_index(index, side);
            let dx = f64::from(at.x) - f64::from(from.x);
            let dy = f64::from(at.y) - f64::from(from.y);
            f64::from(weight) * dx.hypot(dy)
        })
        .sum();
    weighted / sum
}

/// The indices of the `count` heaviest cells, heaviest first; ties in the order of their index.
pub fn strongest(values: &[f32], count: usize) -> Vec<usize> {
    let heavier = |&a: &usize, &b: &usize| values[b].total_cmp(&values[a]).then(a.cmp(&b));
    let mut order: Vec<usize> = (0..values.len()).collect();
    if count < order.len() {
        order.select_nth_unstable_by(count, heavier);
        order.truncate(count);
    }
    order.sort_unstable_by(heavier);
    order
}

/// The sum of the weights.
pub fn total(weights: &[f32]) -> f64 {
    weights.iter().map(|&w| f64::from(w)).sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::map::tests::{identity, map, sink, some_map};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sink_does_not_depend_on_the_query_but_is_not_flat() {
        let map = sink(4, 3);
        let row = map.row(5);
        assert!(divergence_bits(&row, map.mean_row()) < 1e-6);
        assert!(effective_cells(&row) < 1.1);
        assert_eq!(strongest(&row, 1), vec![3]);
    }

    #[test]
    fn queries_that_look_at_themselves_differ_from_the_mean_by_log2_n() {
        let map = identity(4);
        let row = map.row(11);
        let bits = divergence_bits(&row, map.mean_row());
        assert!((bits - 4.0).abs() < 1e-3, "{bits}");
        assert!(mean_distance(&row, Point::of_index(11, 4), 4) < 1e-3);
    }

    #[test]
    fn no_weight_anywhere_spreads_over_all_keys() {
        let row = map(4, 2, vec![0.0; 32], vec![0.0; 32]).row(0);
        assert!(row.iter().all(|w| (w - 1.0 / 16.0).abs() < 1e-7));
        assert!((effective_cells(&row) - 16.0).abs() < 1e-4);
        assert_eq!(strongest(&row, 3), vec![0, 1, 2]);
    }

    /// Neither one nor all, where every base of the logarithm gives the same.
    #[test]
    fn a_row_over_two_keys_has_two() {
        let effective = effective_cells(&[0.5, 0.0, 0.5, 0.0]);
        assert!((effective - 2.0).abs() < 1e-6, "{effective}");
    }

    #[test]
    fn distances_run_from_the_cell_in_a_straight_line() {
        let mut weights = [0.0; 16];
        // Three columns to the right and none down, and three down: (0, 0) → (3, 0), (3, 3).
        (weights[3], weights[15]) = (0.5, 0.5);
        let distance = mean_distance(&weights, Point { x: 0, y: 0 }, 4);
        assert!((distance - (3.0 + 18f64.sqrt()) / 2.0).abs() < 1e-9);
        assert_eq!(mean_distance(&[0.0; 16], Point { x: 0, y: 0 }, 4), 0.0);
    }

    proptest! {
        #[test]
        fn numbers_stay_in_their_ranges(map in some_map(4, 2, 4.0), query in 0usize..16) {
            let row = map.row(query);
            let (effective, bits) = (effective_cells(&row), divergence_bits(&row, map.mean_row()));
            prop_assert!((1.0..=16.0).contains(&effective));
            prop_assert!((0.0..=4.001).contains(&bits));
            let distance = mean_distance(&row, Point::of_index(query, 4), 4);
            prop_assert!((0.0..=18f64.sqrt()).contains(&distance));
        }

        #[test]
        fn the_strongest_are_the_heaviest_in_order(row in prop::collection::vec(0u8..9, 16), count in 0usize..20) {
            let row: Vec<f32> = row.into_iter().map(f32::from).collect();
            let mut order: Vec<usize> = (0..16).collect();
            order.sort_by(|&a, &b| row[b].total_cmp(&row[a]));
            order.truncate(count);
            prop_assert_eq!(strongest(&row, count), order);
        }
    }
}
