//! What pointer and keys do on a map: point, pin, knock out, paint.

use gloo_timers::callback::Timeout;
use web_sys::Element;
use yew::prelude::*;

use crate::page::attention::pixel::Point;
use crate::page::keyboard;
use crate::page::pointer::point_under;
use crate::page::view::edits::{Brush, EditsAction};
use crate::page::view::looking::LookingAction;
use crate::page::view::state::{Action, State};

/// How long a finger must stay on a cell to knock it out.
const LONG_PRESS_MILLIS: u32 = 550;

/// Which map it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its layer, 0 for the coarsest.
    pub layer: usize,
    /// Width and height of the map, in cells.
    pub side: u32,
    /// Width and height of the picture, in pixels.
    pub size: u32,
}

/// The handlers of a map's element.
#[derive(Clone, Debug)]
pub struct MapTouch {
    /// For `onpointerdown`.
    pub down: Callback<PointerEvent>,
    /// For `onpointermove`.
    pub moved: Callback<PointerEvent>,
    /// For `onpointerup`, `onpointercancel` and `onpointerleave`.
    pub ended: Callback<PointerEvent>,
    /// For `onclick`.
    pub click: Callback<MouseEvent>,
    /// For `oncontextmenu`, which a long press brings up as well.
    pub menu: Callback<MouseEvent>,
}

/// What the pointer is doing.
#[derive(Default)]
struct Hand {
    /// The cell under it.
    over: Option<Point>,
    /// Whether it draws the brush.
    painting: bool,
    /// Runs out when a finger has stayed.
    pressing: Option<Timeout>,
    /// Whether it has: then what follows is no click.
    pressed: bool,
}

/// The handlers of a map. `query` is its cell in question, which the M key knocks out where no map is
/// under the pointer.
#[hook]
pub fn use_map_touch(
    place: Place,
    brush: Brush,
    query: Option<Point>,
    frame: &NodeRef,
    dispatch: &UseReducerDispatcher<State>,
) -> MapTouch {
    let Place { layer, side, size } = place;
    let hand = use_mut_ref(Hand::default);
    let in_question = use_mut_ref(|| None);
    in_question.replace(query);
    let send = {
        let dispatch = dispatch.clone();
        move |action: Action| dispatch.dispatch(action)
    };
    let key_of = move |cell: Point| cell.index(side) as u32;
    let paints = brush.factor.is_some();

    {
        let (hand, frame, send) = (hand.clone(), frame.clone(), send.clone());
        use_effect_with((layer, side), move |&(layer, side)| {
            let listener = keyboard::listen(move |event| {
                let is_m = event.key().eq_ignore_ascii_case("m") && keyboard::is_plain(event);
                let Some(frame) = frame.cast::<Element>().filter(|_| is_m) else {
                    return;
                };
                let cell = match under_pointer_or_focus(&frame) {
                    Some(Reached::Pointer) => hand.borrow().over,
                    Some(Reached::Focus) => *in_question.borrow(),
                    None => None,
                };
                if let Some(cell) = cell {
                    event.prevent_default();
                    send(EditsAction::KnockOut(layer, cell.index(side) as u32).into());
                }
            });
            move || drop(listener)
        });
    }

    let down = {
        let (hand, frame, send) = (hand.clone(), frame.clone(), send.clone());
        Callback::from(move |event: PointerEvent| {
            let Some(cell) = point_under(&event, &frame, side) else {
                return;
            };
            let mut held = hand.borrow_mut();
            held.over = Some(cell);
            held.pressed = false;
            if paints {
                held.painting = true;
                if let Some(frame) = frame.cast::<Element>() {
                    // Without it, a stroke that leaves the map ends there.
                    let _ = frame.set_pointer_capture(event.pointer_id());
                }
                send(EditsAction::Touch(layer, key_of(cell)).into());
                return;
            }
            if event.pointer_type() != "mouse" {
                let (hand, send) = (hand.clone(), send.clone());
                held.pressing = Some(Timeout::new(LONG_PRESS_MILLIS, move || {
                    hand.borrow_mut().pressed = true;
                    send(EditsAction::KnockOut(layer, key_of(cell)).into());
                }));
            }
            send(LookingAction::PointInMap(layer, cell.pixel(size, side)).into());
        })
    };
    let moved = {
        let (hand, frame, send) = (hand.clone(), frame.clone(), send.clone());
        Callback::from(move |event: PointerEvent| {
            let Some(cell) = point_under(&event, &frame, side) else {
                return;
            };
            let mut held = hand.borrow_mut();
            let before = held.over.replace(cell);
            if before != Some(cell) {
                held.pressing = None;
            }
            if held.painting {
                let from = before.unwrap_or(cell);
                for cell in from.line_to(cell).filter(|&cell| cell != from) {
                    send(EditsAction::Touch(layer, key_of(cell)).into());
                }
            } else if !paints && !held.pressed {
                send(LookingAction::PointInMap(layer, cell.pixel(size, side)).into());
            }
        })
    };
    let ended = {
        let (hand, send) = (hand.clone(), send.clone());
        Callback::from(move |event: PointerEvent| {
            let mut held = hand.borrow_mut();
            held.pressing = None;
            if event.type_() == "pointerleave" {
                held.over = None;
            } else if std::mem::take(&mut held.painting) {
                send(EditsAction::Settle.into());
            }
        })
    };
    let click = {
        let (hand, frame, send) = (hand.clone(), frame.clone(), send.clone());
        Callback::from(move |event: MouseEvent| {
            let pressed = std::mem::take(&mut hand.borrow_mut().pressed);
            if let Some(cell) = point_under(&event, &frame, side).filter(|_| !paints && !pressed) {
                send(LookingAction::Pin(cell.pixel(size, side)).into());
            }
        })
    };
    let menu = Callback::from(move |event: MouseEvent| {
        let held = hand.borrow();
        if held.pressed || held.pressing.is_some() {
            event.prevent_default();
        }
    });
    MapTouch {
        down,
        moved,
        ended,
        click,
        menu,
    }
}

/// How a key reaches a map.
enum Reached {
    Pointer,
    Focus,
}

/// Whether this map is under the pointer, or has the focus while none is.
fn under_pointer_or_focus(frame: &Element) -> Option<Reached> {
    let document = web_sys::window()?.document()?;
    match document
        .query_selector(".map-frame[data-layer]:hover")
        .ok()?
    {
        Some(under) => (under == *frame).then_some(Reached::Pointer),
        None => {
            let focus = document.active_element()?;
            (focus == *frame).then_some(Reached::Focus)
        }
    }
}
