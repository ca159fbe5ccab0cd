//! What the page knows, and how each event changes it.

use std::rc::Rc;

use yew::Reducible;

use crate::page::attention::pixel::Point;

use super::address::Address;
use super::changes::Changes;
use super::edits::{Edits, EditsAction};
use super::engine::{EngineAction, EngineState, Phase};
use super::frame::Frame;
use super::looking::{Looking, LookingAction};
use super::models::{FirstLook, Model};
use super::origin::{Origin, OwnFile};
use super::pictures::{Pictures, PicturesAction};
use super::pins::{Mark, Pins};
use super::room::Room;
use super::second::{Second, SecondAction};
use super::settings::FIRST_SEED;
use super::slot::Slot;
use crate::page::engine::numbers::{CHOSEN_MODEL, RIVAL, RUN};
use crate::page::training::run::Which;
use crate::page::training::state::{Training, TrainingAction, World};
use crate::protocol::{Network, PictureSource, Source, Weights};

/// Where a first-time visitor is shown to have pointed where the model does not say, in fractions
/// of the picture, so that there are maps to see before anything is touched.
const FIRST_LOOK: (f64, f64) = (0.35, 0.45);

/// The most files of the visitor's that are remembered.
const MOST_OWN: usize = 6;

/// What the page knows.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The engine.
    pub engine: EngineState,
    /// A second model beside the chosen one.
    pub second: Second,
    /// The pictures it drew.
    pub pictures: Pictures,
    /// What is changed while the chosen one is drawn.
    pub edits: Edits,
    /// How they are looked at.
    pub looking: Looking,
    /// The size of the pictures that they are looked at in; none before the first one is drawn.
    looked_in: Option<u32>,
    /// How much of the page is shown.
    pub frame: Frame,
    /// The room that the visitor is in.
    pub room: Room,
    /// The training run, and the pictures that it draws.
    pub training: Training,
    /// The visitor's files that were opened, the latest first: to come back to, and for addresses that
    /// only name one.
    pub own: Vec<OwnFile>,
    /// The weights that were drawn from last.
    pub opened: Option<Origin>,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// To the engine.
    Engine(EngineAction),
    /// To the second model.
    Second(SecondAction),
    /// To the pictures.
    Pictures(PicturesAction),
    /// To what is changed.
    Edits(EditsAction),
    /// To how they are looked at.
    Looking(LookingAction),
    /// Show what this address shows, on the device that there is.
    Visit(Box<Address>),
    /// To the training run.
    Training(TrainingAction),
    /// The visitor goes to this room.
    Enter(Room),
}

impl From<EngineAction> for Action {
    fn from(action: EngineAction) -> Self {
        Self::Engine(action)
    }
}

impl From<SecondAction> for Action {
    fn from(action: SecondAction) -> Self {
        Self::Second(action)
    }
}

impl From<PicturesAction> for Action {
    fn from(action: PicturesAction) -> Self {
        Self::Pictures(action)
    }
}

impl From<EditsAction> for Action {
    fn from(action: EditsAction) -> Self {
        Self::Edits(action)
    }
}

impl From<LookingAction> for Action {
    fn from(action: LookingAction) -> Self {
        Self::Looking(action)
    }
}

impl From<TrainingAction> for Action {
    fn from(action: TrainingAction) -> Self {
        Self::Training(action)
    }
}

impl State {
    /// The state in which the page opens at this address.
    pub fn at(address: &Address) -> Self {
        let settings = address.settings.clone();
        let pictures = Pictures::new(address.seed, settings.count as usize, address.sample);
        Self {
            engine: EngineState::new(settings),
            second: Second::new(address.second.clone()),
            pictures,
            edits: Edits::new(address.edits.clone()),
            looking: address.looking,
            looked_in: None,
            frame: address.frame,
            room: address.room,
            training: Training::default(),
            own: Vec::new(),
            opened: None,
        }
    }

    /// The pictures that are looked at in this room.
    pub fn shown(&self) -> &Pictures {
        match self.room {
            Room::Look => &self.pictures,
            Room::Train => self.training.shown(),
        }
    }

    /// The chosen one of them as it is shown: with what is changed, once it is drawn so.
    pub fn looked_at(&self) -> Option<&Slot> {
        let shown = self.shown();
        let chosen = shown.chosen_slot()?;
        let redrawn = match self.room {
            Room::Look => self.edits.redrawn(chosen.seed, shown.chosen),
            Room::Train => None,
        };
        redrawn.or(Some(chosen))
    }

