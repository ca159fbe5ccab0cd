//! How far the start-up is.

use yew::prelude::*;

use crate::page::engine::loading::{Bytes, Loading};
use crate::page::words;
use crate::protocol::Stage;

/// What the progress card needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// How far the start-up is.
    pub loading: Loading,
    /// What the checkpoint's file is called.
    pub file: String,
}

/// The stages of the engine's start, in their order.
const STAGES: [(Stage, &str); 3] = [
    (Stage::Device, "Find a graphics device"),
    (Stage::Weights, "Read the weights"),
    (Stage::Warmup, "Warm up: compile, draw once"),
];

/// How far the start-up is: bytes of both downloads, then what the engine is doing.
#[component]
pub fn ProgressCard(props: &Props) -> Html {
    let Loading {
        engine,
        checkpoint,
        only_model,
        stage,
    } = &props.loading;
    html! {
        <div class="progress-card" data-testid="progress">
            if !only_model {
                { download("Engine", None, *engine) }
            }
            { download("Model", Some(props.file.clone()), *checkpoint) }
            <ol class="stages" aria-live="polite">
                { for STAGES.iter().map(|(this, name)| html! {
                    <li class={mark(*stage, *this)} aria-current={(*stage == Some(*this)).then_some("step")}>{ *name }</li>
                }) }
            </ol>
        </div>
    }
}

fn download(name: &'static str, file: Option<String>, bytes: Bytes) -> Html {
    let fraction = bytes.fraction();
    let count = match bytes.total {
        Some(total) => format!("{} of {}", words::bytes(bytes.done), words::bytes(total)),
        None if bytes.done > 0 => words::bytes(bytes.done),
        None => String::new(),
    };
    html! {
        <div class="download">
            <p>
                <span class="download-name">{ name }</span>
                if let Some(file) = file { <span class="download-file">{ file }</span> }
                <span class="download-bytes">{ count.clone() }</span>
            </p>
            <progress max="1" value={fraction.map(|f| format!("{f:.3}"))} aria-label={format!("{name}: {count}")} />
        </div>
    }
}

/// A stage is done, under way, or still to come.
fn mark(reached: Option<Stage>, this: Stage) -> &'static str {
    let place = |stage| STAGES.iter().position(|(s, _)| *s == stage);
    match reached.and_then(place).cmp(&place(this)) {
        std::cmp::Ordering::Less => "to-come",
        std::cmp::Ordering::Equal => "under-way",
        std::cmp::Ordering::Greater => "done",
    }
}
