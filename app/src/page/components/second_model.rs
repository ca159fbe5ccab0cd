//! The same pixel in a second model.

use yew::prelude::*;

use super::heat_canvas::HeatCanvas;
use super::map_marks::MapMarks;
use super::own_file::OwnFile;
use super::picture_marks::PictureMarks;
use super::pin_handles::pin_class;
use super::pixel_canvas::PixelCanvas;
use super::progress_card::ProgressCard;
use crate::page::attention::look::Look;
use crate::page::attention::map::Map;
use crate::page::attention::pixel::Point;
use crate::page::hooks::use_contents::Contents;
use crate::page::hooks::use_looks::{Layers, use_looks};
use crate::page::pointer::point_under;
use crate::page::view::looking::{Display, Looking, LookingAction};
use crate::page::view::origin::Origin;
use crate::page::view::second::{Second, SecondAction, Stand};
use crate::page::view::slot::{Shared, Slot};
use crate::page::view::state::State;
use crate::page::words;
use crate::protocol::ModelInfo;

/// What the second model's part needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The second model.
    pub second: Second,
    /// The first, once it is known.
    pub first: Option<ModelInfo>,
    /// How the first model's picture is looked at.
    pub looking: Looking,
    /// The seed of the chosen picture.
    pub seed: u64,
    /// Which picture of it.
    pub sample: usize,
    /// Width and height of the first model's pictures, once one is drawn.
    pub size: Option<u32>,
    /// Where pointing goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// The second model's picture of the same seed, and its maps under the same pins: a row for the pixel
/// in question and one for each further pin. Or how far the model is, or why it cannot be had.
#[component]
pub fn SecondModel(props: &Props) -> Html {
    let Props {
        second,
        first,
        looking,
        seed,
        sample,
        size,
        dispatch,
    } = props.clone();
    let checkpoint = second.checkpoint().cloned();
    let name = checkpoint.as_ref().map(Origin::model_name);
    let file = checkpoint.as_ref().map_or("", Origin::file_name).to_owned();
    let drawn = second.picture(seed, sample);
    let slot = drawn.map(|(slot, _)| slot.clone());
    let own = slot.as_ref().map_or(0, |slot| slot.picture.side);
    let size = size.unwrap_or(own);
    let looking = looking.scaled(size, own);
    let layers = slot.as_ref().map(|slot| slot.layers.clone());
    let whole = |layers: &Vec<Shared<Map>>| layers.iter().all(|map| map.contents().is_some());
    let contents = layers
        .filter(whole)
        .map_or(Contents::Waiting, Contents::There);
    let said = use_looks(slot.as_ref(), &looking, &contents);
    let send = |action: SecondAction| {
        let dispatch = dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.dispatch(action.clone().into()))
    };
    let state = match (&second.stand, drawn) {
        (Stand::Loading(_), _) => "loading",
        (Stand::Failed(_), _) => "failed",
        (Stand::Open(_), _) if second.problem.is_some() => "refused",
        (Stand::Open(_), Some((_, true))) => "ready",
        (Stand::Open(_), _) => "drawing",
    };
    let onchoose = {
        let dispatch = dispatch.clone();
        Callback::from(move |origin: Origin| dispatch.dispatch(SecondAction::Open(origin).into()))
    };
    let body = match &second.stand {
        Stand::Loading(loading) => {
            html! { <ProgressCard loading={loading.clone()} {file} /> }
        }
        Stand::Failed(failure) => html! {
            <div class="second-failure" role="alert">
                <p data-testid="second-failure">{ failure.to_string() }</p>
                if failure.can_retry() {
                    <button type="button" class="small" onclick={send(SecondAction::Retry)} data-testid="second-retry">{ "Try again" }</button>
                }
                if matches!(checkpoint, Some(Origin::Own(_))) {
                    <OwnFile words="Choose a file" testid="second-own" {onchoose} />
                }
            </div>
        },
        Stand::Open(_) => Html::default(),
    };
    let pin = looking.pins.active().filter(|_| looking.region.is_none());
    let others = said
        .pins
        .iter()
        .filter(|(number, ..)| pin.is_none_or(|pin| *number != pin));
    let stale = drawn.is_some_and(|(_, current)| !current);
    let rows = slot.map(|slot| html! {
        <div class={classes!("second-rows", stale.then_some("stale"))}>
            <div class="second-row">
                <SecondPicture slot={slot.clone()} {looking} {size} dispatch={dispatch.clone()} />
                { maps(&said.active, pin, size, looking.display, &dispatch) }
            </div>
            { for others.map(|(number, pixel, looks)| html! {
                <div class="second-row" key={*number}>
                    <p class={classes!("second-pin", pin_class(*number))}>
                        <span class="badge">{ number + 1 }</span>{ format!("({}, {})", pixel.x, pixel.y) }
                    </p>
                    { maps(&Some(looks.clone()), Some(*number), size, looking.display, &dispatch) }
                </div>
            }) }
            if slot.layers.is_empty() {
                <p class="quiet">{ "This model has no attention, and so no maps." }</p>
            } else if let Some(lacks) = &said.lacks {
                <p class="quiet" data-testid="second-lacks">{ lacks.clone() }</p>
            }
        </div>
    });
    html! {
        <section class="second" aria-labelledby="second-title" data-testid="second" data-second={state}>
            <div class="second-head">
                <h3 id="second-title">{ "The same seed in " }{ name }</h3>
                <button type="button" class="small" onclick={send(SecondAction::Close)} aria-label="Close the second model" data-testid="second-close">{ "Close" }</button>
            </div>
            { body }
            if let Some(problem) = &second.problem {
                <p class="change-problem" role="alert" data-testid="second-problem">{ problem }</p>
            }
            { for rows }
            if let (Some(first), Some(model)) = (&first, second.model()) {
                <p class="quiet" data-testid="second-words">{ words_for(first, model) }</p>
            }
        </section>
    }
}

