//! One line on where the engine runs and how fast.

use yew::prelude::*;

use crate::page::state::{Phase, State};
use crate::page::words;

/// What the status line needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// What the page knows.
    pub state: State,
}

/// One line on where the engine runs and how fast, read out when it changes.
#[component]
pub fn StatusLine(props: &Props) -> Html {
    let state = &props.state;
    let device = state
        .device
        .as_ref()
        .filter(|_| state.phase == Phase::Running);
    let note = device.and_then(|device| device.note.clone());
    html! {
        <div class="status" role="status" aria-live="polite" data-testid="status">
            <p class="status-line">
                <span class="lamp" aria-hidden="true" />
                if let Some(device) = device {
                    <span class="device">{ device.name.clone() }</span>
                }
                <span>{ doing(state) }</span>
            </p>
            if let Some(note) = note {
                <p class="note">{ note }</p>
            }
        </div>
    }
}

fn doing(state: &State) -> String {
    let count = state.settings.count;
    let pictures = if count == 1 {
        "1 picture".to_owned()
    } else {
        format!("{count} pictures")
    };
    match (&state.phase, state.millis) {
        (Phase::Loading(_), _) => "starting…".to_owned(),
        (Phase::Failed(_), _) => "not running".to_owned(),
        (Phase::Running, _) if state.drawing => format!("drawing {pictures}…"),
        (Phase::Running, Some(millis)) => format!("{pictures} in {}", words::duration(millis)),
        (Phase::Running, None) => "ready".to_owned(),
    }
}
