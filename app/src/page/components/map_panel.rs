//! One layer's map, and what its row says.

use yew::prelude::*;

use super::facts::Facts;
use super::heat_canvas::HeatCanvas;
use super::legend::Legend;
use super::map_marks::MapMarks;
use super::strongest_keys::StrongestKeys;
use crate::page::attention_row::{divergence_bits, effective_keys, strongest};
use crate::page::csv::{row_csv, row_file_name};
use crate::page::hooks::use_row::use_row;
use crate::page::pixel::Point;
use crate::page::pointer::point_under;
use crate::page::save::save_text;
use crate::page::slot::Shared;
use crate::page::state::{Action, Query, State};
use crate::page::words;
use crate::protocol::Reading;

/// How many of the strongest keys are listed.
const LISTED: usize = 5;

/// What the panel needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Which layer, 0 for the coarser.
    pub layer: usize,
    /// Its queries and keys.
    pub reading: Shared<Reading>,
    /// Width and height of the picture, in pixels.
    pub size: u32,
    /// The seed of the picture.
    pub seed: u64,
    /// Which picture of the seed, from 0.
    pub sample: usize,
    /// The pixel in question.
    pub query: Query,
    /// Where pointing goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// One layer's map for the pixel in question, and what its row says. Pointing at a cell of the
/// map asks for that cell's own row.
#[component]
pub fn MapPanel(props: &Props) -> Html {
    let Props {
        layer,
        reading,
        size,
        seed,
        sample,
        query,
        dispatch,
    } = props.clone();
    let side = reading.side;
    let row = use_row(&reading, query.pixel(), size);
    let lit = use_state(|| None::<usize>);
    let frame = use_node_ref();

    let pointed = |action: fn(usize, Point) -> Action| {
        let (frame, dispatch) = (frame.clone(), dispatch.clone());
        move |event: &MouseEvent| {
            if let Some(cell) = point_under(event, &frame, side) {
                dispatch.dispatch(action(layer, cell.pixel(size, side)));
            }
        }
    };
    let point = pointed(Action::PointInMap);
    let onpointermove = Callback::from({
        let point = point.clone();
        move |event: PointerEvent| point(&event)
    });
    let onpointerdown = Callback::from(move |event: PointerEvent| point(&event));
    let pin = pointed(|_, pixel| Action::Pin(pixel));
    let onclick = Callback::from(move |event: MouseEvent| pin(&event));

    let name = format!("{side}×{side}");
    let shown = query.pixel().zip(row);
    html! {
        <article class="map" aria-label={format!("Attention map {name}")}>
            <div class="map-head">
                <h3>{ &name }<span class="quiet">{ "attention layer " }{ layer + 1 }</span></h3>
                if let Some((pixel, row)) = shown.clone() {
                    <button
                        class="small" data-testid={format!("save-row-{layer}")}
                        aria-label={format!("Save this row of the {name} map as CSV")}
                        onclick={Callback::from(move |_: MouseEvent| {
                            // A browser that refuses a download says so itself.
                            let _ = save_text(&row_file_name(seed, sample, side, pixel), "text/csv", &row_csv(&row, side));
                        })}
                    >{ "Save row (CSV)" }</button>
                }
            </div>
            <div class="map-left">
                <div class="map-frame" ref={frame} {onpointermove} {onpointerdown} {onclick} role="img"
                    aria-label={format!("Where the pixel in question looks, in {side} by {side} cells")}>
                    if let Some((pixel, row)) = &shown {
                        <HeatCanvas row={row.clone()} {side} testid={format!("heat-{layer}")} />
                        <MapMarks cell={pixel.cell(size, side)} pinned={query.pinned()} keys={strongest(row, LISTED)} lit={*lit} {side} />
                    } else {
                        <p class="waiting">{ "No pixel chosen" }</p>
                    }
                </div>
                if let Some((_, row)) = &shown {
                    <Legend most={row.iter().copied().fold(0.0, f32::max) * row.len() as f32} />
                }
            </div>
            if let Some((_, row)) = shown {
                { reading_of(layer, &reading, &row, lit.setter()) }
            }
        </article>
    }
}

/// What the row says, in numbers and in a sentence.
fn reading_of(
    layer: usize,
    reading: &Reading,
    row: &Shared<Vec<f32>>,
    lit: UseStateSetter<Option<usize>>,
) -> Html {
    let (keys, effective) = (row.len(), effective_keys(row));
    let bits = divergence_bits(row, &reading.mean_row);
    html! {
        <div class="map-right">
            <Facts {layer} gamma={reading.gamma} share={reading.share} {keys} {effective} {bits} />
            <StrongestKeys row={row.clone()} side={reading.side} count={LISTED} onlight={Callback::from(move |rank| lit.set(rank))} />
            <p class="verdict">{ words::verdict(effective, keys, bits) }</p>
        </div>
    }
}
