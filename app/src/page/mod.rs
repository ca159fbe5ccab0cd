//! The page: it downloads, draws and answers the pointer; it knows no tensor.
//!
//! [`view`] holds what the page knows and how it changes, [`attention`] what a map says and how it
//! is coloured, [`figure`] what one takes away of it, [`film`] a run as an animated picture,
//! [`training`] what it knows of a run, [`engine`]
//! the line to the engine; `components` draw it, `hooks` connect it to the engine and the browser.
//! Everything else here is a plain module with one idea.
pub mod attention;
pub mod clipboard;
pub mod components;
pub mod difference;
pub mod dropped;
pub mod engine;
pub mod failure;
pub mod figure;
pub mod film;
pub mod hooks;
pub mod image;
pub mod judging;
pub mod keyboard;
pub mod line;
pub mod location;
pub mod motion;
pub mod panic;
pub mod pointer;
pub mod raster;
pub mod reopen;
pub mod save;
pub mod sight;
pub mod training;
pub mod view;
pub mod visibility;
pub mod words;

use wasm_bindgen::JsValue;

/// Mounts the page into the element `#app`.
///
/// # Errors
/// If the document has no such element.
pub fn run() -> Result<(), JsValue> {
    panic::install();
    let root = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id("app"))
        .ok_or_else(|| JsValue::from_str("The page has no element #app."))?;
    yew::Renderer::<components::app::App>::with_root(root).render();
    Ok(())
}
