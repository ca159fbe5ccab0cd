//! One layer's attention map, any row or column of it.
//!
//! A row belongs to one query (the place being drawn) and gives every key (a place looked at) a
//! weight; the weights sum to one. A column belongs to one key and tells how much each query looks
//! at it. The map is never stored: the engine sends queries and keys, and a row is one small
//! softmax.

use crate::protocol::Reading;

/// One layer's attention map in one picture, `A[i][j]` with `N = side²` queries and as many keys,
/// both indexed `y·side + x`.
///
/// Its methods panic if the reading's lengths disagree;
/// [`check`](crate::page::engine::sample_check::check) sees to that when a sample arrives.
#[derive(Debug)]
pub struct Map(Reading);

impl Map {
    /// The map of a reading.
    pub fn new(reading: Reading) -> Self {
        Self(reading)
    }

    /// Width and height, in cells.
    pub fn side(&self) -> u32 {
        self.0.side
    }

    /// N, the number of cells.
    pub fn cells(&self) -> usize {
        self.0.log_sum_exp.len()
    }

    /// γ of the layer.
    pub fn gamma(&self) -> f32 {
        self.0.gamma
    }

    /// ‖γ·o‖ / ‖x‖: how much the layer changes what passes through it in this picture.
    pub fn share(&self) -> f32 {
        self.0.share
    }

    /// The row of one query: `[N]` weights that sum to one.
    ///
    /// Divided by its own sum rather than by the engine's log-sum-exp: energies of a hundred are
    /// common, and there a 32-bit log-sum-exp alone is off by 1e-5.
    pub fn row(&self, query: usize) -> Vec<f32> {
        self.row_among(query, |_| true)
    }

    /// As [`row`](Self::row), if the query could look at these keys only; zeros, if at none.
    pub fn row_among(&self, query: usize, among: impl Fn(usize) -> bool) -> Vec<f32> {
        let q = self.query(query);
        let energy = |key| match among(key) {
            true => dot(q, self.key(key)),
            false => f32::NEG_INFINITY,
        };
        let mut row: Vec<f32> = (0..self.cells()).map(energy).collect();
        let top = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        if top == f32::NEG_INFINITY {
            return vec![0.0; self.cells()];
        }
        row.iter_mut()
            .for_each(|energy| *energy = (*energy - top).exp());
        let sum: f64 = row.iter().map(|&w| f64::from(w)).sum();
        row.iter_mut()
            .for_each(|w| *w = (f64::from(*w) / sum) as f32);
        row
    }

    /// The column of one key: `[N]`, how much of each query's looking goes there. Its sum is N
    /// times the key's part of the mean row.
    ///
    /// By the engine's log-sum-exp, so within 1e-5 of the rows, relative.
    pub fn column(&self, key: usize) -> Vec<f32> {
        (0..self.cells())
            .map(|query| self.weight(query, key))
            .collect()
    }

    /// One weight: how much a query looks at a key; by the engine's log-sum-exp, as a column.
    pub fn weight(&self, query: usize, key: usize) -> f32 {
        (dot(self.query(query), self.key(key)) - self.0.log_sum_exp[query]).exp()
    }

    /// The average of all rows: `[N]`, which sums to one.
    pub fn mean_row(&self) -> &[f32] {
        &self.0.mean_row
    }

    /// What the layer fetches and makes, where the engine was asked for it.
    pub fn contents(&self) -> Option<Contents<'_>> {
        let Reading {
            values: Some(values),
            input: Some(input),
            output: Some(output),
            ..
        } = &self.0
        else {
            return None;
        };
        Some(Contents {
            channels: values.len() / self.cells().max(1),
            values,
            input,
            output,
        })
    }

    fn query(&self, index: usize) -> &[f32] {
        vector(&self.0.queries, index, self.0.dim)
    }

    fn key(&self, index: usize) -> &[f32] {
        vector(&self.0.keys, index, self.0.dim)
    }
}

/// What a layer fetches and makes, cell by cell: `[N, channels]` each.
#[derive(Clone, Copy, Debug)]
pub struct Contents<'a> {
    channels: usize,
    values: &'a [f32],
    input: &'a [f32],
    output: &'a [f32],
}

impl<'a> Contents<'a> {
    /// v, what a query fetches that looks at this cell.
    pub fn value(&self, cell: usize) -> &'a [f32] {
        vector(self.values, cell, self.channels as u32)
    }

    /// y = γ·o + x, what the layer makes of this cell.
    pub fn output(&self, cell: usize) -> &'a [f32] {
        vector(self.output, cell, self.channels as u32)
    }

    /// γ·o, what the layer adds to this cell: y − x, which asks for no division by a γ of 0.
    pub fn added(&self, cell: usize) -> Vec<f32> {
        let input = vector(self.input, cell, self.channels as u32);
        let both = self.output(cell).iter().zip(input);
        both.map(|(y, x)| y - x).collect()
    }
}

fn vector(all: &[f32], index: usize, dim: u32) -> &[f32] {
    let d = dim as usize;
    &all[index * d..(index + 1) * d]
}

fn dot(q: &[f32], k: &[f32]) -> f32 {
    q.iter().zip(k).map(|(q, k)| q * k).sum()
}