    /// The network that drew them.
    pub fn network(&self) -> Network {
        match self.room {
            Room::Look => Network {
                of: Source::Model(CHOSEN_MODEL),
                weights: Weights::Average,
            },
            Room::Train => Network {
                of: Source::Run(match self.training.looked_at() {
                    Which::First => RUN,
                    Which::Second => RIVAL,
                }),
                weights: match self.training.back {
                    Some(step) => Weights::Snapshot(step),
                    None => Weights::Average,
                },
            },
        }
    }

    /// Whether what is shown has changes.
    pub fn shows_changes(&self) -> bool {
        self.looked_at() != self.shown().chosen_slot()
    }

    /// The axis about which all pictures of what is looked at are known to be mirrored, in parts of
    /// the width. Of a checkpoint that the visitor brings it is not known.
    pub fn mirror(&self) -> Option<f32> {
        match (self.room, &self.training.run.from) {
            (Room::Look, _) => self.engine.settings.model()?.mirror,
            (Room::Train, Some(PictureSource::World(name))) => {
                let world = |world: &&World| world.name == *name;
                self.training.worlds.iter().find(world)?.mirror
            }
            (Room::Train, _) => None,
        }
    }

    /// The cell in question in this layer's map.
    fn cell_in_question(&self, layer: usize) -> Option<u32> {
        let slot = self.looked_at()?;
        let side = slot.layers.get(layer)?.side();
        let cell = self.looking.pixel()?.cell(slot.picture.side, side);
        Some(cell.index(side) as u32)
    }

    /// The address of what is shown.
    pub fn address(&self) -> Address {
        Address {
            settings: self.engine.settings.clone(),
            second: self.second.checkpoint().cloned(),
            seed: self.pictures.seed,
            sample: self.pictures.chosen,
            edits: Changes::clone(self.edits.changes()),
            looking: self.looking,
            frame: self.frame,
            room: self.room,
        }
    }

