//! What all rows of the chosen picture's maps say.

use yew::prelude::*;

use crate::page::attention::field::Sight;
use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::{ALL_ROWS, CHOSEN_MODEL, RUN};
use crate::page::image::Image;
use crate::page::view::edits::SharedChanges;
use crate::page::view::room::Room;
use crate::page::view::slot::Shared;
use crate::page::view::state::State;
use crate::protocol::{AllRows, DrawReply, Parts, Pictures, Source};

/// One layer each, from the coarsest.
pub type AllLayers = Vec<Shared<AllRows>>;

/// Asks the engine once the pictures are drawn, since it takes longer than all else that is asked
/// of a picture; none until it has answered for the picture that is chosen now.
#[hook]
pub fn use_all_rows(state: &UseReducerHandle<State>, engine: &Engine) -> Option<AllLayers> {
    let held = use_state(|| None::<(Shared<Image>, AllLayers)>);
    let shown = state.shown();
    let slot = state.looked_at();
    let picture = slot.map(|slot| slot.picture.clone());
    let (of, asks) = match state.room {
        Room::Look => (Source::Model(CHOSEN_MODEL), state.engine.runs()),
        // A run redraws its pictures again and again, and has better to do than what nobody sees.
        Room::Train => (Source::Run(RUN), state.looking.sight != Sight::Pixel),
    };
    // Those of a picture that is just being redrawn would be out of date before they come.
    let redraws = slot.is_some_and(|slot| state.edits.redraws(slot.seed, shown.chosen));
    let changes = Some(state.edits.changes().clone()).filter(|_| state.shows_changes());
    let wanted = slot.filter(|slot| asks && !shown.drawing && !slot.stale && !redraws);
    let wanted = wanted.map(|slot| {
        let picture = slot.picture.clone();
        (slot.seed, shown.chosen, picture, of, changes)
    });
    {
        let (engine, setter) = (engine.clone(), held.setter());
        use_effect_with(wanted, move |wanted| {
            if let Some((seed, index, picture, of, changes)) = wanted.clone() {
                engine.draw(asked(of, seed, index, changes), move |reply| {
                    if let DrawReply::Sample { sample, .. } = reply {
                        let all = sample.layers.into_iter().filter_map(|layer| layer.all_rows);
                        let all = all.map(Shared::new).collect();
                        setter.set(Some((picture.clone(), all)));
                    }
                });
            }
            move || engine.forget(ALL_ROWS)
        });
    }
    let held = (*held).clone();
    held.filter(|(of, _)| Some(of) == picture.as_ref())
        .map(|(_, all)| all)
}

/// One picture of a seed, with what all rows of its maps say.
fn asked(of: Source, seed: u64, index: usize, changes: Option<SharedChanges>) -> Pictures {
    let changes = changes.unwrap_or_default();
    Pictures {
        parts: Parts {
            all_rows: true,
            ..Parts::default()
        },
        ..changes.picture(ALL_ROWS, of, seed, index)
    }
}
