//! What the procedural worlds are drawn with.

pub(crate) mod colour;
pub(crate) mod dice;
pub(crate) mod frame;
pub(crate) mod freckles;
pub(crate) mod outlines;
pub(crate) mod shapes;
