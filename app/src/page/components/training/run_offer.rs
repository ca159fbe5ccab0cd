//! The run in the browser's storage, to go on with.

use yew::prelude::*;

use crate::page::hooks::use_training::Asks;
use crate::protocol::{PictureSource, StoredRun};

/// What the offer needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What is stored.
    pub stored: StoredRun,
    /// Who asks for it.
    pub asks: Asks,
}

/// The run in the browser's storage, to go on with or to forget.
#[component]
pub fn RunOffer(Props { stored, asks }: &Props) -> Html {
    let onclick = {
        let asks = asks.clone();
        Callback::from(move |_: MouseEvent| asks.restore())
    };
    let forget = {
        let asks = asks.clone();
        Callback::from(move |_: MouseEvent| asks.forget())
    };
    let at = js_sys::Date::new(&stored.at.into());
    let at = format!(
        "{} {:02}:{:02}",
        String::from(at.to_date_string()),
        at.get_hours(),
        at.get_minutes()
    );
    html! {
        <section class="offer" aria-label="The run that was kept" data-testid="offer">
            <p>
                <b>{ format!("Go on with {}", learned_from(stored.from.as_ref())) }</b>
                <span class="quiet">{ format!(" step {}, {1}×{1} pixels, kept {at}. A new run takes its place.", stored.info.step, stored.info.size) }</span>
            </p>
            <div class="buttons">
                <button type="button" class="primary" {onclick} data-testid="restore">{ "Go on" }</button>
                <button type="button" onclick={forget} data-testid="forget">{ "Forget it" }</button>
            </div>
        </section>
    }
}

/// What a run learns from, as a part of a sentence.
pub fn learned_from(from: Option<&PictureSource>) -> String {
    match from {
        Some(PictureSource::World(name)) => name.replace('-', " "),
        Some(PictureSource::Own(_)) => "your own pictures".to_owned(),
        None => "a run".to_owned(),
    }
}
