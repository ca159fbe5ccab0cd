//! The chosen picture, large, under a map.

use yew::prelude::*;

use super::announcement::Announcement;
use super::heat_canvas::HeatCanvas;
use super::layer_choice::LayerChoice;
use super::loupe::Loupe;
use super::picture_marks::PictureMarks;
use super::pin_arrows::PinArrows;
use super::pin_handles::PinHandles;
use super::region_flow::RegionFlow;
use super::segments::{Segment, Segments};
use super::take_away::TakeAway;
use crate::page::attention::form::FINEST;
use crate::page::attention::look::Look;
use crate::page::attention::pixel::Point;
use crate::page::hooks::use_all_rows::AllLayers;
use crate::page::hooks::use_image::use_image;
use crate::page::hooks::use_looks::Said;
use crate::page::hooks::use_region_drag::{Shape, use_region_drag};
use crate::page::keyboard::step_of_key;
use crate::page::pointer::point_under;
use crate::page::view::address::Address;
use crate::page::view::looking::{Looking, LookingAction};
use crate::page::view::slot::Slot;
use crate::page::view::state::State;
use crate::page::words;

/// What the picture needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The picture and its attention layers.
    pub slot: Slot,
    /// Which picture it is, from 0.
    pub sample: usize,
    /// Whether its successor is being drawn.
    pub stale: bool,
    /// Whether it has changes.
    pub changed: bool,
    /// How it is looked at.
    pub looking: Looking,
    /// What the maps say.
    pub said: Said,
    /// What all rows say, once that is known.
    pub all: Option<AllLayers>,
    /// The address of what is shown; none where it is a run's, which no address names.
    pub address: Option<Address>,
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
        changed,
        looking,
        said,
        all,
        address,
        dispatch,
    } = props.clone();
    let Looking {
        pins,
        region,
        second,
        overlay,
        display,
        ..
    } = looking;
    let (size, seed) = (slot.picture.side, slot.seed);
    let sides: Vec<u32> = slot.layers.iter().map(|map| map.side()).collect();
    let over = overlay.filter(|&layer| layer < sides.len());
    let look = over.and_then(|layer| said.active.as_ref()?.get(layer).cloned());
    let arrows: Vec<_> = said
        .pins
        .iter()
        .filter_map(|(number, pixel, looks)| Some((*number, *pixel, looks.get(over?)?.clone())))
        .collect();
    let canvas = use_node_ref();
    use_image(&canvas, &slot.picture);
    let drag = use_region_drag(&canvas, size, &dispatch);
    let line = drag.line().to_vec();
    let selecting = use_state_eq(|| false);
    let free = use_state_eq(|| false);
    let finest = sides.iter().copied().max().unwrap_or(size).min(FINEST);
    let touched = use_state_eq(|| false);

    let pointed = |action: fn(&MouseEvent, Point) -> LookingAction| {
        let (canvas, dispatch) = (canvas.clone(), dispatch.clone());
        move |event: &MouseEvent| {
            if let Some(pixel) = point_under(event, &canvas, size) {
                dispatch.dispatch(action(event, pixel).into());
            }
        }
    };
    let point = pointed(|_, pixel| LookingAction::PointAt(pixel));
    let onpointermove = Callback::from({
        let (point, drag) = (point.clone(), drag.clone());
        move |event: PointerEvent| {
            if !drag.moves(&event) {
                point(&event);
            }
        }
    });
    let onpointerdown = Callback::from({
        let (drag, selecting, touched) = (drag.clone(), *selecting, touched.setter());
        let of_second = selecting && region.is_some();
        let shape = match selecting && *free {
            true => Shape::Free(finest),
            false => Shape::Rectangle,
        };
        move |event: PointerEvent| {
            touched.set(event.pointer_type() == "touch");
            match selecting || event.shift_key() {
                true => drag.begin(&event, shape, of_second),
                false => point(&event),
            }
        }
    });
    // Let go, or taken over by the browser to scroll.
    let onlet = Callback::from({
        let touched = touched.setter();
        move |_: PointerEvent| touched.set(false)
    });
    let click = pointed(|event, pixel| match event.shift_key() {
        true => LookingAction::AddPin(pixel),
        false => LookingAction::Pin(pixel),
    });
    let onclick = Callback::from({
        let selecting = selecting.setter();
        move |event: MouseEvent| {
            if drag.ends() {
                selecting.set(false);
            } else {
                click(&event);
            }
        }
    });
    let onkeydown = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: KeyboardEvent| {
            if let Some(action) = action_of_key(&event) {
                event.prevent_default();
                dispatch.dispatch(action.into());
            }
        })
    };
    let side = size.to_string();
    let place = looking.pixel().map(|Point { x, y }| format!("{x},{y}"));
    let words = words_for(&looking, look.as_deref(), size);

    html! {
        <section class="stage" aria-label="Chosen picture">
            <div class="stage-head">
                <h2>{ format!("Sample {sample}") }<span class="quiet">{ format!("seed {seed}") }</span>
                    if changed { <span class="changed" data-testid="changed">{ "changed" }</span> }
                </h2>
                <LayerChoice sides={sides.clone()} {overlay} dispatch={dispatch.clone()} />
            </div>
            <div class={classes!("picture", stale.then_some("stale"))}>
                <canvas
                    ref={canvas.clone()} class={classes!("pixels", selecting.then_some("selecting"))} width={side.clone()} height={side} role="application" tabindex="0"
                    aria-label={format!("Sample {sample} of seed {}. Arrow keys move the pixel, Enter pins it, A adds a pin, R begins a region, which the arrow keys then stretch, R again a second one, which they move, Escape clears all.", seed)}
                    aria-describedby="query-words" data-testid="picture" data-query={place} data-pinned={pins.held().to_string()}
                    {onpointermove} {onpointerdown} onpointerup={onlet.clone()} onpointercancel={onlet} {onclick} {onkeydown}
                />
                if let Some(look) = look.clone() {
                    <HeatCanvas {look} {display} veil=true testid="veil" />
                }
                <PinArrows pins={arrows} {size} />
                if let Some(pixel) = looking.pixel() {
                    <PictureMarks {pixel} {region} {second} pin={pins.active().filter(|_| region.is_none())} {size} side={over.map(|layer| sides[layer])} />
                }
                if let (true, Some(pixel)) = (*touched && !pins.held(), pins.pixel()) {
                    <Loupe picture={slot.picture.clone()} {pixel} />
                }
                if line.len() > 1 {
                    <svg class="marks" viewBox="0 0 1 1" aria-hidden="true">
                        <polygon class="lasso" points={line.iter().map(|(x, y)| format!("{x:.4},{y:.4} ")).collect::<String>()} />
                    </svg>
                }
                <PinHandles {pins} {size} picture={canvas} dispatch={dispatch.clone()} />
            </div>
            <div class="caption">
                <p id="query-words">{ words.clone() }</p>
                { what_next(&looking, &selecting, &free, &dispatch) }
            </div>
            if let Some((first, second)) = region.zip(second) {
                <RegionFlow layers={slot.layers.clone()} {size} {first} {second} />
            }
            if let Some(address) = address {
                <TakeAway {slot} said={said.clone()} {all} {changed} {address} />
            }
            <Announcement text={spoken(&words, &said, &sides)} />
        </section>
    }
}

