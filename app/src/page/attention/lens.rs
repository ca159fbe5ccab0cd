//! The ways to read a map: in which direction, and through which lens.

/// Which way one follows the looking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// From the cell in question to the cells it looks at: its row of the map.
    #[default]
    From,
    /// To the cell in question from the cells that look at it: its column of the map.
    To,
}

/// What is shown of a row or a column. `A` is the map, `Ā` its mean row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lens {
    /// The weights themselves: `A[i][j]`.
    #[default]
    LooksAt,
    /// What a query looks at more than others do, in bits: `A[i][j] · log2(A[i][j] / Ā[j])`. A
    /// row's sum is its divergence from the mean row. Negative where it looks less than others.
    OnlyThis,
    /// What a query's output of the layer owes to a key: how far it would move if that key could not
    /// be looked at, in percent of its length. See [`loss`](super::loss); it needs a map that has
    /// [`Contents`](super::map::Contents).
    WouldLose,
    /// What all queries look at on average: `Ā[j]`, the same for every cell in question.
    Everybody,
}

impl Lens {
    /// All of them, in the order of their switch.
    pub const ALL: [Self; 4] = [
        Self::LooksAt,
        Self::OnlyThis,
        Self::WouldLose,
        Self::Everybody,
    ];

    /// The lens's values, where they follow from the weights alone: for weights `A[i][j]` whose keys have these parts `Ā[j]` of the mean row:
    /// one query's row beside the whole mean row, or one key's column beside its part, repeated.
    pub fn values(self, weights: &[f32], mean: impl Iterator<Item = f32>) -> Vec<f32> {
        match self {
            Self::LooksAt => weights.to_vec(),
            Self::OnlyThis => weights
                .iter()
                .zip(mean)
                .map(|(&weight, mean)| more_than_others(weight, mean))
                .collect(),
            // They follow from what the layer fetches.
            Self::WouldLose => vec![0.0; weights.len()],
            Self::Everybody => mean.take(weights.len()).collect(),
        }
    }
}

/// `weight · log2(weight / mean)`, 0 where the weight is.
fn more_than_others(weight: f32, mean: f32) -> f32 {
    if weight > 0.0 && mean > 0.0 {
        weight * (weight / mean).log2()
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_pixel_is_zero_where_it_looks_like_all_others() {
        let values = Lens::OnlyThis.values(
            &[0.5, 0.25, 0.25, 0.0],
            [0.5, 0.125, 0.3, 0.075].into_iter(),
        );
        assert_eq!(values[0], 0.0);
        assert!(
            (values[1] - 0.25).abs() < 1e-6,
            "twice as much: one bit, weighted"
        );
        assert!(values[2] < 0.0, "less than others");
        assert_eq!(values[3], 0.0, "never NaN");
    }
}
