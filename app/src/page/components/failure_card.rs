//! What went wrong, and the way on.

use yew::prelude::*;

use super::own_file::OwnFile;
use crate::page::failure::Failure;
use crate::page::view::engine::EngineAction;
use crate::page::view::origin::Origin;
use crate::page::view::state::State;

/// What the failure card needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What went wrong.
    pub failure: Failure,
    /// Whether it is a file of the visitor's that is open, or was to be.
    pub own: bool,
    /// What there is to open instead.
    pub back: Origin,
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
    let waits = matches!(props.failure, Failure::Awaited { .. });
    let retries = props.failure.can_retry();
    // The same file would mostly be refused for the same reason.
    let refused = props.own && (!retries || matches!(props.failure, Failure::Model { .. }));
    let onchoose = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |origin: Origin| dispatch.dispatch(EngineAction::Open(origin).into()))
    };
    let back = {
        let back = props.back.clone();
        onchoose.reform(move |_: MouseEvent| back.clone())
    };
    let choose = match &props.failure {
        Failure::Awaited { .. } => "Choose the file",
        _ => "Choose another file",
    };
    html! {
        <section class={classes!("failure", waits.then_some("waits"), props.keeps_pictures.then_some("banner"))} role="alert" data-testid="failure">
            <div>
                <h2>{ props.failure.title() }</h2>
                <p>{ props.failure.to_string() }</p>
                if props.keeps_pictures {
                    <p class="quiet">{ "The pictures below stay, and can still be pointed at." }</p>
                }
            </div>
            <div class="buttons">
                if props.own {
                    <OwnFile words={choose} primary={refused} testid="own-again" {onchoose} />
                }
                if retries {
                    <button class={(!refused).then_some("primary")} onclick={retry} data-testid="retry">{ "Try again" }</button>
                }
                if props.own || !retries {
                    <button onclick={back} data-testid="open-other">{ format!("Open {}", props.back.model_name()) }</button>
                }
            </div>
        </section>
    }
}
