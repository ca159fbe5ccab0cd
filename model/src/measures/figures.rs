//! How specific one map is, and which artefacts it has.

use serde::Serialize;

use super::Map;

/// Figures of one map, a picture's.
///
/// The first tells whether a row depends on its pixel; `border`, `phase` and `top_key` name what
/// else may explain a map: a border that zero padding made special, the checkerboard of a
/// transposed convolution, a *sink* that every pixel looks at.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MapFigures {
    /// Entropy of the mean row minus the mean entropy of the rows, in bits; 0 = every pixel
    /// looks at the same place, log2 N at most.
    pub specificity: f64,
    /// exp of the mean entropy of the rows: how many cells a row spreads over, 1 to N.
    pub effective_pixels: f64,
    /// The largest entry of the mean row: the share of all looks that one key gets.
    pub top_key: f64,
    /// The mean row's mass on the outer ring of cells, divided by the ring's share of the area;
    /// 1 = the border is nothing special.
    pub border: f64,
    /// The mean row's mass on the heaviest of the four phases (x mod 2, y mod 2), times four;
    /// 1 = no checkerboard, 4 = all on one phase.
    pub phase: f64,
    /// Mean distance between a query and what it looks at, in cells of the map.
    pub distance: f64,
    /// Mean weight that a query gives to itself.
    pub self_weight: f64,
}

impl MapFigures {
    /// Of one map.
    pub fn new(map: &Map) -> Self {
        let (side, pixels) = (map.side(), map.pixels());
        let far = distances(side);
        let (mut rows, mut distance, mut self_weight) = (0.0, 0.0, 0.0);
        for (query, row) in map.rows().enumerate() {
            rows += entropy(row.iter().map(|&p| f64::from(p)));
            self_weight += f64::from(row[query]);
            let (x, y) = (query % side, query / side);
            for (row, key_y) in row.chunks_exact(side).zip(0..) {
                let far = &far[y.abs_diff(key_y) * side..];
                for (&p, key_x) in row.iter().zip(0..) {
                    distance += f64::from(p) * far[x.abs_diff(key_x)];
                }
            }
        }
        let count = pixels as f64;
        let rows = rows / count;
        let mean = map.mean_row();
        let [border, phase] = border_and_phase(side, mean);
        Self {
            specificity: (entropy(mean.iter().copied()) - rows) / std::f64::consts::LN_2,
            effective_pixels: rows.exp(),
            top_key: mean.iter().copied().fold(0.0, f64::max),
            border,
            phase,
            distance: distance / count,
            self_weight: self_weight / count,
        }
    }
}

/// [`MapFigures::border`] and [`MapFigures::phase`] of a mean row, `[side²]`.
pub fn border_and_phase(side: usize, mean: &[f64]) -> [f64; 2] {
    let mass = |on: &dyn Fn(usize, usize) -> bool| -> f64 {
        let cells = mean.iter().enumerate();
        cells
            .filter(|&(key, _)| on(key % side, key / side))
            .map(|(_, p)| p)
            .sum()
    };
    let on_ring = |x: usize, y: usize| x == 0 || y == 0 || x == side - 1 || y == side - 1;
    let ring = (0..mean.len())
        .filter(|key| on_ring(key % side, key / side))
        .count();
    let phases = (0..4).map(|phase| mass(&|x, y| x % 2 + 2 * (y % 2) == phase));
    let even = ring as f64 / mean.len() as f64;
    [mass(&on_ring) / even, 4.0 * phases.fold(0.0, f64::max)]
}

/// `[side, side]`: the length of a step of (x, y) cells.
fn distances(side: usize) -> Vec<f64> {
    (0..side * side)
        .map(|at| ((at % side) as f64).hypot((at / side) as f64))
        .collect()
}

