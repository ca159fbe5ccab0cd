//! Which layer's map lies over the picture.

use yew::prelude::*;

use crate::page::state::{Action, State};

/// What the choice needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Width of each layer's map, from the coarser.
    pub sides: Vec<u32>,
    /// The layer chosen now.
    pub overlay: Option<usize>,
    /// Where the choice goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// Which layer's map lies over the picture, as one row of radio buttons.
#[component]
pub fn LayerChoice(props: &Props) -> Html {
    let option = |overlay: Option<usize>, name: String| {
        let dispatch = props.dispatch.clone();
        let onchange = Callback::from(move |_: Event| dispatch.dispatch(Action::Show(overlay)));
        let testid = overlay.map_or("overlay-none".to_owned(), |layer| {
            format!("overlay-{layer}")
        });
        html! {
            <label class="segment">
                <input type="radio" name="overlay" checked={props.overlay == overlay} {onchange} data-testid={testid} />
                <span>{ name }</span>
            </label>
        }
    };
    html! {
        <fieldset class="segments">
            <legend>{ "Map over the picture" }</legend>
            { for props.sides.iter().enumerate().map(|(layer, side)| option(Some(layer), format!("{side}×{side}"))) }
            { option(None, "none".to_owned()) }
        </fieldset>
    }
}
