//! What the page knows of training, and how each event changes it.

use std::rc::Rc;

use crate::page::image::Image;
use crate::page::view::pictures::Pictures;
use crate::page::view::slot::Shared;
use crate::page::words;
use crate::protocol::{
    Claim, DeviceInfo, Half, Kept, LiveSettings, PictureSource, Progress, Quality, RunInfo, Sample,
    StoredRun, TrainReply, TrainingStage, UnreadableFile, Vital, WorldInfo, wire::Files,
};

use super::form::{Form, FormAction, OWN_ALBUM};
use super::readings::{PICTURES, PICTURES_SEED};
use super::rival::{Rival, RivalAction};

/// What the page knows of training.
#[derive(Clone, Debug, PartialEq)]
pub struct Training {
    /// What a new run would be.
    pub form: Form,
    /// The worlds to choose from, once the engine has told.
    pub worlds: Vec<World>,
    /// The files that the visitor chose.
    pub files: Option<Files>,
    /// The visitor's own pictures.
    pub album: Album,
    /// The runs in the browser's storage that can be gone on with, the newest first.
    pub stored: Vec<StoredRun>,
    /// The one of them that is to be opened as soon as there is an engine.
    pub wanted: Option<Wanted>,
    /// The run that was open when the engine stopped, and can be gone on with.
    pub interrupted: Option<Interrupted>,
    /// How long a step of the form's run takes.
    pub probe: Probe,
    /// The run that is open, or on its way.
    pub phase: Phase,
    /// The run that is open.
    pub run: Option<RunInfo>,
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
    /// The snapshot that is looked back at; none while it is the running model.
    pub back: Option<u64>,
    /// Whether one snapshot after the other is shown.
    pub playing: bool,
    /// How far its pictures were from real ones when it was opened, if that was measured.
    pub quality: Option<Quality>,
    /// How it was kept last.
    pub kept: Option<Kept>,
    /// A second run beside it.
    pub rival: Option<Rival>,
    /// Its number in storage, where this tab keeps it.
    pub kept_as: Option<u64>,
    /// Its number in storage, where another tab keeps it and this one looks on.
    pub watched: Option<u64>,
    /// Whether a run goes on while the tab is hidden.
    pub hidden_too: bool,
    /// What the visitor should know: one sentence.
    pub notice: Option<String>,
    /// What came of an update of one network: one sentence.
    pub said: Option<String>,
    /// What it draws of always the same latents.
    pub pictures: Pictures,
    /// The step after which those were drawn.
    pub drawn_at: Option<u64>,
    /// Whether they are the running model's, and all of that step.
    pub drawn_live: bool,
}

/// A world to choose.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    /// What it is called.
    pub name: String,
    /// What it shows, as a part of a sentence.
    pub about: String,
    /// One of its pictures.
    pub picture: Shared<Image>,
}

/// The visitor's own pictures.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Album {
    /// None chosen.
    #[default]
    None,
    /// So many of so many files are read.
    Gathering(u32, u32),
    /// They are there.
    Made {
        /// How many, mirrored ones included.
        count: u32,
        /// Their size.
        size: u32,
        /// The first ones.
        sheet: Vec<Shared<Image>>,
        /// What could not be read.
        unreadable: Vec<UnreadableFile>,
    },
}

/// How long a step takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Probe {
    /// Not known.
    #[default]
    None,
    /// It is being found out.
    UnderWay,
    /// In milliseconds, with the length of the run's file.
    Found {
        /// Milliseconds a step.
        millis: f64,
        /// Bytes of the file.
        bytes: u64,
    },
}

/// What a run is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// There is none.
    #[default]
    None,
    /// It is being opened.
    Opening(Option<TrainingStage>),
    /// It rests.
    Resting,
    /// It goes on, up to this step where there is one.
    Going(Option<u64>),
}

/// A stored run that is to be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its number in storage.
    pub id: u64,
    /// What for.
    pub claim: Claim,
    /// Whether it is to go on at once.
    pub go: bool,
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
}

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
    /// It was asked to go on, for so many steps.
    Go(Option<u64>),
    /// The engine answers as to going on.
    Going(TrainReply),
    /// The engine says how it was kept.
    Kept(TrainReply),
    /// A picture of the running model.
    Place(u32, Sample),
    /// All are there, of this step.
    Drawn(u64),
    /// Look back at this snapshot, or at the running model.
    Back(Option<u64>),
    /// Show one snapshot after the other, or stop that.
    Play(bool),
    /// A picture as the generator drew it after a step.
    Past {
        /// The step.
        step: u64,
        /// Which picture.
        index: u32,
        /// The picture.
        sample: Sample,
    },
    /// To the second run.
    Rival(RivalAction),
    /// One of the second run's pictures, as its generator drew it after a step.
    RivalPast {
        /// The step.
        step: u64,
        /// Which picture.
        index: u32,
        /// The picture.
        sample: Sample,
    },
    /// The engine answers as to how the run should be set.
    Set(TrainReply),
    /// The engine answers as to an update of one network.
    Halved(Half, TrainReply),
    /// The run is put away, and the form is back.
    PutAway,
    /// Another tab keeps it from now on.
    HandedOver,
    /// Whether a run goes on while the tab is hidden.
    HiddenToo(bool),
    /// Something for the visitor to know.
    Notice(Option<String>),
}

