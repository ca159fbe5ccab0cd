//! What the page calls the models that it opens and the topics that it asks pictures on.

/// The model that the visitor chose.
pub const CHOSEN_MODEL: u32 = 1;

/// The model beside it, under the same pins.
pub const SECOND_MODEL: u32 = 2;

/// The training run of the page.
pub const RUN: u32 = 1;

/// The pictures of the training run.
pub const RUN_PICTURES: u32 = 11;

/// What all rows of the chosen picture's maps say.
pub const ALL_ROWS: u32 = 3;

/// The pictures to choose from.
pub const GRID: u32 = 1;

/// The chosen picture with changes.
pub const CHANGED: u32 = 2;

/// The chosen picture as the second model draws it.
pub const SECOND: u32 = 4;
