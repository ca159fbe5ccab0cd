//! What the page knows of training, and how each event changes it.

use std::rc::Rc;

use crate::page::image::Image;
use crate::page::view::pictures::Pictures;
use crate::page::view::slot::Shared;
use crate::page::words;
use crate::protocol::{
    AlbumInfo, Cause, Claim, DeviceInfo, Half, Kept, LiveSettings, PictureSource, Progress,
    RunInfo, Sample, StoredRun, TrainReply, TrainingStage, UnreadableFile, Vital, WorldInfo,
    wire::Files,
};

use super::form::{Form, FormAction, MANY_PICTURES, OWN_ALBUM};
use super::readings::{PICTURES, PICTURES_SEED, push};
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

    fn hear_of_going(&mut self, reply: TrainReply) {
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
    use super::super::readings::MOST_READINGS;
    use super::*;
    use crate::protocol::{Reading, Record};

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

    fn live() -> LiveSettings {
        LiveSettings {
            generator_rate: 1e-4,
            discriminator_rate: 4e-4,
            discriminator_steps: 1,
        }
    }

    fn vital(step: u64) -> Vital {
        Vital {
            step,
            values: vec![0.5],
        }
    }

    fn sample(layers: usize) -> Sample {
        Sample {
            size: 2,
            rgba: vec![layers as u8; 16],
            layers: vec![Reading::default(); layers],
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
            settings: live(),
            record: Box::new(Record {
                history: vec![reading(step, 2.0)],
                snapshots: vec![0, 4, 9],
                vital_names: vec!["share.1".into()],
                vitals: vec![vital(step)],
            }),
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
    fn what_is_looked_back_at_stays_until_the_running_model_is_wanted() {
        let mut training = open(10);
        training.change(TrainingAction::Place(0, sample(1)));
        training.change(TrainingAction::Drawn(10));
        assert!(training.drawn_live);
        training.change(TrainingAction::Back(Some(4)));
        assert_eq!((training.drawn_at, training.drawn_live), (Some(10), false));
        // What was under way of the running model comes too late, and so does another snapshot's.
        training.change(TrainingAction::Place(1, sample(1)));
        training.change(TrainingAction::Drawn(11));
        let past = |step, index, layers| TrainingAction::Past {
            step,
            index,
            sample: sample(layers),
        };
        training.change(past(9, 1, 1));
        assert_eq!(
            (training.pictures.slots[1].is_some(), training.drawn_at),
            (false, Some(10))
        );
        training.change(past(4, 1, 0));
        training.change(past(4, 0, 1));
        assert!(training.pictures.slots[1].is_some());
        assert_eq!(training.drawn_at, Some(4));
        // A thumbnail without maps does not take the large picture's place.
        let large = training.pictures.chosen_slot().cloned();
        training.change(past(4, 0, 0));
        assert_eq!(training.pictures.chosen_slot().cloned(), large);
        training.change(TrainingAction::Play(true));
        training.change(TrainingAction::Back(None));
        assert!(!training.playing && !training.drawn_live);
    }

    #[test]
    fn two_runs_are_chosen_from_together_and_the_end_of_one_leaves_the_other() {
        let mut training = open(10);
        let rival = |action| TrainingAction::Rival(action);
        training.change(rival(RivalAction::LookAt(true)));
        assert_eq!(training.rival, None);
        training.change(rival(RivalAction::Opening(["plain", "centred"])));
        training.change(rival(RivalAction::Place(3, sample(1))));
        training.choose(3);
        assert!(
            training.shown().chosen_slot().is_none(),
            "the first has drawn none"
        );
        training.change(rival(RivalAction::LookAt(true)));
        assert!(training.shown().chosen_slot().is_some());
        training.change(TrainingAction::Back(Some(4)));
        training.change(rival(RivalAction::Drawn(10)));
        let past = |step| TrainingAction::RivalPast {
            step,
            index: 3,
            sample: sample(1),
        };
        training.change(past(9));
        assert_eq!(
            training.rival.as_ref().and_then(|rival| rival.drawn_at),
            None
        );
        training.change(past(4));
        assert_eq!(
            training.rival.as_ref().and_then(|rival| rival.drawn_at),
            Some(4)
        );
        let sentence = "It diverged.".to_owned();
        training.change(rival(RivalAction::Going(TrainReply::Failed { sentence })));
        assert_eq!((training.rival.is_none(), training.step()), (true, 10));
        assert!(training.notice.is_some());
    }

    #[test]
    fn snapshots_and_vitals_are_told_while_a_run_goes_on() {
        let mut training = open(10);
        assert_eq!((training.snapshots.len(), training.vitals.len()), (3, 1));
        let steps = vec![0, 4, 9, 12];
        going(&mut training, TrainReply::Snapshots { steps });
        going(&mut training, TrainReply::Vitals(vital(12)));
        assert_eq!((training.snapshots.len(), training.vitals.len()), (4, 2));
        let cause = Cause::Diverged {
            at: 13,
            sentence: "It diverged.".into(),
        };
        going(&mut training, TrainReply::Paused { step: 10, cause });
        assert_eq!(training.vitals.last(), Some(&vital(10)));
        training.change(TrainingAction::PutAway);
        assert_eq!((training.snapshots.len(), training.vitals.len()), (0, 0));
    }

    #[test]
    fn how_it_is_set_and_one_networks_update_are_told() {
        let mut training = open(10);
        let settings = LiveSettings {
            discriminator_steps: 2,
            ..live()
        };
        training.change(TrainingAction::Set(TrainReply::Set { settings }));
        assert_eq!(training.settings, Some(settings));
        let sentence = "No run can have it.".to_owned();
        training.change(TrainingAction::Set(TrainReply::Failed { sentence }));
        assert_eq!(training.settings, Some(settings), "it is as it was");
        assert_eq!(training.notice.as_deref(), Some("No run can have it."));
        let halved = TrainReply::Halved {
            step: 11,
            loss: 0.5,
        };
        training.change(TrainingAction::Halved(Half::Generator, halved));
        assert_eq!(training.step(), 11);
        assert!(
            training
                .said
                .as_deref()
                .is_some_and(|said| said.contains("0.50"))
        );
        training.change(TrainingAction::Go(Some(1)));
        assert_eq!(training.said, None);
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
                settings: live(),
                record: Box::default(),
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
