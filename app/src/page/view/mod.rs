//! What the page knows, how each event changes it, and how the address names it.
//!
//! [`State`](state::State) has five parts, each with its own actions: the
//! [engine](engine::EngineState), a [second](second::Second) model beside the chosen one, the [pictures](pictures::Pictures), what is
//! [changed](edits::Edits) while they are drawn, and
//! [how they are looked at](looking::Looking). Nothing here touches the browser.
pub mod address;
pub mod changes;
pub mod changes_address;
pub mod edits;
pub mod edits_address;
pub mod engine;
pub mod frame;
pub mod looking;
pub mod models;
pub mod moves_address;
pub mod origin;
pub mod pictures;
pub mod pins;
pub mod query;
pub mod room;
pub mod second;
pub mod settings;
pub mod slot;
pub mod state;
#[cfg(test)]
mod state_tests;
