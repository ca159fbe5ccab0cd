//! Five steps through the instrument.

use yew::prelude::*;

use super::article::{EYE, EYE_ALONE, SINK, SINK_OF_ALL, TO_THE_EYE};
use super::live_link::visit;
use crate::page::location::query;
use crate::page::view::address::Address;
use crate::page::view::state::{Action, State};

/// A step: the view that it sets, and what it says.
const STEPS: [(&str, &str); 5] = [
    (
        EYE,
        "A pin sits on an eye. Both maps show where the generator looked when it drew that place; in the finer one, brightest is the other eye. Move the pin and watch them follow.",
    ),
    (
        EYE_ALONE,
        "“Only this pixel” takes away what everybody looks at. What stays is this pixel's own, in bits.",
    ),
    (
        TO_THE_EYE,
        "The question turned round: who looks at this eye? A row always sums to one; a column can be nearly nothing, or a crowd.",
    ),
    (
        SINK,
        "Another model: the paper's plain attention, trained on the same faces. From the background the coarser map looks at one cell. Point elsewhere: it looks there again.",
    ),
    (
        SINK_OF_ALL,
        "That is a sink: nearly all of everybody's looking lies on it, so the map says nothing of the pixel. The faces before were trained so that nothing like it forms. Below, the page tells how.",
    ),
];

/// What the tour needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Where each step's view goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// Five steps through the instrument: a button, and while it lasts one sentence at a time. At its end,
/// or where it is left, the view from before comes back.
#[component]
pub fn Tour(props: &Props) -> Html {
    let step = use_state(|| None::<usize>);
    let before = use_mut_ref(|| None::<Address>);
    let go = {
        let (step, before) = (step.clone(), before.clone());
        let dispatch = props.dispatch.clone();
        move |next: Option<usize>| {
            let (step, before, dispatch) = (step.clone(), before.clone(), dispatch.clone());
            Callback::from(move |_: MouseEvent| {
                match next.and_then(|next| STEPS.get(next)) {
                    Some((view, _)) => {
                        let mut before = before.borrow_mut();
                        before.get_or_insert_with(|| Address::read(&query()));
                        visit(&dispatch, view);
                    }
                    None => {
                        if let Some(address) = before.take() {
                            dispatch.dispatch(Action::Visit(Box::new(address)));
                        }
                    }
                }
                step.set(next);
            })
        }
    };
    let Some((at, (_, words))) = step.and_then(|at| Some((at, STEPS.get(at)?))) else {
        return html! {
            <button type="button" class="tour-start" onclick={go(Some(0))} data-testid="tour">{ "Take the tour" }</button>
        };
    };
    let last = at + 1 == STEPS.len();
    html! {
        <aside class="tour" aria-label="Tour">
            <p aria-live="polite" data-testid="tour-words">
                <b>{ format!("{} of {}", at + 1, STEPS.len()) }</b>{ " " }{ *words }
            </p>
            <div class="tour-steps">
                <button type="button" onclick={go(at.checked_sub(1).or(Some(0)))} disabled={at == 0} data-testid="tour-back">{ "Back" }</button>
                <button type="button" onclick={go(if last { None } else { Some(at + 1) })} data-testid="tour-next">{ if last { "Done" } else { "Next" } }</button>
                if !last {
                    <button type="button" class="plain" onclick={go(None)} data-testid="tour-leave">{ "Leave" }</button>
                }
            </div>
        </aside>
    }
}
