//! What the page knows after a sequence of events.

use std::rc::Rc;

use yew::Reducible;

use crate::page::attention::lens::Lens;
use crate::page::attention::pixel::Point;
use crate::page::engine::numbers::{CHOSEN_MODEL, RIVAL, RUN};
use crate::page::failure::Failure;
use crate::page::training::rival::RivalAction;
use crate::page::training::run::Which;
use crate::page::training::state::TrainingAction;
use crate::protocol::{
    DeviceInfo, LayerInfo, ModelInfo, Network, PictureSource, Reading, Sample, Source, Stage,
    Weights, WorldInfo,
};

use super::address::Address;
use super::edits::EditsAction;
use super::engine::{EngineAction, Phase};
use super::looking::LookingAction;
use super::models::{FirstLook, Model};
use super::origin::Origin;
use super::pictures::PicturesAction;
use super::query::Query;
use super::room::Room;
use super::settings::FIRST_SEED;
use super::state::{Action, State};

/// A page at an address without a first look.
fn open() -> Rc<State> {
    let checkpoint = ("checkpoint".to_owned(), "runs/a.safetensors".to_owned());
    Rc::new(State::at(&Address::read(&Query::new([checkpoint]))))
}

fn after(state: Rc<State>, actions: impl IntoIterator<Item = Action>) -> Rc<State> {
    actions.into_iter().fold(state, Reducible::reduce)
}

fn failed() -> Action {
    EngineAction::Fail(Failure::Crashed { detail: "x".into() }).into()
}

fn open_path(path: &str) -> Action {
    EngineAction::Open(Origin::Site(path.to_owned())).into()
}

fn draw(seed: u64) -> Action {
    PicturesAction::Draw(seed).into()
}

fn ready() -> Action {
    EngineAction::Ready {
        device: DeviceInfo {
            gpu: false,
            name: "CPU".into(),
            note: None,
        },
        model: ModelInfo {
            size: 8,
            z_dim: 4,
            conv_dim: 8,
            energy: "dot".into(),
            steps: None,
            layers: vec![LayerInfo {
                side: 2,
                channels: 8,
                gamma: 0.5,
            }],
            noisy: Vec::new(),
        },
    }
    .into()
}

fn small_sample() -> Sample {
    let layer = Reading {
        side: 2,
        dim: 1,
        queries: vec![0.0; 4],
        keys: vec![0.0; 4],
        log_sum_exp: vec![4f32.ln(); 4],
        mean_row: vec![0.25; 4],
        gamma: 0.5,
        share: 0.1,
        ..Reading::default()
    };
    Sample {
        size: 8,
        rgba: vec![0; 256],
        layers: vec![layer],
    }
}

fn sample(seed: u64, index: u32) -> Action {
    PicturesAction::Place {
        seed,
        index,
        sample: small_sample(),
    }
    .into()
}

fn finished(seed: u64, millis: f64) -> Action {
    PicturesAction::Finish { seed, millis }.into()
}

fn running() -> Rc<State> {
    after(
        open(),
        [EngineAction::Listens.into(), ready(), sample(FIRST_SEED, 0)],
    )
}

#[test]
fn the_engine_being_ready_asks_for_the_first_pictures() {
    let state = after(open(), [EngineAction::Reach(Stage::Device).into(), ready()]);
    assert_eq!((state.word(), state.pictures.seed), ("drawing", FIRST_SEED));
    let done = after(state, [sample(FIRST_SEED, 0), finished(FIRST_SEED, 12.0)]);
    assert_eq!((done.word(), done.pictures.millis), ("ready", Some(12.0)));
}

#[test]
fn the_first_picture_is_looked_at_without_a_touch() {
    let state = running();
    assert_eq!(state.looking.pins.pixel(), Some(Point { x: 2, y: 3 }));
    assert!(!state.looking.has_pointed);
}

#[test]
fn pictures_of_another_seed_are_dropped() {
    let state = after(running(), [draw(9), sample(FIRST_SEED, 5)]);
    assert!(state.pictures.slots[5].is_none());
    let state = after(state, [finished(FIRST_SEED, 1.0)]);
    assert!(state.pictures.drawing);
    let state = after(state, [sample(9, 5)]);
    let slot = |place: usize| {
        let slot = state.pictures.slots[place].as_ref();
        slot.map(|slot| (slot.seed, slot.stale))
    };
    assert_eq!(slot(5), Some((9, false)));
    // The picture of the older seed still says which seed it is of.
    assert_eq!(slot(0), Some((FIRST_SEED, true)));
}

