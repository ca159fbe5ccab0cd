//! What the engine is asked of the chosen picture beside what it came with.

use yew::prelude::*;

use crate::page::engine::handle::Engine;
use crate::page::image::Image;
use crate::page::view::room::Room;
use crate::page::view::slot::Shared;
use crate::page::view::state::State;
use crate::protocol::{DrawReply, Parts, Pictures};

/// Asks on a topic for these parts of the chosen picture, with what is changed in it, once the pictures
/// are drawn and while `asks`; none until an answer for the picture that is chosen now is one to `hear`.
#[hook]
pub fn use_more<T: Clone + 'static>(
    state: &UseReducerHandle<State>,
    engine: &Engine,
    asks: bool,
    on: (u32, Parts),
    hear: fn(DrawReply) -> Option<T>,
) -> Option<T> {
    let (topic, parts) = on;
    let held = use_state(|| None::<(Shared<Image>, T)>);
    let shown = state.shown();
    let slot = state.looked_at();
    let picture = slot.map(|slot| slot.picture.clone());
    let network = state.network();
    let there = state.room == Room::Train || state.engine.runs();
    // What belongs to a picture that is just being redrawn would be out of date before it comes.
    let redraws = slot.is_some_and(|slot| state.edits.redraws(slot.seed, shown.chosen));
    let changes = Some(state.edits.changes().clone()).filter(|_| state.shows_changes());
    let wanted = slot.filter(|slot| asks && there && !shown.drawing && !slot.stale && !redraws);
    let wanted = wanted.map(|slot| {
        let picture = slot.picture.clone();
        (slot.seed, shown.chosen, picture, network, changes)
    });
    {
        let (engine, setter) = (engine.clone(), held.setter());
        use_effect_with(wanted, move |wanted| {
            if let Some((seed, index, picture, network, changes)) = wanted.clone() {
                let changes = changes.unwrap_or_default();
                let asked = Pictures {
                    parts,
                    network,
                    ..changes.picture(topic, network.of, seed, index)
                };
                engine.draw(asked, move |reply| {
                    if let Some(found) = hear(reply) {
                        setter.set(Some((picture.clone(), found)));
                    }
                });
            }
            move || engine.forget(topic)
        });
    }
    let held = (*held).clone();
    held.filter(|(of, _)| Some(of) == picture.as_ref())
        .map(|(_, found)| found)
}