    /// One word for tests and styles: loading, drawing, ready or failed.
    pub fn word(&self) -> &'static str {
        match self.engine.phase {
            Phase::Loading(_) => "loading",
            Phase::Failed(_) => "failed",
            Phase::Running if self.pictures.drawing => "drawing",
            Phase::Running => "ready",
        }
    }

    /// What is looked at lies within the pictures that are shown, and stays where it was in those
    /// before, which may be of another size.
    fn look_inside(&mut self) {
        if let Some(size) = self.shown().size() {
            if let Some(before) = self.looked_in.replace(size) {
                self.looking = self.looking.scaled(before, size);
            }
            let first = Point::at_fraction(FIRST_LOOK.0, FIRST_LOOK.1, size);
            self.looking.pins.enter(size, first);
        }
    }

    fn change_engine(&mut self, action: EngineAction) {
        match action {
            EngineAction::Downloaded { part, done, total } => self.engine.record(part, done, total),
            EngineAction::Listens => self.engine.listens = true,
            EngineAction::Reach(stage) => self.engine.reach(stage),
            EngineAction::Ready { device, model } => {
                if device.gpu {
                    self.training.suggest_more();
                }
                self.edits.fit(&model);
                self.opened = Some(self.engine.settings.checkpoint.clone());
                self.keep(self.opened.clone());
                self.engine.ready(device, model);
                self.pictures.begin();
            }
            EngineAction::Fail(failure) => {
                self.engine.listens = false;
                self.engine.fail(failure);
                self.pictures.drawing = false;
                self.training.interrupt();
            }
            EngineAction::FailToOpen(failure) => self.engine.fail(failure),
            EngineAction::Retry => self.engine.begin_again(),
            // What an address shows of a file is shown once that is there, be another chosen first.
            // Its name may be a new one: a browser that saves a second copy makes one up.
            EngineAction::Open(found @ Origin::Own(_)) if self.waits_for_own() => {
                self.engine.settings.checkpoint = found;
                self.engine.begin_again();
            }
            EngineAction::Open(checkpoint) => {
                self.open(checkpoint);
                self.look_first();
            }
        }
    }

    /// Whether a file of the visitor's is wanted, and none was drawn from yet.
    fn waits_for_own(&self) -> bool {
        let wanted = &self.engine.settings.checkpoint;
        matches!(wanted, Origin::Own(_)) && self.opened.as_ref() != Some(wanted)
    }

    /// Remembers a visitor's file.
    fn keep(&mut self, opened: Option<Origin>) {
        if let Some(Origin::Own(own)) = opened {
            self.own.retain(|other| other.name != own.name);
            self.own.insert(0, own);
            self.own.truncate(MOST_OWN);
        }
    }

    /// What an address names: of a visitor's file the one that is wanted here, or was opened before.
    fn known(&self, named: Origin) -> Origin {
        let wanted = [
            Some(&self.engine.settings.checkpoint),
            self.second.checkpoint(),
        ];
        let wanted = wanted.into_iter().flatten().cloned();
        let own = wanted.chain(self.own.iter().cloned().map(Origin::Own));
        let mut own = own.filter(|own| named.is_awaited() && !own.is_awaited());
        own.find(|own| own.is_called_as(&named)).unwrap_or(named)
    }

    fn open(&mut self, checkpoint: Origin) {
        self.engine.settings.checkpoint = checkpoint;
        self.pictures.forget();
        self.edits = Edits::default();
        self.engine.begin_again();
    }

    /// The picture and the pixel that explain the model's maps, unless the visitor chose others: what
    /// is pinned stays.
    fn look_first(&mut self) {
        let first = self.pictures.seed == FIRST_SEED && self.looking.pins.count() == 0;
        let model = self.engine.settings.model().filter(|_| first);
        if let Some(FirstLook { sample, at, layer }) = model.map(Model::first_look) {
            self.pictures.choose(sample);
            self.looking.pins = Pins::marked(Mark::At(at));
            self.looking.overlay = Some(layer);
            self.looked_in = None;
        }
    }

    fn visit(&mut self, address: Address) {
        self.looking = Looking {
            has_pointed: self.looking.has_pointed,
            ..address.looking
        };
        self.looked_in = None;
        let wanted = self.known(address.settings.checkpoint);
        let same_model = wanted == self.engine.settings.checkpoint;
        if !same_model {
            self.open(wanted);
        }
        if same_model && address.seed != self.pictures.seed {
            self.change_pictures(PicturesAction::Draw(address.seed));
        }
        let second = address.second.map(|second| self.known(second));
        self.second.show(second);
        self.pictures.seed = address.seed;
        self.pictures.choose(address.sample);
        self.edits.change(EditsAction::Show(address.edits), None);
        self.room = address.room;
        self.look_inside();
    }

    fn change_edits(&mut self, action: EditsAction) {
        match action {
            // Of a model that another one takes the place of.
            EditsAction::Redrawn { .. } | EditsAction::Refused(..) if !self.engine.runs() => {}
            EditsAction::Redrawn { .. } | EditsAction::Refused(..) => {
                self.edits.change(action, None);
            }
            // They are of what is not in sight.
            _ if self.room != Room::Look => {}
            _ => {
                let layer = action.layer();
                let query = layer.and_then(|layer| self.cell_in_question(layer));
                self.edits.change(action, query);
            }
        }
    }

    fn change_pictures(&mut self, action: PicturesAction) {
        match action {
            PicturesAction::Draw(seed) => {
                self.pictures.choose(0);
                if seed != self.pictures.seed {
                    self.pictures.seed = seed;
                    self.pictures.begin();
                }
            }
            PicturesAction::Choose(index) => match self.room {
                Room::Look => self.pictures.choose(index),
                Room::Train => self.training.choose(index),
            },
            // Of another seed, or of a model that another one takes the place of.
            PicturesAction::Place { seed, .. } | PicturesAction::Finish { seed, .. }
                if seed != self.pictures.seed || !self.engine.runs() => {}
            PicturesAction::Place { index, sample, .. } => {
                self.pictures.place(index, sample);
                self.look_inside();
            }
            PicturesAction::Finish { millis, .. } => self.pictures.finish(millis),
        }
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = Rc::unwrap_or_clone(self);
        match action {
            Action::Engine(action) => next.change_engine(action),
            Action::Second(action) => {
                if let SecondAction::Ready(_) = &action {
                    next.keep(next.second.checkpoint().cloned());
                }
                next.second.change(action);
            }
            Action::Pictures(action) => next.change_pictures(action),
            Action::Edits(action) => next.change_edits(action),
            Action::Visit(address) => next.visit(*address),
            Action::Looking(action) => {
                let size = next.shown().size();
                next.looking.change(action, size);
            }
            Action::Training(action) => {
                next.training.change(action);
                if next.room == Room::Train {
                    next.look_inside();
                }
            }
            Action::Enter(room) => {
                next.room = room;
                next.look_inside();
            }
        }
        Rc::new(next)
    }
}