#[test]
fn the_same_seed_again_draws_nothing_again() {
    let state = after(running(), [finished(FIRST_SEED, 1.0), draw(FIRST_SEED)]);
    assert_eq!(state.word(), "ready");
}

#[test]
fn the_same_pixel_again_changes_nothing() {
    let point = || LookingAction::PointAt(Point { x: 5, y: 5 }).into();
    let once = after(running(), [point()]);
    assert!(*after(once.clone(), [point()]) == *once);
    assert!(
        *after(
            once.clone(),
            [LookingAction::PointAt(Point { x: 5, y: 6 }).into()]
        ) != *once
    );
}

#[test]
fn pointing_into_a_map_lays_that_layer_over_the_picture_unless_none_is_wanted() {
    let point = || LookingAction::PointInMap(0, Point { x: 1, y: 1 }).into();
    assert_eq!(after(running(), [point()]).looking.overlay, Some(0));
    let none = LookingAction::Show(None).into();
    assert_eq!(after(running(), [none, point()]).looking.overlay, None);
}

#[test]
fn the_first_failure_is_kept_and_a_retry_starts_afresh() {
    let engine = Failure::Engine {
        sentence: "The GPU was lost.".to_owned(),
    };
    let first = EngineAction::Fail(engine.clone()).into();
    let state = after(running(), [first, failed()]);
    assert_eq!(state.engine.phase, Phase::Failed(engine));
    let state = after(state, [EngineAction::Retry.into()]);
    assert_eq!((state.word(), state.engine.attempt), ("loading", 1));
    assert!(!state.engine.listens, "it is another engine");
}

#[test]
fn a_model_that_cannot_be_opened_leaves_the_engine_alone() {
    let broken = EngineAction::FailToOpen(Failure::Engine {
        sentence: "The file is too short.".to_owned(),
    });
    let other = || open_path("checkpoints/faces.safetensors");
    let state = after(running(), [other(), broken.into()]);
    assert_eq!(state.word(), "failed");
    let starts = |state: &State| (state.engine.attempt, state.engine.opening);
    assert_eq!(starts(&state), (0, 1));
    let state = after(state, [EngineAction::Retry.into()]);
    assert_eq!((state.word(), starts(&state)), ("loading", (0, 2)));
    // Where it is gone, another is needed.
    let state = after(state, [failed(), other()]);
    assert_eq!((state.word(), starts(&state)), ("loading", (1, 2)));
}

#[test]
fn a_failure_while_drawing_keeps_the_pictures() {
    let state = after(running(), [draw(2), failed()]);
    assert_eq!(state.word(), "failed");
    assert!(state.pictures.chosen_slot().is_some());
    assert!(!state.pictures.drawing);
}

#[test]
fn a_choice_stays_among_the_pictures_and_new_ones_begin_with_the_first() {
    let state = after(running(), [PicturesAction::Choose(99).into()]);
    assert_eq!(state.pictures.chosen, state.pictures.slots.len() - 1);
    assert_eq!(after(state, [draw(9)]).pictures.chosen, 0);
}

#[test]
fn another_model_takes_the_place_of_the_pictures() {
    let state = after(running(), [open_path("checkpoints/faces.safetensors")]);
    assert_eq!(
        (state.word(), state.engine.attempt, state.engine.opening),
        ("loading", 0, 1),
        "in the same engine"
    );
    assert!(state.pictures.slots.iter().all(Option::is_none));
    // One that was on its way of the model before.
    let state = after(state, [sample(FIRST_SEED, 3)]);
    assert!(state.pictures.slots.iter().all(Option::is_none));
    assert_eq!(
        state.address().settings.checkpoint,
        Origin::Site("checkpoints/faces.safetensors".into())
    );
    let foreign = open_path("//elsewhere/x");
    assert_eq!(after(running(), [foreign]).word(), "failed");
}

