//! Keeps the page's address in step with what is shown.

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsValue;
use yew::prelude::*;

use crate::page::attention::region::Region;
use crate::page::location;
use crate::page::view::address::Address;
use crate::page::view::looking::Looking;

/// Browsers allow about a hundred changes in thirty seconds, and a moving pointer makes more.
const PAUSE_MILLIS: u32 = 300;

/// Writes the address whenever what is shown changes: at once, except for a moving pointer, pin,
/// region or slider, which is waited out.
#[hook]
pub fn use_address(address: Address) {
    let written = use_mut_ref(|| None::<Address>);
    use_effect_with(address, move |address| {
        let only_moved = written.borrow().as_ref().is_some_and(|written| {
            let pins = address.looking.pins;
            // A region that is drawn or stretched moves too.
            let moved = |before: Option<Region>, now: Option<Region>| match now {
                Some(now) if before.is_some() => Some(now),
                _ => before,
            };
            let region = moved(written.looking.region, address.looking.region);
            let second = moved(written.looking.second, address.looking.second);
            let looking = Looking {
                pins,
                region,
                second,
                has_pointed: address.looking.has_pointed,
                ..written.looking
            };
            // A slider that is dragged changes as often as a pointer that moves.
            let edits = address.edits.clone();
            let moved = Address {
                looking,
                edits,
                ..written.clone()
            };
            moved == *address && pins.only_moved_from(&written.looking.pins)
        });
        let address = address.clone();
        let write = move || {
            write_address(&address);
            written.replace(Some(address));
        };
        let later = if only_moved {
            Some(Timeout::new(PAUSE_MILLIS, write))
        } else {
            write();
            None
        };
        move || drop(later)
    });
}

/// A browser that refuses leaves the address as it was, which harms nothing else.
fn write_address(address: &Address) {
    let url = format!("?{}", location::query_of(address));
    if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&url));
    }
}
