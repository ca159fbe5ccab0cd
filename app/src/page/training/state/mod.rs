//! What the page knows of training, and how each event changes it.

mod action;
mod choices;
mod hearing;
mod interruption;

pub use action::TrainingAction;
pub use choices::{Album, Probe, World};
pub use interruption::{Beside, Interrupted, Wanted};

use crate::page::view::pictures::Pictures;
use crate::protocol::{PictureSource, StoredRun, TrainingStage, wire::Files};

use super::form::{Form, OWN_ALBUM};
use super::rival::Rival;
use super::run::{Run, Which};

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
    /// What the run is doing that is open, or on its way.
    pub phase: Phase,
    /// That run.
    pub run: Run,
    /// A second run beside it.
    pub rival: Option<Rival>,
    /// With what the run began, where it did so on this page and alone.
    pub begun: Option<Form>,
    /// Whether there is a GPU.
    pub gpu: bool,
    /// The snapshot that is looked back at; none while it is the running model.
    pub back: Option<u64>,
    /// Whether one snapshot after the other is shown.
    pub playing: bool,
    /// Its number in storage, where another tab keeps it and this one looks on.
    pub watched: Option<u64>,
    /// Whether a run goes on while the tab is hidden.
    pub hidden_too: bool,
    /// What the visitor should know: one sentence.
    pub notice: Option<String>,
    /// What came of an update of one network: one sentence.
    pub said: Option<String>,
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
            run: Run::default(),
            rival: None,
            begun: None,
            gpu: false,
            back: None,
            playing: false,
            watched: None,
            hidden_too: true,
            notice: None,
            said: None,
        }
    }
}

impl Training {
    /// Steps of the run that is open.
    pub fn step(&self) -> u64 {
        self.run.step()
    }

    /// Whether the run goes on.
    pub fn goes_on(&self) -> bool {
        matches!(self.phase, Phase::Going(_))
    }

    /// The run, or the one beside it where that is open.
    pub fn open(&self, which: Which) -> Option<&Run> {
        let run = match which {
            Which::First => Some(&self.run),
            Which::Second => self.rival.as_ref().map(|rival| &rival.run),
        };
        run.filter(|run| run.is_open())
    }

    fn of(&mut self, which: Which) -> Option<&mut Run> {
        match which {
            Which::First => Some(&mut self.run),
            Which::Second => self.rival.as_mut().map(|rival| &mut rival.run),
        }
    }

    /// Whether steps would be lost if the page were closed now.
    pub fn would_lose(&self) -> bool {
        let second = self.rival.as_ref().is_some_and(|one| one.run.would_lose());
        // What another tab keeps is not lost with this one.
        (self.run.would_lose() || second) && self.watched.is_none()
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
                self.begin_opening();
                if let Some(beside) = &wanted.beside {
                    self.begin_rival(beside.names.clone());
                }
                self.wanted = Some(wanted);
            }
            A::Opened(reply) => self.hear_of_opening(reply),
            A::Begun(form) => self.begun = Some(*form),
            A::Go(steps) => {
                self.phase = Phase::Going(steps.map(|steps| self.step() + steps));
                (self.notice, self.said) = (None, None);
            }
            A::Going(which, reply) => self.hear_of_going(which, reply),
            A::Kept(which, reply) => self.hear_of_keeping(which, reply),
            // Those of the running model come too late while the past is looked at.
            A::Place(..) | A::Drawn(..) if self.back.is_some() => {}
            A::Place(which, index, sample) => {
                if let Some(run) = self.of(which) {
                    run.pictures.place(index, sample);
                }
            }
            A::Drawn(which, step) => {
                if let Some(run) = self.of(which) {
                    run.drawn(step);
                }
            }
            A::Back(back) => self.look_back(back),
            A::Play(playing) => self.playing = playing,
            // Of another snapshot than the one that is looked back at.
            A::Past { step, .. } if self.back != Some(step) => {}
            A::Past {
                which,
                step,
                index,
                sample,
            } => {
                if let Some(run) = self.of(which) {
                    run.place_past(step, index, sample);
                }
            }
            A::Rival(action) => self.change_rival(action),
            A::Set(which, reply) => self.hear_of_settings(which, reply),
            A::Halved(which, network, reply) => self.hear_of_half(which, network, reply),
            A::PutAway => self.put_away(),
            A::HandedOver(Which::First) => {
                let step = self.step();
                self.put_away();
                self.notice = Some(format!(
                    "Another tab has taken this run over, at step {step}; nothing of it is lost."
                ));
            }
            A::HandedOver(Which::Second) => {
                if let Some(rival) = self.rival.take() {
                    let step = rival.run.step();
                    self.notice = Some(format!(
                        "Another tab has taken the second run over, at step {step}; nothing of it is lost, and the first one is here still."
                    ));
                }
            }
            A::HiddenToo(is) => self.hidden_too = is,
            A::Notice(sentence) => self.notice = sentence,
        }
    }

    fn begin_opening(&mut self) {
        self.phase = Phase::Opening(None);
        self.notice = None;
        (self.rival, self.begun) = (None, None);
    }

    /// The same picture is large in both.
    fn begin_rival(&mut self, names: [String; 2]) {
        let mut rival = Rival::new(names);
        rival.run.pictures.choose(self.run.pictures.chosen);
        self.rival = Some(rival);
    }

    /// A GPU is there: unless something was chosen already, the form suggests more.
    pub fn suggest_more(&mut self) {
        self.gpu = true;
        if self.form == Form::default() {
            self.form = Form::for_gpu();
        }
    }

    /// The run whose pictures are looked at.
    pub fn looked_at(&self) -> Which {
        match &self.rival {
            Some(rival) if rival.looked_at => Which::Second,
            _ => Which::First,
        }
    }

    /// The pictures that are looked at: the run's, or those of the second one.
    pub fn shown(&self) -> &Pictures {
        let rival = self.rival.as_ref().filter(|rival| rival.looked_at);
        rival.map_or(&self.run.pictures, |rival| &rival.run.pictures)
    }

    /// Shows this picture large, of both runs.
    pub fn choose(&mut self, index: usize) {
        for which in [Which::First, Which::Second] {
            if let Some(run) = self.of(which) {
                run.pictures.choose(index);
            }
        }
    }

    fn look_back(&mut self, back: Option<u64>) {
        self.back = back;
        self.playing &= back.is_some();
        for which in [Which::First, Which::Second] {
            if let Some(run) = self.of(which) {
                run.drawn_live = false;
            }
        }
    }

    /// Which picture is large stays, for whatever is opened next.
    fn put_away(&mut self) {
        let mut pictures = std::mem::take(&mut self.run).pictures;
        pictures.forget();
        self.run.pictures = pictures;
        (self.rival, self.begun) = (None, None);
        self.phase = Phase::None;
        (self.watched, self.wanted) = (None, None);
        (self.notice, self.said) = (None, None);
        (self.back, self.playing) = (None, false);
    }
}

#[cfg(test)]
mod pair_tests;
#[cfg(test)]
mod tests;
