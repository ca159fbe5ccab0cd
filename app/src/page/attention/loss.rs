//! What a layer's output would lose without a place that is looked at.
//!
//! If key j could not be looked at, query i would share out its looking among the others, in the same
//! proportions, and fetch r instead of o. With A the map, v the values and y = γ·o + x the output, its
//! loss is ‖γ·(o − r)‖ / ‖y‖ with
//! `o − r = A[i][j] / (1 − A[i][j]) · (o − v_j)`. That is the layer's own output at that place; what the
//! picture owes to it, only drawing it once more shows.

use super::lens::Direction;
use super::map::{Contents, Map};

/// From this weight on 1 − A has lost its digits to rounding, and the rest of a row is summed up
/// instead.
const NEARLY_ALL: f64 = 0.9;

/// What is left of a row below which o − v_j has lost its digits too, and r is worked out from the
/// others' own weights.
const HARDLY_ANY: f64 = 1e-3;

/// What each place means to the cells that are asked about, or they to each place, in percent of the
/// output's length, `[N]`; nothing where the map has no [`Contents`].
///
/// [`Direction::From`]: what those cells would lose on average without each place.
/// [`Direction::To`]: what each place would lose without all of those cells together.
pub fn percent(
    map: &Map,
    cells: impl Iterator<Item = usize> + Clone,
    direction: Direction,
) -> Option<Vec<f32>> {
    let layer = Layer {
        map,
        contents: map.contents()?,
    };
    let losses = match direction {
        Direction::From => layer.of_rows(cells),
        Direction::To => layer.without_cells(cells),
    };
    Some(
        losses
            .into_iter()
            .map(|loss| (100.0 * loss) as f32)
            .collect(),
    )
}

struct Layer<'a> {
    map: &'a Map,
    contents: Contents<'a>,
}

impl Layer<'_> {
    /// The mean over some queries of what each would lose without each key.
    fn of_rows(&self, queries: impl Iterator<Item = usize>) -> Vec<f64> {
        let (mut sums, mut count) = (vec![0.0; self.map.cells()], 0.0);
        for query in queries {
            let row = self.map.row(query);
            let whole: f64 = row.iter().map(|&weight| f64::from(weight)).sum();
            let added = self.contents.added(query);
            let length = length(self.contents.output(query));
            for (key, sum) in sums.iter_mut().enumerate() {
                let weight = f64::from(row[key]);
                let rest = whole - weight;
                let moved = if rest < HARDLY_ANY {
                    self.moved_without(query, &added, |other| other == key)
                } else {
                    weight / rest * self.apart(&added, key)
                };
                *sum += part(moved, length);
            }
            count += 1.0;
        }
        sums.iter_mut().for_each(|sum| *sum /= count);
        sums
    }

    /// What each query would lose if it could look at none of some keys.
    fn without_cells(&self, keys: impl Iterator<Item = usize>) -> Vec<f64> {
        let n = self.map.cells();
        let mut gone = vec![false; n];
        keys.for_each(|key| gone[key] = true);
        let keys: Vec<usize> = (0..n).filter(|&key| gone[key]).collect();
        // Of many, those that stay are fewer to add up.
        let columns: Vec<Vec<f32>> = match 2 * keys.len() > n {
            true => Vec::new(),
            false => keys.iter().map(|&key| self.map.column(key)).collect(),
        };
        let loss = |query: usize| {
            let added = self.contents.added(query);
            let weights = || columns.iter().map(|column| f64::from(column[query]));
            let weight: f64 = weights().sum();
            let moved = if columns.is_empty() || weight > NEARLY_ALL {
                self.moved_without(query, &added, |key| gone[key])
            } else {
                self.moved(&added, weight, keys.iter().copied().zip(weights()))
            };
            part(moved, length(self.contents.output(query)))
        };
        (0..n).map(loss).collect()
    }

    /// ‖γ·(o − r)‖ without some keys that have this weight in all: m/(1 − m)·(o − v) with v their
    /// weighted mean.
    fn moved(&self, added: &[f32], weight: f64, keys: impl Iterator<Item = (usize, f64)>) -> f64 {
        let gamma = f64::from(self.map.gamma());
        let mut apart: Vec<f64> = added.iter().map(|&a| weight * f64::from(a)).collect();
        for (key, weight) in keys {
            let value = self.contents.value(key);
            for (apart, &v) in apart.iter_mut().zip(value) {
                *apart -= weight * gamma * f64::from(v);
            }
        }
        let squares: f64 = apart.iter().map(|a| a * a).sum();
        squares.sqrt() / (1.0 - weight)
    }

    /// The same from what the query would fetch instead; all that the layer adds, if nothing is left.
    fn moved_without(&self, query: usize, added: &[f32], gone: impl Fn(usize) -> bool) -> f64 {
        let gamma = f64::from(self.map.gamma());
        let row = self.map.row_among(query, |key| !gone(key));
        let mut apart: Vec<f64> = added.iter().map(|&a| f64::from(a)).collect();
        for (key, &weight) in row.iter().enumerate().filter(|&(_, &weight)| weight > 0.0) {
            let value = self.contents.value(key);
            for (apart, &v) in apart.iter_mut().zip(value) {
                *apart -= f64::from(weight) * gamma * f64::from(v);
            }
        }
        apart.iter().map(|a| a * a).sum::<f64>().sqrt()
    }

    /// ‖γ·(o − v_j)‖.
    fn apart(&self, added: &[f32], key: usize) -> f64 {
        let gamma = self.map.gamma();
        let both = added.iter().zip(self.contents.value(key));
        let squares: f32 = both.map(|(a, v)| (a - gamma * v) * (a - gamma * v)).sum();
        f64::from(squares).sqrt()
    }
}

