//! One question to a map, and its answer.

use super::lens::{Direction, Lens};
use super::loss;
use super::map::Map;
use super::pixel::Point;
use super::region::Region;
use super::scale::{Axis, Scale};
use super::statistics::{divergence_bits, effective_cells, mean_distance, strongest, total};

/// How many of the strongest cells an answer lists.
const LISTED: usize = 5;

/// A cell with less than this part of the strongest one's value is not worth a mark.
const OF_STRONGEST: f32 = 0.1;

/// Nor is one with less than so many times an even share.
const TIMES: f32 = 1.5;

/// Losses below this, in percent of the layer's output, are called none.
pub const NO_LOSS: f32 = 0.1;

/// What is asked of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// The cell in question; of a region, its middle.
    pub cell: Point,
    /// The cells in question, where they are several: their rows' or columns' mean is looked at.
    pub region: Option<Region>,
    /// Whether it is the one that looks, or the one looked at.
    pub direction: Direction,
    /// How the weights are read.
    pub lens: Lens,
}

/// The answer: a row or a column of a map, read through a lens.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// What was asked.
    pub question: Question,
    /// Width and height of the map, N = side².
    pub side: u32,
    /// `[N]`, the row's or column's weights `A[i][j]`, whatever the lens.
    pub weights: Vec<f32>,
    /// `[N]`, what the lens shows, in parts of a uniform row (N times the lens's values); of
    /// [`Lens::WouldLose`] in percent of the layer's output.
    pub values: Vec<f32>,
    /// The cells with the largest values, largest first.
    pub strongest: Vec<usize>,
    /// What the weights say, whatever the lens.
    pub numbers: Numbers,
}

/// What a row or a column says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numbers {
    /// The sum of the weights: 1 for a row; for a column how much its key is looked at, where 1 is
    /// what a key gets on average.
    pub total: f64,
    /// How many cells the weights effectively spread over, from 1 to N.
    pub effective: f64,
    /// Entropy of the weights, in bits: log2 of `effective`.
    pub entropy: f64,
    /// Mean distance of the cell in question from where the weights are, in cells.
    pub distance: f64,
    /// The weight of the cell in question for itself, of a region what stays in it.
    pub own: f64,
    /// The largest weight.
    pub top: f64,
    /// A row's divergence from the mean row, in bits; a column has none.
    pub bits: Option<f64>,
}

impl Look {
    /// The strongest cells that stand out: of a row that is flat, or of many like weights, none does.
    pub fn standing_out(&self) -> &[usize] {
        let least = match self.question.lens {
            Lens::LooksAt | Lens::Everybody => TIMES,
            Lens::WouldLose => NO_LOSS,
            Lens::OnlyThis => 0.0,
        };
        let value = |cell: &usize| self.values[*cell];
        let most = self.strongest.first().map_or(0.0, value);
        let stands = |cell: &usize| value(cell) > least && value(cell) >= OF_STRONGEST * most;
        let count = self
            .strongest
            .iter()
            .take_while(|cell| stands(cell))
            .count();
        &self.strongest[..count]
    }

    /// Asks a map.
    pub fn ask(map: &Map, question: Question) -> Self {
        let Question {
            cell,
            region,
            direction,
            lens,
        } = question;
        let cells = region.unwrap_or(Region::between(cell, cell));
        let asked = cells.clamped(map.side()).indices(map.side());
        let mean = map.mean_row();
        let (weights, values, bits) = match direction {
            Direction::From => {
                let row = mean_of(asked.clone().map(|query| map.row(query)));
                let values = lens.values(&row, mean.iter().copied());
                let bits = divergence_bits(&row, mean);
                (row, values, Some(bits))
            }
            Direction::To => {
                let column = mean_of(asked.clone().map(|key| map.column(key)));
                let values = match lens {
                    // The mean row is the same whichever way one looks.
                    Lens::Everybody => mean.to_vec(),
                    _ => {
                        let parts = asked.clone().map(|key| f64::from(mean[key]));
                        let part = parts.sum::<f64>() / asked.clone().count() as f64;
                        lens.values(&column, std::iter::repeat(part as f32))
                    }
                };
                (column, values, None)
            }
        };
        let n = map.cells() as f32;
        let values: Vec<f32> = match lens {
            Lens::WouldLose => loss::percent(map, asked.clone(), direction).unwrap_or(values),
            _ => values.into_iter().map(|value| n * value).collect(),
        };
        let effective = effective_cells(&weights);
        let numbers = Numbers {
            total: total(&weights),
            effective,
            entropy: effective.max(1.0).log2(),
            distance: mean_distance(&weights, cell, map.side()),
            own: asked.map(|cell| f64::from(weights[cell])).sum(),
            top: f64::from(weights.iter().copied().fold(0.0, f32::max)),
            bits,
        };
        Self {
            question,
            side: map.side(),
            strongest: strongest(&values, LISTED),
            weights,
            values,
            numbers,
        }
    }

    /// Where its values lie between dark and bright on this scale.
    pub fn axis(&self, scale: Scale) -> Axis {
        match self.question.lens {
            Lens::WouldLose => Axis::of_percent(scale, &self.values),
            _ => Axis::of(scale, &self.values),
        }
    }

    /// N, the number of cells.
    pub fn cells(&self) -> usize {
        self.weights.len()
    }
}

