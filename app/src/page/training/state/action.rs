//! What can happen in the training room.

use super::super::form::{Form, FormAction};
use super::super::rival::RivalAction;
use super::super::run::Which;
use super::interruption::Wanted;
use crate::protocol::{Half, Sample, StoredRun, TrainReply, WorldInfo, wire::Files};

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum TrainingAction {
    /// A choice in the form.
    Choose(FormAction),
    /// The worlds are known.
    Worlds(Vec<WorldInfo>),
    /// The visitor chose these files.
    Files(Files),
    /// What is in storage.
    Stored(Vec<StoredRun>),
    /// A stored run is to be opened.
    Want(Wanted),
    /// The engine answers as to the album.
    Album(TrainReply),
    /// The engine answers as to the probe; `None` when it is asked.
    Probe(Option<TrainReply>),
    /// A run is asked for.
    Opening,
    /// The engine answers as to opening it.
    Opened(TrainReply),
    /// It began with what this form says.
    Begun(Box<Form>),
    /// It was asked to go on, for so many steps.
    Go(Option<u64>),
    /// The engine answers as to going on.
    Going(Which, TrainReply),
    /// The engine says how one was kept.
    Kept(Which, TrainReply),
    /// A picture of the running model.
    Place(Which, u32, Sample),
    /// All are there, of this step.
    Drawn(Which, u64),
    /// Look back at this snapshot, or at the running model.
    Back(Option<u64>),
    /// Show one snapshot after the other, or stop that.
    Play(bool),
    /// A picture as the generator drew it after a step.
    Past {
        /// Whose generator.
        which: Which,
        /// The step.
        step: u64,
        /// Which picture.
        index: u32,
        /// The picture.
        sample: Sample,
    },
    /// To the second run alone.
    Rival(RivalAction),
    /// The engine answers as to how a run should be set.
    Set(Which, TrainReply),
    /// The engine answers as to an update of one network.
    Halved(Which, Half, TrainReply),
    /// The run is put away, and the form is back.
    PutAway,
    /// Another tab keeps this one from now on.
    HandedOver(Which),
    /// Whether a run goes on while the tab is hidden.
    HiddenToo(bool),
    /// Something for the visitor to know.
    Notice(Option<String>),
}
