//! The run that was kept last, to go on with.

use yew::prelude::*;

use crate::page::hooks::use_training::Asks;
use crate::page::training::shelf::called;
use crate::protocol::StoredRun;

/// What the offer needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What is stored.
    pub stored: StoredRun,
    /// Who asks for it.
    pub asks: Asks,
}

/// The run that was kept last, to go on with or to forget; or, where another tab keeps it, to watch
/// or to take over.
#[component]
pub fn RunOffer(Props { stored, asks }: &Props) -> Html {
    let sure = use_state_eq(|| false);
    let act = |act: fn(&Asks, u64)| {
        let (asks, id) = (asks.clone(), stored.id);
        Callback::from(move |_: MouseEvent| act(&asks, id))
    };
    let set_sure = |is: bool| {
        let sure = sure.setter();
        Callback::from(move |_: MouseEvent| sure.set(is))
    };
    let (step, size) = (stored.info.step, stored.info.size);
    let kept = format!(
        "step {step}, {size}×{size} pixels, kept {}",
        when(stored.at)
    );
    let name = called(stored);
    if stored.elsewhere {
        return html! {
            <section class="offer" aria-label="The run in another tab" data-testid="offer">
                <p>
                    <b>{ format!("Another tab trains {name}") }</b>
                    <span class="quiet">{ format!(" {kept}. Taken over, it is kept there and goes on here.") }</span>
                </p>
                <div class="buttons">
                    <button type="button" class="primary" onclick={act(Asks::watch)} data-testid="watch">{ "Watch" }</button>
                    <button type="button" onclick={act(Asks::take_over)} data-testid="take-over">{ "Take over" }</button>
                </div>
            </section>
        };
    }
    html! {
        <section class="offer" aria-label="The run that was kept" data-testid="offer">
            <p>
                <b>{ format!("Go on with {name}") }</b>
                <span class="quiet">{ format!(" {kept}. A new run leaves it as it is.") }</span>
            </p>
            <div class="buttons">
                if *sure {
                    <span>{ "It cannot be brought back." }</span>
                    <button type="button" onclick={act(Asks::forget)} data-testid="forget-surely">{ "Forget it for good" }</button>
                    <button type="button" class="primary" onclick={set_sure(false)} data-testid="keep-it">{ "Keep it" }</button>
                } else {
                    <button type="button" class="primary" onclick={act(Asks::restore)} data-testid="restore">{ "Go on" }</button>
                    <button type="button" onclick={set_sure(true)} data-testid="forget">{ "Forget it" }</button>
                }
            </div>
        </section>
    }
}

/// When a run was kept, by the visitor's clock.
pub fn when(at: f64) -> String {
    let at = js_sys::Date::new(&at.into());
    format!(
        "{} {:02}:{:02}",
        String::from(at.to_date_string()),
        at.get_hours(),
        at.get_minutes()
    )
}