#[test]
fn another_model_is_looked_at_where_it_explains_itself_unless_something_is_pinned() {
    let faces = || open_path("checkpoints/faces.safetensors");
    let model = Model::of_path("checkpoints/faces.safetensors");
    let Some(FirstLook { sample, at, .. }) = model.map(Model::first_look) else {
        panic!("the faces ship");
    };
    let state = after(running(), [faces()]);
    assert_eq!(state.pictures.chosen, sample);
    assert_eq!(state.looking.pixel(), Some(at));
    let pin = || LookingAction::Pin(Point { x: 1, y: 2 }).into();
    let state = after(running(), [pin(), faces()]);
    assert_eq!(state.looking.pixel(), Some(Point { x: 1, y: 2 }));
    let state = after(running(), [draw(9), faces()]);
    assert_eq!(
        state.pictures.chosen, 0,
        "of another seed there is no first look"
    );
}

#[test]
fn a_link_brings_its_changes_which_can_be_taken_back() {
    let state = after(running(), [EditsAction::Gamma(0, 0.5).into()]);
    let mut address = state.address();
    assert_eq!(address.edits.layers[0].gamma, 0.5);
    address.edits.layers.clear();
    let state = after(state, [Action::Visit(Box::new(address))]);
    assert!(!state.edits.any());
    let state = after(state, [EditsAction::Undo.into()]);
    assert_eq!(state.edits.of(0).gamma, 0.5);
}

#[test]
fn the_changed_picture_is_shown_where_it_is_the_chosen_one() {
    let redrawn = |state: &State, index| {
        let changes = state.edits.changes().clone();
        let (seed, sample) = (FIRST_SEED, small_sample());
        EditsAction::Redrawn {
            seed,
            index,
            changes,
            sample,
        }
    };
    let state = after(running(), [EditsAction::KnockOut(0, 3).into()]);
    assert!(!state.shows_changes() && state.edits.redraws(FIRST_SEED, 0));
    let other = redrawn(&state, 1);
    assert!(!after(state.clone(), [other.into()]).shows_changes());
    let action = redrawn(&state, 0);
    let state = after(state, [action.into()]);
    assert!(state.shows_changes() && !state.edits.redraws(FIRST_SEED, 0));
    let state = after(state, [EditsAction::Undo.into()]);
    assert!(!state.shows_changes());
    // In the training room, what is changed is out of sight, and stays as it is.
    let state = after(
        state,
        [Action::Enter(Room::Train), EditsAction::Redo.into()],
    );
    assert!(!state.edits.any());
}

#[test]
fn a_shared_address_opens_the_same_view() {
    let there = after(
        running(),
        [
            PicturesAction::Choose(3).into(),
            LookingAction::Show(Some(0)).into(),
            LookingAction::Pin(Point { x: 5, y: 6 }).into(),
            LookingAction::AddPin(Point { x: 2, y: 6 }).into(),
            LookingAction::Read(Lens::OnlyThis).into(),
        ],
    );
    let pairs = there.address().write().into_iter();
    let query = Query::new(pairs.map(|(name, value)| (name.to_owned(), value)));
    let here = State::at(&Address::read(&query));
    assert_eq!(here.pictures.chosen, 3);
    assert_eq!(here.looking.overlay, Some(0));
    assert_eq!(here.looking.lens, Lens::OnlyThis);
    assert_eq!(here.looking.pins.pixel(), Some(Point { x: 2, y: 6 }));
    assert_eq!(here.looking.pins.count(), 2);
}

#[test]
fn a_visit_shows_what_the_address_shows_on_the_device_that_there_is() {
    let at = |pairs: &'static [(&str, &str)]| {
        let pairs = pairs
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()));
        Action::Visit(Box::new(Address::read(&Query::new(pairs))))
    };
    let here = running();
    let elsewhere = at(&[
        ("checkpoint", "runs/b.safetensors"),
        ("seed", "4"),
        ("sample", "2"),
        ("x", "3"),
        ("y", "1"),
        ("device", "cpu"),
    ]);
    let there = after(here.clone(), [elsewhere.clone()]);
    let wanted = Origin::Site("runs/b.safetensors".into());
    assert_eq!(there.engine.settings.checkpoint, wanted);
    assert_eq!(there.engine.settings.device, here.engine.settings.device);
    assert_eq!((there.word(), there.engine.opening), ("loading", 1));
    assert_eq!((there.pictures.seed, there.pictures.chosen), (4, 2));
    assert!(there.pictures.slots.iter().all(Option::is_none));
    assert_eq!(there.looking.pins.pixel(), Some(Point { x: 3, y: 1 }));

    // Where the model stays, it is not opened again, and the same seed is not drawn again.
    let there = after(there, [ready(), sample(4, 2), finished(4, 1.0)]);
    let again = after(there.clone(), [elsewhere]);
    assert_eq!((again.word(), again.engine.opening), ("ready", 1));
    assert_eq!(again.pictures.slots, there.pictures.slots);
}

