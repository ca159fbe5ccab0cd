//! The training room: what the page knows of a run, what is asked of the visitor, and what the
//! curves say. Pure; nothing here touches the browser.
pub mod compare;
pub mod curves;
pub mod curves_file;
pub mod form;
pub mod panels;
pub mod phases;
pub mod presets;
pub mod readings;
pub mod rival;
pub mod run;
pub mod shelf;
pub mod state;
pub mod tabs;
pub mod timeline;
pub mod verdict;
pub mod zoom;
