//! One attention map in main memory.

use super::{MeasureError, check};

/// How far the sum of a row may be from one: what 32-bit rows of a few thousand entries lose.
const ROW_SUM: f64 = 1e-3;

/// The attention map of one picture, `[N, N]` with N = side²: row = query (the pixel that is
/// drawn), column = key (the pixel looked at), index = y·side + x; rows sum to one.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    side: usize,
    weights: Vec<f32>,
    mean: Vec<f64>,
}

impl Map {
    /// A map of whole rows, `[N, N]` row-major.
    ///
    /// # Errors
    /// If the length is not side⁴, or the rows are no distributions.
    pub fn new(side: usize, weights: Vec<f32>) -> Result<Self, MeasureError> {
        let pixels = side * side;
        check("An attention map", &weights, pixels * pixels)?;
        let mut mean = vec![0f64; pixels];
        for (index, row) in weights.chunks_exact(pixels).enumerate() {
            let sum: f64 = row.iter().map(|&p| f64::from(p)).sum();
            if (sum - 1.0).abs() > ROW_SUM {
                return Err(MeasureError::Row { row: index, sum });
            }
            for (mean, &p) in mean.iter_mut().zip(row) {
                *mean += f64::from(p);
            }
        }
        mean.iter_mut().for_each(|mean| *mean /= pixels as f64);
        Ok(Self {
            side,
            weights,
            mean,
        })
    }

    /// The map of the queries and keys that an attention layer hands out, `[d, N]` each: every row
    /// is the softmax over keys of `q_i·k_j`.
    ///
    /// # Errors
    /// If the two are not of one length that is a multiple of N, or not all are finite.
    pub fn of(side: usize, queries: &[f32], keys: &[f32]) -> Result<Self, MeasureError> {
        let pixels = side * side;
        let dimensions = (keys.len() / pixels.max(1)).max(1);
        check("The keys of a map", keys, dimensions * pixels)?;
        check("The queries of a map", queries, keys.len())?;
        let mut weights = vec![0f32; pixels * pixels];
        for (query, row) in weights.chunks_exact_mut(pixels).enumerate() {
            for (q, keys) in queries.chunks_exact(pixels).zip(keys.chunks_exact(pixels)) {
                let q = q[query];
                for (energy, k) in row.iter_mut().zip(keys) {
                    *energy += q * k;
                }
            }
            softmax(row);
        }
        Self::new(side, weights)
    }

    /// Width and height of the layer's map, in cells.
    pub fn side(&self) -> usize {
        self.side
    }

    /// N, the number of cells.
    pub fn pixels(&self) -> usize {
        self.side * self.side
    }

    /// Where query `query` looks, `[N]`.
    ///
    /// # Panics
    /// If there is no such query.
    pub fn row(&self, query: usize) -> &[f32] {
        let pixels = self.pixels();
        &self.weights[query * pixels..(query + 1) * pixels]
    }

    /// All rows in the order of their queries.
    pub fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.weights.chunks_exact(self.pixels())
    }

    /// Ā, the mean of all rows, `[N]`: where everybody looks.
    pub fn mean_row(&self) -> &[f64] {
        &self.mean
    }

    /// What this query looks at more than others do, in bits, `[N]`: `A_ij·log2(A_ij / Ā_j)`.
    ///
    /// Its sum is the divergence of the row from the mean row, and the mean of that over all
    /// queries is the map's specificity.
    ///
    /// # Panics
    /// If there is no such query.
    pub fn only_this_pixel(&self, query: usize) -> Vec<f64> {
        self.row(query)
            .iter()
            .zip(&self.mean)
            .map(|(&p, &mean)| {
                let p = f64::from(p);
                if p > 0.0 { p * (p / mean).log2() } else { 0.0 }
            })
            .collect()
    }
}

/// In place, and divided by the very sum of what stands there.
fn softmax(row: &mut [f32]) {
    let top = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    row.iter_mut()
        .for_each(|energy| *energy = (*energy - top).exp());
    let sum: f64 = row.iter().map(|&p| f64::from(p)).sum();
    row.iter_mut()
        .for_each(|p| *p = (f64::from(*p) / sum) as f32);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::{MapFigures, testing::some_map};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_row_is_the_softmax_of_its_energies() {
        // Side 2, two dimensions: query 1 is (1, 2), keys are (0, 0), (−1, 0), (0, 1), (1, 1).
        let queries = [0.0, 1.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0];
        let keys = [0.0, -1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0];
        let map = Map::of(2, &queries, &keys).unwrap();
        let terms = [0f64, -1.0, 2.0, 3.0].map(f64::exp);
        let sum: f64 = terms.iter().sum();
        for (found, term) in map.row(1).iter().zip(terms) {
            assert!((f64::from(*found) - term / sum).abs() < 1e-6);
        }
        assert_eq!(map.row(0), [0.25; 4]);
    }

    #[test]
    fn large_energies_neither_overflow_nor_vanish() {
        let map = Map::of(2, &[300.0; 4], &[0.0, 1.0, 1.0, 0.5]).unwrap();
        for row in map.rows() {
            assert_eq!(row, [0.0, 0.5, 0.5, 0.0]);
        }
    }

    #[test]
    fn what_is_no_map_is_refused() {
        let length = |needed, found| MeasureError::Length {
            what: "An attention map",
            needed,
            found,
        };
        assert_eq!(Map::new(2, vec![0.25; 15]), Err(length(16, 15)));
        assert_eq!(Map::new(0, vec![]), Err(length(0, 0)));
        let mut weights = vec![0.25; 16];
        weights[5] = f32::NAN;
        let says = Map::new(2, weights).unwrap_err().to_string();
        assert!(says.contains("not a number"), "{says}");
        let says = Map::new(2, vec![0.5; 16]).unwrap_err().to_string();
        assert!(says.contains("sums to 2"), "{says}");
        assert!(Map::of(2, &[0.0; 8], &[0.0; 4]).is_err());
        assert!(Map::of(2, &[0.0; 3], &[0.0; 3]).is_err());
        assert!(Map::of(2, &[0.0; 4], &[f32::INFINITY; 4]).is_err());
        assert!(Map::of(0, &[], &[]).is_err());
    }

    proptest! {
        #[test]
        fn bits_of_the_pixels_average_to_the_specificity(map in some_map(3)) {
            let bits: f64 = (0..map.pixels())
                .map(|query| map.only_this_pixel(query).iter().sum::<f64>())
                .sum::<f64>() / map.pixels() as f64;
            let figures = MapFigures::new(&map);
            prop_assert!((bits - figures.specificity).abs() < 1e-6, "{bits} {figures:?}");
        }
    }
}
