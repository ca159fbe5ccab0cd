//! What is asked of the run that is open, of both where there are two, and of the engine beside it.

use yew::prelude::*;

use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::{RIVAL, RUN};
use crate::page::save::save_file;
use crate::page::training::form::{Form, OWN_ALBUM};
use crate::page::training::run::Which;
use crate::page::training::state::TrainingAction as A;
use crate::page::view::state::State;
use crate::protocol::{Cause, DeviceChoice, Half, LiveSettings, Train, TrainReply, wire::Files};

/// What can be asked about training, each with its way back into the state.
#[derive(Clone, PartialEq)]
pub struct Asks {
    pub(super) engine: Engine,
    pub(super) dispatch: UseReducerDispatcher<State>,
    pub(super) device: DeviceChoice,
    /// Whether there is a second run, which does what the first does.
    pub(super) pair: bool,
}

impl Asks {
    /// Where runs are opened.
    pub fn device(&self) -> DeviceChoice {
        self.device
    }

    /// Does so many steps, or goes on and on.
    pub fn go(&self, steps: Option<u64>) {
        self.tell(A::Go(steps));
        for (which, run) in self.runs() {
            let asks = self.clone();
            self.engine.train(Train::Run { run, steps }, move |reply| {
                // They are for being compared: one does not go on without the other.
                if let TrainReply::Paused {
                    cause: Cause::Diverged { .. },
                    ..
                } = reply
                {
                    asks.pause();
                }
                asks.tell(A::Going(which, reply));
            });
        }
    }

    /// Changes what can be changed while the run goes on: of both, so that they differ in nothing
    /// else than before.
    pub fn set(&self, settings: LiveSettings) {
        for (which, run) in self.runs() {
            self.ask(Train::Set { run, settings }, move |reply| {
                A::Set(which, reply)
            });
        }
    }

    /// Updates one network alone, of both.
    pub fn half(&self, network: Half) {
        for (which, run) in self.runs() {
            self.ask(Train::Half { run, network }, move |reply| {
                A::Halved(which, network, reply)
            });
        }
    }

    /// Stops after the present step.
    pub fn pause(&self) {
        for (_, run) in self.runs() {
            // What comes of it is told to whoever asked to go on.
            self.engine.train(Train::Pause { run }, |_| {});
        }
    }

    /// Keeps the run now.
    pub fn keep(&self) {
        for (which, run) in self.runs() {
            self.ask(Train::Keep { run }, move |reply| A::Kept(which, reply));
        }
    }

    /// Hands the file of the run, or of the second one, to the visitor.
    pub fn download(&self, rival: bool) {
        let asks = self.clone();
        let (run, called) = match rival {
            true => (RIVAL, "second-run"),
            false => (RUN, "run"),
        };
        self.engine
            .train(Train::Save { run }, move |reply| match reply {
                TrainReply::Saved { step, checkpoint } => {
                    let name = format!("{called}-{step}.safetensors");
                    if save_file(&name, "application/octet-stream", &checkpoint.0).is_err() {
                        let sentence = "The browser did not take the download; try again.";
                        asks.tell(A::Notice(Some(sentence.into())));
                    }
                }
                TrainReply::Failed { sentence } => asks.tell(A::Notice(Some(sentence))),
                _ => {}
            });
    }

    /// Whether a run goes on while the tab is hidden.
    pub fn set_hidden_too(&self, is: bool) {
        self.tell(A::HiddenToo(is));
    }

    /// Finds out how long a step takes.
    pub fn probe(&self, form: &Form) {
        self.tell(A::Probe(None));
        let ask = Train::Probe {
            config: form.config(),
            device: self.device,
        };
        self.ask(ask, |reply| A::Probe(Some(reply)));
    }

    /// Own pictures that are being read: what is read so far will do.
    pub fn gathered_enough(&self) {
        // What comes of it is told to whoever asked for the album.
        self.engine.train(Train::GatheredEnough, |_| {});
    }

    pub(super) fn gather(&self, files: Files, size: u32, mirror: bool) {
        let ask = Train::Gather {
            album: OWN_ALBUM,
            files,
            size,
            mirror,
        };
        self.ask(ask, A::Album);
    }

    pub(super) fn look_for_worlds(&self) {
        let asks = self.clone();
        self.engine.train(Train::Worlds, move |reply| {
            if let TrainReply::Worlds { worlds } = reply {
                asks.tell(A::Worlds(worlds));
            }
        });
    }

    /// The runs that are open, each with its number.
    fn runs(&self) -> impl Iterator<Item = (Which, u32)> {
        let second = self.pair.then_some((Which::Second, RIVAL));
        [(Which::First, RUN)].into_iter().chain(second)
    }

    pub(super) fn ask(&self, ask: Train, action: impl Fn(TrainReply) -> A + 'static) {
        let asks = self.clone();
        self.engine
            .train(ask, move |reply| asks.tell(action(reply)));
    }

    pub(super) fn tell(&self, action: A) {
        self.dispatch.dispatch(action.into());
    }
}
