//! Opens what is dropped anywhere on the page: the view of a figure or of an address, or a model.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DataTransfer, DragEvent, Element, Event, File};
use yew::prelude::*;

use super::use_visits::Visits;
use crate::page::location;
use crate::page::reopen::{holds_weights, query_in};

/// The kind of what is dragged from an address bar, or of a link.
const LINK: &str = "text/uri-list";

/// Where what is dropped goes.
#[derive(Clone)]
struct Taker {
    /// The view of a figure.
    visits: Visits,
    /// A file of weights.
    bring: Callback<File>,
    /// Why nothing comes of it.
    refused: Callback<String>,
}

/// Opens the view of a figure that is dropped anywhere on the page, or the model whose file is, and
/// tells why where it does not.
/// While a run is open an address is taken too, for which the browser would leave the page. Whatever
/// takes a file itself does so first, and prevents the event's default.
#[hook]
pub fn use_dropped_view(visits: Visits, bring: Callback<File>, refused: Callback<String>) {
    use_effect_with((visits, bring), move |(visits, bring)| {
        let taker = Taker {
            visits: visits.clone(),
            bring: bring.clone(),
            refused,
        };
        let listeners = web_sys::window().map(|window| {
            let on = |name: &'static str, act: fn(&Taker, &DataTransfer)| {
                let options = EventListenerOptions::enable_prevent_default();
                let taker = taker.clone();
                EventListener::new_with_options(&window, name, options, move |event| {
                    let dragged = event
                        .dyn_ref::<DragEvent>()
                        .and_then(DragEvent::data_transfer);
                    let takes = |dragged: &DataTransfer| {
                        holds(dragged, "Files")
                            || taker.visits.in_place && holds(dragged, LINK) && !into_field(event)
                    };
                    if let Some(dragged) = dragged.filter(takes)
                        && !event.default_prevented()
                    {
                        // Else the browser leaves the page for what is dropped.
                        event.prevent_default();
                        act(&taker, &dragged);
                    }
                })
            };
            [on("dragover", |_, _| ()), on("drop", Taker::take)]
        });
        move || drop(listeners)
    });
}

fn holds(dragged: &DataTransfer, kind: &str) -> bool {
    dragged.types().includes(&JsValue::from_str(kind), 0)
}

/// Whether it is dropped into a field, which takes it as text.
fn into_field(event: &Event) -> bool {
    let target = event.target().and_then(|at| at.dyn_into::<Element>().ok());
    target.is_some_and(|at| at.matches("input, textarea").unwrap_or(false))
}

impl Taker {
    fn take(&self, dragged: &DataTransfer) {
        let Self {
            visits,
            bring,
            refused,
        } = self;
        if !holds(dragged, "Files") {
            let link = dragged.get_data(LINK).unwrap_or_default();
            match location::query_of_link(&link) {
                Some(query) => visits.visit.emit(query),
                None => refused.emit(
                    "What was dropped is no address of this page. Open it in another tab, so that your run stays.".into(),
                ),
            }
            return;
        }
        let Some(files) = dragged.files() else { return };
        if files.length() > 1 {
            refused.emit(
                "Several files were dropped: one figure, or one model, is opened at a time.".into(),
            );
        } else if let Some(file) = files.get(0) {
            if holds_weights(&file) {
                bring.emit(file);
                return;
            }
            let (visit, refused) = (visits.visit.clone(), refused.clone());
            spawn_local(async move {
                match query_in(file).await {
                    Ok(query) => visit.emit(query),
                    Err(sentence) => refused.emit(sentence),
                }
            });
        }
    }
}
