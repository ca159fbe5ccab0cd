//! What one sees, to be saved, copied and handed on.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{future_to_promise, spawn_local};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::page::attention::flow::Flow;
use crate::page::attention::lens::Lens;
use crate::page::attention::map::Map;
use crate::page::attention::region::Region;
use crate::page::clipboard::{copy_png, copy_text};
use crate::page::engine::download::words_of;
use crate::page::figure::carried::KEYWORD;
use crate::page::figure::{
    Figure, Layer, Query, bibtex::bibtex, caption::caption, embed::frame_tag, png_text, svg,
};
use crate::page::hooks::use_all_rows::AllLayers;
use crate::page::hooks::use_looks::Said;
use crate::page::hooks::use_visits::Visits;
use crate::page::location::url_of;
use crate::page::raster::{data_address, png_of_image, png_of_svg};
use crate::page::reopen::query_in;
use crate::page::save::{blob, save_bytes, save_text};
use crate::page::view::address::Address;
use crate::page::view::changes::Changes;
use crate::page::view::changes_address;
use crate::page::view::frame::Frame;
use crate::page::view::slot::Slot;

/// What the menu needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The picture and its attention layers.
    pub slot: Slot,
    /// What the maps say.
    pub said: Said,
    /// What all rows say, once that is known.
    pub all: Option<AllLayers>,
    /// Whether the picture was drawn with the changes that the address names.
    pub changed: bool,
    /// The address of what is shown.
    pub address: Address,
}

/// What can be taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Svg,
    /// So many times the figure's size.
    Png(u32),
    Figure,
    Picture,
    Caption,
    Bibtex,
    Link,
    Frame,
    /// Of this layer.
    Weights(usize),
}

/// One button that opens a small menu: files to save, things to copy, and a figure to open again.
#[component]
pub fn TakeAway(props: &Props) -> Html {
    let report = use_state(|| None::<Result<String, String>>);
    let visits = use_context::<Visits>();
    let take = |piece: Piece| {
        let (props, report) = (props.clone(), report.setter());
        Callback::from(move |_: MouseEvent| {
            let (figure, report) = (figure(&props), report.clone());
            spawn_local(async move { report.set(Some(take(piece, &figure).await)) });
        })
    };
    let button = |(piece, name, testid): (Piece, String, String)| {
        html! { <button type="button" class="small" onclick={take(piece)} data-testid={testid}>{ name }</button> }
    };
    let named = |(piece, name, testid): &(Piece, &str, &str)| {
        button((*piece, (*name).to_owned(), (*testid).to_owned()))
    };
    let weights = props.slot.layers.iter().enumerate().map(|(layer, map)| {
        let name = format!("{0}×{0} (NPY)", map.side());
        button((Piece::Weights(layer), name, format!("take-npy-{layer}")))
    });
    let onfile = {
        let (report, visits) = (report.setter(), visits.clone());
        Callback::from(move |event: Event| {
            let input = event.target_unchecked_into::<HtmlInputElement>();
            let file = input.files().and_then(|files| files.get(0));
            // So that the same file, mended, can be chosen again.
            input.set_value("");
            let (report, visits) = (report.clone(), visits.clone());
            if let Some((file, visits)) = file.zip(visits) {
                spawn_local(async move {
                    match query_in(file).await {
                        Ok(query) => visits.visit.emit(query),
                        Err(sentence) => report.set(Some(Err(sentence))),
                    }
                });
            }
        })
    };
    let (class, words) = match &*report {
        None => ("quiet", String::new()),
        Some(Ok(words)) => ("quiet", words.clone()),
        Some(Err(words)) => ("refused", words.clone()),
    };
    html! {
        <details class="take-away" data-testid="take-away">
            <summary>{ "Take away" }</summary>
            <div class="take-away-menu">
                <p id="take-figure">{ "The figure" }</p>
                <div role="group" aria-labelledby="take-figure">{ for FIGURE.iter().map(named) }</div>
                <p id="take-words">{ "To copy" }</p>
                <div role="group" aria-labelledby="take-words">{ for WORDS.iter().map(named) }</div>
                if props.said.active.is_some() {
                    <p id="take-weights">{ numbers_of(props.address.looking.lens) }</p>
                    <div role="group" aria-labelledby="take-weights">{ for weights }</div>
                }
                <p id="take-back">{ "Open again" }</p>
                <div>
                    <input
                        type="file" accept="image/png,image/svg+xml" aria-label="A figure saved here" onchange={onfile}
                        aria-describedby="take-back-help" data-testid="reopen"
                    />
                    <span id="take-back-help" class="quiet">{ "or drop a saved figure anywhere on the page" }</span>
                </div>
            </div>
            <p role="status" {class} data-testid="taken">{ words }</p>
        </details>
    }
}

/// What the numbers are.
fn numbers_of(lens: Lens) -> &'static str {
    match lens {
        Lens::WouldLose => "Losses in %",
        Lens::LooksAt | Lens::OnlyThis | Lens::Everybody => "Weights",
    }
}

const FIGURE: [(Piece, &str, &str); 4] = [
    (Piece::Svg, "SVG", "take-svg"),
    (Piece::Png(2), "PNG ×2", "take-png-2"),
    (Piece::Png(4), "PNG ×4", "take-png-4"),
    (Piece::Figure, "Copy", "copy-figure"),
];

const WORDS: [(Piece, &str, &str); 5] = [
    (Piece::Link, "Link", "copy-link"),
    (Piece::Picture, "Picture", "copy-picture"),
    (Piece::Caption, "Caption", "copy-caption"),
    (Piece::Bibtex, "BibTeX", "copy-bibtex"),
    (Piece::Frame, "Frame for a web page", "copy-frame"),
];

