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

/// The pictures of the second run, and of its snapshots.
pub const RIVAL_PICTURES: u32 = 14;
/// See [`RIVAL_PICTURES`].
pub const RIVAL_PAST: u32 = 15;

/// The pictures of the training run.
pub const RUN_PICTURES: u32 = 11;

/// The same as a snapshot of the run draws them, and the large one of those.
pub const PAST_PICTURES: u32 = 12;
/// See [`PAST_PICTURES`].
pub const PAST_LARGE: u32 = 13;

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
