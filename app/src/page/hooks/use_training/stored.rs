//! Asks for runs in the browser's storage: to go on with, to look at, to name, to forget, to let go of.

use super::asks::Asks;
use crate::page::engine::numbers::{RIVAL, RUN};
use crate::page::line::say;
use crate::page::training::rival::RivalAction;
use crate::page::training::run::Which;
use crate::page::training::state::{Beside, Interrupted, TrainingAction as A, Wanted};
use crate::page::training::tabs::Said;
use crate::page::view::engine::EngineAction;
use crate::protocol::{Claim, Train, TrainReply};

impl Asks {
    /// Opens a run in the browser's storage, to go on with.
    pub fn restore(&self, id: u64) {
        self.want(id, Claim::Keep, None);
    }

    /// Opens two runs in the browser's storage beside each other, to go on with.
    pub fn restore_pair(&self, id: u64, beside: Beside) {
        self.want(id, Claim::Keep, Some(beside));
    }

    /// Opens a run that another tab keeps, as it was kept last.
    pub fn watch(&self, id: u64) {
        self.want(id, Claim::Look, None);
    }

    /// Has another tab let go of a run, and opens it here.
    pub fn take_over(&self, id: u64) {
        say(Said::Take(id));
        self.want(id, Claim::TakeOver, None);
    }

    /// Goes on with a run that was open when the engine stopped: in a new engine, where there is
    /// none.
    pub fn go_on_after(&self, interrupted: &Interrupted, listens: bool) {
        self.tell(A::Want(Wanted {
            id: interrupted.id,
            claim: Claim::Keep,
            go: interrupted.went_on,
            beside: interrupted.beside.clone(),
        }));
        if !listens {
            self.dispatch.dispatch(EngineAction::Retry.into());
        }
    }

    fn want(&self, id: u64, claim: Claim, beside: Option<Beside>) {
        let go = false;
        self.tell(A::Want(Wanted {
            id,
            claim,
            go,
            beside,
        }));
    }

    pub(super) fn open_wanted(&self, wanted: Wanted) {
        let Wanted {
            id,
            claim,
            go,
            beside,
        } = wanted;
        let asks = self.clone();
        self.engine
            .train(self.of_storage(RUN, id, claim), move |reply| {
                let ready = matches!(reply, TrainReply::Ready { .. });
                asks.tell(A::Opened(reply));
                match &beside {
                    _ if !ready => {}
                    Some(beside) => asks.open_beside(beside.id, go),
                    None if go => asks.go(None),
                    None => {}
                }
            });
    }

    /// Opens the second of two runs; where both went on, both go on.
    fn open_beside(&self, id: u64, go: bool) {
        let asks = self.clone();
        self.engine
            .train(self.of_storage(RIVAL, id, Claim::Keep), move |reply| {
                let pair = matches!(reply, TrainReply::Ready { .. });
                let ended = pair || matches!(reply, TrainReply::Failed { .. });
                asks.tell(A::Rival(RivalAction::Opened(reply)));
                if go && ended {
                    let asks = asks.clone();
                    Self { pair, ..asks }.go(None);
                }
            });
    }

    fn of_storage(&self, run: u32, id: u64, claim: Claim) -> Train {
        Train::Restore {
            run,
            id: Some(id),
            claim: Some(claim),
            device: self.device,
        }
    }

    /// Puts the run away; what is in storage can be gone on with.
    pub fn put_away(&self) {
        self.close_rival();
        let asks = self.clone();
        self.engine
            .train(Train::Close { run: RUN }, move |_| asks.look_for_stored());
        self.tell(A::PutAway);
    }

    /// Lets go of one that another tab wants; of both, where that is the first.
    pub fn hand_over(&self, which: Which) {
        let asks = self.clone();
        let run = match which {
            Which::First => {
                self.close_rival();
                RUN
            }
            Which::Second => RIVAL,
        };
        self.engine.train(Train::Close { run }, move |_| {
            asks.tell(A::HandedOver(which));
            asks.look_for_stored();
        });
    }

    fn close_rival(&self) {
        if self.pair {
            self.engine.train(Train::Close { run: RIVAL }, |_| {});
        }
    }

    /// Takes a run out of the browser's storage.
    pub fn forget(&self, id: u64) {
        self.ask_stored(Train::Forget { id });
    }

    /// Calls a stored run otherwise.
    pub fn rename(&self, id: u64, name: String) {
        self.ask_stored(Train::Rename { id, name });
    }

    pub(super) fn look_for_stored(&self) {
        self.ask_stored(Train::Stored);
    }

    fn ask_stored(&self, ask: Train) {
        let asks = self.clone();
        self.engine.train(ask, move |reply| match reply {
            TrainReply::Stored { runs } => asks.tell(A::Stored(runs)),
            TrainReply::Failed { sentence } => asks.tell(A::Notice(Some(sentence))),
            _ => {}
        });
    }
}
