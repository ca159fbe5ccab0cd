//! One open run, as the page knows it: what was read of it, what it draws, and how it is kept.

use std::rc::Rc;

use super::readings::{PICTURES, PICTURES_SEED, push};
use crate::page::view::pictures::Pictures;
use crate::page::view::slot::Slot;
use crate::protocol::{
    Cause, DeviceInfo, Kept, LiveSettings, PictureSource, Progress, Quality, RunInfo, Sample,
    TrainReply, Vital,
};

/// One of two runs that can be open beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The only one, or the first of two.
    First,
    /// The one beside it.
    Second,
}

/// One open run, or one that is on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// What it is, once it is open.
    pub info: Option<RunInfo>,
    /// What it learns from.
    pub from: Option<PictureSource>,
    /// Where it is.
    pub device: Option<DeviceInfo>,
    /// What can be changed while it goes on.
    pub settings: Option<LiveSettings>,
    /// What was read of it, in the order of steps.
    pub history: Rc<Vec<Progress>>,
    /// What its networks were like inside, in the order of steps.
    pub vitals: Rc<Vec<Vital>>,
    /// What the numbers in those are.
    pub vital_names: Rc<Vec<String>>,
    /// Steps after which there are snapshots to draw from.
    pub snapshots: Rc<Vec<u64>>,
    /// How far its pictures were from real ones when it was opened, if that was measured.
    pub quality: Option<Quality>,
    /// How it was kept last.
    pub kept: Option<Kept>,
    /// Its number in storage, where this tab keeps it.
    pub kept_as: Option<u64>,
    /// What it draws of always the same latents.
    pub pictures: Pictures,
    /// The step after which those were drawn.
    pub drawn_at: Option<u64>,
    /// Whether they are the running model's, and all of that step.
    pub drawn_live: bool,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            info: None,
            from: None,
            device: None,
            settings: None,
            history: Rc::default(),
            vitals: Rc::default(),
            vital_names: Rc::default(),
            snapshots: Rc::default(),
            quality: None,
            kept: None,
            kept_as: None,
            pictures: Pictures::new(PICTURES_SEED, PICTURES as usize, 0),
            drawn_at: None,
            drawn_live: false,
        }
    }
}

impl Run {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.info.is_some()
    }

    /// Its steps.
    pub fn step(&self) -> u64 {
        self.info.as_ref().map_or(0, |info| info.step)
    }

    /// The step at which the browser's storage took it last.
    pub fn stored_step(&self) -> Option<u64> {
        let kept = self.kept.as_ref().filter(|kept| kept.trouble.is_none());
        kept.map(|kept| kept.step)
    }

    /// Whether steps of it would be lost if the page were closed now.
    pub fn would_lose(&self) -> bool {
        let step = self.step();
        step > 0 && self.stored_step().is_none_or(|stored| stored < step)
    }

    /// The engine says that it is open: what stands in the way of going on, or of keeping it. What it
    /// drew stays where it is opened `again`.
    pub(super) fn open(&mut self, ready: TrainReply, again: bool) -> Option<String> {
        let TrainReply::Ready {
            device,
            info,
            from,
            settings,
            record,
            trouble,
            kept_as,
        } = ready
        else {
            return None;
        };
        self.kept = Some(Kept {
            step: info.step,
            bytes: 0,
            trouble: trouble.clone().filter(|_| kept_as.is_none()),
        });
        self.kept_as = kept_as;
        self.info = Some(info);
        self.from = from;
        self.device = Some(device);
        self.settings = Some(settings);
        self.history = Rc::new(record.history);
        self.vitals = Rc::new(record.vitals);
        self.vital_names = Rc::new(record.vital_names);
        self.snapshots = Rc::new(record.snapshots);
        self.quality = record.quality;
        if !again {
            self.pictures.forget();
            self.drawn_at = None;
        }
        trouble
    }

    /// What the engine tells while it goes on: a sentence, where that is one for the visitor.
    pub(super) fn hear(&mut self, reply: TrainReply) -> Option<String> {
        match reply {
            TrainReply::Progress(progress) => {
                self.reach(progress.step);
                push(Rc::make_mut(&mut self.history), progress);
            }
            TrainReply::Vitals(vital) => push(Rc::make_mut(&mut self.vitals), vital),
            TrainReply::Snapshots { steps } => self.snapshots = Rc::new(steps),
            TrainReply::Paused { step, cause } => {
                self.reach(step);
                if let Cause::Diverged { sentence, .. } = cause {
                    Rc::make_mut(&mut self.history).retain(|point| point.step <= step);
                    Rc::make_mut(&mut self.vitals).retain(|vital| vital.step <= step);
                    self.drawn_at = None;
                    return Some(sentence);
                }
            }
            _ => {}
        }
        None
    }

    /// It has done so many steps.
    pub(super) fn reach(&mut self, step: u64) {
        if let Some(info) = &mut self.info {
            info.step = step;
        }
    }

    /// All pictures of the running model are there, drawn after this step.
    pub(super) fn drawn(&mut self, step: u64) {
        (self.drawn_at, self.drawn_live) = (Some(step), true);
    }

    /// Puts a picture of a snapshot into its place. One that comes without its maps does not take the
    /// place of the large one, which has them.
    pub(super) fn place_past(&mut self, step: u64, index: u32, sample: Sample) {
        let large = index as usize == self.pictures.chosen;
        let has_maps = |slot: &Slot| !slot.layers.is_empty();
        let bare = sample.layers.is_empty() && self.pictures.chosen_slot().is_some_and(has_maps);
        if large && bare {
            return;
        }
        self.pictures.place(index, sample);
        if large {
            self.drawn_at = Some(step);
        }
    }
}