/// What can be done next, in words or as buttons.
fn what_next(
    looking: &Looking,
    selecting: &UseStateHandle<bool>,
    free: &UseStateHandle<bool>,
    dispatch: &UseReducerDispatcher<State>,
) -> Html {
    let pins = looking.pins;
    let button = |name: &'static str, testid: &'static str, action: LookingAction| {
        let dispatch = dispatch.clone();
        let onclick = Callback::from(move |_: MouseEvent| dispatch.dispatch(action.into()));
        html! { <button class="small" {onclick} data-testid={testid}>{ name }</button> }
    };
    let words = match **free {
        true => "Draw around it",
        false => "Drag over the picture",
    };
    let shape = {
        let free = free.clone();
        let chosen = usize::from(*free);
        let onchoose = Callback::from(move |index: usize| free.set(index == 1));
        let segment = |name: &'static str, testid: &'static str| Segment {
            name: name.into(),
            testid: testid.into(),
        };
        let segments = vec![
            segment("rectangle", "shape-rectangle"),
            segment("free form", "shape-free"),
        ];
        html! {
            if **selecting {
                <Segments legend="Shape of the region" group="region-shape" {segments} {chosen} {onchoose} />
            }
        }
    };
    let region = {
        let (onclick, pressed) = (selecting.setter(), **selecting);
        let onclick = Callback::from(move |_: MouseEvent| onclick.set(!pressed));
        let title =
            "Then drag over the picture. By mouse, Shift and drag does the same; by keys, R.";
        html! {
            <>
                <button class="small" {onclick} aria-pressed={pressed.to_string()} {title} data-testid="select-region">
                    { if pressed { words } else { "Region" } }
                </button>
                { shape.clone() }
            </>
        }
    };
    if looking.region.is_some() {
        let both = looking.second.is_some();
        let (pressed, onclick) = (**selecting, selecting.setter());
        let onclick = Callback::from(move |_: MouseEvent| onclick.set(!pressed));
        let name = match (pressed, both) {
            (true, _) => words,
            (false, true) => "Another second region",
            (false, false) => "Second region",
        };
        let title = "How much two regions look at each other. Then drag over the picture. By keys, R: the region's mirror image, which the arrow keys move.";
        let clear = if both {
            "Clear the regions"
        } else {
            "Clear the region"
        };
        return html! {
            <div class="caption-buttons">
                <button class="small" {onclick} aria-pressed={pressed.to_string()} {title} data-testid="second-region">{ name }</button>
                { shape }
                { button(clear, "clear-region", LookingAction::Deselect) }
            </div>
        };
    }
    if pins.held() {
        return html! {
            <div class="caption-buttons">
                if pins.has_room() {
                    { button("Add a pin", "add-pin", LookingAction::AddPinBeside) }
                }
                { region }
                { button("Release", "release", LookingAction::TogglePin) }
            </div>
        };
    }
    if !looking.has_pointed || pins.pixel().is_none() {
        html! { <p class="hint">{ "Point at the picture" }</p> }
    } else {
        html! { <div class="caption-buttons"><p class="quiet">{ "Click to pin" }</p>{ region }</div> }
    }
}

