//! The chosen picture, large, under a map.

use yew::prelude::*;

use super::heat_canvas::HeatCanvas;
use super::layer_choice::LayerChoice;
use super::picture_marks::PictureMarks;
use crate::page::attention_row::strongest;
use crate::page::hooks::use_image::use_image;
use crate::page::hooks::use_row::use_row;
use crate::page::pixel::Point;
use crate::page::pointer::point_under;
use crate::page::slot::{Shared, Slot};
use crate::page::state::{Action, Query, State};
use crate::protocol::Reading;

/// What the picture needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The picture and its attention layers.
    pub slot: Slot,
    /// Which picture it is, from 0.
    pub sample: usize,
    /// Whether it is of an older request, its successor still being drawn.
    pub stale: bool,
    /// Which layer's map lies over it.
    pub overlay: Option<usize>,
    /// The pixel in question.
    pub query: Query,
    /// Whether the visitor has pointed at anything yet.
    pub has_pointed: bool,
    /// Where pointing goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// The chosen picture, large, under a map; it is pointed at, and it takes the arrow keys.
#[component]
pub fn Picture(props: &Props) -> Html {
    let Props {
        slot,
        sample,
        stale,
        overlay,
        query,
        has_pointed,
        dispatch,
    } = props.clone();
    let size = slot.picture.side;
    let sides: Vec<u32> = slot.layers.iter().map(|reading| reading.side).collect();
    let layer = overlay.and_then(|layer| slot.layers.get(layer));
    // A hook cannot be left out, so without an overlay the first layer's row goes unused.
    let reading = layer
        .or(slot.layers.first())
        .cloned()
        .unwrap_or_else(no_reading);
    let row = use_row(&reading, query.pixel(), size).filter(|_| layer.is_some());
    let canvas = use_node_ref();
    use_image(&canvas, &slot.picture);

    let pointed = |action: fn(Point) -> Action| {
        let (canvas, dispatch) = (canvas.clone(), dispatch.clone());
        move |event: &MouseEvent| {
            if let Some(pixel) = point_under(event, &canvas, size) {
                dispatch.dispatch(action(pixel));
            }
        }
    };
    let point = pointed(Action::PointAt);
    let onpointermove = Callback::from({
        let point = point.clone();
        move |event: PointerEvent| point(&event)
    });
    let onpointerdown = Callback::from(move |event: PointerEvent| point(&event));
    let pin = pointed(Action::Pin);
    let onclick = Callback::from(move |event: MouseEvent| pin(&event));
    let onkeydown = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: KeyboardEvent| {
            if let Some(action) = action_of_key(&event) {
                event.prevent_default();
                dispatch.dispatch(action);
            }
        })
    };
    let release = Callback::from(move |_: MouseEvent| dispatch.dispatch(Action::TogglePin));
    let side = size.to_string();
    let place = query.pixel().map(|Point { x, y }| format!("{x},{y}"));

    html! {
        <section class="stage" aria-label="Chosen picture">
            <div class="stage-head">
                <h2>{ format!("Sample {sample}") }<span class="quiet">{ format!("seed {}", slot.seed) }</span></h2>
                <LayerChoice {sides} {overlay} dispatch={props.dispatch.clone()} />
            </div>
            <div class={classes!("picture", stale.then_some("stale"))}>
                <canvas
                    ref={canvas} class="pixels" width={side.clone()} height={side} role="application" tabindex="0"
                    aria-label={format!("Sample {sample} of seed {}. Arrow keys move the pixel, Enter pins it, Escape clears it.", slot.seed)}
                    aria-describedby="query-words" data-testid="picture" data-query={place} data-pinned={query.pinned().to_string()}
                    {onpointermove} {onpointerdown} {onclick} {onkeydown}
                />
                if let Some(row) = row.clone() {
                    <HeatCanvas {row} side={reading.side} veil=true testid="veil" />
                }
                if let Some(pixel) = query.pixel() {
                    <PictureMarks {pixel} pinned={query.pinned()} {size} side={layer.map(|reading| reading.side)} />
                }
            </div>
            <div class="caption">
                <p id="query-words" aria-live="polite">{ words_for(query, row.as_deref().map(Vec::as_slice), &reading) }</p>
                if query.pinned() {
                    <button class="small" onclick={release}>{ "Release" }</button>
                } else if !has_pointed || query.pixel().is_none() {
                    <p class="hint">{ "Point at the picture" }</p>
                } else {
                    <p class="quiet">{ "Click to pin" }</p>
                }
            </div>
        </section>
    }
}

fn action_of_key(event: &KeyboardEvent) -> Option<Action> {
    let step = if event.shift_key() { 8 } else { 1 };
    match event.key().as_str() {
        "ArrowLeft" => Some(Action::Move(-step, 0)),
        "ArrowRight" => Some(Action::Move(step, 0)),
        "ArrowUp" => Some(Action::Move(0, -step)),
        "ArrowDown" => Some(Action::Move(0, step)),
        "Enter" | " " => Some(Action::TogglePin),
        _ => None,
    }
}

fn words_for(query: Query, row: Option<&[f32]>, reading: &Reading) -> String {
    let Some(Point { x, y }) = query.pixel() else {
        return "No pixel chosen".to_owned();
    };
    let kind = if query.pinned() { "Pinned" } else { "Pixel" };
    let looks = row.and_then(|row| {
        let key = *strongest(row, 1).first()?;
        let at = Point::of_index(key, reading.side);
        Some(format!(" looks most at ({}, {})", at.x, at.y))
    });
    format!("{kind} ({x}, {y}){}", looks.unwrap_or_default())
}

fn no_reading() -> Shared<Reading> {
    Shared::new(Reading {
        side: 1,
        log_sum_exp: vec![0.0],
        mean_row: vec![1.0],
        ..Reading::default()
    })
}