impl Default for Training {
    fn default() -> Self {
        Self {
            form: Form::default(),
            worlds: Vec::new(),
            files: None,
            album: Album::None,
            stored: Vec::new(),
            wanted: None,
            interrupted: None,
            probe: Probe::None,
            phase: Phase::None,
            run: None,
            from: None,
            device: None,
            settings: None,
            history: Rc::default(),
            vitals: Rc::default(),
            vital_names: Rc::default(),
            snapshots: Rc::default(),
            back: None,
            playing: false,
            quality: None,
            kept: None,
            rival: None,
            kept_as: None,
            watched: None,
            hidden_too: true,
            notice: None,
            said: None,
            pictures: Pictures::new(PICTURES_SEED, PICTURES as usize, 0),
            drawn_at: None,
            drawn_live: false,
        }
    }
}

impl Training {
    /// Steps of the run that is open.
    pub fn step(&self) -> u64 {
        self.run.as_ref().map_or(0, |run| run.step)
    }

    /// Whether the run goes on.
    pub fn goes_on(&self) -> bool {
        matches!(self.phase, Phase::Going(_))
    }

    /// Whether steps would be lost if the page were closed now.
    pub fn would_lose(&self) -> bool {
        let kept = self.kept.as_ref();
        let stored = kept.filter(|kept| kept.trouble.is_none());
        let step = self.step();
        let unkept = stored.is_none_or(|kept| kept.step < step);
        // What another tab keeps is not lost with this one.
        step > 0 && unkept && self.watched.is_none()
    }

    /// Whether a run can begin with what is chosen.
    pub fn can_begin(&self) -> bool {
        match (&self.form.from, &self.album) {
            (PictureSource::World(_), _) => true,
            (PictureSource::Own(_), Album::Made { size, .. }) => *size == self.form.size,
            (PictureSource::Own(_), _) => false,
        }
    }

    /// What an event changes.
    pub fn change(&mut self, action: TrainingAction) {
        use TrainingAction as A;
        match action {
            A::Choose(choice) => {
                self.form.change(choice);
                self.probe = Probe::None;
            }
            A::Worlds(worlds) => self.worlds = worlds.into_iter().map(World::of).collect(),
            A::Files(files) => {
                self.files = Some(files);
                self.album = Album::Gathering(0, 0);
                self.form.from = PictureSource::Own(OWN_ALBUM);
                self.notice = None;
            }
            A::Stored(stored) => self.stored = stored,
            A::Album(reply) => self.hear_of_album(reply),
            A::Probe(None) => self.probe = Probe::UnderWay,
            A::Probe(Some(reply)) => self.hear_of_probe(reply),
            A::Opening => self.begin_opening(),
            A::Want(wanted) => {
                self.wanted = Some(wanted);
                self.begin_opening();
            }
            A::Opened(reply) => self.hear_of_opening(reply),
            A::Go(steps) => {
                self.phase = Phase::Going(steps.map(|steps| self.step() + steps));
                (self.notice, self.said) = (None, None);
            }
            A::Going(reply) => self.hear_of_going(reply),
            A::Kept(TrainReply::Kept(kept)) => self.keep(kept),
            A::Kept(TrainReply::Failed { sentence }) => self.notice = Some(sentence),
            A::Kept(_) => {}
            A::Place(..) | A::Drawn(_) if self.back.is_some() => {}
            A::Place(index, sample) => self.pictures.place(index, sample),
            A::Drawn(step) => (self.drawn_at, self.drawn_live) = (Some(step), true),
            A::Back(back) => {
                self.back = back;
                self.drawn_live = false;
                self.playing &= back.is_some();
                if let Some(rival) = &mut self.rival {
                    rival.drawn_live = false;
                }
            }
            A::Play(playing) => self.playing = playing,
            A::Past {
                step,
                index,
                sample,
            } => self.place_past(step, index, sample),
            A::Rival(action) => self.change_rival(action),
            A::RivalPast {
                step,
                index,
                sample,
            } => {
                if let Some(rival) = self.rival.as_mut().filter(|_| self.back == Some(step)) {
                    rival.pictures.place(index, sample);
                    (rival.drawn_at, rival.drawn_live) = (Some(step), false);
                }
            }
            A::Set(TrainReply::Set { settings }) => {
                self.settings = Some(settings);
                self.notice = None;
            }
            A::Halved(network, TrainReply::Halved { step, loss }) => {
                self.reach(step);
                self.drawn_live = false;
                self.said = Some(halved(network, loss));
            }
            A::Set(TrainReply::Failed { sentence })
            | A::Halved(_, TrainReply::Failed { sentence }) => self.notice = Some(sentence),
            A::Set(_) | A::Halved(..) => {}
            A::PutAway => self.put_away(),
            A::HandedOver => {
                let step = self.step();
                self.put_away();
                self.notice = Some(format!(
                    "Another tab has taken this run over, at step {step}; nothing of it is lost."
                ));
            }
            A::HiddenToo(is) => self.hidden_too = is,
            A::Notice(sentence) => self.notice = sentence,
        }
    }

