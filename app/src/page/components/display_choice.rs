//! How maps are coloured.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::segments::{Segment, Segments};
use crate::page::attention::palette::Palette;
use crate::page::attention::scale::Scale;
use crate::page::view::looking::{Display, LookingAction};
use crate::page::view::state::State;

/// The percentage that the strongest cells hold at first.
const FIRST_PERCENT: u8 = 50;

/// What the choice needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// How they are coloured now.
    pub display: Display,
    /// Where the choice goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// How maps are coloured: scale, colours, and whether cells blend. Folded away at first.
#[component]
pub fn DisplayChoice(props: &Props) -> Html {
    let Props { display, dispatch } = props.clone();
    let change = Callback::from(move |display: Display| {
        dispatch.dispatch(LookingAction::Display(display).into());
    });
    let percent = match display.scale {
        Scale::Strongest(percent) => Some(percent),
        _ => None,
    };
    let scales = [
        (Scale::Fixed, "× uniform", "scale-fixed"),
        (Scale::Linear, "linear", "scale-linear"),
        (Scale::Log, "log", "scale-log"),
        (
            Scale::Strongest(percent.unwrap_or(FIRST_PERCENT)),
            "strongest",
            "scale-strongest",
        ),
    ];
    let scale_segments: Vec<Segment> = scales
        .iter()
        .map(|&(_, name, testid)| Segment {
            name: AttrValue::Static(name),
            testid: AttrValue::Static(testid),
        })
        .collect();
    let onscale = change.reform(move |index: usize| Display {
        scale: scales[index].0,
        ..display
    });
    let onpercent = change.reform(move |event: InputEvent| {
        let value = event
            .target_unchecked_into::<HtmlInputElement>()
            .value_as_number();
        Display {
            scale: Scale::Strongest((value as u8).clamp(1, 100)),
            ..display
        }
    });
    let palette_segments: Vec<Segment> = Palette::ALL
        .iter()
        .map(|palette| Segment {
            name: AttrValue::Static(palette.name()),
            testid: format!("palette-{}", palette.name()).into(),
        })
        .collect();
    let onpalette = change.reform(move |index: usize| Display {
        palette: Palette::ALL[index],
        ..display
    });
    let onsmooth = change.reform(move |event: Event| Display {
        smooth: event.target_unchecked_into::<HtmlInputElement>().checked(),
        ..display
    });
    let onopacity = change.reform(move |event: InputEvent| {
        let value = event
            .target_unchecked_into::<HtmlInputElement>()
            .value_as_number();
        Display {
            opacity: (value as u8).min(100),
            ..display
        }
    });
    html! {
        <details class="display" data-testid="display">
            <summary>{ "Scale and colours" }</summary>
            <Segments
                legend="Scale" group="scale" segments={scale_segments} onchoose={onscale}
                chosen={scales.iter().position(|&(scale, ..)| scale == display.scale)}
            />
            if let Some(percent) = percent {
                <label class="percent">
                    { "cells that hold " }
                    <input type="range" min="5" max="100" step="5" value={percent.to_string()} oninput={onpercent} data-testid="percent" />
                    <span>{ format!("{percent} %") }</span>
                </label>
            }
            <p class="quiet">{ words_for(display.scale) }</p>
            <Segments
                legend="Colours" group="palette" segments={palette_segments} onchoose={onpalette}
                chosen={Palette::ALL.iter().position(|&palette| palette == display.palette)}
            />
            <label class="percent">
                { "map over the picture " }
                <input type="range" min="0" max="100" step="5" value={display.opacity.to_string()} oninput={onopacity} data-testid="opacity" />
                <span>{ format!("{} %", display.opacity) }</span>
            </label>
            <label class="tick">
                <input type="checkbox" checked={display.smooth} onchange={onsmooth} data-testid="smooth" />
                { "smooth between cells" }
            </label>
        </details>
    }
}

/// What a scale does, in one sentence.
fn words_for(scale: Scale) -> &'static str {
    match scale {
        Scale::Fixed => {
            "The same for every map, from a quarter to 64 times an even share: brightness can be compared."
        }
        Scale::Linear => {
            "From nothing to each map's own largest value: brightness cannot be compared between maps."
        }
        Scale::Log => {
            "Down to a thousandth of each map's own largest value: brightness cannot be compared between maps."
        }
        Scale::Strongest(_) => {
            "The same for every map, but only the strongest cells that together hold this part; all others are dark."
        }
    }
}