#[cfg(test)]
pub(in crate::page) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A map of these queries and keys, its log-sum-exp worked out in f64.
    pub(in crate::page) fn map(side: u32, dim: u32, queries: Vec<f32>, keys: Vec<f32>) -> Map {
        let (n, d) = ((side * side) as usize, dim as usize);
        let energy = |i: usize, j: usize| -> f64 {
            (0..d)
                .map(|c| f64::from(queries[i * d + c]) * f64::from(keys[j * d + c]))
                .sum()
        };
        let log_sum_exp: Vec<f32> = (0..n)
            .map(|i| (0..n).map(|j| energy(i, j).exp()).sum::<f64>().ln() as f32)
            .collect();
        let mut map = Map::new(Reading {
            side,
            dim,
            log_sum_exp,
            gamma: 1.0,
            share: 0.1,
            queries: queries.clone(),
            keys: keys.clone(),
            ..Reading::default()
        });
        let rows: Vec<Vec<f32>> = (0..n).map(|i| map.row(i)).collect();
        let mean = |j: usize| rows.iter().map(|row| f64::from(row[j])).sum::<f64>() / n as f64;
        map.0.mean_row = (0..n).map(|j| mean(j) as f32).collect();
        map
    }

    /// The same map of a layer that fetches these values `[N, channels]` for these inputs.
    pub(in crate::page) fn with_contents(
        map: Map,
        gamma: f32,
        values: Vec<f32>,
        input: Vec<f32>,
    ) -> Map {
        let n = map.cells();
        let channels = values.len() / n;
        let mut output = input.clone();
        for cell in 0..n {
            let row = map.row(cell);
            for channel in 0..channels {
                let fetched: f64 = (0..n)
                    .map(|key| f64::from(row[key]) * f64::from(values[key * channels + channel]))
                    .sum();
                output[cell * channels + channel] += gamma * fetched as f32;
            }
        }
        Map::new(Reading {
            gamma,
            values: Some(values),
            input: Some(input),
            output: Some(output),
            ..map.0
        })
    }

    pub(in crate::page) fn some_map(side: u32, dim: u32, span: f32) -> impl Strategy<Value = Map> {
        let len = (side * side * dim) as usize;
        let values = || prop::collection::vec(-span..span, len);
        (values(), values()).prop_map(move |(q, k)| map(side, dim, q, k))
    }

    /// Every query looks at its own cell, with nearly all of its weight.
    pub(in crate::page) fn identity(side: u32) -> Map {
        let n = side * side;
        let mut eye = vec![0.0; (n * n) as usize];
        (0..n as usize).for_each(|i| eye[i * n as usize + i] = 8.0);
        map(side, n, eye.clone(), eye)
    }

    /// Every query looks at the same key, with nearly all of its weight.
    pub(in crate::page) fn sink(side: u32, key: usize) -> Map {
        let n = (side * side) as usize;
        let mut keys = vec![0.0; n];
        keys[key] = 9.0;
        map(side, 1, vec![1.0; n], keys)
    }

    fn total(weights: &[f32]) -> f64 {
        weights.iter().map(|&w| f64::from(w)).sum()
    }

    #[test]
    fn what_a_layer_adds_is_told_as_it_came() {
        let map = map(1, 1, vec![1.0], vec![1.0]);
        assert_eq!((map.gamma(), map.share()), (1.0, 0.1));
    }

    #[test]
    fn a_sink_is_bright_in_every_row_and_in_its_own_column_only() {
        let map = sink(4, 9);
        assert!((0..16).all(|query| map.row(query)[9] > 0.9));
        assert!(total(&map.column(9)) > 15.0);
        assert!(total(&map.column(8)) < 0.1);
    }

    #[test]
    fn large_energies_neither_overflow_nor_drift() {
        let keys: Vec<f32> = (0..16).map(|j| 400.0 + j as f32).collect();
        let reading = Reading {
            side: 4,
            dim: 1,
            queries: vec![1.0; 16],
            keys,
            log_sum_exp: vec![f32::NAN; 16],
            ..Reading::default()
        };
        let row = Map::new(reading).row(0);
        assert!((total(&row) - 1.0).abs() < 1e-6);
        assert!((row[15] / row[14] - 1f32.exp()).abs() < 1e-4);
    }

    proptest! {
        #[test]
        fn rows_are_the_softmax_of_their_energies_and_columns_go_across(map in some_map(4, 3, 3.0)) {
            let energy = |i: usize, j: usize| -> f64 {
                (0..3).map(|c| f64::from(map.query(i)[c]) * f64::from(map.key(j)[c])).sum()
            };
            for i in 0..16 {
                let sum: f64 = (0..16).map(|j| energy(i, j).exp()).sum();
                let row = map.row(i);
                prop_assert!((total(&row) - 1.0).abs() < 1e-6);
                for (j, &found) in row.iter().enumerate() {
                    let weight = energy(i, j).exp() / sum;
                    prop_assert!((f64::from(found) - weight).abs() < 1e-5);
                    prop_assert!((f64::from(map.column(j)[i]) - weight).abs() < 1e-5);
                }
            }
        }

        #[test]
        fn the_mean_row_is_the_mean_of_each_column(map in some_map(4, 2, 4.0)) {
            prop_assert!((total(map.mean_row()) - 1.0).abs() < 1e-6);
            for key in 0..16 {
                let mean = total(&map.column(key)) / 16.0;
                prop_assert!((f64::from(map.mean_row()[key]) - mean).abs() < 1e-5);
            }
        }
    }
}
