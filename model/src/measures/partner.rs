//! Whether a pixel looks at its partner: the place where the same information stands once more.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Map, MeasureError};

/// A partner's cell and those around it.
const AROUND: usize = 1;

/// Queries whose partner is this near, in cells, are left out: looking around would find it.
const NEAR: f32 = 3.0;

/// The mirrored position of every cell of a map of side `side`, `[N]`, as `[x, y]` in cells, the
/// centre of the first cell at (0, 0). The mirror is vertical, at `axis` of the width from the left.
pub fn mirrored(side: usize, axis: f32) -> Vec<Vec<[f32; 2]>> {
    (0..side * side)
        .map(|cell| {
            let [x, y] = centre(cell, side);
            vec![[2.0 * axis * side as f32 - 1.0 - x, y]]
        })
        .collect()
}

/// What queries put on their partners, gathered over the pictures of one layer.
///
/// A partner is a cell with those around it, 3×3, less at the border of the map; where a query has
/// several partners, all of these cells. Partners within 3 cells of their query are left out, and
/// those outside of the map. With `M_i(P)` the mass of query `i`'s row on the cells `P`:
/// - *selectivity* is the sum of `M_i(P_i)` over figure pixels `i`, divided by the sum of what the
///   rows of the other figure pixels put on `P_i` on average. A place that all look at counts for
///   nothing, however much it is looked at.
/// - the *control* is the same for a false partner: a place as far from the query as its partner
///   is, in a direction at right angles. It should be about 1; where it is as large as the
///   selectivity, the rows look at that distance in any direction.
/// - *× uniform* is the sum of `M_i(P_i)`, divided by what uniform rows would put there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartnerTally {
    partner: Ratio,
    control: Ratio,
    figure: Ratio,
    all: Ratio,
    queries: usize,
}

/// A sum of masses over a sum of masses to be expected.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Ratio {
    found: f64,
    expected: f64,
}

impl Ratio {
    fn add(&mut self, found: f64, expected: f64) {
        self.found += found;
        self.expected += expected;
    }

    fn value(self) -> Option<f64> {
        (self.expected > 0.0).then(|| self.found / self.expected)
    }
}

/// What a [`PartnerTally`] comes to; a figure is absent where no query was left to measure it on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PartnerFigures {
    /// Mass on the partner ÷ mass that other figure pixels put there; 1 = no preference.
    pub selectivity: Option<f64>,
    /// The same for the false partner.
    pub control: Option<f64>,
    /// Mass on the partner ÷ that of uniform rows, queries on the figure.
    pub figure_times_uniform: Option<f64>,
    /// Mass on the partner ÷ that of uniform rows, all queries.
    pub all_times_uniform: Option<f64>,
    /// Figure pixels that were asked, in all pictures.
    pub queries: usize,
}

impl PartnerTally {
    /// Adds one picture's map. `figure[i]` says whether cell `i` shows the figure rather than the
    /// background, and `partners[i]` where its partners are, in cells as in [`mirrored`].
    ///
    /// # Errors
    /// If either is not `[N]`.
    pub fn add(
        &mut self,
        map: &Map,
        figure: &[bool],
        partners: &[Vec<[f32; 2]>],
    ) -> Result<(), MeasureError> {
        let (side, pixels) = (map.side(), map.pixels());
        for (what, found) in [
            ("The figure's cells", figure.len()),
            ("The partners of a map", partners.len()),
        ] {
            if found != pixels {
                return Err(MeasureError::Length {
                    what,
                    needed: pixels,
                    found,
                });
            }
        }
        let mut by_figure = vec![0f64; pixels];
        for (row, _) in map.rows().zip(figure).filter(|(_, figure)| **figure) {
            for (sum, &p) in by_figure.iter_mut().zip(row) {
                *sum += f64::from(p);
            }
        }
        let others = figure.iter().filter(|&&figure| figure).count() as f64 - 1.0;

        for (query, partners) in partners.iter().enumerate() {
            let own = centre(query, side);
            let steps = partners.iter().map(|at| [at[0] - own[0], at[1] - own[1]]);
            let steps: Vec<[f32; 2]> = steps.filter(|[x, y]| x.hypot(*y) > NEAR).collect();
            let to = |[x, y]: [f32; 2]| cells_around([own[0] + x, own[1] + y], side);
            let mut cells = BTreeSet::new();
            let mut false_cells = BTreeSet::new();
            for &[x, y] in &steps {
                let Some(found) = to([x, y]) else { continue };
                cells.extend(found);
                let turned = [[-y, x], [y, -x]].into_iter().find_map(to);
                false_cells.extend(turned.unwrap_or_default());
            }
            if cells.is_empty() {
                continue;
            }
            let row = map.row(query);
            let mass =
                |cells: &BTreeSet<usize>| cells.iter().map(|&j| f64::from(row[j])).sum::<f64>();
            let uniform = cells.len() as f64 / pixels as f64;
            self.all.add(mass(&cells), uniform);
            if !figure[query] {
                continue;
            }
            self.figure.add(mass(&cells), uniform);
            if others < 1.0 {
                continue;
            }
            let by_others = |cells: &BTreeSet<usize>| {
                let all: f64 = cells.iter().map(|&j| by_figure[j]).sum();
                (all - mass(cells)) / others
            };
            self.queries += 1;
            self.partner.add(mass(&cells), by_others(&cells));
            if !false_cells.is_empty() {
                self.control
                    .add(mass(&false_cells), by_others(&false_cells));
            }
        }
        Ok(())
    }

