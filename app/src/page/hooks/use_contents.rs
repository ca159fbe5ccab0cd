//! What the layers of the chosen picture fetch and make.

use yew::prelude::*;

use crate::page::attention::lens::Lens;
use crate::page::attention::map::Map;
use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::{CHOSEN_MODEL, CONTENTS, RUN};
use crate::page::image::Image;
use crate::page::view::edits::SharedChanges;
use crate::page::view::room::Room;
use crate::page::view::slot::Shared;
use crate::page::view::state::State;
use crate::protocol::{DrawReply, Parts, Pictures, Source};

/// The maps of the chosen picture with what their layers fetch and make, from the coarsest.
#[derive(Clone, Debug, PartialEq)]
pub enum Contents {
    /// Not asked for, or not answered yet.
    Waiting,
    /// The engine could not; why.
    Failed(String),
    /// Here they are.
    There(Vec<Shared<Map>>),
}

impl Contents {
    /// What is said in place of the maps while there are none.
    pub fn words(&self) -> String {
        match self {
            Self::Failed(sentence) => format!(
                "What the layers fetch did not come: {sentence} Choose another reading, then this one again."
            ),
            Self::Waiting | Self::There(_) => "Fetching what the layers fetched…".to_owned(),
        }
    }
}

/// Asks the engine once the picture is drawn and while [`Lens::WouldLose`] is chosen: no other lens
/// needs as many numbers.
#[hook]
pub fn use_contents(state: &UseReducerHandle<State>, engine: &Engine) -> Contents {
    let held = use_state(|| None::<(Shared<Image>, Contents)>);
    let shown = state.shown();
    let slot = state.looked_at();
    let picture = slot.map(|slot| slot.picture.clone());
    let (of, runs) = match state.room {
        Room::Look => (Source::Model(CHOSEN_MODEL), state.engine.runs()),
        Room::Train => (Source::Run(RUN), true),
    };
    let asks = runs && state.looking.lens == Lens::WouldLose;
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
                    let found = match reply {
                        DrawReply::Sample { sample, .. } => {
                            let layers = sample.layers.into_iter();
                            Contents::There(layers.map(|one| Shared::new(Map::new(one))).collect())
                        }
                        DrawReply::Failed { sentence } => Contents::Failed(sentence),
                        // Nothing to be done, or answers to other questions.
                        _ => return,
                    };
                    setter.set(Some((picture.clone(), found)));
                });
            }
            move || engine.forget(CONTENTS)
        });
    }
    let held = (*held).clone();
    held.filter(|(of, _)| Some(of) == picture.as_ref())
        .map_or(Contents::Waiting, |(_, found)| found)
}

/// One picture of a seed, with what its layers fetch and make.
fn asked(of: Source, seed: u64, index: usize, changes: Option<SharedChanges>) -> Pictures {
    let changes = changes.unwrap_or_default();
    Pictures {
        parts: Parts {
            values: true,
            layer_maps: true,
            ..Parts::default()
        },
        ..changes.picture(CONTENTS, of, seed, index)
    }
}
