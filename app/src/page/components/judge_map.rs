//! One of the discriminator's maps.

use yew::prelude::*;

use super::heat_canvas::HeatCanvas;
use super::legend::Legend;
use super::map_marks::MapMarks;
use crate::page::attention::look::Look;
use crate::page::attention::map::Map;
use crate::page::hooks::use_point_in::{PointIn, use_point_in};
use crate::page::view::looking::Display;
use crate::page::view::slot::Shared;
use crate::page::view::state::State;
use crate::page::words;

/// What the map needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Which layer, 0 for the coarsest.
    pub layer: usize,
    /// Its map.
    pub map: Shared<Map>,
    /// What it says of the pixel in question.
    pub look: Option<Shared<Look>>,
    /// The pin in question, if it is one.
    pub pin: Option<usize>,
    /// How the map is coloured.
    pub display: Display,
    /// Width and height of the picture, in pixels.
    pub size: u32,
    /// Where pointing goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// One of the discriminator's maps for the pixel in question, and what it says in one line; it is
/// pointed at as the generator's are.
#[component]
pub fn JudgeMap(props: &Props) -> Html {
    let Props {
        layer,
        map,
        look,
        pin,
        display,
        size,
        dispatch,
    } = props.clone();
    let side = map.side();
    let frame = use_node_ref();
    let PointIn {
        moved,
        click,
        keydown,
    } = use_point_in(&frame, side, size, &dispatch);
    html! {
        <figure class="judge-map">
            <figcaption>
                { format!("{side}×{side}") }
                <span class="quiet">{ format!("γ {}, adds {}", words::gamma(map.gamma()), words::percent(f64::from(map.share()))) }</span>
            </figcaption>
            <div
                class="map-frame" ref={frame} role="application" tabindex="0" onpointermove={moved.clone()} onpointerdown={moved} onclick={click} onkeydown={keydown}
                aria-label={format!("The discriminator's attention map {side}×{side}; arrow keys move by one cell, Enter pins.")}
                data-testid={format!("judge-map-{layer}")}
            >
                if let Some(look) = &look {
                    <HeatCanvas look={look.clone()} {display} testid={format!("judge-heat-{layer}")} />
                    <MapMarks look={look.clone()} {pin} />
                } else {
                    <p class="waiting">{ "No pixel chosen" }</p>
                }
            </div>
            if let Some(look) = look {
                <Legend look={look.clone()} {display} />
                <p class="quiet">{ words::verdict(&look) }</p>
            }
        </figure>
    }
}
