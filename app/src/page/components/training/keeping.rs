//! How the run is kept, what room it takes, and what it does out of sight.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::page::hooks::use_storage::{Usage, use_storage};
use crate::page::hooks::use_training::Asks;
use crate::page::words;
use crate::protocol::Kept;

/// What is told.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// How it was kept last.
    pub kept: Option<Kept>,
    /// Whether it goes on while the tab is hidden.
    pub hidden_too: bool,
    /// Who hears what is chosen.
    pub asks: Asks,
}

/// How the run is kept, what room it takes, and what it does out of sight.
#[component]
pub fn Keeping(props: &Props) -> Html {
    let Props {
        kept,
        hidden_too,
        asks,
    } = props;
    let usage = use_storage(kept.as_ref().map(|kept| kept.step));
    let onchange = {
        let asks = asks.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            asks.set_hidden_too(input.checked());
        })
    };
    html! {
        <>
            <p class="quiet" data-testid="kept">{ how_kept(kept.as_ref()) }</p>
            <details class="keeping">
                <summary data-testid="keeping">{ "Storage, and training while the tab is hidden" }</summary>
                if let Some(usage) = usage {
                    <p class="quiet" data-testid="usage">{ told(usage) }</p>
                }
                <label class="tick">
                    <input type="checkbox" checked={*hidden_too} {onchange} data-testid="hidden-too" />
                    { "Goes on while this tab is hidden" }
                </label>
                <p class="quiet">
                    { if *hidden_too {
                        "At full speed, and nothing is drawn meanwhile. While you look on, the screen stays on."
                    } else {
                        "It is kept and pauses when the tab is hidden, and goes on when you are back."
                    } }
                </p>
            </details>
        </>
    }
}

fn how_kept(kept: Option<&Kept>) -> String {
    match kept {
        None => String::new(),
        Some(kept) if kept.trouble.is_some() => {
            format!(
                "Step {} is in memory alone; download it to keep it.",
                kept.step
            )
        }
        Some(kept) => format!(
            "Step {} is kept in this browser; the run is kept once a minute and when it pauses. Download it to be sure of it.",
            kept.step
        ),
    }
}

fn told(usage: Usage) -> String {
    let [used, most] = [usage.used, usage.most].map(|bytes| words::bytes(bytes as u64));
    let lasts = if usage.lasts {
        "It has promised to keep it."
    } else {
        "When the disk is short it may clear it all: download what you want to be sure of."
    };
    format!("This page uses {used} of the {most} that the browser allows. {lasts}")
}
