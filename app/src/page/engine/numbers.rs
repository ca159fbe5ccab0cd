//! What the page calls the models that it opens and the topics that it asks pictures on.

/// The model that the visitor chose.
pub const CHOSEN_MODEL: u32 = 1;

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

/// What all rows of the chosen picture's maps say.
pub const ALL_ROWS: u32 = 3;

/// The pictures to choose from.
pub const GRID: u32 = 1;

/// The chosen picture with changes.
pub const CHANGED: u32 = 2;