/// What one sees now.
fn figure(props: &Props) -> Figure {
    let Props {
        slot,
        said,
        all,
        changed,
        address,
    } = props;
    let region = address.looking.region;
    let query = |number, pixel, looks: &Vec<_>| Query {
        number,
        pixel,
        region,
        looks: looks.clone(),
    };
    let pins = said.pins.iter();
    let pins: Vec<Query> = pins
        .map(|(number, pixel, looks)| query(*number, *pixel, looks))
        .collect();
    let marked = address.looking.pixel().zip(said.active.as_ref());
    let queries = match (pins.is_empty() || region.is_some(), marked) {
        (true, Some((pixel, looks))) => vec![query(0, pixel, looks)],
        _ => pins,
    };
    let size = slot.picture.side;
    let flow = |first: Region, second: Region, map: &Map| {
        let [first, second] = [first, second].map(|one| one.clamped(size).cells(size, map.side()));
        Flow::between(map, first, second)
    };
    let second = region.zip(address.looking.second).map(|(first, second)| {
        let flows = slot.layers.iter().map(|map| flow(first, second, map));
        (second, flows.collect())
    });
    let layers = slot.layers.iter().map(|map| Layer {
        side: map.side(),
        gamma: map.gamma(),
        share: map.share(),
    });
    // Whoever opens the figure sees the whole page.
    let whole = Address {
        frame: Frame::default(),
        ..address.clone()
    };
    Figure {
        model: address.settings.checkpoint.model_name(),
        seed: slot.seed,
        sample: address.sample,
        picture: slot.picture.clone(),
        layers: layers.collect(),
        queries,
        edits: match changed {
            true => address.edits.clone(),
            false => Changes::default(),
        },
        sight: address.looking.sight,
        all: all.clone().unwrap_or_default(),
        second,
        arrows_of: address.looking.overlay,
        display: address.looking.display,
        changes: changes(&address.edits),
        address: url_of(&whole),
    }
}

/// Saves or copies a piece: what was done, in words.
async fn take(piece: Piece, figure: &Figure) -> Result<String, String> {
    let failed = |error: JsValue| {
        let reason = words_of(&error);
        format!("The browser did not make the file ({reason}). Try a smaller size, or the SVG.")
    };
    let refused = |error: crate::page::clipboard::Refused| error.to_string();
    let stem = figure.stem();
    let saved = |name: &str| Ok(format!("Saved {name}."));
    match piece {
        Piece::Svg => {
            let name = format!("{stem}.svg");
            let text = svg::svg(figure, 1.0, data_address).map_err(failed)?;
            save_text(&name, "image/svg+xml", &text).map_err(failed)?;
            saved(&name)
        }
        Piece::Png(scale) => {
            let name = format!("{stem}-{scale}x.png");
            let bytes = png(figure, scale).await.map_err(failed)?;
            save_bytes(&name, "image/png", &bytes).map_err(failed)?;
            saved(&name)
        }
        Piece::Weights(layer) => {
            let Some((name, bytes)) = figure.weights(layer) else {
                return Err("There are no weights, since no pixel is chosen.".into());
            };
            save_bytes(&name, "application/octet-stream", &bytes).map_err(failed)?;
            saved(&name)
        }
        Piece::Figure => {
            let figure = figure.clone();
            let made = future_to_promise(async move {
                let bytes = png(&figure, 2).await?;
                blob("image/png", &bytes).map(JsValue::from)
            });
            copy_png(made).await.map_err(refused)?;
            Ok("The figure is on the clipboard.".into())
        }
        Piece::Picture => {
            let figure = figure.clone();
            let made = future_to_promise(async move {
                let bytes = png_of_image(&figure.picture).await?;
                blob("image/png", &with_address(&figure, bytes)).map(JsValue::from)
            });
            copy_png(made).await.map_err(refused)?;
            Ok("The picture is on the clipboard.".into())
        }
        Piece::Caption => {
            copy_text(&caption(figure)).await.map_err(refused)?;
            Ok("The caption is on the clipboard.".into())
        }
        Piece::Bibtex => {
            let today = String::from(js_sys::Date::new_0().to_iso_string());
            let day = today.split('T').next().unwrap_or_default();
            copy_text(&bibtex(&figure.address, day))
                .await
                .map_err(refused)?;
            Ok("Two BibTeX entries are on the clipboard: the paper's and this page's.".into())
        }
        Piece::Link => {
            copy_text(&figure.address).await.map_err(refused)?;
            Ok("The link is on the clipboard.".into())
        }
        Piece::Frame => {
            let title = format!("Saganscope: {}", figure.title());
            let tag = frame_tag(&figure.address, &title);
            copy_text(&tag).await.map_err(refused)?;
            Ok("The frame's tag is on the clipboard.".into())
        }
    }
}

/// What is changed, as the address has it.
fn changes(edits: &Changes) -> String {
    let pairs = changes_address::write(edits).into_iter();
    let pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join(", ")
}

/// The figure as a PNG that carries its address.
async fn png(figure: &Figure, scale: u32) -> Result<Vec<u8>, JsValue> {
    let drawing = svg::svg(figure, f64::from(scale), data_address)?;
    let (width, height) = svg::size(figure);
    let pixels = |along: f64| (f64::from(scale) * along).round() as u32;
    let bytes = png_of_svg(&drawing, pixels(width), pixels(height)).await?;
    Ok(with_address(figure, bytes))
}

fn with_address(figure: &Figure, png: Vec<u8>) -> Vec<u8> {
    let texts = [
        (KEYWORD, figure.address.as_str()),
        ("Software", "Saganscope"),
        ("Description", &caption(figure)),
    ];
    // What a browser calls a PNG is one.
    png_text::with_texts(&png, &texts).unwrap_or(png)
}
