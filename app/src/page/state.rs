//! What the page knows, and how each event changes it.

use std::rc::Rc;

use yew::Reducible;

use crate::protocol::{Answer, DeviceInfo, DrawReply, ModelInfo, Reply, Stage};

use super::address::Address;
use super::failure::Failure;
use super::loading::{Loading, Part};
use super::pixel::Point;
use super::sample_check;
use super::settings::Settings;
use super::slot::Slot;

/// Where a first-time visitor is shown to have pointed, in fractions of the picture: on a wing,
/// so that there are maps to see before anything is touched.
const FIRST_LOOK: (f64, f64) = (0.35, 0.45);

/// The number of the request that opens the model; those for pictures come after it.
pub const OPENING: u32 = 1;

/// Whether there is an engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// On its way.
    Loading(Loading),
    /// It answers.
    Running,
    /// It is gone, or never came.
    Failed(Failure),
}

/// The pixel in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Query {
    /// Nobody has pointed yet; the first picture sets the first look.
    Unset,
    /// Cleared on purpose.
    Cleared,
    /// Under the pointer, or where it was last.
    Marked(Point),
    /// Held until it is released or another is pinned.
    Pinned(Point),
}

impl Query {
    /// The pixel, if there is one.
    pub fn pixel(self) -> Option<Point> {
        match self {
            Self::Marked(p) | Self::Pinned(p) => Some(p),
            Self::Unset | Self::Cleared => None,
        }
    }

    /// Whether it is held.
    pub fn pinned(self) -> bool {
        matches!(self, Self::Pinned(_))
    }
}

/// What the page knows.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// What was chosen when the page opened.
    pub settings: Settings,
    /// Whether there is an engine.
    pub phase: Phase,
    /// Counts the starts of the engine, from 0.
    pub attempt: u32,
    /// Where the engine runs.
    pub device: Option<DeviceInfo>,
    /// What it loaded.
    pub model: Option<ModelInfo>,
    /// The seed of the latest request.
    pub seed: u64,
    /// The number of the latest request; the first one, [`OPENING`], opens the model.
    pub request: u32,
    /// Whether pictures of the latest request are still to come.
    pub drawing: bool,
    /// How long the latest finished request took, in milliseconds.
    pub millis: Option<f64>,
    /// One place a picture. While a request is drawn, later places hold pictures of the one before.
    pub slots: Vec<Option<Slot>>,
    /// Which picture is shown large.
    pub chosen: usize,
    /// Which layer's map lies over the large picture: 0 for the coarser; none for none.
    pub overlay: Option<usize>,
    /// The pixel in question.
    pub query: Query,
    /// Whether the visitor has pointed at anything yet.
    pub has_pointed: bool,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Bytes of a download arrived.
    Downloaded {
        /// Of which file.
        part: Part,
        /// Bytes so far.
        done: u64,
        /// Bytes in all, where the server tells.
        total: Option<u64>,
    },
    /// The engine says something.
    Engine(Reply),
    /// Something went wrong.
    Fail(Failure),
    /// Start the engine once more.
    Retry,
    /// Draw pictures of this seed.
    Draw(u64),
    /// Show this picture large.
    Choose(usize),
    /// Lay this layer's map over the picture, or none.
    Show(Option<usize>),
    /// The pointer is over this pixel.
    PointAt(Point),
    /// The pointer is over this pixel, in the map of this layer.
    PointInMap(usize, Point),
    /// This pixel was clicked.
    Pin(Point),
    /// Pin or release the marked pixel.
    TogglePin,
    /// Move the pixel in question by so many columns and rows.
    Move(i32, i32),
    /// Forget the pixel in question.
    Clear,
}

impl State {
    /// The state in which the page opens at this address.
    pub fn at(address: &Address) -> Self {
        let settings = address.settings.clone();
        Self {
            phase: match settings.check() {
                Ok(()) => Phase::Loading(Loading::default()),
                Err(failure) => Phase::Failed(failure),
            },
            attempt: 0,
            device: None,
            model: None,
            seed: address.seed,
            request: OPENING,
            drawing: false,
            millis: None,
            slots: vec![None; settings.count as usize],
            chosen: address.sample.min(settings.count as usize - 1),
            overlay: address.overlay,
            query: address.query,
            has_pointed: false,
            settings,
        }
    }

    /// The address of what is shown.
    pub fn address(&self) -> Address {
        Address {
            settings: self.settings.clone(),
            seed: self.seed,
            sample: self.chosen,
            overlay: self.overlay,
            query: self.query,
        }
    }

    /// The picture shown large, if it is drawn.
    pub fn chosen_slot(&self) -> Option<&Slot> {
        self.slots.get(self.chosen)?.as_ref()
    }

