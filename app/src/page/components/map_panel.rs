//! One layer's map, and what it says of the pixel in question.

use yew::prelude::*;

use super::every_pixel::EveryPixel;
use super::facts::Facts;
use super::field_canvas::FieldCanvas;
use super::heat_canvas::HeatCanvas;
use super::legend::Legend;
use super::map_marks::MapMarks;
use super::strongest_keys::StrongestKeys;
use super::weighed_keys::WeighedKeys;
use crate::page::attention::csv::{csv, file_name};
use crate::page::attention::field::Sight;
use crate::page::attention::lens::{Direction, Lens};
use crate::page::attention::look::Look;
use crate::page::attention::map::Map;
use crate::page::attention::partner::partner;
use crate::page::attention::pixel::Point;
use crate::page::attention::region::Region;
use crate::page::attention::sinks;
use crate::page::hooks::use_map_touch::{Place, use_map_touch};
use crate::page::keyboard::step_of_key;
use crate::page::save::save_text;
use crate::page::view::edits::Brush;
use crate::page::view::looking::{Display, LookingAction};
use crate::page::view::slot::Shared;
use crate::page::view::state::State;
use crate::page::words;
use crate::protocol::{AllRows, KeyBias};

/// What the panel needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Which layer, 0 for the coarsest.
    pub layer: usize,
    /// Its map.
    pub map: Shared<Map>,
    /// The pixel in question, and what the map says of it.
    pub shown: Option<(Point, Shared<Look>)>,
    /// What is shown: the pixel in question, or all at once.
    pub sight: Sight,
    /// What all rows of the map say, once that is known.
    pub all: Option<Shared<AllRows>>,
    /// The pin in question, if it is one.
    pub pin: Option<usize>,
    /// The axis about which the picture is known to be mirrored, in parts of its width.
    pub mirror: Option<f32>,
    /// Pixels whose exchange with the region in question is asked about.
    pub second: Option<Region>,
    /// How the map is coloured.
    pub display: Display,
    /// Keys made heavier or lighter.
    pub weighed: Vec<KeyBias>,
    /// What touching the map does.
    pub brush: Brush,
    /// Why there is nothing to show, where something was asked.
    pub lacks: Option<String>,
    /// What is to be said of a map that is not the network's own.
    pub note: Option<String>,
    /// Width and height of the picture, in pixels.
    pub size: u32,
    /// The seed of the picture.
    pub seed: u64,
    /// Which picture of the seed, from 0.
    pub sample: usize,
    /// Where pointing goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// One layer's map for the pixel in question, and what it says. Pointing at a cell of the map asks
