//! The paper's ablations, one click each, and two runs side by side.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::page::hooks::use_training::Asks;
use crate::page::training::form::{Form, FormAction};
use crate::page::training::presets::{PAIRS, PRESETS, pair_name};
use crate::page::view::models::SHIPPED;

/// What the experiments need.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What is chosen.
    pub form: Form,
    /// Whether a run can begin.
    pub can_begin: bool,
    /// Who asks for runs.
    pub asks: Asks,
    /// Where choices go.
    pub onform: Callback<FormAction>,
}

/// The paper's ablations, one click each, and two runs side by side.
#[component]
pub fn Experiments(props: &Props) -> Html {
    let Props {
        form,
        can_begin,
        asks,
        onform,
    } = props;
    let chosen = PRESETS.iter().find(|preset| preset.of(form) == *form);
    let preset = |preset: &'static crate::page::training::presets::Preset| {
        let (onform, filled) = (onform.clone(), preset.of(form));
        let onclick = Callback::from(move |_: MouseEvent| {
            onform.emit(FormAction::All(Box::new(filled.clone())))
        });
        let pressed = chosen.is_some_and(|one| one.key == preset.key);
        html! {
            <button type="button" class="small" aria-pressed={pressed.to_string()} {onclick} data-testid={format!("preset-{}", preset.key)}>
                { preset.name }
            </button>
        }
    };
    let pair = |(index, pair): (usize, &(usize, usize))| {
        let (asks, form, pair) = (asks.clone(), form.clone(), *pair);
        let onclick = Callback::from(move |_: MouseEvent| asks.begin_pair(&form, pair));
        html! {
            <button type="button" class="small" disabled={!can_begin} {onclick} data-testid={format!("pair-{index}")}>{ pair_name(pair) }</button>
        }
    };
    let model = |model: &'static crate::page::view::models::Model| {
        let (asks, form) = (asks.clone(), form.clone());
        let onclick = Callback::from(move |_: MouseEvent| asks.begin_with_model(&form, model));
        html! {
            <button type="button" class="small" disabled={!can_begin} {onclick} data-testid={format!("start-{}", model.key())}>{ model.name }</button>
        }
    };
    let onfiles = {
        let (asks, form) = (asks.clone(), form.clone());
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            if let Some(files) = input.files().filter(|files| files.length() > 0) {
                let files = (0..files.length()).filter_map(|index| files.get(index));
                asks.begin_with_files(&form, files.collect());
            }
            input.set_value("");
        })
    };
    html! {
        <details class="more experiments">
            <summary data-testid="experiments">{ "Experiments: the paper's ablations, two runs side by side, trained networks" }</summary>
            <p class="quiet">{ "One click fills the form above:" }</p>
            <div class="buttons">{ for PRESETS.iter().map(preset) }</div>
            <p class="quiet" role="status" data-testid="preset-says">{ chosen.map(|preset| preset.sentence).unwrap_or_default() }</p>
            <p class="quiet">{ "Or two begin at once, with the seed and the pictures chosen above. They do a step each in turn, on the same plots, under the same pins:" }</p>
            <div class="buttons">{ for PAIRS.iter().enumerate().map(pair) }</div>
            <p class="quiet">{ "Or begin with networks that have learned already, of their own shape, with the pictures, the batch, the rates and the seed chosen above:" }</p>
            <div class="buttons">
                { for SHIPPED.iter().filter(|model| model.discriminator.is_some()).map(model) }
                <label class="button small">
                    { "Files of yours" }
                    <input class="unseen" type="file" multiple=true accept=".safetensors,.pth,.pt" disabled={!can_begin} onchange={onfiles} data-testid="start-files" />
                </label>
            </div>
            <p class="quiet">{ "Yours may be a generator's and its discriminator's file, of the public PyTorch code (.pth) or of this page, or the file of a run." }</p>
        </details>
    }
}
