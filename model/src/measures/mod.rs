//! What attention maps and pictures are worth, in numbers.
//!
//! Functions of numbers in main memory: no network, no device. A [`Map`] is one picture's attention
//! map; [`MapFigures`] tells how much its rows differ and which artefacts it has, [`PartnerTally`]
//! whether a pixel looks at the place where the rest of its information stands, and [`own_part`]
//! how much of what the layer adds is due to the map at all. Of pictures: [`symmetry_error`], the
//! [`features`] in which [`frechet`] and [`diversity`] compare them with real ones, and
//! [`Neighbours`], the real pictures most like them.
//!
//! docs/measures.md says what each figure means and what it cannot tell.

pub(crate) mod eigen;
mod features;
mod figure;
mod figures;
mod frechet;
mod map;
mod neighbours;
mod own_part;
mod partner;
mod symmetry;

pub use features::{FEATURES, diversity, features};
pub use figure::figure_cells;
pub use figures::{MapFigures, border_and_phase};
pub use frechet::frechet;
pub use map::Map;
pub use neighbours::{Neighbours, THUMBNAIL, thumbnail};
pub use own_part::own_part;
pub use partner::{PartnerFigures, PartnerTally, mirrored};
pub use symmetry::symmetry_error;

/// Numbers of which nothing can be measured.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MeasureError {
    /// Too few values, or too many.
    #[error("{what} should be {needed} values, and there are {found}.")]
    Length {
        /// What was given.
        what: &'static str,
        /// As many as its shape says.
        needed: usize,
        /// As many as there are.
        found: usize,
    },
    /// A NaN or an infinity.
    #[error(
        "{what} holds a value that is not a number: the weights may have diverged; measure an \
         earlier checkpoint."
    )]
    NotFinite {
        /// What was given.
        what: &'static str,
    },
    /// Rows that are no distribution.
    #[error("Row {row} of an attention map sums to {sum}, not to one.")]
    Row {
        /// The first such row.
        row: usize,
        /// What its entries sum to.
        sum: f64,
    },
    /// No pixel has a mirrored one.
    #[error(
        "No pixel has its mirror image in the picture: the mirror's axis is at {axis} of the \
         picture's width; it must lie between 0 and 1, at 0.5 in the middle."
    )]
    Axis {
        /// In parts of the width from the left.
        axis: f32,
    },
    /// Too few pictures for a statistic.
    #[error("{what} needs at least {needed} pictures, and there are {found}.")]
    Few {
        /// The statistic.
        what: &'static str,
        /// The fewest that do.
        needed: usize,
        /// As many as there are.
        found: usize,
    },
    /// An eigenvalue problem that did not converge.
    #[error("The covariances of the features are too ill-conditioned for a Fréchet distance.")]
    Covariance,
}

/// Refuses another number of values than `needed`, and any that is not finite.
fn check(what: &'static str, values: &[f32], needed: usize) -> Result<(), MeasureError> {
    if values.len() != needed || needed == 0 {
        return Err(MeasureError::Length {
            what,
            needed,
            found: values.len(),
        });
    }
    if values.iter().any(|value| !value.is_finite()) {
        return Err(MeasureError::NotFinite { what });
    }
    Ok(())
}

/// Refuses what is no picture `[3, size, size]`.
fn check_picture(picture: &[f32], size: usize) -> Result<(), MeasureError> {
    check("A picture", picture, 3 * size * size)
}

#[cfg(test)]
mod testing;
