//! What the page knows of training, and how each event changes it.

use std::rc::Rc;

use crate::page::image::Image;
use crate::page::view::pictures::Pictures;
use crate::page::view::slot::Shared;
use crate::protocol::{
    AlbumInfo, Cause, Claim, DeviceInfo, Kept, PictureSource, Progress, RunInfo, Sample, StoredRun,
    TrainReply, TrainingStage, UnreadableFile, WorldInfo, wire::Files,
};

use super::form::{Form, FormAction, MANY_PICTURES, OWN_ALBUM};

/// The seed of the pictures that show how far a run is, and how many there are.
pub const PICTURES_SEED: u64 = 1;
/// See [`PICTURES_SEED`].
pub const PICTURES: u32 = 16;

/// Readings that are kept here; beyond, every second one is let go of.
const MOST_READINGS: usize = 2048;

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
    /// What was read of it, in the order of steps.
    pub history: Rc<Vec<Progress>>,
    /// How it was kept last.
    pub kept: Option<Kept>,
    /// Its number in storage, where this tab keeps it.
    pub kept_as: Option<u64>,
    /// Its number in storage, where another tab keeps it and this one looks on.
    pub watched: Option<u64>,
    /// Whether a run goes on while the tab is hidden.
    pub hidden_too: bool,
    /// What the visitor should know: one sentence.
    pub notice: Option<String>,
    /// What it draws of always the same latents.
    pub pictures: Pictures,
    /// The step after which those were drawn.
    pub drawn_at: Option<u64>,
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
            history: Rc::default(),
            kept: None,
            kept_as: None,
            watched: None,
            hidden_too: true,
            notice: None,
            pictures: Pictures::new(PICTURES_SEED, PICTURES as usize, 0),
            drawn_at: None,
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
                self.notice = None;
            }
            A::Going(reply) => self.hear_of_going(reply),
            A::Kept(TrainReply::Kept(kept)) => self.keep(kept),
            A::Kept(TrainReply::Failed { sentence }) => self.notice = Some(sentence),
            A::Kept(_) => {}
            A::Place(index, sample) => self.pictures.place(index, sample),
            A::Drawn(step) => self.drawn_at = Some(step),
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

    fn hear_of_album(&mut self, reply: TrainReply) {
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

    fn hear_of_probe(&mut self, reply: TrainReply) {
        match reply {
            TrainReply::Probed { millis, bytes, .. } => self.probe = Probe::Found { millis, bytes },
            TrainReply::Failed { sentence } => {
                self.probe = Probe::None;
                self.notice = Some(sentence);
            }
            _ => {}
        }
    }

    fn hear_of_opening(&mut self, reply: TrainReply) {
        match reply {
            TrainReply::Stage(stage) => self.phase = Phase::Opening(Some(stage)),
            TrainReply::Ready {
                device,
                info,
                from,
                history,
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
                self.history = Rc::new(history);
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
                self.notice = Some(sentence);
            }
            _ => {}
        }
    }

    fn hear_of_going(&mut self, reply: TrainReply) {
        match reply {
            TrainReply::Progress(progress) => {
                self.reach(progress.step);
                let history = Rc::make_mut(&mut self.history);
                history.push(progress);
                if history.len() > MOST_READINGS {
                    let mut index = 0;
                    history.retain(|_| {
                        index += 1;
                        index % 2 == 1
                    });
                }
            }
            TrainReply::Autosaved(kept) => self.keep(kept),
            TrainReply::Paused { step, cause } => {
                self.reach(step);
                self.phase = Phase::Resting;
                if let Cause::Diverged { sentence, .. } = cause {
                    Rc::make_mut(&mut self.history).retain(|point| point.step <= step);
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

    fn begin_opening(&mut self) {
        self.phase = Phase::Opening(None);
        self.notice = None;
    }

    /// A GPU is there: unless something was chosen already, the form suggests more.
    pub fn suggest_more(&mut self) {
        if self.form == Form::default() {
            self.form = Form::for_gpu();
        }
    }

    fn keep(&mut self, kept: Kept) {
        self.notice.clone_from(&kept.trouble);
        self.kept = Some(kept);
    }

    fn reach(&mut self, step: u64) {
        if let Some(run) = &mut self.run {
            run.step = step;
        }
    }

    fn put_away(&mut self) {
        self.phase = Phase::None;
        self.run = None;
        self.from = None;
        self.kept = None;
        self.kept_as = None;
        self.watched = None;
        self.wanted = None;
        self.notice = None;
        self.history = Rc::default();
        self.pictures.forget();
        self.drawn_at = None;
    }
}

impl World {
    fn of(world: WorldInfo) -> Self {
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

#[cfg(test)]
mod tests {
    use super::super::curves::tests::reading;
    use super::*;
    fn info(step: u64) -> RunInfo {
        RunInfo {
            size: 32,
            z_dim: 32,
            conv_dim: 8,
            energy: "dot".into(),
            batch: 4,
            step,
        }
    }

    fn open(step: u64) -> Training {
        let mut training = Training::default();
        training.change(TrainingAction::Opening);
        training.change(TrainingAction::Opened(TrainReply::Ready {
            device: DeviceInfo {
                gpu: false,
                name: "CPU".into(),
                note: None,
            },
            info: info(step),
            from: None,
            history: vec![reading(step, 2.0)],
            trouble: None,
            kept_as: Some(7),
        }));
        training
    }

    fn going(training: &mut Training, reply: TrainReply) {
        training.change(TrainingAction::Going(reply));
    }

    fn kept(step: u64, trouble: Option<&str>) -> Kept {
        Kept {
            step,
            bytes: 9,
            trouble: trouble.map(str::to_owned),
        }
    }

    #[test]
    fn a_run_goes_on_pauses_and_knows_what_closing_would_lose() {
        let mut training = open(10);
        assert_eq!((training.phase, training.step()), (Phase::Resting, 10));
        assert!(!training.would_lose(), "it was kept when it was opened");
        training.change(TrainingAction::Go(Some(5)));
        assert_eq!(training.phase, Phase::Going(Some(15)));
        going(&mut training, TrainReply::Progress(reading(12, 1.5)));
        assert_eq!((training.step(), training.history.len()), (12, 2));
        assert!(training.would_lose());
        going(&mut training, TrainReply::Autosaved(kept(12, None)));
        assert!(!training.would_lose());
        going(
            &mut training,
            TrainReply::Autosaved(kept(12, Some("The disk is full."))),
        );
        assert!(training.would_lose(), "memory goes with the page");
        assert_eq!(training.notice.as_deref(), Some("The disk is full."));
        let cause = Cause::Done;
        going(&mut training, TrainReply::Paused { step: 15, cause });
        assert_eq!((training.phase, training.step()), (Phase::Resting, 15));
    }

    #[test]
    fn a_long_run_keeps_its_first_and_its_newest_readings() {
        let mut training = open(1);
        for step in 2..=5000 {
            going(&mut training, TrainReply::Progress(reading(step, 1.0)));
        }
        let history = &training.history;
        assert!(history.len() <= MOST_READINGS && history.len() > MOST_READINGS / 2);
        let ends = (history.first(), history.last());
        let ends = (ends.0.map(|p| p.step), ends.1.map(|p| p.step));
        assert_eq!(ends, (Some(1), Some(5000)));
    }

    #[test]
    fn a_gpu_suggests_more_unless_something_was_chosen() {
        let mut training = Training::default();
        training.suggest_more();
        assert_eq!(training.form, Form::for_gpu());
        let mut chosen = Training::default();
        chosen.change(TrainingAction::Choose(FormAction::Width(8)));
        chosen.suggest_more();
        assert_eq!((chosen.form.width, chosen.form.size), (8, 32));
    }

    #[test]
    fn a_run_that_diverged_is_back_where_it_was_kept() {
        let mut training = open(10);
        training.change(TrainingAction::Go(None));
        for step in [20, 30] {
            going(&mut training, TrainReply::Progress(reading(step, 1.0)));
        }
        let cause = Cause::Diverged {
            at: 31,
            sentence: "It diverged.".into(),
        };
        going(&mut training, TrainReply::Paused { step: 20, cause });
        assert_eq!((training.phase, training.step()), (Phase::Resting, 20));
        assert_eq!(training.history.last().map(|p| p.step), Some(20));
        assert_eq!(training.notice.as_deref(), Some("It diverged."));
        assert_eq!(training.drawn_at, None);
    }

    #[test]
    fn what_fails_leaves_what_was_there() {
        let mut training = open(10);
        let failed = || TrainReply::Failed {
            sentence: "No.".into(),
        };
        training.change(TrainingAction::Opening);
        training.change(TrainingAction::Opened(failed()));
        assert_eq!((training.phase, training.step()), (Phase::Resting, 10));
        training.change(TrainingAction::Probe(None));
        training.change(TrainingAction::Probe(Some(failed())));
        assert_eq!(training.probe, Probe::None);
        // A run whose going on fails is lost with the engine.
        going(&mut training, failed());
        assert_eq!(
            (training.phase, training.run.is_none()),
            (Phase::None, true)
        );
        assert_eq!(training.notice.as_deref(), Some("No."));
    }

    #[test]
    fn a_run_whose_engine_stops_can_be_gone_on_with_where_it_was_kept() {
        let mut training = open(10);
        training.change(TrainingAction::Go(None));
        going(&mut training, TrainReply::Progress(reading(12, 1.0)));
        going(&mut training, TrainReply::Autosaved(kept(12, None)));
        going(&mut training, TrainReply::Progress(reading(15, 1.0)));
        training.interrupt();
        // Who waited for it is told too, and has nothing to add.
        let sentence = "The engine stopped.".into();
        going(&mut training, TrainReply::Failed { sentence });
        let interrupted = training.interrupted.clone().expect("it was kept");
        assert_eq!((interrupted.id, interrupted.went_on), (7, true));
        assert_eq!((interrupted.step, interrupted.kept), (15, 12));
        assert_eq!((training.phase, &training.notice), (Phase::None, &None));
        let (id, claim, go) = (7, Claim::Keep, true);
        training.change(TrainingAction::Want(Wanted { id, claim, go }));
        // A second stop, before it was open, leaves the offer.
        training.interrupt();
        assert!(training.interrupted.is_some() && training.wanted.is_none());

        let mut unkept = open(10);
        going(&mut unkept, TrainReply::Autosaved(kept(12, Some("Full."))));
        unkept.interrupt();
        assert_eq!(unkept.interrupted, None);
        assert!(
            unkept
                .notice
                .is_some_and(|notice| notice.contains("step 10"))
        );
    }

    #[test]
    fn what_another_tab_keeps_is_watched_and_not_lost() {
        let mut training = open(10);
        going(&mut training, TrainReply::Progress(reading(12, 1.0)));
        training.change(TrainingAction::HandedOver);
        assert_eq!((training.phase, training.kept_as), (Phase::None, None));
        assert!(training.notice.as_ref().is_some_and(|n| n.contains("12")));
        let ready = |step| {
            TrainingAction::Opened(TrainReply::Ready {
                device: DeviceInfo {
                    gpu: false,
                    name: "CPU".into(),
                    note: None,
                },
                info: info(step),
                from: None,
                history: Vec::new(),
                // As where its pictures are not in this tab.
                trouble: Some("Its pictures are not here.".into()),
                kept_as: None,
            })
        };
        let (id, claim, go) = (7, Claim::Look, false);
        for step in [12, 20] {
            training.change(TrainingAction::Want(Wanted { id, claim, go }));
            training.change(ready(step));
            training.change(TrainingAction::Drawn(step));
            assert_eq!(training.watched, Some(7));
            assert!(!training.would_lose());
        }
        // While it comes anew, what it drew before stays.
        training.change(TrainingAction::Want(Wanted { id, claim, go }));
        training.change(ready(30));
        assert_eq!(training.drawn_at, Some(20));
        let claim = Claim::TakeOver;
        training.change(TrainingAction::Want(Wanted { id, claim, go }));
        training.change(ready(30));
        assert_eq!((training.watched, training.drawn_at), (None, None));
    }

    #[test]
    fn own_pictures_must_be_there_in_the_size_of_the_run() {
        let mut training = Training::default();
        assert!(training.can_begin());
        let own = FormAction::From(PictureSource::Own(OWN_ALBUM));
        training.change(TrainingAction::Choose(own));
        assert!(!training.can_begin());
        training.change(TrainingAction::Album(TrainReply::Gathering {
            done: 1,
            of: 2,
        }));
        assert!(!training.can_begin());
        training.change(TrainingAction::Album(TrainReply::Gathered(AlbumInfo {
            count: 5,
            unreadable: Vec::new(),
            size: 32,
            shown: 2,
            rgba: vec![7; 2 * 4 * 32 * 32],
        })));
        assert!(training.can_begin());
        let Album::Made { sheet, count, .. } = &training.album else {
            panic!("{:?}", training.album);
        };
        assert_eq!((sheet.len(), *count), (2, 5));
        training.change(TrainingAction::Choose(FormAction::Size(64)));
        assert!(!training.can_begin());
    }
}
