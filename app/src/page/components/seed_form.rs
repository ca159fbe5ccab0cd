//! Which pictures to draw.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::page::view::pictures::PicturesAction;
use crate::page::view::state::State;

/// Random seeds stay below this: short enough to read out.
const RANDOM_SEEDS: f64 = 1e6;

/// What the form needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The seed whose pictures are wanted.
    pub seed: u64,
    /// Whether the engine takes requests.
    pub enabled: bool,
    /// Where requests go.
    pub dispatch: UseReducerDispatcher<State>,
}

/// A field for the seed, and a button for a random one.
#[component]
pub fn SeedForm(props: &Props) -> Html {
    let Props {
        seed,
        enabled,
        dispatch,
    } = props.clone();
    let text = use_state(|| seed.to_string());
    {
        let setter = text.setter();
        use_effect_with(seed, move |seed| setter.set(seed.to_string()));
    }
    let typed = text.trim().parse::<u64>().ok();

    let oninput = {
        let setter = text.setter();
        Callback::from(move |event: InputEvent| {
            setter.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let onsubmit = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let (true, Some(seed)) = (enabled, typed) {
                dispatch.dispatch(PicturesAction::Draw(seed).into());
            }
        })
    };
    let onclick = Callback::from(move |_: MouseEvent| {
        let seed = (js_sys::Math::random() * RANDOM_SEEDS) as u64;
        dispatch.dispatch(PicturesAction::Draw(seed).into());
    });

    html! {
        <form class="seed-form" {onsubmit}>
            <label for="seed">{ "Seed" }</label>
            <input
                id="seed" data-testid="seed" type="text" inputmode="numeric" autocomplete="off" spellcheck="false"
                value={(*text).clone()} {oninput} aria-invalid={typed.is_none().to_string()} aria-describedby="seed-help"
            />
            <button type="submit" disabled={!enabled || typed.is_none()} data-testid="draw-seed">{ "Draw" }</button>
            <button type="button" class="primary" disabled={!enabled} {onclick} data-testid="new-samples">{ "New samples" }</button>
            <p id="seed-help" class="quiet" role={typed.is_none().then_some("alert")}>
                { if typed.is_none() { "A seed is a whole number from 0 to 18446744073709551615." } else { "The same seed gives the same pictures." } }
            </p>
        </form>
    }
}
