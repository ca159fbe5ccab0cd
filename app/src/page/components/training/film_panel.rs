//! The run's snapshots, or those of both runs of a pair, as an animated picture, to be saved.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::page::engine::handle::Engine;
use crate::page::film::file_name;
use crate::page::hooks::use_film::{Film, Wish, use_film};
use crate::page::location::here;
use crate::page::training::compare::all_steps;
use crate::page::training::shelf::learned_from;
use crate::page::training::state::Training;
use crate::page::view::looking::Looking;
use crate::page::words;

/// What the panel needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What the page knows of training.
    pub training: Training,
    /// How maps are looked at.
    pub looking: Looking,
}

/// The run's snapshots as an animated picture: what it shows, how far it is, and a way to stop.
#[component]
pub fn FilmPanel(Props { training, looking }: &Props) -> Html {
    let engine = use_context::<Engine>().unwrap_or_default();
    let rival = training.rival.as_ref();
    let mut snapshots = vec![training.run.snapshots.clone()];
    snapshots.extend(rival.map(|rival| rival.run.snapshots.clone()));
    let steps = all_steps(snapshots.iter().map(|of| of.as_slice()));
    let maker = use_film(&engine, snapshots);
    let with_maps = use_state_eq(|| true);
    let pictures = &training.run.pictures;
    let attends = pictures
        .chosen_slot()
        .is_some_and(|slot| !slot.layers.is_empty());
    let can_map = attends && looking.pixel().is_some();
    let onmaps = {
        let with_maps = with_maps.setter();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            with_maps.set(input.checked());
        })
    };
    let onmake = {
        let maps = (can_map && *with_maps).then_some((pictures.chosen, *looking));
        let names = rival.map(|rival| rival.names.clone());
        let mut run = learned_from(training.run.from.as_ref());
        if let Some([first, second]) = &names {
            run = format!("{run} {first} against {second}");
        }
        let (name, steps) = (file_name(&run, &steps), steps.clone());
        let make = maker.make.clone();
        Callback::from(move |_: MouseEvent| {
            make.emit(Wish {
                name: name.clone(),
                steps: steps.clone(),
                names: names.clone(),
                maps,
                address: here(),
            });
        })
    };
    let pins = match looking.pins.count() {
        0 | 1 => "where its pixel in question looks".to_owned(),
        count => format!("where its {count} pins look"),
    };
    let said = match &maker.film {
        Film::None => String::new(),
        Film::Making(done, of) => format!("Frame {} of {of}…", done + 1),
        Film::Made(name, bytes) => format!("Saved {name}, {}.", words::bytes(*bytes)),
        Film::Failed(sentence) => sentence.clone(),
    };
    let onstop = maker.stop.reform(|_: MouseEvent| ());
    html! {
        <details class="more film">
            <summary data-testid="film">{ "As an animated picture" }</summary>
            <p class="quiet">{ format!("A GIF that goes through all {} snapshots{}, the step written below, and stays at the last.", steps.len(), match rival {
                Some(_) => " of both runs, beside each other",
                None => "",
            }) }</p>
            if can_map {
                <label class="tick">
                    <input type="checkbox" checked={*with_maps} onchange={onmaps} data-testid="film-maps" />
                    { format!("With the maps of sample {}: {pins}", pictures.chosen) }
                </label>
            }
            <div class="buttons">
                if let Film::Making(done, of) = maker.film {
                    <progress value={done.to_string()} max={of.to_string()} aria-label="Frames made" />
                    <button type="button" class="small" onclick={onstop} data-testid="film-stop">{ "Stop" }</button>
                } else {
                    <button type="button" class="small" onclick={onmake} data-testid="film-make">{ "Save as GIF" }</button>
                }
            </div>
            <p class="quiet" role="status" data-testid="film-said">{ said }</p>
        </details>
    }
}
