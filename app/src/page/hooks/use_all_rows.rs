//! What all rows of the chosen picture's maps say.

use yew::prelude::*;

use super::use_more::use_more;
use crate::page::attention::field::Sight;
use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::ALL_ROWS;
use crate::page::view::room::Room;
use crate::page::view::slot::Shared;
use crate::page::view::state::State;
use crate::protocol::{AllRows, DrawReply, Parts};

/// One layer each, from the coarsest.
pub type AllLayers = Vec<Shared<AllRows>>;

/// Asks the engine once the pictures are drawn, since it takes longer than all else that is asked
/// of a picture; none until it has answered for the picture that is chosen now.
#[hook]
pub fn use_all_rows(state: &UseReducerHandle<State>, engine: &Engine) -> Option<AllLayers> {
    // A run redraws its pictures again and again, and has better to do than what nobody sees.
    let asks = state.room == Room::Look || state.looking.sight != Sight::Pixel;
    let parts = Parts {
        all_rows: true,
        ..Parts::default()
    };
    use_more(state, engine, asks, (ALL_ROWS, parts), heard)
}

fn heard(reply: DrawReply) -> Option<AllLayers> {
    let DrawReply::Sample { sample, .. } = reply else {
        return None;
    };
    let all = sample.layers.into_iter().filter_map(|layer| layer.all_rows);
    Some(all.map(Shared::new).collect())
}