    /// What the pictures so far come to.
    pub fn figures(&self) -> PartnerFigures {
        PartnerFigures {
            selectivity: self.partner.value(),
            control: self.control.value(),
            figure_times_uniform: self.figure.value(),
            all_times_uniform: self.all.value(),
            queries: self.queries,
        }
    }
}

/// The middle of a cell.
fn centre(cell: usize, side: usize) -> [f32; 2] {
    [(cell % side) as f32, (cell / side) as f32]
}

/// The cell at a position with its neighbours, as far as they are on the map; none if it is not.
fn cells_around(at: [f32; 2], side: usize) -> Option<Vec<usize>> {
    let at = at.map(f32::round);
    if !at.iter().all(|v| (0.0..side as f32).contains(v)) {
        return None;
    }
    let [columns, rows] = at.map(|v| {
        let cell = v as usize;
        cell.saturating_sub(AROUND)..(cell + AROUND + 1).min(side)
    });
    Some(
        rows.flat_map(|y| columns.clone().map(move |x| y * side + x))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::{map, some_map};
    use super::*;
    use proptest::prelude::*;

    const SIDE: usize = 12;

    fn measured(map: &Map, figure: &[bool], partners: &[Vec<[f32; 2]>]) -> PartnerFigures {
        let mut tally = PartnerTally::default();
        tally.add(map, figure, partners).unwrap();
        tally.figures()
    }

    fn opposite(cell: usize) -> usize {
        cell / SIDE * SIDE + SIDE - 1 - cell % SIDE
    }

    #[test]
    fn a_mirror_is_found_and_uniform_rows_are_not() {
        let partners = mirrored(SIDE, 0.5);
        assert_eq!(partners[14], [[9.0, 1.0]]);
        let everywhere = [true; SIDE * SIDE];
        let uniform = measured(&map(SIDE, |_, _| 1.0), &everywhere, &partners);
        for found in [
            uniform.selectivity,
            uniform.control,
            uniform.figure_times_uniform,
            uniform.all_times_uniform,
        ] {
            assert!((found.unwrap() - 1.0).abs() < 1e-6, "{uniform:?}");
        }
        // Columns 0 to 3 and 8 to 11 have their partner more than three cells away.
        assert_eq!(uniform.queries, 8 * SIDE);

        let mirror = map(SIDE, |i, j| if j == opposite(i) { 1.0 } else { 0.002 });
        let found = measured(&mirror, &everywhere, &partners);
        assert!(found.selectivity.unwrap() > 8.0, "{found:?}");
        assert!(found.control.unwrap() < 0.6, "{found:?}");
        assert!(found.figure_times_uniform.unwrap() > 8.0, "{found:?}");
    }

    #[test]
    fn a_sink_on_the_partner_of_some_is_no_selectivity() {
        let sink = map(SIDE, |_, j| if j == 30 { 1.0 } else { 0.001 });
        let found = measured(&sink, &[true; SIDE * SIDE], &mirrored(SIDE, 0.5));
        assert!((found.selectivity.unwrap() - 1.0).abs() < 1e-4, "{found:?}");
    }

    #[test]
    fn rows_that_look_far_in_all_directions_show_in_the_control() {
        let ring = map(SIDE, |i, j| {
            let ([x, y], [kx, ky]) = (centre(i, SIDE), centre(j, SIDE));
            let distance = (x - kx).hypot(y - ky);
            let partner = (SIDE as f32 - 1.0 - 2.0 * x).abs();
            if (distance - partner).abs() < 1.0 {
                1.0
            } else {
                0.01
            }
        });
        let found = measured(&ring, &[true; SIDE * SIDE], &mirrored(SIDE, 0.5));
        assert!(found.control.unwrap() > 1.5, "{found:?}");
    }

    #[test]
    fn nothing_to_ask_gives_no_figure() {
        let map = map(SIDE, |_, _| 1.0);
        let none = measured(&map, &[false; SIDE * SIDE], &mirrored(SIDE, 0.5));
        assert_eq!((none.selectivity, none.queries), (None, 0));
        assert!(none.all_times_uniform.is_some());
        let alone = measured(&map, &[true; SIDE * SIDE], &vec![vec![]; SIDE * SIDE]);
        assert_eq!(alone.all_times_uniform, None);
        let outside = measured(&map, &[true; SIDE * SIDE], &mirrored(SIDE, 1.5));
        assert_eq!(outside.all_times_uniform, None);
        let nowhere = vec![vec![[f32::NAN; 2]]; SIDE * SIDE];
        assert_eq!(
            measured(&map, &[true; SIDE * SIDE], &nowhere).selectivity,
            None
        );
        assert!(
            PartnerTally::default()
                .add(&map, &[true; 3], &mirrored(SIDE, 0.5))
                .is_err()
        );
        assert!(
            PartnerTally::default()
                .add(&map, &[true; SIDE * SIDE], &[vec![], vec![]])
                .is_err()
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn selectivity_is_that_of_its_definition(
            map in some_map(8),
            figure in prop::collection::vec(any::<bool>(), 64),
            partners in prop::collection::vec(
                prop::collection::vec(prop::array::uniform2(-1f32..9.0), 0..3), 64),
        ) {
            let found = measured(&map, &figure, &partners);
            let near = |p: f32, cell: usize| (p.round() as i64 - cell as i64).abs() <= 1;
            let (mut own, mut others, mut all, mut uniform, mut queries) = (0.0, 0.0, 0.0, 0.0, 0);
            for i in 0..64 {
                let kept: Vec<[f32; 2]> = partners[i].iter().copied().filter(|p| {
                    let inside = p.iter().all(|v| (0..8).contains(&(v.round() as i64)));
                    let [x, y] = [(i % 8) as f32, (i / 8) as f32];
                    inside && ((p[0] - x).powi(2) + (p[1] - y).powi(2)).sqrt() > 3.0
                }).collect();
                let cells: Vec<usize> = (0..64)
                    .filter(|j| kept.iter().any(|p| near(p[0], j % 8) && near(p[1], j / 8)))
                    .collect();
                if cells.is_empty() { continue }
                let on = |i: usize| -> f64 { cells.iter().map(|&j| f64::from(map.row(i)[j])).sum() };
                all += on(i);
                uniform += cells.len() as f64 / 64.0;
                let rest: Vec<f64> = (0..64).filter(|&o| o != i && figure[o]).map(on).collect();
                if !figure[i] || rest.is_empty() { continue }
                own += on(i);
                others += rest.iter().sum::<f64>() / rest.len() as f64;
                queries += 1;
            }
            prop_assert_eq!(found.queries, queries);
            if let Some(times) = found.all_times_uniform {
                prop_assert!((times - all / uniform).abs() < 1e-6 * times);
            }
            match found.selectivity {
                None => prop_assert_eq!(queries, 0),
                Some(value) => prop_assert!((value - own / others).abs() < 1e-6 * value),
            }
        }
    }
}