/// The mean of some rows, or columns.
fn mean_of(mut lists: impl Iterator<Item = Vec<f32>>) -> Vec<f32> {
    let first = lists.next().unwrap_or_default();
    let mut sums: Option<(Vec<f64>, usize)> = None;
    for list in lists {
        let start = || (first.iter().map(|&v| f64::from(v)).collect(), 1);
        let (sums, count) = sums.get_or_insert_with(start);
        sums.iter_mut()
            .zip(&list)
            .for_each(|(sum, &v)| *sum += f64::from(v));
        *count += 1;
    }
    match sums {
        None => first,
        Some((sums, count)) => sums.iter().map(|sum| (sum / count as f64) as f32).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::map::tests::{identity, sink, some_map};
    use super::*;
    use proptest::prelude::*;

    fn ask(map: &Map, index: usize, direction: Direction, lens: Lens) -> Look {
        let cell = Point::of_index(index, map.side());
        Look::ask(
            map,
            Question {
                cell,
                region: None,
                direction,
                lens,
            },
        )
    }

    #[test]
    fn a_sink_goes_dark_where_only_this_pixel_is_asked_for() {
        let map = sink(4, 6);
        let weights = ask(&map, 2, Direction::From, Lens::LooksAt);
        assert_eq!(weights.strongest[0], 6);
        assert!(weights.values[6] > 15.0, "× uniform: {}", weights.values[6]);
        let only = ask(&map, 2, Direction::From, Lens::OnlyThis);
        assert!(
            only.values.iter().all(|v| v.abs() < 1e-3),
            "{:?}",
            only.values
        );
        assert_eq!(only.numbers, weights.numbers);
    }

    #[test]
    fn who_looks_at_the_sink_is_everybody() {
        let map = sink(4, 6);
        let hub = ask(&map, 6, Direction::To, Lens::LooksAt);
        assert!(hub.numbers.total > 15.0 && (hub.numbers.effective - 16.0).abs() < 1e-3);
        assert_eq!(hub.numbers.bits, None);
        assert!(ask(&map, 5, Direction::To, Lens::LooksAt).numbers.total < 0.1);
    }

    #[test]
    fn a_cell_that_looks_at_itself_says_so() {
        let map = identity(4);
        for direction in [Direction::From, Direction::To] {
            let look = ask(&map, 9, direction, Lens::OnlyThis);
            assert_eq!(look.strongest[0], 9);
            let Numbers {
                own,
                top,
                entropy,
                distance,
                ..
            } = look.numbers;
            assert!(own > 0.999 && (own - top).abs() < 1e-9 && entropy < 1e-2 && distance < 1e-2);
        }
    }

    proptest! {
        #[test]
        fn only_this_pixel_sums_to_the_pixels_bits(map in some_map(4, 3, 3.0), index in 0usize..16) {
            let look = ask(&map, index, Direction::From, Lens::OnlyThis);
            let sum = look.values.iter().map(|&v| f64::from(v)).sum::<f64>() / 16.0;
            prop_assert!((sum - look.numbers.bits.unwrap_or(f64::NAN)).abs() < 1e-4);
        }

        #[test]
        fn a_region_is_the_mean_of_its_cells(map in some_map(4, 2, 3.0), a in 0usize..16, b in 0usize..16, to: bool) {
            let region = Region::between(Point::of_index(a, 4), Point::of_index(b, 4));
            let direction = if to { Direction::To } else { Direction::From };
            let question = Question { cell: region.middle(), region: Some(region), direction, lens: Lens::OnlyThis };
            let found = Look::ask(&map, question);
            let looks: Vec<Look> = region.indices(4).map(|index| ask(&map, index, direction, Lens::LooksAt)).collect();
            let count = looks.len() as f64;
            let mean = |of: &dyn Fn(&Look) -> f64| looks.iter().map(of).sum::<f64>() / count;
            for cell in 0..16 {
                let wanted = mean(&|look| f64::from(look.weights[cell]));
                prop_assert!((f64::from(found.weights[cell]) - wanted).abs() < 1e-5);
            }
            prop_assert!((found.numbers.total - mean(&|look| look.numbers.total)).abs() < 1e-4);
            let stays = mean(&|look| region.indices(4).map(|cell| f64::from(look.weights[cell])).sum());
            prop_assert!((found.numbers.own - stays).abs() < 1e-4);
        }

        #[test]
        fn everybody_is_the_same_whichever_way_one_asks(map in some_map(4, 3, 3.0), a in 0usize..16, b in 0usize..16) {
            let from = ask(&map, a, Direction::From, Lens::Everybody);
            let to = ask(&map, b, Direction::To, Lens::Everybody);
            prop_assert_eq!(&from.values, &to.values);
            let mean: Vec<f32> = map.mean_row().iter().map(|w| 16.0 * w).collect();
            prop_assert_eq!(&from.values, &mean);
        }

        #[test]
        fn a_column_only_this_pixel_is_one_of_each_row(map in some_map(4, 2, 3.0), i in 0usize..16, j in 0usize..16) {
            let column = ask(&map, j, Direction::To, Lens::OnlyThis);
            let row = ask(&map, i, Direction::From, Lens::OnlyThis);
            prop_assert!((column.values[i] - row.values[j]).abs() < 2e-3);
        }
    }
}
