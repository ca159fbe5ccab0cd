//! What the page calls the models that it opens and the topics that it asks pictures on.

/// The model that the visitor chose.
pub const CHOSEN_MODEL: u32 = 1;

/// What all rows of the chosen picture's maps say.
pub const ALL_ROWS: u32 = 3;

/// The pictures to choose from.
pub const GRID: u32 = 1;
