//! What is changed in one attention layer.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::segments::{Segment, Segments};
use crate::page::view::edits::{EditsAction, MOST_GAMMA};
use crate::page::view::state::State;
use crate::page::words;
use crate::protocol::{KeyBias, LayerEdit, LayerInfo, MapEdit};

/// Which shuffle is meant where none is named.
const FIRST_SHUFFLE: u64 = 1;

/// What the component needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Which layer, 0 for the coarsest.
    pub layer: usize,
    /// The layer as it was trained.
    pub info: LayerInfo,
    /// What is changed in it.
    pub edit: LayerEdit,
    /// The seed of the pictures.
    pub seed: u64,
    /// Which of them is changed, from 0.
    pub sample: usize,
    /// How many there are.
    pub count: usize,
    /// Where changes go.
    pub dispatch: UseReducerDispatcher<State>,
}

/// A slider for a layer's γ, what its map is made of, and the keys that are made heavier or lighter.
#[component]
pub fn LayerChanges(props: &Props) -> Html {
    let Props {
        layer,
        info,
        edit,
        seed,
        sample,
        count,
        dispatch,
    } = props.clone();
    let side = info.side;
    let send = Callback::from({
        let dispatch = dispatch.clone();
        move |action: EditsAction| dispatch.dispatch(action.into())
    });
    let oninput = send.reform(move |event: InputEvent| {
        let slider: HtmlInputElement = event.target_unchecked_into();
        EditsAction::Gamma(layer, slider.value_as_number() as f32)
    });
    let onchange = send.reform(|_: Event| EditsAction::Settle);
    let another = match edit.map {
        MapEdit::Patch { .. } => edit.map,
        _ => MapEdit::Patch {
            seed,
            index: next(sample, count),
        },
    };
    let mut maps = vec![
        (MapEdit::Own, "its own", "own"),
        (MapEdit::Uniform, "uniform", "uniform"),
        (MapEdit::MeanRow, "mean row", "mean"),
        (
            match edit.map {
                MapEdit::Shuffled { .. } => edit.map,
                _ => MapEdit::Shuffled {
                    seed: FIRST_SHUFFLE,
                },
            },
            "shuffled",
            "shuffled",
        ),
    ];
    if count > 1 || edit.map == another {
        maps.push((another, "another's", "patch"));
    }
    let segments: Vec<Segment> = maps
        .iter()
        .map(|&(_, name, id)| Segment {
            name: AttrValue::Static(name),
            testid: format!("ablate-{layer}-{id}").into(),
        })
        .collect();
    let chosen = maps.iter().position(|&(map, ..)| map == edit.map);
    let onchoose = send.reform(move |index: usize| EditsAction::Map(layer, maps[index].0));
    let gamma = words::gamma(info.gamma * edit.gamma);
    let times = words::times(f64::from(edit.gamma));
    let marks = format!("gamma-marks-{layer}");
    html! {
        <fieldset class="change-layer">
            <legend>{ format!("{side}×{side}") }<span class="quiet">{ format!("attention layer {}", layer + 1) }</span></legend>
            <label class="change-gamma">
                <span>{ "γ" }</span>
                <input
                    type="range" min="0" max={MOST_GAMMA.to_string()} step="0.05" list={marks.clone()} value={edit.gamma.to_string()}
                    aria-label={format!("γ of the {side}×{side} layer")} aria-valuetext={format!("{gamma}, {times} of the stored value")}
                    {oninput} {onchange} data-testid={format!("gamma-{layer}")}
                />
                <datalist id={marks}><option value="1" /></datalist>
                <output>{ gamma }<span class="quiet">{ match edit.gamma { 0.0 => "off".to_owned(), 1.0 => "as stored".to_owned(), _ => times } }</span></output>
            </label>
            <div class="change-map">
                <span>{ "Map" }</span>
                <Segments
                    legend={format!("The {side}×{side} map")} group={format!("ablate-{layer}")} {segments}
                    {chosen} {onchoose}
                />
            </div>
            if let MapEdit::Patch { seed: of, index } = edit.map {
                { whose(layer, [seed, of], index, count, &send) }
            }
            if edit.map != MapEdit::Own {
                <p class="quiet">{ words_for(edit.map) }</p>
            }
            { for edit.biases.iter().map(|bias| weighed(layer, side, bias, &send)) }
        </fieldset>
    }
}

/// The sample behind this one, from 0; behind the last, the first.
fn next(sample: usize, count: usize) -> u32 {
    ((sample + 1) % count.max(1)) as u32
}

/// Which picture the map is taken from: of `seeds`, that of the pictures and that of the map.
fn whose(
    layer: usize,
    seeds: [u64; 2],
    index: u32,
    count: usize,
    send: &Callback<EditsAction>,
) -> Html {
    let [seed, of] = seeds;
    let last = (count.max(1) - 1) as u32;
    let onchange = send.reform(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        // A field that is being emptied has no number, and means the first.
        let index = input.value().parse::<u32>().unwrap_or_default().min(last);
        EditsAction::Map(layer, MapEdit::Patch { seed, index })
    });
    html! {
        <label class="change-patch">
            <span>{ "From sample" }</span>
            <input type="number" min="0" max={last.to_string()} step="1" value={index.to_string()} {onchange} data-testid={format!("patch-{layer}")} />
            if of != seed {
                <span class="quiet">{ format!("of seed {of}") }</span>
            }
        </label>
    }
}

/// Keys that are made heavier or lighter, with a button that gives their weight back.
fn weighed(layer: usize, side: u32, bias: &KeyBias, send: &Callback<EditsAction>) -> Html {
    let cells = match bias.keys.as_slice() {
        [key] => format!("Cell ({}, {})", key % side, key / side),
        keys => format!("{} cells", keys.len()),
    };
    let what = match bias.factor {
        0.0 => "masked".to_owned(),
        factor => format!("weight {}", words::times(f64::from(factor))),
    };
    let whom = match bias.queries.as_deref() {
        None => String::new(),
        Some([query]) => format!(", for ({}, {}) only", query % side, query / side),
        Some(queries) => format!(", for {} places only", queries.len()),
    };
    let text = format!("{cells} {what}{whom}");
    let onclick = {
        let bias = bias.clone();
        send.reform(move |_: MouseEvent| EditsAction::Unweigh(layer, bias.clone()))
    };
    html! {
        <p class="change-keys">
            <span>{ text.clone() }</span>
            <button type="button" class="small" aria-label={format!("Take back: {text}")} {onclick}>{ "Take back" }</button>
        </p>
    }
}

/// What a map that is not the layer's own tells.
fn words_for(map: MapEdit) -> &'static str {
    match map {
        MapEdit::Own => "",
        MapEdit::Uniform => {
            "Every place looks everywhere alike. What the picture loses is what the map was good for."
        }
        MapEdit::MeanRow => {
            "Every place has the average row. What the picture loses is what depended on the place."
        }
        MapEdit::Shuffled { .. } => {
            "Every place has the row of another one: the same rows, in the wrong places."
        }
        MapEdit::Patch { .. } => {
            "Every place looks where the same place looks in another picture. What stays is what does not depend on the picture."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_sample_is_the_next_one_and_behind_the_last_the_first() {
        assert_eq!([next(0, 16), next(15, 16), next(0, 2)], [1, 0, 1]);
    }
}
