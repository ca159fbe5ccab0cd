//! What the engine answers, and what the page knows by it.

use super::super::form::MANY_PICTURES;
use super::super::rival::RivalAction;
use super::super::run::Which;
use super::{Album, Phase, Probe, Training, Wanted};
use crate::page::words;
use crate::protocol::{Claim, Half, Kept, TrainReply};

impl Training {
    pub(super) fn hear_of_album(&mut self, reply: TrainReply) {
        match reply {
            TrainReply::Gathering { done, of } => self.album = Album::Gathering(done, of),
            TrainReply::Gathered(info) => {
                self.form.augment = info.count < MANY_PICTURES;
                self.album = Album::of(info);
            }
            TrainReply::Failed { sentence } => {
                self.album = Album::None;
                self.notice = Some(sentence);
            }
            _ => {}
        }
    }

    pub(super) fn hear_of_probe(&mut self, reply: TrainReply) {
        match reply {
            TrainReply::Probed {
                millis,
                bytes,
                memory,
                most,
                ..
            } => {
                self.probe = Probe::Found {
                    millis,
                    bytes,
                    memory,
                    most,
                }
            }
            TrainReply::Failed { sentence } => {
                self.probe = Probe::None;
                self.notice = Some(sentence);
            }
            _ => {}
        }
    }

    pub(super) fn hear_of_opening(&mut self, reply: TrainReply) {
        match reply {
            TrainReply::Stage(stage) => self.phase = Phase::Opening(Some(stage)),
            TrainReply::Ready { .. } => {
                let looks = |wanted: Wanted| (wanted.claim == Claim::Look).then_some(wanted.id);
                let watched = self.wanted.take().and_then(looks);
                // What is watched comes again and again; its pictures stay until there are newer ones.
                let again = watched.is_some() && watched == self.watched;
                self.notice = self.run.open(reply, again);
                (self.back, self.playing) = (None, false);
                self.watched = watched;
                self.interrupted = None;
                self.rest_once_open();
            }
            TrainReply::Failed { sentence } => {
                self.wanted = None;
                self.phase = match self.run.info {
                    Some(_) => Phase::Resting,
                    None => Phase::None,
                };
                self.rival = None;
                self.notice = Some(sentence);
            }
            _ => {}
        }
    }

    /// Two runs that are opened together rest when both are there.
    fn rest_once_open(&mut self) {
        let waits = self.rival.as_ref().is_some_and(|one| !one.run.is_open());
        let opens = matches!(self.phase, Phase::Opening(_)) && self.run.is_open();
        if opens && !waits {
            self.phase = Phase::Resting;
        }
    }

    pub(super) fn hear_of_going(&mut self, which: Which, reply: TrainReply) {
        match (which, reply) {
            (which, TrainReply::Autosaved(kept)) => self.keep(which, kept),
            // Where the engine is gone, that is known already, and told.
            (Which::First, TrainReply::Failed { sentence }) if self.run.is_open() => {
                self.interrupt();
                self.notice = Some(sentence);
            }
            (Which::Second, TrainReply::Failed { sentence }) if self.rival.is_some() => {
                self.rival = None;
                self.notice = Some(format!("Of the two runs the second has ended. {sentence}"));
            }
            (which, reply) => {
                let rests = which == Which::First && matches!(reply, TrainReply::Paused { .. });
                let said = self.of(which).and_then(|run| run.hear(reply));
                if rests && self.run.is_open() {
                    self.phase = Phase::Resting;
                }
                if let Some(sentence) = said {
                    self.notice = Some(match which {
                        Which::First => sentence,
                        Which::Second => format!("Of the second run: {sentence}"),
                    });
                }
            }
        }
    }

    pub(super) fn change_rival(&mut self, action: RivalAction) {
        match (&mut self.rival, action) {
            (_, RivalAction::Opening(names)) => self.begin_rival(names),
            (Some(rival), RivalAction::LookAt(second)) => rival.looked_at = second,
            (Some(rival), RivalAction::Opened(reply @ TrainReply::Ready { .. })) => {
                if let Some(trouble) = rival.run.open(reply, false) {
                    self.notice = Some(trouble);
                }
                self.rest_once_open();
            }
            (Some(_), RivalAction::Opened(TrainReply::Failed { sentence })) => {
                self.rival = None;
                self.notice = Some(format!("There is no second run beside it. {sentence}"));
                self.rest_once_open();
            }
            (Some(_), RivalAction::Opened(TrainReply::Stage(stage))) => {
                self.phase = Phase::Opening(Some(stage));
            }
            _ => {}
        }
    }

    pub(super) fn hear_of_keeping(&mut self, which: Which, reply: TrainReply) {
        match reply {
            TrainReply::Kept(kept) => self.keep(which, kept),
            TrainReply::Failed { sentence } => self.notice = Some(sentence),
            // It was found to have diverged, and is where it was kept last.
            back @ (TrainReply::Snapshots { .. } | TrainReply::Paused { .. }) => {
                self.hear_of_going(which, back);
            }
            _ => {}
        }
    }

    fn keep(&mut self, which: Which, kept: Kept) {
        if let Some(run) = self.of(which) {
            run.kept = Some(kept);
        }
        let second = self
            .rival
            .as_ref()
            .and_then(|rival| rival.run.kept.as_ref());
        let mut both = self.run.kept.iter().chain(second);
        self.notice = both.find_map(|kept| kept.trouble.clone());
    }

    pub(super) fn hear_of_settings(&mut self, which: Which, reply: TrainReply) {
        match reply {
            TrainReply::Set { settings } => {
                if let Some(run) = self.of(which) {
                    run.settings = Some(settings);
                }
                self.notice = None;
            }
            TrainReply::Failed { sentence } => self.notice = Some(sentence),
            _ => {}
        }
    }

    pub(super) fn hear_of_half(&mut self, which: Which, network: Half, reply: TrainReply) {
        match reply {
            TrainReply::Halved { step, loss } => {
                if let Some(run) = self.of(which) {
                    run.reach(step);
                    run.drawn_live = false;
                }
                if which == Which::First {
                    self.said = Some(halved(network, loss));
                }
            }
            TrainReply::Failed { sentence } => self.notice = Some(sentence),
            _ => {}
        }
    }
}

/// What is said of an update of one network.
fn halved(network: Half, loss: f32) -> String {
    let loss = words::signed(f64::from(loss));
    match network {
        Half::Discriminator => format!(
            "The discriminator had one update alone; its loss was {loss} before. The pictures stay as they are until the generator learns too."
        ),
        Half::Generator => {
            format!("The generator had one update alone; its loss was {loss} before.")
        }
    }
}