/// A layer's map each.
fn maps(
    looks: &Option<Layers>,
    pin: Option<usize>,
    size: u32,
    display: Display,
    dispatch: &UseReducerDispatcher<State>,
) -> Html {
    let row = pin.map_or(String::new(), |pin| format!("-{}", pin + 1));
    let map = |(layer, look): (usize, &Shared<Look>)| {
        html! {
            <SecondMap
                key={layer} look={look.clone()} {pin} {size} {display}
                testid={format!("second-heat{row}-{layer}")} dispatch={dispatch.clone()}
            />
        }
    };
    html! { <>{ for looks.iter().flatten().enumerate().map(map) }</> }
}

/// What one picture or map needs to be pointed at.
fn pointing(
    frame: &NodeRef,
    side: u32,
    size: u32,
    dispatch: &UseReducerDispatcher<State>,
    action: fn(Point) -> LookingAction,
) -> impl Fn(&MouseEvent) + use<> {
    let (frame, dispatch) = (frame.clone(), dispatch.clone());
    move |event| {
        if let Some(cell) = point_under(event, &frame, side) {
            dispatch.dispatch(action(cell.scaled(side, size)).into());
        }
    }
}

#[derive(Clone, PartialEq, Properties)]
struct PictureProps {
    slot: Slot,
    looking: Looking,
    size: u32,
    dispatch: UseReducerDispatcher<State>,
}

/// The picture with all pins; pointing at it points at the same place in the first model's.
#[component]
fn SecondPicture(props: &PictureProps) -> Html {
    let PictureProps {
        slot,
        looking,
        size,
        dispatch,
    } = props;
    let side = slot.picture.side;
    // At this size, a dot by itself is hard to see.
    let cells = slot.layers.first().map(|map| map.side());
    let frame = use_node_ref();
    let moved = pointing(&frame, side, *size, dispatch, LookingAction::PointAt);
    let pinned = pointing(&frame, side, *size, dispatch, LookingAction::Pin);
    let pins = looking.pins;
    let active = pins.active().filter(|_| looking.region.is_none());
    html! {
        <div
            class="second-picture" ref={frame} role="img" aria-label="The second model's picture, with the same pins"
            onpointermove={Callback::from(move |event: PointerEvent| moved(&event))}
            onclick={Callback::from(move |event: MouseEvent| pinned(&event))}
        >
            <PixelCanvas image={slot.picture.clone()} testid="second-picture" />
            { for pins.iter().filter(|(number, _)| Some(*number) != active).map(|(number, pixel)| html! {
                <PictureMarks key={number} {pixel} pin={number} size={side} side={cells} />
            }) }
            if let Some(pixel) = looking.pixel() {
                <PictureMarks {pixel} region={looking.region} pin={active} size={side} side={cells} />
            }
        </div>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct MapProps {
    look: Shared<Look>,
    pin: Option<usize>,
    /// Width and height of the first model's pictures.
    size: u32,
    display: Display,
    testid: AttrValue,
    dispatch: UseReducerDispatcher<State>,
}

#[component]
fn SecondMap(props: &MapProps) -> Html {
    let MapProps {
        look,
        pin,
        size,
        display,
        testid,
        dispatch,
    } = props;
    let side = look.side;
    let frame = use_node_ref();
    let moved = pointing(&frame, side, *size, dispatch, LookingAction::PointAt);
    let pinned = pointing(&frame, side, *size, dispatch, LookingAction::Pin);
    html! {
        <div class="second-map">
            <div
                class="map-frame" ref={frame} role="img" aria-label={format!("Attention map {side}×{side} of the second model")}
                onpointermove={Callback::from(move |event: PointerEvent| moved(&event))}
                onclick={Callback::from(move |event: MouseEvent| pinned(&event))}
            >
                <HeatCanvas look={look.clone()} display={*display} testid={testid.clone()} />
                <MapMarks look={look.clone()} pin={*pin} />
            </div>
            <span class="quiet">{ format!("{side}×{side}: ") }{ words::brief(look) }</span>
        </div>
    }
}

/// What the same seed means, and what it does not.
fn words_for(first: &ModelInfo, second: &ModelInfo) -> String {
    if first.z_dim == second.z_dim {
        return "Both draw from the same numbers, but each learned by itself what they mean: compare where they look rather than what they draw. The pins are at the same places, and what is changed in the first model's layers is not changed here.".to_owned();
    }
    format!(
        "The first model draws from {} numbers and this one from {}, so the same seed has nothing to do with the same picture: compare where they look. The pins are at the same places, and what is changed in the first model's layers is not changed here.",
        first.z_dim, second.z_dim
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(z_dim: u32) -> ModelInfo {
        ModelInfo {
            size: 64,
            z_dim,
            conv_dim: 8,
            energy: "dot".into(),
            steps: None,
            layers: Vec::new(),
            noisy: Vec::new(),
        }
    }

    #[test]
    fn other_numbers_are_told() {
        let other = words_for(&model(128), &model(64));
        assert!(other.contains("from 128 numbers") && other.contains("from 64"));
        assert!(words_for(&model(64), &model(64)).starts_with("Both draw from the same"));
    }
}
