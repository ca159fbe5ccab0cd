//! What the page calls the models that it opens and the topics that it asks pictures on.

/// The model that the visitor chose.
pub const CHOSEN_MODEL: u32 = 1;

/// The pictures to choose from.
pub const GRID: u32 = 1;
