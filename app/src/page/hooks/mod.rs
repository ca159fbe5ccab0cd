//! What connects the components to the engine and the browser.

pub mod use_address;
pub mod use_all_rows;
pub mod use_changed_picture;
pub mod use_contents;
pub mod use_dropped_figure;
pub mod use_engine;
pub mod use_escape;
pub mod use_frame;
pub mod use_grid;
pub mod use_image;
pub mod use_judge;
pub mod use_looks;
pub mod use_map_touch;
pub mod use_model;
pub mod use_notice;
pub mod use_past;
pub mod use_play;
pub mod use_point_in;
pub mod use_region_drag;
pub mod use_rest;
pub mod use_rival;
pub mod use_second;
pub mod use_training;
pub mod use_undo;