    /// One word for tests and styles: loading, drawing, ready or failed.
    pub fn word(&self) -> &'static str {
        match self.phase {
            Phase::Loading(_) => "loading",
            Phase::Failed(_) => "failed",
            Phase::Running if self.drawing => "drawing",
            Phase::Running => "ready",
        }
    }

    fn size(&self) -> Option<u32> {
        self.slots
            .iter()
            .flatten()
            .next()
            .map(|slot| slot.picture.side)
    }

    fn draw(&mut self, seed: u64) {
        self.seed = seed;
        self.request += 1;
        self.drawing = true;
    }

    fn fail(&mut self, failure: Failure) {
        self.phase = Phase::Failed(failure);
        self.drawing = false;
    }

    fn hear(&mut self, Reply { to, answer }: Reply) {
        match answer {
            Answer::Draw(reply) => self.hear_of_drawing(to, reply),
            Answer::Lost { sentence } | Answer::Unreadable { sentence } => {
                self.fail(Failure::Engine { sentence });
            }
            // The page opens no training run.
            Answer::Train(_) => {}
        }
    }

    fn hear_of_drawing(&mut self, request: u32, reply: DrawReply) {
        match reply {
            DrawReply::Stage(stage) => self.reach(stage),
            DrawReply::Ready { device, model } => {
                self.phase = Phase::Running;
                self.device = Some(device);
                self.model = Some(model);
                self.draw(self.seed);
            }
            DrawReply::Sample { index, sample } if request == self.request => {
                if let Err(detail) = sample_check::check(&sample) {
                    return self.fail(Failure::Unreadable { detail });
                }
                let size = sample.size;
                if let Some(place) = self.slots.get_mut(index as usize) {
                    *place = Some(Slot::new(self.seed, request, sample));
                }
                self.query = match self.query {
                    Query::Unset => {
                        Query::Marked(Point::at_fraction(FIRST_LOOK.0, FIRST_LOOK.1, size))
                    }
                    Query::Marked(p) => Query::Marked(p.clamped(size)),
                    Query::Pinned(p) => Query::Pinned(p.clamped(size)),
                    Query::Cleared => Query::Cleared,
                };
            }
            DrawReply::Done { millis } if request == self.request => {
                self.drawing = false;
                self.millis = Some(millis);
            }
            // Late answers to a request that a newer one superseded.
            DrawReply::Sample { .. } | DrawReply::Done { .. } | DrawReply::Superseded => {}
            DrawReply::Failed { sentence } => self.fail(Failure::Engine { sentence }),
            // The page closes no model.
            DrawReply::Closed => {}
        }
    }

    fn reach(&mut self, stage: Stage) {
        if let Phase::Loading(loading) = &mut self.phase {
            loading.stage = Some(stage);
        }
    }

    fn point_at(&mut self, pixel: Point) {
        self.has_pointed = true;
        if !self.query.pinned() {
            self.query = Query::Marked(pixel);
        }
    }

    fn pin(&mut self, pixel: Point) {
        self.has_pointed = true;
        self.query = match self.query {
            Query::Pinned(held) if held == pixel => Query::Marked(pixel),
            _ => Query::Pinned(pixel),
        };
    }

    fn step(&mut self, dx: i32, dy: i32) {
        let Some(size) = self.size() else { return };
        self.has_pointed = true;
        self.query = match self.query {
            Query::Marked(p) => Query::Marked(p.moved(dx, dy, size)),
            Query::Pinned(p) => Query::Pinned(p.moved(dx, dy, size)),
            Query::Unset | Query::Cleared => Query::Marked(Point::at_fraction(0.5, 0.5, size)),
        };
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = Rc::unwrap_or_clone(self);
        match action {
            Action::Downloaded { part, done, total } => {
                if let Phase::Loading(loading) = &mut next.phase {
                    loading.record(part, done, total);
                }
            }
            Action::Engine(reply) => next.hear(reply),
            // The first failure is the cause; what follows from it would only hide it.
            Action::Fail(_) if matches!(next.phase, Phase::Failed(_)) => {}
            Action::Fail(failure) => next.fail(failure),
            Action::Retry => {
                next.attempt += 1;
                next.phase = Phase::Loading(Loading::default());
            }
            Action::Draw(seed) => {
                next.chosen = 0;
                next.draw(seed);
            }
            Action::Choose(index) => next.chosen = index.min(next.slots.len().saturating_sub(1)),
            Action::Show(overlay) => next.overlay = overlay,
            Action::PointAt(pixel) => next.point_at(pixel),
            Action::PointInMap(layer, pixel) => {
                next.overlay = next.overlay.map(|_| layer);
                next.point_at(pixel);
            }
            Action::Pin(pixel) => next.pin(pixel),
            Action::TogglePin => {
                if let Some(pixel) = next.query.pixel() {
                    next.pin(pixel);
                }
            }
            Action::Move(dx, dy) => next.step(dx, dy),
            Action::Clear => next.query = Query::Cleared,
        }
        Rc::new(next)
    }
}
