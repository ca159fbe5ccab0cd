//! The maps of several pins side by side.

use yew::prelude::*;

use super::heat_canvas::HeatCanvas;
use super::map_marks::MapMarks;
use super::pin_handles::pin_class;
use crate::page::attention::look::Look;
use crate::page::attention::pixel::Point;
use crate::page::hooks::use_looks::Layers;
use crate::page::view::looking::{Display, LookingAction};
use crate::page::view::slot::Shared;
use crate::page::view::state::State;
use crate::page::words;

/// What the comparison needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Each pin's number and pixel, and what the maps say of it.
    pub pins: Vec<(usize, Point, Layers)>,
    /// The active pin.
    pub active: Option<usize>,
    /// How maps are coloured.
    pub display: Display,
    /// Where choices go.
    pub dispatch: UseReducerDispatcher<State>,
}

/// The maps of several pins side by side, a column a pin; a click makes a pin active.
#[component]
pub fn Comparison(props: &Props) -> Html {
    html! {
        <section class="comparison" aria-labelledby="comparison-title" data-testid="comparison">
            <h2 id="comparison-title">{ "Pins side by side" }</h2>
            <div class="comparison-pins">
                { for props.pins.iter().map(|(number, pixel, looks)| html! {
                    <PinColumn
                        key={*number} number={*number} pixel={*pixel} looks={looks.clone()}
                        active={props.active == Some(*number)} display={props.display} dispatch={props.dispatch.clone()}
                    />
                }) }
            </div>
        </section>
    }
}

/// What one pin's column needs.
#[derive(Clone, PartialEq, Properties)]
struct ColumnProps {
    number: usize,
    pixel: Point,
    looks: Layers,
    active: bool,
    display: Display,
    dispatch: UseReducerDispatcher<State>,
}

#[component]
fn PinColumn(props: &ColumnProps) -> Html {
    let ColumnProps {
        number,
        pixel: Point { x, y },
        active,
        display,
        ..
    } = *props;
    let onclick = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            dispatch.dispatch(LookingAction::Activate(number).into());
        })
    };
    let map = |(layer, look): (usize, &Shared<Look>)| {
        html! {
            <span class="comparison-map">
                <span class="map-frame">
                    <HeatCanvas look={look.clone()} {display} testid={format!("pin-{}-heat-{layer}", number + 1)} />
                    <MapMarks look={look.clone()} pin={Some(number)} />
                </span>
                <span class="quiet">{ words::brief(look) }</span>
            </span>
        }
    };
    html! {
        <button
            type="button" class={classes!("comparison-pin", pin_class(number))} aria-pressed={active.to_string()} {onclick}
            data-testid={format!("compare-{}", number + 1)}
        >
            <span class="comparison-head"><span class="badge">{ number + 1 }</span>{ format!("({x}, {y})") }</span>
            { for props.looks.iter().enumerate().map(map) }
        </button>
    }
}
