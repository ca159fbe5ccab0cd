//! Eigenvalues of a symmetric matrix, by Jacobi's method (Golub and Van Loan, Matrix Computations,
//! section 8.5): short, and exact to the last digits, which is all that a matrix of 176 rows needs.

/// Passes over all pairs; about eight are enough at any size.
const MOST_PASSES: usize = 60;

/// A square matrix, row-major.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Matrix {
    pub(crate) side: usize,
    pub(crate) values: Vec<f64>,
}

impl Matrix {
    pub(crate) fn new(side: usize, of: impl Fn(usize, usize) -> f64) -> Self {
        let values = (0..side * side)
            .map(|at| of(at / side, at % side))
            .collect();
        Self { side, values }
    }

    fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.side + column]
    }

    pub(super) fn product(&self, other: &Self) -> Self {
        let side = self.side;
        let mut product = Self::new(side, |_, _| 0.0);
        for (row, out) in product.values.chunks_exact_mut(side).enumerate() {
            for (inner, other) in other.values.chunks_exact(side).enumerate() {
                let factor = self.at(row, inner);
                for (out, other) in out.iter_mut().zip(other) {
                    *out += factor * other;
                }
            }
        }
        product
    }

    pub(crate) fn trace(&self) -> f64 {
        (0..self.side).map(|i| self.at(i, i)).sum()
    }

    /// Columns `p` and `q` of every row turned by an angle.
    fn turn_columns(&mut self, (p, q): (usize, usize), (cos, sin): (f64, f64)) {
        for row in self.values.chunks_exact_mut(self.side) {
            let (a, b) = (row[p], row[q]);
            row[p] = cos * a - sin * b;
            row[q] = sin * a + cos * b;
        }
    }

    /// Rows `p` and `q`, `p < q`, likewise.
    fn turn_rows(&mut self, (p, q): (usize, usize), (cos, sin): (f64, f64)) {
        let (head, tail) = self.values.split_at_mut(q * self.side);
        let first = &mut head[p * self.side..(p + 1) * self.side];
        for (a, b) in first.iter_mut().zip(&mut tail[..self.side]) {
            (*a, *b) = (cos * *a - sin * *b, sin * *a + cos * *b);
        }
    }
}

/// Eigenvalues of a symmetric matrix, in no order, and the eigenvectors as columns; nothing if it
/// does not come to an end, as with values that are not numbers.
pub(crate) fn eigen(mut matrix: Matrix) -> Option<(Vec<f64>, Matrix)> {
    let side = matrix.side;
    let mut vectors = Matrix::new(side, |row, column| f64::from(row == column));
    let size = matrix.values.iter().map(|v| v * v).sum::<f64>();
    for _ in 0..MOST_PASSES {
        let off_diagonal: f64 = (0..side)
            .flat_map(|p| (p + 1..side).map(move |q| (p, q)))
            .map(|(p, q)| matrix.at(p, q).powi(2))
            .sum();
        if off_diagonal <= 1e-28 * size {
            let values = (0..side).map(|i| matrix.at(i, i)).collect();
            return Some((values, vectors));
        }
        for p in 0..side {
            for q in p + 1..side {
                let apart = matrix.at(p, q);
                if apart == 0.0 {
                    continue;
                }
                // The smaller of the two angles that make this entry zero.
                let ratio = (matrix.at(q, q) - matrix.at(p, p)) / (2.0 * apart);
                let tan = ratio.signum() / (ratio.abs() + ratio.hypot(1.0));
                let cos = 1.0 / tan.hypot(1.0);
                let turn = (cos, tan * cos);
                matrix.turn_columns((p, q), turn);
                matrix.turn_rows((p, q), turn);
                vectors.turn_columns((p, q), turn);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        initial::normal_values,
        latents::{Purpose, stream},
    };

    #[test]
    fn a_known_matrix_has_its_known_values() {
        let matrix = Matrix {
            side: 2,
            values: vec![2.0, 1.0, 1.0, 2.0],
        };
        let (mut values, _) = eigen(matrix).unwrap();
        values.sort_by(f64::total_cmp);
        assert!((values[0] - 1.0).abs() < 1e-14 && (values[1] - 3.0).abs() < 1e-14);
    }

    #[test]
    fn values_and_vectors_make_the_matrix_again() {
        for side in [1, 3, 40] {
            let random = normal_values(side * side, 1.0, &mut stream(2, Purpose::Statistics, 5));
            let half = |row: usize, column: usize| f64::from(random[row * side + column]);
            let matrix = Matrix::new(side, |row, column| half(row, column) + half(column, row));
            let (values, vectors) = eigen(matrix.clone()).unwrap();
            let transposed = Matrix::new(side, |row, column| vectors.at(column, row));
            let diagonal = Matrix::new(side, |row, column| f64::from(row == column) * values[row]);
            let again = vectors.product(&diagonal).product(&transposed);
            let unit = vectors.product(&transposed);
            for row in 0..side {
                for column in 0..side {
                    let is = again.at(row, column);
                    assert!(
                        (is - matrix.at(row, column)).abs() < 1e-11,
                        "{row} {column}"
                    );
                    let one = f64::from(row == column);
                    assert!((unit.at(row, column) - one).abs() < 1e-12, "{row} {column}");
                }
            }
        }
    }

    #[test]
    fn a_matrix_without_numbers_has_no_values() {
        assert_eq!(eigen(Matrix::new(3, |_, _| f64::NAN)), None);
    }
}
