//! Against the whole map, and of maps whose answer is known.

use super::*;
use crate::{
    initial::normal_values,
    latents::{Purpose, stream},
};

const SIDE: usize = 4;
const N: usize = SIDE * SIDE;

/// Queries, keys (three dimensions) and values (two channels).
fn random(spread: f32) -> [Vec<f32>; 3] {
    let random = &mut stream(8, Purpose::Statistics, 2);
    [(3, spread), (3, spread), (2, 1.0)].map(|(rows, s)| normal_values(rows * N, s, random))
}

fn view<'a>([queries, keys, values]: &'a [Vec<f32>; 3]) -> LayerView<'a> {
    LayerView {
        side: SIDE,
        queries,
        keys,
        values,
    }
}

/// The map in f64, `[N][N]`.
fn map(layer: LayerView) -> Vec<Vec<f64>> {
    let energy = |i: usize, j: usize| -> f64 {
        let dimensions = layer
            .queries
            .chunks_exact(N)
            .zip(layer.keys.chunks_exact(N));
        dimensions
            .map(|(q, k)| f64::from(q[i]) * f64::from(k[j]))
            .sum()
    };
    let row = |i: usize| {
        let exps: Vec<f64> = (0..N).map(|j| energy(i, j).exp()).collect();
        let sum: f64 = exps.iter().sum();
        exps.iter().map(|e| e / sum).collect()
    };
    (0..N).map(row).collect()
}

fn mean(map: &[Vec<f64>]) -> Vec<f64> {
    let at = |j: usize| map.iter().map(|row| row[j]).sum::<f64>() / N as f64;
    (0..N).map(at).collect()
}

/// Fails for NaN, and for lists of unequal lengths.
fn assert_close(found: &[f32], wanted: &[f64], tolerance: f64) {
    assert_eq!(found.len(), wanted.len());
    for (at, (&found, &wanted)) in found.iter().zip(wanted).enumerate() {
        let off = (f64::from(found) - wanted).abs();
        assert!(off <= tolerance, "{found} at {at} is not {wanted}");
    }
}

#[test]
fn bits_displacements_and_lookers_are_those_of_the_whole_map() {
    for spread in [0.3, 2.0] {
        let parts = random(spread);
        let all = AllRows::of(view(&parts));
        let map = map(view(&parts));
        let mean = mean(&map);
        let bits: Vec<f64> = map
            .iter()
            .map(|row| row.iter().zip(&mean).map(|(p, m)| p * (p / m).log2()).sum())
            .collect();
        assert_close(&all.bits, &bits, 1e-4);
        let displacement: Vec<f64> = map
            .iter()
            .enumerate()
            .flat_map(|(i, row)| {
                let more: Vec<f64> = row
                    .iter()
                    .zip(&mean)
                    .map(|(p, m)| (p - m).max(0.0))
                    .collect();
                let sum: f64 = more.iter().sum();
                let along = |of: fn(usize) -> usize| {
                    let places = more.iter().enumerate().map(|(j, m)| m * of(j) as f64);
                    places.sum::<f64>() / sum - of(i) as f64
                };
                [along(|j| j % SIDE), along(|j| j / SIDE)]
            })
            .collect();
        assert_close(&all.displacement, &displacement, 1e-3);
        let lookers: Vec<f64> = (0..N)
            .map(|j| map.iter().filter(|row| row[j] >= 4.0 / N as f64).count() as f64 / N as f64)
            .collect();
        assert_close(&all.lookers, &lookers, 1e-6);
        assert!(lookers.iter().any(|&share| share > 0.0) || spread < 1.0);
    }
}

#[test]
fn components_keep_the_distances_that_three_directions_can() {
    let parts = random(1.5);
    let all = AllRows::of(view(&parts));
    let map = map(view(&parts));
    let roots: Vec<Vec<f64>> = map
        .iter()
        .map(|row| row.iter().map(|p| p.sqrt()).collect())
        .collect();
    let middle = mean(&roots);
    let total: f64 = roots
        .iter()
        .flat_map(|row| row.iter().zip(&middle).map(|(r, m)| (r - m).powi(2)))
        .sum();
    for direction in 0..DIRECTIONS {
        let along = all.components.iter().skip(direction).step_by(DIRECTIONS);
        let variance: f64 = along.clone().map(|&c| f64::from(c).powi(2)).sum();
        assert!((variance / total - f64::from(all.held[direction])).abs() < 1e-3);
        assert!(along.map(|&c| f64::from(c).powi(3)).sum::<f64>() >= 0.0);
    }
    assert!(all.held[0] > 0.2 && all.held[0] >= all.held[1]);
}

/// Each cell looks at its mirror image.
fn mirror() -> [Vec<f32>; 3] {
    let unit = |of: fn(usize) -> usize| {
        let one = move |d: usize| (0..N).map(move |i| if of(i) == d { 5.0 } else { 0.0 });
        (0..N).flat_map(one).collect()
    };
    let mirrored = |i: usize| i - i % SIDE + SIDE - 1 - i % SIDE;
    [unit(mirrored), unit(|j| j), vec![0.5; 2 * N]]
}

#[test]
fn the_few_that_stand_out_are_positive() {
    // Two pixels lean one way and one far the other; in the second direction it is so already.
    let mut components = [-2.0, 2.0, 0.0, 1.0, -1.0, 0.0, 1.0, -1.0, 0.0];
    super::turn(&mut components);
    let wanted = [2.0, 2.0, 0.0, -1.0, -1.0, 0.0, -1.0, -1.0, 0.0];
    assert_close(&components, &wanted, 1e-12);
}

#[test]
fn a_mirror_shows_as_a_mirror() {
    let all = AllRows::of(view(&mirror()));
    for (i, found) in all.displacement.chunks_exact(2).enumerate() {
        let wanted = (SIDE - 1) as f32 - 2.0 * (i % SIDE) as f32;
        assert!((found[0] - wanted).abs() < 1e-2, "{found:?} at {i}");
        assert!(found[1].abs() < 1e-2);
    }
    assert!(all.bits.iter().all(|&bits| bits > 3.9));
    assert_eq!(all.distinct, vec![0.0; N], "all values are alike");
}

#[test]
fn a_sink_has_all_rows_for_lookers_and_leads_nowhere() {
    let mut keys = vec![0.0; N];
    keys[6] = 9.0;
    let mut values = vec![1.0; N];
    values[6] = 17.0;
    let all = AllRows::of(view(&[vec![1.0; N], keys, values]));
    let wanted: Vec<f32> = (0..N).map(|j| f32::from(u8::from(j == 6))).collect();
    assert_eq!(all.lookers, wanted);
    assert!(all.displacement.iter().all(|&along| along == 0.0));
    assert_eq!((all.held, all.components), ([0.0; 3], vec![0.0; 3 * N]));
    // The one that differs has the deviation of a single one among sixteen: √15 times the usual.
    assert!((all.distinct[6] - 15f32.sqrt()).abs() < 1e-3 && all.distinct[0] < 0.3);
}

#[test]
fn sampled_rows_are_all_of_a_small_map_and_never_twice() {
    for pixels in [1, 9, 256, 1024, 4096, 9216] {
        let mut seen: Vec<usize> = sampled(pixels).collect();
        assert_eq!(seen.len(), pixels.min(MOST_SAMPLES));
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), pixels.min(MOST_SAMPLES));
        assert!(seen.last().is_some_and(|&last| last < pixels));
    }
}