fn action_of_key(event: &KeyboardEvent) -> Option<LookingAction> {
    if let Some((dx, dy)) = step_of_key(event) {
        return Some(LookingAction::Step(dx, dy));
    }
    // The browser's own shortcuts stay the browser's.
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return None;
    }
    match event.key().as_str() {
        "Enter" | " " => Some(LookingAction::TogglePin),
        "a" | "A" => Some(LookingAction::AddPinBeside),
        "r" | "R" => Some(LookingAction::SelectHere),
        _ => None,
    }
}

fn words_for(looking: &Looking, look: Option<&Look>, size: u32) -> String {
    let pins = looking.pins;
    let looks = look.map(|look| words::strongest(look, size));
    let looks = looks.unwrap_or_default();
    if let Some(region) = looking.region {
        let number = if looking.second.is_some() { " 1" } else { "" };
        // A form is seen, and its corners would say little of it.
        let of = match region.form() {
            Some(form) => format!("of {} cells", form.count()),
            None => words::region(region),
        };
        return format!("Region{number} {of}{looks}");
    }
    let Some(Point { x, y }) = pins.pixel() else {
        return "No pixel chosen".to_owned();
    };
    let kind = match pins.active() {
        Some(number) if pins.count() > 1 => format!("Pin {}", number + 1),
        Some(_) => "Pinned".to_owned(),
        None => "Pixel".to_owned(),
    };
    format!("{kind} ({x}, {y}){looks}")
}

/// What a screen reader says of the pixel in question: where it looks, and what each map says of it.
fn spoken(words: &str, said: &Said, sides: &[u32]) -> String {
    let layers = said.active.iter().flatten().zip(sides);
    let verdicts =
        layers.map(|(look, side)| format!(" {side} by {side}: {}", words::verdict(look)));
    format!("{words}.{}", verdicts.collect::<String>())
}
