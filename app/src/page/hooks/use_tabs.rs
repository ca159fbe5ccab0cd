//! What this tab hears of runs in other tabs, and tells them.

use wasm_bindgen::{JsValue, closure::Closure};
use yew::prelude::*;

use super::use_training::Asks;
use crate::js::get;
use crate::page::line::{Line, say};
use crate::page::training::run::{Run, Which};
use crate::page::training::state::Training;
use crate::page::training::tabs::Said;

/// Lets go of the run that another tab wants, looks anew at the one that another tab kept, and tells
/// when this tab kept its own.
#[hook]
pub fn use_tabs(training: &Training, asks: &Asks) {
    let kept_as = |which| training.open(which).and_then(|run| run.kept_as);
    let own = [Which::First, Which::Second].map(|which| (which, kept_as(which)));
    {
        let asks = asks.clone();
        use_effect_with((own, training.watched), move |&(own, watched)| {
            let hear = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
                let text = get(&event, "data").ok().and_then(|data| data.as_string());
                match text.and_then(|text| Said::read(&text)) {
                    Some(Said::Take(id)) => {
                        if let Some((which, _)) = own.iter().find(|(_, own)| *own == Some(id)) {
                            asks.hand_over(*which);
                        }
                    }
                    Some(Said::Kept(id)) if watched == Some(id) => asks.watch(id),
                    _ => {}
                }
            });
            let line = Line::open().inspect(|line| line.listen(&hear));
            move || drop((line, hear))
        });
    }
    use_saying(training.open(Which::First));
    use_saying(training.open(Which::Second));
}

/// Tells the other tabs whenever this run was kept.
#[hook]
fn use_saying(run: Option<&Run>) {
    let own = run.and_then(|run| run.kept_as);
    let kept = run.and_then(Run::stored_step);
    use_effect_with((own, kept), move |&(own, kept)| {
        if let (Some(own), Some(_)) = (own, kept) {
            say(Said::Kept(own));
        }
    });
}
