//! Views that the visitor brings back: opened in place while a run is open, which a new page would end,
//! or a file of the visitor's, which it would have to ask for again.

use gloo_events::EventListener;
use yew::prelude::*;

use crate::page::location;
use crate::page::training::state::Phase;
use crate::page::view::address::Address;
use crate::page::view::query::notice;
use crate::page::view::state::{Action, State};

/// What is said where a view is opened beside a run.
const BESIDE: &str =
    "Opened here, so that your run stays as it is in the other room. The browser's Back returns.";

/// What is said where it is opened while the page holds files of the visitor's.
const WITH_FILES: &str =
    "Opened here, so that your files need not be chosen again. The browser's Back returns.";

/// Opens the view of a query part, without its question mark. The one before stays behind the
/// browser's *Back*.
#[derive(Clone, Debug, PartialEq)]
pub struct Visits {
    /// Opens it.
    pub visit: Callback<String>,
    /// Whether it is opened in place.
    pub in_place: bool,
}

/// Opens views in place while a run or a file of the visitor's is open, and else by leaving for their addresses, since a page
/// that is opened anew also takes the device and the number of pictures that an address names. What
/// there is to be told goes to `tell`.
#[hook]
pub fn use_visits(state: &UseReducerHandle<State>, tell: Callback<String>) -> Visits {
    let beside_run = state.training.phase != Phase::None;
    let in_place = beside_run || !state.own.is_empty();
    {
        let dispatch = state.dispatcher();
        use_effect_with((), move |()| {
            // Of entries that were opened in place; for all others the browser opens the page anew.
            let listener = web_sys::window().map(|window| {
                EventListener::new(&window, "popstate", move |_| {
                    let address = Address::read(&location::query());
                    dispatch.dispatch(Action::Visit(Box::new(address)));
                })
            });
            move || drop(listener)
        });
    }
    let dispatch = state.dispatcher();
    let visit = use_callback(
        (in_place, beside_run),
        move |query: String, &(in_place, beside_run)| {
            if !in_place || location::enter(&query).is_err() {
                location::visit(&query);
                return;
            }
            let said = if beside_run { BESIDE } else { WITH_FILES };
            let query = location::query();
            let address = Address::read(&query);
            tell.emit(notice(&query.left_over()).unwrap_or_else(|| said.to_owned()));
            dispatch.dispatch(Action::Visit(Box::new(address)));
        },
    );
    Visits { visit, in_place }
}
