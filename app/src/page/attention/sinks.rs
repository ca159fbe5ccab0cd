//! Cells that most rows look at, whatever their pixel, and that take much of all looking.

use crate::protocol::AllRows;

/// A cell is a sink when more than this share of all rows looks at it (with at least four times an
/// even share: see [`AllRows::lookers`]).
pub const MOST_ROWS: f32 = 0.5;

/// And when it takes this part of all looking: below it a map still says something of its pixel. It is
/// what a shipped model's top key is held to (docs/measures.md).
pub const MUCH: f32 = 0.05;

/// A sink is empty when its value is nearer to the mean value than this part of what is usual.
const LITTLE: f32 = 0.5;

/// What is fetched from a sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing of its own: its value is like the mean value, so to look there is to look nowhere.
    Empty,
    /// A value of its own, which so reaches most of the picture.
    Broadcast,
}

/// A cell that most rows look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sink {
    /// Its index, `y·side + x`.
    pub cell: usize,
    /// What is fetched from it.
    pub kind: Kind,
}

/// The sinks of a map with this mean row, in the order of their cells.
pub fn sinks(all: &AllRows, mean_row: &[f32]) -> Vec<Sink> {
    let looked_at = all.lookers.iter().zip(mean_row);
    let cells = looked_at.zip(&all.distinct).enumerate();
    cells
        .filter(|&(_, ((&lookers, &mean), _))| lookers > MOST_ROWS && mean >= MUCH)
        .map(|(cell, (_, &distinct))| Sink {
            cell,
            kind: if distinct < LITTLE {
                Kind::Empty
            } else {
                Kind::Broadcast
            },
        })
        .collect()
}

/// How many sinks there are and of which kind, in one sentence; nothing where there are none.
pub fn words(sinks: &[Sink]) -> Option<String> {
    let empty = sinks.iter().filter(|sink| sink.kind == Kind::Empty).count();
    let broadcast = sinks.len() - empty;
    let kinds = match (empty, broadcast) {
        (0, 0) => return None,
        (empty, 0) => format!("{empty} empty (×), with a value like the mean value"),
        (0, broadcast) => format!("{broadcast} broadcast (+), with a value of its own"),
        (empty, broadcast) => format!(
            "{empty} empty (×), with a value like the mean value, and {broadcast} broadcast (+), with a value of its own"
        ),
    };
    let cells = if sinks.len() == 1 { "sink" } else { "sinks" };
    Some(format!(
        "{} {cells}, where more than half of all pixels look and a twentieth of all looking goes, or more: {kinds}.",
        sinks.len()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(lookers: Vec<f32>, distinct: Vec<f32>) -> AllRows {
        AllRows {
            lookers,
            distinct,
            ..AllRows::default()
        }
    }

    #[test]
    fn sinks_are_what_more_than_half_look_at_told_apart_by_their_values() {
        let all = all(
            vec![0.5, 0.51, 1.0, f32::NAN, 1.0],
            vec![0.0, 0.49, 0.5, 0.0, 0.0],
        );
        let found = sinks(&all, &[0.3, 0.05, 0.3, 0.3, 0.049]);
        let wanted = [(1, Kind::Empty), (2, Kind::Broadcast)];
        assert_eq!(found, wanted.map(|(cell, kind)| Sink { cell, kind }));
    }

    #[test]
    fn words_count_each_kind() {
        let sink = |kind| Sink { cell: 0, kind };
        assert_eq!(words(&[]), None);
        let one = words(&[sink(Kind::Empty)]).unwrap_or_default();
        assert!(
            one.starts_with("1 sink,")
                && one.ends_with("1 empty (×), with a value like the mean value.")
        );
        let both = words(&[sink(Kind::Empty), sink(Kind::Broadcast)]).unwrap_or_default();
        assert!(
            both.starts_with("2 sinks,")
                && both.contains("1 empty")
                && both.contains("1 broadcast")
        );
    }
}
