//! Which layer's map lies over the picture.

use yew::prelude::*;

use super::segments::{Segment, Segments};
use crate::page::view::looking::LookingAction;
use crate::page::view::state::State;

/// What the choice needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Width of each layer's map, from the coarsest.
    pub sides: Vec<u32>,
    /// The layer chosen now.
    pub overlay: Option<usize>,
    /// Where the choice goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// Which layer's map lies over the picture, as one row of radio buttons; the last is "none".
#[component]
pub fn LayerChoice(props: &Props) -> Html {
    let layers = props.sides.len();
    let layer = |(layer, side): (usize, &u32)| Segment {
        name: format!("{side}×{side}").into(),
        testid: format!("overlay-{layer}").into(),
    };
    let none = Segment {
        name: "none".into(),
        testid: "overlay-none".into(),
    };
    let dispatch = props.dispatch.clone();
    let onchoose = Callback::from(move |index: usize| {
        let overlay = Some(index).filter(|&index| index < layers);
        dispatch.dispatch(LookingAction::Show(overlay).into());
    });
    let segments: Vec<Segment> = props
        .sides
        .iter()
        .enumerate()
        .map(layer)
        .chain([none])
        .collect();
    let chosen = match props.overlay {
        Some(layer) if layer < layers => layer,
        _ => layers,
    };
    html! { <Segments legend="Map over the picture" group="overlay" {segments} chosen={Some(chosen)} {onchoose} /> }
}
