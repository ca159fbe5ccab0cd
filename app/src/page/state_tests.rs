//! What the page knows after a sequence of events.

use std::rc::Rc;

use yew::Reducible;

use crate::protocol::{
    Answer, DeviceInfo, DrawReply, LayerInfo, ModelInfo, Reading, Reply, Sample, Stage,
};

use super::address::Address;
use super::failure::Failure;
use super::pixel::Point;
use super::state::{Action, OPENING, Phase, Query, State};

/// The first request for pictures.
const FIRST: u32 = OPENING + 1;

fn open() -> Rc<State> {
    Rc::new(State::at(&Address::read(|_| None)))
}

fn after(state: Rc<State>, actions: impl IntoIterator<Item = Action>) -> Rc<State> {
    actions.into_iter().fold(state, Reducible::reduce)
}

/// The engine says this about drawing.
fn says(to: u32, reply: DrawReply) -> Action {
    let answer = Answer::Draw(reply);
    Action::Engine(Reply { to, answer })
}

fn ready() -> Action {
    says(
        OPENING,
        DrawReply::Ready {
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
            },
        },
    )
}

fn sample(request: u32, index: u32) -> Action {
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
    let sample = Sample {
        size: 8,
        rgba: vec![0; 256],
        layers: vec![layer],
    };
    says(request, DrawReply::Sample { index, sample })
}

fn running() -> Rc<State> {
    after(open(), [ready(), sample(FIRST, 0)])
}

#[test]
fn the_engine_being_ready_asks_for_the_first_pictures() {
    let state = after(
        open(),
        [says(OPENING, DrawReply::Stage(Stage::Device)), ready()],
    );
    assert_eq!((state.word(), state.request), ("drawing", FIRST));
    let done = after(
        state,
        [
            sample(FIRST, 0),
            says(FIRST, DrawReply::Done { millis: 12.0 }),
        ],
    );
    assert_eq!((done.word(), done.millis), ("ready", Some(12.0)));
}

#[test]
fn the_first_picture_is_looked_at_without_a_touch() {
    let state = running();
    assert_eq!(state.query, Query::Marked(Point { x: 2, y: 3 }));
    assert!(!state.has_pointed);
}

#[test]
fn late_answers_of_an_older_request_are_dropped() {
    let state = after(running(), [Action::Draw(9), sample(FIRST, 5)]);
    assert!(state.slots[5].is_none());
    let state = after(state, [says(FIRST, DrawReply::Done { millis: 1.0 })]);
    assert!(state.drawing);
    let state = after(state, [sample(FIRST + 1, 5)]);
    assert_eq!(
        state.slots[5].as_ref().map(|s| (s.seed, s.request)),
        Some((9, FIRST + 1))
    );
    // The picture of the older seed still says which seed it is of.
    assert_eq!(state.slots[0].as_ref().map(|s| s.seed), Some(1));
}

#[test]
fn a_pin_holds_until_released() {
    let (a, b) = (Point { x: 1, y: 1 }, Point { x: 6, y: 2 });
    let state = after(
        running(),
        [Action::PointAt(a), Action::TogglePin, Action::PointAt(b)],
    );
    assert_eq!(state.query, Query::Pinned(a));
    let moved = after(state.clone(), [Action::Pin(b)]);
    assert_eq!(moved.query, Query::Pinned(b));
    let released = after(moved, [Action::Pin(b), Action::PointAt(a)]);
    assert_eq!(released.query, Query::Marked(a));
    assert_eq!(after(state, [Action::Clear]).query, Query::Cleared);
}

#[test]
fn arrows_start_in_the_middle_and_stop_at_the_edge() {
    let state = after(running(), [Action::Clear, Action::Move(0, 1)]);
    assert_eq!(state.query, Query::Marked(Point { x: 4, y: 4 }));
    let state = after(state, [Action::Move(100, -1)]);
    assert_eq!(state.query, Query::Marked(Point { x: 7, y: 3 }));
}

#[test]
fn pointing_into_a_map_lays_that_layer_over_the_picture_unless_none_is_wanted() {
    let p = Point { x: 1, y: 1 };
    assert_eq!(
        after(running(), [Action::PointInMap(0, p)]).overlay,
        Some(0)
    );
    assert_eq!(
        after(running(), [Action::Show(None), Action::PointInMap(0, p)]).overlay,
        None
    );
}

#[test]
fn the_first_failure_is_kept_and_a_retry_starts_afresh() {
    let crash = Failure::Crashed { detail: "x".into() };
    let state = after(
        open(),
        [
            says(
                OPENING,
                DrawReply::Failed {
                    sentence: "The file is too short.".into(),
                },
            ),
            Action::Fail(crash),
        ],
    );
    assert_eq!(
        state.phase,
        Phase::Failed(Failure::Engine {
            sentence: "The file is too short.".into()
        })
    );
    let state = after(state, [Action::Retry]);
    assert_eq!((state.word(), state.attempt), ("loading", 1));
}

#[test]
fn a_failure_while_drawing_keeps_the_pictures() {
    let state = after(
        running(),
        [
            Action::Draw(2),
            Action::Fail(Failure::Crashed { detail: "x".into() }),
        ],
    );
    assert_eq!(state.word(), "failed");
    assert!(state.chosen_slot().is_some());
}

#[test]
fn a_sample_that_contradicts_itself_is_refused() {
    let mut short = sample(FIRST, 0);
    if let Action::Engine(Reply {
        answer: Answer::Draw(DrawReply::Sample { sample, .. }),
        ..
    }) = &mut short
    {
        sample.rgba.pop();
    }
    let state = after(open(), [ready(), short]);
    assert!(matches!(
        state.phase,
        Phase::Failed(Failure::Unreadable { .. })
    ));
}

#[test]
fn a_shared_address_opens_the_same_view() {
    let there = after(
        running(),
        [
            Action::Choose(3),
            Action::Show(Some(0)),
            Action::Pin(Point { x: 5, y: 6 }),
        ],
    );
    let pairs = there.address().write();
    let get = |name: &str| {
        pairs
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, v)| v.clone())
    };
    let here = State::at(&Address::read(get));
    assert_eq!(
        (here.chosen, here.overlay, here.query),
        (3, Some(0), Query::Pinned(Point { x: 5, y: 6 }))
    );
}