/// −Σ p ln p, in nats.
fn entropy(row: impl Iterator<Item = f64>) -> f64 {
    row.filter(|&p| p > 0.0).map(|p| -p * p.ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{map, some_map};
    use super::*;
    use proptest::prelude::*;

    fn close(found: f64, expected: f64, what: &str) {
        assert!(
            (found - expected).abs() < 1e-6,
            "{what}: {found}, not {expected}"
        );
    }

    #[test]
    fn a_sink_has_no_specificity_and_the_identity_has_all() {
        let sink = MapFigures::new(&map(4, |_, key| f32::from(key == 2)));
        close(sink.specificity, 0.0, "specificity");
        close(sink.top_key, 1.0, "top key");
        close(sink.self_weight, 1.0 / 16.0, "self-weight");

        let identity = MapFigures::new(&map(4, |query, key| f32::from(query == key)));
        close(identity.specificity, 4.0, "specificity");
        close(identity.effective_pixels, 1.0, "effective pixels");
        close(identity.distance, 0.0, "distance");
        close(identity.self_weight, 1.0, "self-weight");

        let uniform = MapFigures::new(&map(4, |_, _| 1.0));
        close(uniform.specificity, 0.0, "specificity");
        close(uniform.effective_pixels, 16.0, "effective pixels");
        close(uniform.border, 1.0, "border");
        close(uniform.phase, 1.0, "phase");
        close(uniform.top_key, 1.0 / 16.0, "top key");
    }

    #[test]
    fn a_border_and_a_checkerboard_are_named() {
        // All mass on the ring of a 4×4 map: 12 of 16 cells.
        let ring = |key: usize| matches!(key % 4, 0 | 3) || matches!(key / 4, 0 | 3);
        let border = MapFigures::new(&map(4, |_, key| f32::from(ring(key))));
        close(border.border, 16.0 / 12.0, "border");
        close(border.phase, 1.0, "phase");
        let inside = MapFigures::new(&map(4, |_, key| f32::from(!ring(key))));
        close(inside.border, 0.0, "border");

        // Half of the mass on odd columns of even rows, the rest on the others alike.
        let odd = |key: usize| key % 4 % 2 == 1 && (key / 4).is_multiple_of(2);
        let board = MapFigures::new(&map(4, |_, key| if odd(key) { 3.0 } else { 1.0 }));
        close(board.phase, 2.0, "phase");
    }

    #[test]
    fn distance_is_that_of_a_mirror() {
        // On a row of 4 cells, mirrored: 3, 1, 1, 3 cells away.
        let mirror = map(4, |query, key| {
            f32::from(key / 4 == query / 4 && key % 4 == 3 - query % 4)
        });
        close(MapFigures::new(&mirror).distance, 2.0, "distance");
    }

    proptest! {
        #[test]
        fn figures_are_those_of_their_definitions(map in some_map(4)) {
            let figures = MapFigures::new(&map);
            let (n, side) = (16usize, 4usize);
            let a = |i: usize, j: usize| f64::from(map.row(i)[j]);
            let mean = |j: usize| (0..n).map(|i| a(i, j)).sum::<f64>() / 16.0;
            let mut distance = 0.0;
            let mut rows = 0.0;
            for i in 0..n {
                for j in 0..n {
                    let (dx, dy) = (
                        (i % side) as f64 - (j % side) as f64,
                        (i / side) as f64 - (j / side) as f64,
                    );
                    distance += a(i, j) * (dx * dx + dy * dy).sqrt() / 16.0;
                    rows -= a(i, j) * a(i, j).max(1e-300).log2() / 16.0;
                }
            }
            let all: f64 = (0..n).map(|j| -mean(j) * mean(j).log2()).sum();
            prop_assert!((figures.specificity - (all - rows)).abs() < 1e-6);
            prop_assert!((figures.effective_pixels.log2() - rows).abs() < 1e-6);
            prop_assert!((figures.distance - distance).abs() < 1e-6);
            let middle: f64 = [5, 6, 9, 10].into_iter().map(mean).sum();
            prop_assert!((figures.border - (1.0 - middle) * 16.0 / 12.0).abs() < 1e-5);
            let phase = [[0, 2, 8, 10], [1, 3, 9, 11], [4, 6, 12, 14], [5, 7, 13, 15]]
                .map(|cells| cells.into_iter().map(mean).sum::<f64>())
                .into_iter()
                .fold(0.0, f64::max);
            prop_assert!((figures.phase - 4.0 * phase).abs() < 1e-6);
            prop_assert!((figures.top_key - (0..n).map(mean).fold(0.0, f64::max)).abs() < 1e-9);
        }
    }
}
