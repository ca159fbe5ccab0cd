//! A link that sets the instrument instead of loading the page anew.

use yew::prelude::*;

use crate::page::location::address_of;
use crate::page::sight::show_tool;
use crate::page::view::state::{Action, State};

/// What the link needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The query part of an address of this page, from its question mark on.
    pub to: AttrValue,
    /// Where the view goes.
    pub dispatch: UseReducerDispatcher<State>,
    /// What it says.
    pub children: Html,
}

/// A link that sets the instrument and brings it into sight. Opened in a new tab, saved or copied,
/// it is an ordinary link to the same view.
#[component]
pub fn LiveLink(props: &Props) -> Html {
    let Props {
        to,
        dispatch,
        children,
    } = props.clone();
    let onclick = {
        let to = to.clone();
        Callback::from(move |event: MouseEvent| {
            if event.ctrl_key() || event.meta_key() || event.shift_key() {
                return;
            }
            event.prevent_default();
            visit(&dispatch, &to);
        })
    };
    html! { <a class="live" href={to} {onclick}>{ children }</a> }
}

/// Sets the instrument to the view of this query part, and brings it into sight.
pub fn visit(dispatch: &UseReducerDispatcher<State>, view: &str) {
    dispatch.dispatch(Action::Visit(Box::new(address_of(view))));
    show_tool();
}
