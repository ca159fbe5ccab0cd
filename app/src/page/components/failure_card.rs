//! What went wrong, and the way on.

use yew::prelude::*;

use crate::page::failure::Failure;
use crate::page::view::engine::EngineAction;
use crate::page::view::state::State;

/// What the failure card needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What went wrong.
    pub failure: Failure,
    /// Whether there are pictures to look at all the same.
    pub keeps_pictures: bool,
    /// Where the retry goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// What went wrong in one sentence, and a button to try again where that can help.
#[component]
pub fn FailureCard(props: &Props) -> Html {
    let retry = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.dispatch(EngineAction::Retry.into()))
    };
    html! {
        <section class={classes!("failure", props.keeps_pictures.then_some("banner"))} role="alert" data-testid="failure">
            <div>
                <h2>{ props.failure.title() }</h2>
                <p>{ props.failure.to_string() }</p>
                if props.keeps_pictures {
                    <p class="quiet">{ "The pictures below stay, and can still be pointed at." }</p>
                }
            </div>
            if props.failure.can_retry() {
                <button class="primary" onclick={retry} data-testid="retry">{ "Try again" }</button>
            } else {
                <a class="button primary" href="?">{ "Open a shipped model" }</a>
            }
        </section>
    }
}
