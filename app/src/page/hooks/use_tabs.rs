//! What this tab hears of runs in other tabs, and tells them.

use wasm_bindgen::{JsValue, closure::Closure};
use yew::prelude::*;

use super::use_training::Asks;
use crate::js::get;
use crate::page::line::{Line, say};
use crate::page::training::state::Training;
use crate::page::training::tabs::Said;

/// Lets go of the run that another tab wants, looks anew at the one that another tab kept, and tells
/// when this tab kept its own.
#[hook]
pub fn use_tabs(training: &Training, asks: &Asks) {
    let own = training.kept_as;
    {
        let asks = asks.clone();
        use_effect_with((own, training.watched), move |&(own, watched)| {
            let hear = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
                let text = get(&event, "data").ok().and_then(|data| data.as_string());
                match text.and_then(|text| Said::read(&text)) {
                    Some(Said::Take(id)) if own == Some(id) => asks.hand_over(),
                    Some(Said::Kept(id)) if watched == Some(id) => asks.watch(id),
                    _ => {}
                }
            });
            let line = Line::open().inspect(|line| line.listen(&hear));
            move || drop((line, hear))
        });
    }
    let kept = training.kept.as_ref();
    let kept = kept.filter(|kept| kept.trouble.is_none());
    let kept = kept.map(|kept| kept.step);
    use_effect_with((own, kept), move |&(own, kept)| {
        if let (Some(own), Some(_)) = (own, kept) {
            say(Said::Kept(own));
        }
    });
}
