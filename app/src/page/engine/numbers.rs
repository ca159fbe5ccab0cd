//! What the page calls the models that it opens and the topics that it asks pictures on.

/// The model that the visitor chose.
pub const CHOSEN_MODEL: u32 = 1;

/// The discriminator of the chosen model.
pub const CHOSEN_JUDGE: u32 = 1;

/// What a discriminator says of a picture.
pub const EXAMINED: u32 = 22;
/// The model beside it, under the same pins.
pub const SECOND_MODEL: u32 = 2;

/// The training run of the page.
pub const RUN: u32 = 1;

/// A second run beside it.
pub const RIVAL: u32 = 2;

/// A run's number, and the topics of its pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunNumbers {
    /// What the page calls it.
    pub run: u32,
    /// Its pictures.
    pub pictures: u32,
    /// The same as a snapshot of it draws them.
    pub past: u32,
    /// The large one of those.
    pub past_large: u32,
}

/// The first run's.
pub const OF_RUN: RunNumbers = RunNumbers {
    run: RUN,
    pictures: 11,
    past: 12,
    past_large: 13,
};

/// The second run's.
pub const OF_RIVAL: RunNumbers = RunNumbers {
    run: RIVAL,
    pictures: 14,
    past: 15,
    past_large: 16,
};

/// The pictures of an animated picture that is being made.
pub const FILM: u32 = 16;

/// Stored runs that are compared, the first of them and two more.
pub const COMPARED: u32 = 10;

/// What each of those drew, likewise.
pub const COMPARED_PICTURES: u32 = 30;

/// What all rows of the chosen picture's maps say.
pub const ALL_ROWS: u32 = 3;

/// What the layers of the chosen picture fetch and make.
pub const CONTENTS: u32 = 21;

/// The pictures to choose from.
pub const GRID: u32 = 1;

/// The chosen picture with changes.
pub const CHANGED: u32 = 2;

/// The chosen picture as the second model draws it.
pub const SECOND: u32 = 4;