#[test]
fn a_visit_leaves_the_run_as_it_is_and_looks_inside_of_what_it_draws() {
    let at = |pairs: &'static [(&str, &str)]| {
        let pairs = pairs
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()));
        Action::Visit(Box::new(Address::read(&Query::new(pairs))))
    };
    let drawn = TrainingAction::Place(Which::First, 0, small_sample());
    let here = after(running(), [TrainingAction::Opening.into(), drawn.into()]);
    let training = here.training.clone();
    let there = after(here, [at(&[("seed", "4")])]);
    assert_eq!((there.room, &there.training), (Room::Look, &training));
    // Back in the room, whose pictures are smaller than where the address points.
    let back = after(there, [at(&[("room", "train"), ("x", "50"), ("y", "40")])]);
    assert_eq!((back.room, &back.training), (Room::Train, &training));
    let size = small_sample().size;
    let corner = Point {
        x: size - 1,
        y: size - 1,
    };
    assert_eq!(back.looking.pins.pixel(), Some(corner));
}

#[test]
fn pictures_of_another_size_are_looked_at_in_the_same_place() {
    let at = |x, y| Action::from(LookingAction::PointAt(Point { x, y }));
    let here = after(running(), [at(6, 3), Action::Enter(Room::Train)]);
    let larger = Sample {
        size: 16,
        rgba: vec![0; 1024],
        ..small_sample()
    };
    let drawn = TrainingAction::Place(Which::First, 0, larger);
    let there = after(here, [TrainingAction::Opening.into(), drawn.into()]);
    let pixel = |state: &State| state.looking.pins.pixel();
    assert_eq!(pixel(&there), Some(Point { x: 13, y: 7 }));
    let back = after(there, [Action::Enter(Room::Look)]);
    assert_eq!(pixel(&back), Some(Point { x: 6, y: 3 }));
}

#[test]
fn what_is_asked_of_a_picture_is_asked_of_the_network_that_drew_it() {
    let names = ["plain", "centred"].map(str::to_owned);
    let rival = |action| Action::from(TrainingAction::Rival(action));
    let here = running();
    assert_eq!(here.network().of, Source::Model(CHOSEN_MODEL));
    let room = after(here, [Action::Enter(Room::Train)]);
    let own = Network {
        of: Source::Run(RUN),
        weights: Weights::Average,
    };
    assert_eq!(room.network(), own);
    let back = after(room, [TrainingAction::Back(Some(4)).into()]);
    let weights = Weights::Snapshot(4);
    assert_eq!(back.network(), Network { weights, ..own });
    let opening = rival(RivalAction::Opening(names));
    let second = after(back, [opening, rival(RivalAction::LookAt(true))]);
    let of = Source::Run(RIVAL);
    assert_eq!(second.network(), Network { of, weights });
}

#[test]
fn a_run_s_pictures_are_mirrored_where_its_world_is_and_only_in_its_room() {
    let world = |name: &str, mirror| WorldInfo {
        name: name.into(),
        about: String::new(),
        mirror,
        size: 1,
        rgba: vec![0; 4],
    };
    let worlds = vec![
        world("upright-butterflies", Some(0.25)),
        world("butterflies", None),
    ];
    let state = after(running(), [TrainingAction::Worlds(worlds).into()]);
    assert_eq!(state.mirror(), None, "a checkpoint that is not listed");
    let mut state = (*state).clone();
    state.room = Room::Train;
    for (from, mirror) in [
        ("upright-butterflies", Some(0.25)),
        ("butterflies", None),
        ("unknown", None),
    ] {
        state.training.run.from = Some(PictureSource::World(from.into()));
        assert_eq!(state.mirror(), mirror, "{from}");
    }
}