fn length(vector: &[f32]) -> f64 {
    let squares: f64 = vector.iter().map(|&v| f64::from(v) * f64::from(v)).sum();
    squares.sqrt()
}

/// Nothing has lost nothing.
fn part(moved: f64, length: f64) -> f64 {
    if length > 0.0 { moved / length } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::super::map::tests::{identity, sink, some_map, with_contents};
    use super::*;
    use proptest::prelude::*;

    const CHANNELS: usize = 3;

    fn some_layer(span: f32) -> impl Strategy<Value = Map> {
        let contents = || prop::collection::vec(-2f32..2.0, 16 * CHANNELS);
        (some_map(4, 3, span), -1f32..1.0, contents(), contents())
            .prop_map(|(map, gamma, values, input)| with_contents(map, gamma, values, input))
    }

    /// In percent, by taking the keys out of the row and making the output once more.
    fn by_hand(map: &Map, query: usize, gone: &[usize]) -> f64 {
        let contents = map
            .contents()
            .map(|c| (0..16).map(move |cell| c.value(cell)));
        let values: Vec<&[f32]> = contents.into_iter().flatten().collect();
        let output = map.contents().map_or(&[][..], |c| c.output(query));
        let mut row: Vec<f64> = map.row(query).iter().map(|&w| f64::from(w)).collect();
        let fetched = |row: &[f64]| -> Vec<f64> {
            let channel = |c: usize| {
                (0..16)
                    .map(|key| row[key] * f64::from(values[key][c]))
                    .sum()
            };
            (0..CHANNELS).map(channel).collect()
        };
        let before = fetched(&row);
        gone.iter().for_each(|&key| row[key] = 0.0);
        let left: f64 = row.iter().sum();
        if left > 0.0 {
            row.iter_mut().for_each(|weight| *weight /= left);
        }
        let after = fetched(&row);
        let moved = before
            .iter()
            .zip(&after)
            .map(|(b, a)| f64::from(map.gamma()) * (b - a));
        let moved = moved.map(|d| d * d).sum::<f64>().sqrt();
        100.0 * moved
            / output
                .iter()
                .map(|&y| f64::from(y) * f64::from(y))
                .sum::<f64>()
                .sqrt()
    }

    fn found(map: &Map, cells: &[usize], direction: Direction) -> Vec<f64> {
        let found = percent(map, cells.iter().copied(), direction).unwrap_or_default();
        found.into_iter().map(f64::from).collect()
    }

    fn near(found: f64, wanted: f64) -> bool {
        (found - wanted).abs() <= 1e-3 * wanted + 2e-3
    }

    #[test]
    fn where_there_is_nothing_nothing_is_lost() {
        assert_eq!(part(1.0, 0.0), 0.0);
        assert_eq!(part(1.0, 4.0), 0.25);
    }

    #[test]
    fn without_contents_nothing_is_known() {
        assert_eq!(percent(&sink(4, 1), 0..1, Direction::From), None);
    }

    #[test]
    fn a_place_that_has_all_the_weight_is_worth_what_takes_its_place() {
        let values: Vec<f32> = (0..48).map(|i| (i as f32 * 0.7).sin()).collect();
        let layer = with_contents(identity(4), 0.5, values.clone(), values.clone());
        let row = found(&layer, &[5], Direction::From);
        // Without it, all others have the same weight.
        let moved = (0..CHANNELS).map(|c| {
            let others = (0..16)
                .filter(|&key| key != 5)
                .map(|key| f64::from(values[3 * key + c]));
            0.5 * (f64::from(values[15 + c]) - others.sum::<f64>() / 15.0)
        });
        let moved = moved.map(|d| d * d).sum::<f64>().sqrt();
        let length = (15..18)
            .map(|at| (1.5 * f64::from(values[at])).powi(2))
            .sum::<f64>()
            .sqrt();
        assert!(
            near(row[5], 100.0 * moved / length),
            "{} is not {}",
            row[5],
            100.0 * moved / length
        );
        assert!(near(found(&layer, &[5], Direction::To)[5], row[5]));
        assert!(row[4] < 1e-3);
    }

    #[test]
    fn a_sink_that_holds_what_all_hold_is_worth_nothing() {
        let input: Vec<f32> = (0..48).map(|i| i as f32).collect();
        let alike = with_contents(sink(4, 6), 1.0, [1.0, 2.0, 3.0].repeat(16), input.clone());
        assert!(
            found(&alike, &[6], Direction::To)
                .iter()
                .all(|&loss| loss < 1e-2)
        );
        let mut values = [1.0, 2.0, 3.0].repeat(16);
        values[18..21].copy_from_slice(&[9.0, -9.0, 9.0]);
        let other = with_contents(sink(4, 6), 1.0, values, input);
        assert!(
            found(&other, &[6], Direction::To)
                .iter()
                .all(|&loss| loss > 10.0)
        );
    }

    #[test]
    fn without_any_place_all_that_the_layer_adds_is_gone() {
        let values: Vec<f32> = (0..48).map(|i| (i as f32).cos()).collect();
        let layer = with_contents(sink(4, 2), 0.5, values.clone(), values);
        let all: Vec<usize> = (0..16).collect();
        let losses = found(&layer, &all, Direction::To);
        let whole = layer
            .contents()
            .map_or(0.0, |c| 100.0 * length(&c.added(3)) / length(c.output(3)));
        assert!(near(losses[3], whole), "{} is not {whole}", losses[3]);
    }

    proptest! {
        #[test]
        fn a_loss_is_what_the_output_is_without_the_key(layer in some_layer(2.0), cell in 0usize..16) {
            let (row, column) = (found(&layer, &[cell], Direction::From), found(&layer, &[cell], Direction::To));
            for other in 0..16 {
                let (lost, cost) = (by_hand(&layer, cell, &[other]), by_hand(&layer, other, &[cell]));
                prop_assert!(near(row[other], lost), "{} is not {}", row[other], lost);
                prop_assert!(near(column[other], cost), "{} is not {}", column[other], cost);
            }
        }

        #[test]
        fn of_several_cells_rows_are_averaged_and_keys_go_together(layer in some_layer(2.0), gone in prop::collection::btree_set(0usize..16, 1..15)) {
            let cells: Vec<usize> = gone.into_iter().collect();
            let (rows, columns) = (found(&layer, &cells, Direction::From), found(&layer, &cells, Direction::To));
            for other in 0..16 {
                let each = cells.iter().map(|&cell| by_hand(&layer, cell, &[other]));
                prop_assert!(near(rows[other], each.sum::<f64>() / cells.len() as f64));
                let cost = by_hand(&layer, other, &cells);
                prop_assert!(near(columns[other], cost), "{} is not {}", columns[other], cost);
            }
        }
    }
}
