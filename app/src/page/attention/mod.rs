//! What one can ask of an attention layer: maps, rows and columns, what they say, and how they are
//! painted. Pure code, no browser.
//!
//! A [`Map`](map::Map) is what the engine sends of a layer. A [`Look`](look::Look) is one question
//! to it: a cell, a [`Direction`](lens::Direction) and a [`Lens`](lens::Lens). An
//! [`Axis`](scale::Axis) gives each value its place between dark and bright, a
//! [`Palette`](palette::Palette) gives that place a colour.
pub mod arrows;
pub mod csv;
pub mod field;
pub mod flow;
pub mod form;
pub mod legend;
pub mod lens;
pub mod look;
pub mod looks;
pub mod loss;
pub mod map;
pub mod paint;
pub mod palette;
pub mod partner;
pub mod pixel;
pub mod region;
pub mod scale;
pub mod sinks;
pub mod statistics;
