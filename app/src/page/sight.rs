//! Bringing the instrument into sight.

use gloo_timers::callback::Timeout;
use web_sys::{Document, Element, Window};

/// Where the instrument is in the page.
pub const TOOL: &str = "tool";

/// Scrolls to the instrument, once what was asked for just now is laid out; styles say whether the page
/// glides there.
pub fn show_tool() {
    let scroll = || {
        if let Some((_, document)) = document()
            && let Some(tool) = document.get_element_by_id(TOOL)
        {
            tool.scroll_into_view();
        }
    };
    Timeout::new(0, scroll).forget();
}

/// As [`show_tool`], where the chosen picture is out of sight: on a phone what it is chosen from stands
/// below it.
pub fn show_picture() {
    let Some((window, document)) = document() else {
        return;
    };
    let picture = document.query_selector(".stage .picture").ok().flatten();
    let height = window
        .inner_height()
        .ok()
        .and_then(|height| height.as_f64());
    if let (Some(picture), Some(height)) = (picture, height)
        && !half_seen(&picture, height)
    {
        show_tool();
    }
}

/// Whether at least half of it is within a window of this height.
fn half_seen(element: &Element, height: f64) -> bool {
    let place = element.get_bounding_client_rect();
    let seen = place.bottom().min(height) - place.top().max(0.0);
    seen >= 0.5 * place.height()
}

fn document() -> Option<(Window, Document)> {
    let window = web_sys::window()?;
    let document = window.document()?;
    Some((window, document))
}
