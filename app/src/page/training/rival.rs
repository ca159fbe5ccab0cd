//! A second run beside the first: the same seed and pictures, in turns.

use super::run::Run;
use crate::protocol::TrainReply;

/// What the page knows of the second run.
#[derive(Clone, Debug, PartialEq)]
pub struct Rival {
    /// What the first run and this one are called.
    pub names: [String; 2],
    /// What it is, was and draws.
    pub run: Run,
    /// Whether its pictures are looked at, and not the first run's.
    pub looked_at: bool,
}

/// What can happen to the second run alone.
#[derive(Clone, Debug, PartialEq)]
pub enum RivalAction {
    /// It is asked for; the first run and this one are called so.
    Opening([String; 2]),
    /// The engine answers as to opening it.
    Opened(TrainReply),
    /// Look at its pictures, or at the first run's.
    LookAt(bool),
}

impl Rival {
    /// One that is on its way.
    pub fn new(names: [String; 2]) -> Self {
        Self {
            names,
            run: Run::default(),
            looked_at: false,
        }
    }
}
