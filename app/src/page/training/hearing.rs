//! What the engine answers, and what the page knows by it.

use std::rc::Rc;

use super::form::MANY_PICTURES;
use super::readings::push;
use super::state::{Album, Phase, Probe, Training, Wanted, World};
use crate::page::image::Image;
use crate::page::view::slot::Shared;
use crate::protocol::{AlbumInfo, Cause, Claim, Kept, TrainReply, WorldInfo};

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
            TrainReply::Probed { millis, bytes, .. } => self.probe = Probe::Found { millis, bytes },
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
            TrainReply::Ready {
                device,
                info,
                from,
                settings,
                record,
                trouble,
                kept_as,
            } => {
                let looks = |wanted: Wanted| (wanted.claim == Claim::Look).then_some(wanted.id);
                let watched = self.wanted.take().and_then(looks);
                // What is watched comes again and again; its pictures stay until there are newer ones.
                let again = watched.is_some() && watched == self.watched;
                let kept = Kept {
                    step: info.step,
                    bytes: 0,
                    trouble: trouble.clone().filter(|_| kept_as.is_none()),
                };
                self.phase = Phase::Resting;
                self.run = Some(info);
                self.from = from;
                self.device = Some(device);
                self.settings = Some(settings);
                self.history = Rc::new(record.history);
                self.vitals = Rc::new(record.vitals);
                self.vital_names = Rc::new(record.vital_names);
                self.snapshots = Rc::new(record.snapshots);
                self.quality = record.quality;
                (self.back, self.playing) = (None, false);
                self.kept = Some(kept);
                self.kept_as = kept_as;
                self.watched = watched;
                self.interrupted = None;
                self.notice = trouble;
                if !again {
                    self.pictures.forget();
                    self.drawn_at = None;
                }
            }
            TrainReply::Failed { sentence } => {
                self.wanted = None;
                self.phase = match self.run {
                    Some(_) => Phase::Resting,
                    None => Phase::None,
                };
                self.rival = None;
                self.notice = Some(sentence);
            }
            _ => {}
        }
    }

    pub(super) fn hear_of_going(&mut self, reply: TrainReply) {
        match reply {
            TrainReply::Progress(progress) => {
                self.reach(progress.step);
                push(Rc::make_mut(&mut self.history), progress);
            }
            TrainReply::Vitals(vital) => push(Rc::make_mut(&mut self.vitals), vital),
            TrainReply::Snapshots { steps } => self.snapshots = Rc::new(steps),
            TrainReply::Autosaved(kept) => self.keep(kept),
            TrainReply::Paused { step, cause } => {
                self.reach(step);
                self.phase = Phase::Resting;
                if let Cause::Diverged { sentence, .. } = cause {
                    Rc::make_mut(&mut self.history).retain(|point| point.step <= step);
                    Rc::make_mut(&mut self.vitals).retain(|vital| vital.step <= step);
                    self.drawn_at = None;
                    self.notice = Some(sentence);
                }
            }
            // Where the engine is gone, that is known already, and told.
            TrainReply::Failed { sentence } if self.run.is_some() => {
                self.interrupt();
                self.notice = Some(sentence);
            }
            _ => {}
        }
    }
}

impl World {
    pub(super) fn of(world: WorldInfo) -> Self {
        let WorldInfo {
            name,
            about,
            size: side,
            rgba,
        } = world;
        Self {
            name,
            about,
            picture: Shared::new(Image { side, rgba }),
        }
    }
}

impl Album {
    fn of(info: AlbumInfo) -> Self {
        let side = info.size;
        let length = 4 * side as usize * side as usize;
        let pictures = info.rgba.chunks_exact(length.max(4));
        let sheet = pictures.map(|rgba| {
            let rgba = rgba.to_vec();
            Shared::new(Image { side, rgba })
        });
        Self::Made {
            count: info.count,
            size: side,
            sheet: sheet.collect(),
            unreadable: info.unreadable,
        }
    }
}
