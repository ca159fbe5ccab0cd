//! What touching a map does.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::segments::{Segment, Segments};
use crate::page::view::edits::{Brush, EditsAction};
use crate::page::view::state::State;

/// The brushes: the factor that each puts on keys, its name, and its name for tests.
const BRUSHES: [(Option<f32>, &str, &str); 4] = [
    (None, "point", "brush-none"),
    (Some(0.0), "mask", "brush-mask"),
    (Some(2.0), "weight ×2", "brush-2"),
    (Some(4.0), "×4", "brush-4"),
];

/// What the choice needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What it does now.
    pub brush: Brush,
    /// Where the choice goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// Whether touching a map points at its cells, masks them or makes them heavier, and for whom.
#[component]
pub fn BrushChoice(props: &Props) -> Html {
    let Props { brush, dispatch } = props.clone();
    let send = Callback::from(move |brush: Brush| {
        dispatch.dispatch(EditsAction::Brush(brush).into());
    });
    let segment = |&(_, name, testid): &(_, &'static str, &'static str)| Segment {
        name: AttrValue::Static(name),
        testid: AttrValue::Static(testid),
    };
    let onchoose = send.reform(move |index: usize| Brush {
        factor: BRUSHES[index].0,
        ..brush
    });
    let onchange = send.reform(move |event: Event| Brush {
        only_pixel: event.target_unchecked_into::<HtmlInputElement>().checked(),
        ..brush
    });
    html! {
        <div class="change-brush">
            <div class="change-map">
                <span>{ "On the maps" }</span>
                <Segments
                    legend="What touching a map does" group="brush" segments={BRUSHES.iter().map(segment).collect::<Vec<_>>()}
                    chosen={BRUSHES.iter().position(|&(factor, ..)| factor == brush.factor)} {onchoose}
                />
            </div>
            <label class="tick">
                <input type="checkbox" checked={brush.only_pixel} {onchange} data-testid="only-pixel" />
                { "only for the pixel in question" }
            </label>
            <p class="quiet">{ words_for(brush) }</p>
        </div>
    }
}

fn words_for(brush: Brush) -> &'static str {
    match brush.factor {
        None => "M over a cell of a map, or a long press on it, masks it: nobody can look there.",
        Some(0.0) => {
            "Draw over a map: nobody can look at those cells. Drawing over them again gives them back."
        }
        Some(_) => {
            "Draw over a map: those cells weigh more in every row. Drawing over them again gives it back."
        }
    }
}
