//! What a screen reader is told.

use yew::prelude::*;

use crate::page::hooks::use_rest::use_rest;

/// What the announcement needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// What to say.
    pub text: String,
}

/// Says the text, unseen, once it has stayed the same for a moment.
#[component]
pub fn Announcement(props: &Props) -> Html {
    let text = use_rest(props.text.clone());
    html! { <p class="unseen" role="status" data-testid="announcement">{ text }</p> }
}
