//! A run whose engine stopped, and what is asked for to go on with one.

use super::Training;
use crate::protocol::{Claim, PictureSource};

/// The run that stood beside another one, in storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Its number in storage.
    pub id: u64,
    /// What the first run and this one are called.
    pub names: [String; 2],
}

/// A stored run that is to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its number in storage.
    pub id: u64,
    /// What for.
    pub claim: Claim,
    /// Whether it is to go on at once.
    pub go: bool,
    /// The one to open beside it.
    pub beside: Option<Beside>,
}

/// A run that was open when the engine stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interrupted {
    /// Its number in storage.
    pub id: u64,
    /// What it learns from.
    pub from: Option<PictureSource>,
    /// How far it was.
    pub step: u64,
    /// How far it was when it was kept last.
    pub kept: u64,
    /// Whether it went on.
    pub went_on: bool,
    /// The one that was beside it.
    pub beside: Option<Beside>,
}

impl Training {
    /// The run that is open cannot be gone on with as it is: what of it was kept can be. So it is
    /// after a crash, a lost device, and whatever else stops an engine.
    pub fn interrupt(&mut self) {
        let (step, went_on) = (self.step(), self.goes_on());
        let kept = self.run.stored_step();
        let was_open = self.run.is_open() && self.watched.is_none();
        let (id, from) = (self.run.kept_as, self.run.from.take());
        let beside = self.rival.take().and_then(|rival| {
            let id = rival
                .run
                .kept_as
                .filter(|_| rival.run.stored_step().is_some());
            let names = rival.names;
            id.map(|id| Beside { id, names })
        });
        self.put_away();
        match (id, kept) {
            (Some(id), Some(kept)) => {
                self.interrupted = Some(Interrupted {
                    id,
                    from,
                    step,
                    kept,
                    went_on,
                    beside,
                });
            }
            _ if was_open && step > 0 => {
                self.notice = Some(format!(
                    "The engine stopped, and with it the run, at step {step}: it was in memory alone. Go on from the last file that you downloaded."
                ));
            }
            _ => {}
        }
    }
}
