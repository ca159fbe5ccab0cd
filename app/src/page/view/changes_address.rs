//! How the address names all that is changed: [layers](super::edits_address), and
//! [latents and noise](super::moves_address).

use super::changes::Changes;
use super::query::Query;
use super::{edits_address, moves_address};

/// What the address says of changes; what makes no sense changes nothing.
pub fn read(query: &Query) -> Changes {
    let (moves, noise) = moves_address::read(query);
    Changes {
        layers: edits_address::read(query),
        moves,
        noise,
    }
}

/// The names and values that say the same.
pub fn write(changes: &Changes) -> Vec<(&'static str, String)> {
    let mut pairs = edits_address::write(&changes.layers);
    pairs.extend(moves_address::write(&changes.moves, changes.noise.as_ref()));
    pairs
}
