//! What can be changed while a run goes on, and updates of one network alone.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::page::hooks::use_training::Asks;
use crate::protocol::{Half, LiveSettings};

/// What the settings need.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// How the run is set.
    pub settings: LiveSettings,
    /// Whether a second run beside it is changed alike.
    pub pair: bool,
    /// Whether it rests, so that one network can be updated alone.
    pub resting: bool,
    /// What came of such an update.
    pub said: Option<String>,
    /// Who asks for changes.
    pub asks: Asks,
}

/// What can be changed while a run goes on, and updates of one network alone.
#[component]
pub fn LiveChoices(props: &Props) -> Html {
    let Props {
        settings,
        pair,
        resting,
        said,
        asks,
    } = props;
    let set = |before: &str, change: fn(LiveSettings, f64) -> LiveSettings| {
        let (asks, settings, before) = (asks.clone(), *settings, before.to_owned());
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let wanted = input.value();
            // What is no number is refused by the engine, in words; till it agrees, all is as it was.
            input.set_value(&before);
            let value = wanted.trim().replace(',', ".").parse();
            asks.set(change(settings, value.unwrap_or(f64::NAN)));
        })
    };
    let field = |name: &'static str,
                 testid: &'static str,
                 value: String,
                 change: fn(LiveSettings, f64) -> LiveSettings| {
        let onchange = set(&value, change);
        html! {
            <label>
                <span>{ name }</span>
                <input type="text" inputmode="decimal" autocomplete="off" key={value.clone()} value={value.clone()} {onchange} data-testid={testid} />
            </label>
        }
    };
    let half = |network: Half| {
        let asks = asks.clone();
        Callback::from(move |_: MouseEvent| asks.half(network))
    };
    html! {
        <details class="more as-it-runs">
            <summary data-testid="live">{ "Change it as it runs" }</summary>
            <div class="live-fields">
                { field("Generator's rate", "live-g-rate", rate(settings.generator_rate), |all, generator_rate| LiveSettings { generator_rate, ..all }) }
                { field("Discriminator's rate", "live-d-rate", rate(settings.discriminator_rate), |all, discriminator_rate| LiveSettings { discriminator_rate, ..all }) }
                // What is no whole number is refused too.
                { field(
                    "D updates for each of G", "live-d-steps", settings.discriminator_steps.to_string(),
                    |all, steps| LiveSettings { discriminator_steps: if steps.fract() == 0.0 { steps as u32 } else { 0 }, ..all },
                ) }
            </div>
            <p class="quiet">
                { if *pair {
                    "Of both runs, so that what sets them apart stays what it was. From each one's next step on; its file notes what was changed, and when."
                } else {
                    "From the next step on; the run's file notes what was changed, and when."
                } }
            </p>
            <div class="buttons">
                <span class="quiet">{ "One update of" }</span>
                <button type="button" class="small" disabled={!resting} onclick={half(Half::Discriminator)} data-testid="half-d">{ "the discriminator" }</button>
                <button type="button" class="small" disabled={!resting} onclick={half(Half::Generator)} data-testid="half-g">{ "the generator" }</button>
            </div>
            <p class="quiet" role="status" data-testid="half-said">{ said.clone().unwrap_or_default() }</p>
        </details>
    }
}

/// A learning rate as one writes it.
fn rate(rate: f64) -> String {
    if rate != 0.0 && rate.abs() < 1e-2 {
        format!("{rate:e}")
    } else {
        rate.to_string()
    }
}