    /// The run that is open cannot be gone on with as it is: what of it was kept can be. So it is
    /// after a crash, a lost device, and whatever else stops an engine.
    pub fn interrupt(&mut self) {
        let (step, went_on) = (self.step(), self.goes_on());
        let kept = self.kept.as_ref().filter(|kept| kept.trouble.is_none());
        let kept = kept.map(|kept| kept.step);
        let was_open = self.run.is_some() && self.watched.is_none();
        let (id, from) = (self.kept_as, self.from.take());
        self.put_away();
        match (id, kept) {
            (Some(id), Some(kept)) => {
                self.interrupted = Some(Interrupted {
                    id,
                    from,
                    step,
                    kept,
                    went_on,
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

    pub(super) fn begin_opening(&mut self) {
        self.phase = Phase::Opening(None);
        self.notice = None;
        self.rival = None;
    }

    /// A GPU is there: unless something was chosen already, the form suggests more.
    pub fn suggest_more(&mut self) {
        if self.form == Form::default() {
            self.form = Form::for_gpu();
        }
    }

    /// The pictures that are looked at: the run's, or those of the second one.
    pub fn shown(&self) -> &Pictures {
        let rival = self.rival.as_ref().filter(|rival| rival.looked_at);
        rival.map_or(&self.pictures, |rival| &rival.pictures)
    }

    /// Shows this picture large, of both runs.
    pub fn choose(&mut self, index: usize) {
        self.pictures.choose(index);
        if let Some(rival) = &mut self.rival {
            rival.pictures.choose(index);
        }
    }

    fn change_rival(&mut self, action: RivalAction) {
        match (&mut self.rival, action) {
            (rival, RivalAction::Opening(names)) => *rival = Some(Rival::new(names)),
            // Those of the running model come too late while the past is looked at.
            (_, RivalAction::Place(..) | RivalAction::Drawn(_)) if self.back.is_some() => {}
            (Some(rival), action) => {
                if let Err(sentence) = rival.change(action) {
                    self.rival = None;
                    self.notice = Some(sentence);
                }
            }
            (None, _) => {}
        }
    }

    /// Puts a picture of a snapshot into its place, if that is still the one looked back at. One that
    /// comes without its maps does not take the place of the large one, which has them.
    fn place_past(&mut self, step: u64, index: u32, sample: Sample) {
        let large = index as usize == self.pictures.chosen;
        if self.back != Some(step) {
            return;
        }
        let bare = sample.layers.is_empty()
            && self
                .pictures
                .chosen_slot()
                .is_some_and(|slot| !slot.layers.is_empty());
        if large && bare {
            return;
        }
        self.pictures.place(index, sample);
        if large {
            self.drawn_at = Some(step);
        }
    }

    pub(super) fn keep(&mut self, kept: Kept) {
        self.notice.clone_from(&kept.trouble);
        self.kept = Some(kept);
    }

    pub(super) fn reach(&mut self, step: u64) {
        if let Some(run) = &mut self.run {
            run.step = step;
        }
    }

    pub(super) fn put_away(&mut self) {
        self.phase = Phase::None;
        self.run = None;
        self.from = None;
        self.kept = None;
        self.kept_as = None;
        self.watched = None;
        self.wanted = None;
        (self.notice, self.said) = (None, None);
        self.rival = None;
        self.settings = None;
        self.history = Rc::default();
        self.vitals = Rc::default();
        self.snapshots = Rc::default();
        (self.back, self.playing) = (None, false);
        self.pictures.forget();
        self.drawn_at = None;
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

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
