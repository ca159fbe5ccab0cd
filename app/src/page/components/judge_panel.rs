//! The discriminator's view: of the chosen picture, or of one of the visitor's.

use js_sys::Array;
use web_sys::{DragEvent, Element, FileList, HtmlInputElement};
use yew::prelude::*;

use super::judge_says::JudgeSays;
use crate::page::engine::handle::Engine;
use crate::page::hooks::use_judge::{Asked, Found, Whose, use_judge};
use crate::page::view::looking::Looking;
use crate::page::view::state::State;
use crate::page::words;
use crate::protocol::Examined;
use crate::protocol::wire::Files;

/// What the panel needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Whose discriminator is asked.
    pub whose: Whose,
    /// The chosen picture, once it is drawn as it is wanted.
    pub drawn: Option<Asked>,
    /// How one looks at maps.
    pub looking: Looking,
    /// Where pointing goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// The discriminator's view. Folded away at first; its file is fetched when it is opened.
#[component]
pub fn JudgePanel(props: &Props) -> Html {
    let Props {
        whose,
        drawn,
        looking,
        dispatch,
    } = props.clone();
    let open = use_state_eq(|| false);
    let over = use_state_eq(|| false);
    let own = use_state_eq(|| None::<Files>);
    // The page is inside the handle's context.
    let engine = use_context::<Engine>().unwrap_or_default();
    let picture = match &*own {
        Some(files) => Some(Asked {
            seed: 0,
            drawn: None,
            picture: Examined::Own(files.clone()),
        }),
        None => drawn,
    };
    let found = use_judge(&engine, Some(whose).filter(|_| *open), picture);

    let ontoggle = {
        let setter = open.setter();
        Callback::from(move |event: Event| {
            let details = event.target_dyn_into::<Element>();
            setter.set(details.is_some_and(|details| details.has_attribute("open")));
        })
    };
    let choose = {
        let own = own.setter();
        Callback::from(move |files: FileList| {
            if files.length() > 0 {
                own.set(Some(Files(Array::from(&files))));
            }
        })
    };
    let onchange = {
        let choose = choose.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            if let Some(files) = input.files() {
                choose.emit(files);
            }
            // Choosing the same file once more is a choice too.
            input.set_value("");
        })
    };
    let ondrop = {
        let over = over.setter();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            // A figure dropped on the page means something else.
            event.stop_propagation();
            over.set(false);
            if let Some(files) = event.data_transfer().and_then(|data| data.files()) {
                choose.emit(files);
            }
        })
    };
    let hover = |is: bool| {
        let over = over.setter();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            over.set(is);
        })
    };
    let back = {
        let own = own.setter();
        Callback::from(move |_: MouseEvent| own.set(None))
    };
    html! {
        <details class="judge" {ontoggle} data-testid="judge">
            <summary data-testid="judge-summary">{ "The discriminator's view" }</summary>
            if *open {
                <div
                    class={classes!("judge-body", over.then_some("over"))} {ondrop} ondragover={hover(true)} ondragleave={hover(false)}
                    data-testid="judge-body"
                >
                    <p class="quiet">{ "The generator's opponent in training: it learned to score real pictures above +1 and drawn ones below −1 (the hinge loss). A score is no probability, and compares only within one model." }</p>
                    <p class="judge-choice">
                        <label class="button">
                            { "Show it a picture of yours" }
                            <input class="unseen" type="file" accept="image/*" {onchange} data-testid="judge-file" />
                        </label>
                        if own.is_some() {
                            <button type="button" class="small" onclick={back} data-testid="judge-back">{ "Back to the sample" }</button>
                        } else {
                            <span class="quiet">{ "or drop one here; it stays on your machine." }</span>
                        }
                    </p>
                    { told(found, looking, dispatch) }
                </div>
            }
        </details>
    }
}

fn told(found: Found, looking: Looking, dispatch: UseReducerDispatcher<State>) -> Html {
    match found {
        Found::Coming(done, total) => {
            let of = total.map(|total| format!(" of {}", words::bytes(total)));
            html! { <p role="status" data-testid="judge-waits">{ format!("Fetching the discriminator: {}{}", words::bytes(done), of.unwrap_or_default()) }</p> }
        }
        Found::Waiting => {
            html! { <p role="status" data-testid="judge-waits">{ "It looks at the picture…" }</p> }
        }
        Found::Failed(sentence) => {
            html! { <p class="change-problem" role="alert" data-testid="judge-failed">{ sentence }</p> }
        }
        Found::Says(says, fresh) => html! { <JudgeSays {says} {fresh} {looking} {dispatch} /> },
    }
}
