//! What the layers of the chosen picture fetch and make.

use yew::prelude::*;

use super::use_more::use_more;
use crate::page::attention::lens::Lens;
use crate::page::attention::map::Map;
use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::CONTENTS;
use crate::page::view::slot::Shared;
use crate::page::view::state::State;
use crate::protocol::{DrawReply, Parts};

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
    let asks = state.looking.lens == Lens::WouldLose;
    let parts = Parts {
        values: true,
        layer_maps: true,
        ..Parts::default()
    };
    use_more(state, engine, asks, (CONTENTS, parts), heard).unwrap_or(Contents::Waiting)
}

fn heard(reply: DrawReply) -> Option<Contents> {
    match reply {
        DrawReply::Sample { sample, .. } => {
            let layers = sample.layers.into_iter();
            let layers = layers.map(|one| Shared::new(Map::new(one)));
            Some(Contents::There(layers.collect()))
        }
        DrawReply::Failed { sentence } => Some(Contents::Failed(sentence)),
        // Nothing to be done, or answers to other questions.
        _ => None,
    }
}
