//! What the training room is made of.
pub mod album_choice;
pub mod curves;
pub mod experiments;
pub mod keeping;
pub mod live_settings;
pub mod plot;
pub mod room;
pub mod run_card;
pub mod run_form;
pub mod run_offer;
pub mod run_table;
pub mod shelf;
pub mod step_slider;
pub mod watch_card;
pub mod world_choice;