/// for that cell itself; it takes the arrow keys too, which move by one cell.
#[component]
pub fn MapPanel(props: &Props) -> Html {
    let Props {
        layer,
        map,
        shown,
        sight,
        all,
        pin,
        mirror,
        second,
        display,
        weighed,
        brush,
        lacks,
        note,
        size,
        seed,
        sample,
        dispatch,
    } = props.clone();
    let side = map.side();
    let lit = use_state_eq(|| None::<usize>);
    let frame = use_node_ref();

    let query = shown.as_ref().map(|(_, look)| look.question.cell);
    let place = Place { layer, side, size };
    let touch = use_map_touch(place, brush, query, &frame, &dispatch);
    let onkeydown = {
        let dispatch = dispatch.clone();
        let pixels = (size / side.max(1)).max(1) as i32;
        Callback::from(move |event: KeyboardEvent| {
            let action = match (step_of_key(&event), event.key().as_str()) {
                (Some((dx, dy)), _) => LookingAction::Step(pixels * dx, pixels * dy),
                (None, "Enter" | " ") => LookingAction::TogglePin,
                _ => return,
            };
            event.prevent_default();
            dispatch.dispatch(action.into());
        })
    };

    let name = format!("{side}×{side}");
    let shows = match sight {
        Sight::Pixel => "Attention map",
        Sight::Whither => "Where every pixel looks in the attention map",
        Sight::Parts => "Which pixels look alike in the attention map",
        Sight::Bits => "How much of its own each pixel's row is in the attention map",
    };
    let described = format!(
        "{shows} {name}; the pixel in question is marked. Arrow keys move by one cell, Enter pins, M knocks the cell out."
    );
    let partner = shown
        .as_ref()
        .zip(mirror)
        .and_then(|((_, look), axis)| partner(look, axis));
    let outlined = partner.filter(|_| pin.is_some());
    let found = all
        .as_ref()
        .map(|all| sinks::sinks(all, map.mean_row()))
        .unwrap_or_default();
    let every = all.filter(|_| sight != Sight::Pixel);
    html! {
        <article class="map" aria-label={format!("Attention map {name}")}>
            <div class="map-head">
                <h3>{ &name }<span class="quiet">{ "attention layer " }{ layer + 1 }</span></h3>
                if let Some((pixel, look)) = shown.clone() {
                    { save_button(layer, &name, seed, sample, pixel, look) }
                }
            </div>
            <div class="map-left">
                <div
                    class={classes!("map-frame", brush.factor.map(|_| "brushing"))} ref={frame} role="application" tabindex="0"
                    aria-label={described} data-testid={format!("map-{layer}")} data-layer={layer.to_string()} {onkeydown}
                    onpointermove={touch.moved} onpointerdown={touch.down} onpointerup={touch.ended.clone()}
                    onpointercancel={touch.ended.clone()} onpointerleave={touch.ended} onclick={touch.click} oncontextmenu={touch.menu}
                >
                    if let Some(all) = &every {
                        <FieldCanvas all={all.clone()} {sight} {side} palette={display.palette} smooth={display.smooth} testid={format!("field-{layer}")} />
                        if let Some((_, look)) = &shown {
                            <MapMarks look={look.clone()} {pin} bare=true />
                        }
                    } else if sight != Sight::Pixel {
                        <p class="waiting">{ "Working it out…" }</p>
                    } else if let Some((_, look)) = &shown {
                        <HeatCanvas look={look.clone()} {display} testid={format!("heat-{layer}")} />
                        <WeighedKeys {side} query={look.question.cell.index(side) as u32} {weighed} />
                        <MapMarks look={look.clone()} {pin} lit={*lit} sinks={found.clone()} partner={outlined.map(|partner| partner.cells)} second={second.map(|region| region.clamped(size).cells(size, side))} />
                    } else if let Some(lacks) = lacks {
                        <p class="waiting" data-testid={format!("lacks-{layer}")}>{ lacks }</p>
                    } else {
                        <p class="waiting">{ "No pixel chosen" }</p>
                    }
                </div>
                if let (Sight::Pixel, Some((_, look))) = (sight, &shown) {
                    <Legend look={look.clone()} {display} />
                    if let Some(partner) = outlined {
                        <p class="legend-partner" data-testid={format!("partner-{layer}")}>
                            <span class="partner-swatch" aria-hidden="true" />{ "3×3 cells about its partner, the mirrored place: " }<b>{ words::on_partner(&partner) }</b>
                        </p>
                    }
                }
                if let Some(note) = note {
                    <p class="map-note" data-testid={format!("note-{layer}")}>{ note }</p>
                }
            </div>
            if let Some(all) = every {
                <div class="map-right">
                    <EveryPixel {layer} {sight} {all} {side} {size} palette={display.palette} pixel={shown.map(|(pixel, _)| pixel)} />
                </div>
            } else if let (Sight::Pixel, Some((_, look))) = (sight, &shown) {
                <div class="map-right">
                    <Facts {layer} gamma={map.gamma()} share={map.share()} look={look.clone()} {partner} {size} />
                    <StrongestKeys look={look.clone()} onlight={Callback::from(move |rank| lit.set(rank))} />
                    // The mean row is nobody's own.
                    if look.question.lens != Lens::Everybody {
                        <p class="verdict">{ words::verdict(look) }</p>
                    }
                    if let Some(sentence) = sinks::words(&found) {
                        <p class="quiet sinks" data-testid={format!("sinks-{layer}")} data-cells={cells(&found)}>{ sentence }</p>
                    }
                </div>
            }
        </article>
    }
}

/// The sinks' cells, for tests.
fn cells(found: &[sinks::Sink]) -> String {
    let cells: Vec<String> = found.iter().map(|sink| sink.cell.to_string()).collect();
    cells.join(" ")
}

fn save_button(
    layer: usize,
    name: &str,
    seed: u64,
    sample: usize,
    pixel: Point,
    look: Shared<Look>,
) -> Html {
    let direction = look.question.direction;
    let what = match direction {
        Direction::From => "row",
        Direction::To => "column",
    };
    let onclick = Callback::from(move |_: MouseEvent| {
        let file = file_name(
            seed,
            sample,
            look.side,
            direction,
            pixel,
            look.question.region,
        );
        // A browser that refuses a download says so itself.
        let _ = save_text(&file, "text/csv", &csv(&look));
    });
    html! {
        <button
            class="small" data-testid={format!("save-row-{layer}")} {onclick}
            aria-label={format!("Save {what} (CSV) of the {name} map")}
        >{ format!("Save {what} (CSV)") }</button>
    }
}
