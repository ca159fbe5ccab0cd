//! The training room: what the page knows of a run, what is asked of the visitor, and what the
//! curves say. Pure; nothing here touches the browser.
pub mod curves;
pub mod form;
pub mod shelf;
pub mod state;
pub mod tabs;
pub mod verdict;
