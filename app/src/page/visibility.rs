//! Whether anybody sees the page.

/// Whether nobody does: its tab is behind another one, or its window is.
pub fn is_hidden() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_some_and(|document| document.hidden())
}
