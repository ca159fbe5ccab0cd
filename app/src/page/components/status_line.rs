//! One line on where the engine runs and how fast.

use yew::prelude::*;

use crate::page::words;
use crate::protocol::DeviceInfo;

/// What the status line needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// The page's state in one word.
    pub word: AttrValue,
    /// Whether it waits for the visitor to choose a file.
    pub waits: bool,
    /// Where the engine runs, if it does.
    pub device: Option<DeviceInfo>,
    /// Pictures at a time.
    pub count: u32,
    /// How long the latest took, in milliseconds.
    pub millis: Option<f64>,
}

/// One line on where the engine runs and how fast, read out when it changes.
#[component]
pub fn StatusLine(props: &Props) -> Html {
    let device = props.device.as_ref();
    let note = device.and_then(|device| device.note.clone());
    html! {
        <div class="status" role="status" aria-live="polite" data-testid="status">
            <p class="status-line">
                <span class="lamp" aria-hidden="true" />
                if let Some(device) = device {
                    <span class="device">{ device.name.clone() }</span>
                }
                <span>{ doing(props) }</span>
            </p>
            if let Some(note) = note {
                <p class="note">{ note }</p>
            }
        </div>
    }
}

fn doing(props: &Props) -> String {
    let pictures = match props.count {
        1 => "1 picture".to_owned(),
        count => format!("{count} pictures"),
    };
    match (props.word.as_str(), props.millis) {
        ("loading", _) => "starting…".to_owned(),
        ("failed", _) if props.waits => "waiting for a file".to_owned(),
        ("failed", _) => "not running".to_owned(),
        ("drawing", _) => format!("drawing {pictures}…"),
        (_, Some(millis)) => format!("{pictures} in {}", words::duration(millis)),
        (_, None) => "ready".to_owned(),
    }
}
