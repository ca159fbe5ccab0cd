//! Saganscope in the browser: a page that draws ([`page`]) and an engine that computes
//! ([`engine`]), which meet only in [`protocol`].
#[cfg(feature = "engine")]
pub mod engine;
#[cfg(any(feature = "engine", feature = "page"))]
mod js;
#[cfg(feature = "page")]
pub mod page;
pub mod protocol;
