//! The pins: to be dragged, moved by arrow keys, and taken out.

use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use crate::page::attention::pixel::Point;
use crate::page::keyboard::step_of_key;
use crate::page::pointer::point_under;
use crate::page::view::looking::LookingAction;
use crate::page::view::pins::Pins;
use crate::page::view::state::State;

/// What the handles need.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The pins.
    pub pins: Pins,
    /// Width and height of the picture, in pixels.
    pub size: u32,
    /// The picture's element.
    pub picture: NodeRef,
    /// Where changes go.
    pub dispatch: UseReducerDispatcher<State>,
}

/// One button a pin, with its number and in its colour.
#[component]
pub fn PinHandles(props: &Props) -> Html {
    let Props {
        pins,
        size,
        picture,
        dispatch,
    } = props.clone();
    html! {
        { for pins.iter().map(|(number, pixel)| html! {
            <PinHandle
                key={number} {number} {pixel} active={pins.active() == Some(number)} {size}
                picture={picture.clone()} dispatch={dispatch.clone()}
            />
        }) }
    }
}

/// What one handle needs.
#[derive(Clone, PartialEq, Properties)]
struct HandleProps {
    number: usize,
    pixel: Point,
    active: bool,
    size: u32,
    picture: NodeRef,
    dispatch: UseReducerDispatcher<State>,
}

/// How a pin was taken hold of.
struct Grip {
    was_active: bool,
    moved: bool,
    /// Where the pin was.
    pixel: Point,
    /// Where the pointer was: on the handle, which is beside the pixel.
    grabbed: Point,
}

impl Grip {
    /// Where the pin goes with the pointer here.
    fn moved_to(&self, under: Point, size: u32) -> Point {
        let along = |now: u32, then: u32| now as i32 - then as i32;
        let (dx, dy) = (
            along(under.x, self.grabbed.x),
            along(under.y, self.grabbed.y),
        );
        self.pixel.moved(dx, dy, size)
    }
}

#[component]
fn PinHandle(props: &HandleProps) -> Html {
    let HandleProps {
        number,
        pixel,
        active,
        size,
        picture,
        dispatch,
    } = props.clone();
    let grip = use_mut_ref(|| None::<Grip>);
    let send = {
        let dispatch = dispatch.clone();
        move |action: LookingAction| dispatch.dispatch(action.into())
    };

    let onpointerdown = {
        let (grip, send, picture) = (grip.clone(), send.clone(), picture.clone());
        Callback::from(move |event: PointerEvent| {
            grip.replace(point_under(&event, &picture, size).map(|grabbed| Grip {
                was_active: active,
                moved: false,
                pixel,
                grabbed,
            }));
            if let Some(element) = event.target().and_then(|t| t.dyn_into::<Element>().ok()) {
                // Without it, a quick drag leaves the handle behind; it is then just let go.
                let _ = element.set_pointer_capture(event.pointer_id());
            }
            send(LookingAction::Activate(number));
        })
    };
    let onpointermove = {
        let (grip, send) = (grip.clone(), send.clone());
        Callback::from(move |event: PointerEvent| {
            let mut grip = grip.borrow_mut();
            let held = grip.as_mut().filter(|_| event.buttons() != 0);
            if let Some(held) = held
                && let Some(under) = point_under(&event, &picture, size)
                && (held.moved || under != held.grabbed)
            {
                held.moved = true;
                send(LookingAction::MovePin(number, held.moved_to(under, size)));
            }
        })
    };
    // After the pointer is let go, or for Enter and Space.
    let onclick = {
        let send = send.clone();
        Callback::from(move |_: MouseEvent| match grip.take() {
            Some(held) if held.moved => {}
            Some(held) if !held.was_active => {}
            None if !active => send(LookingAction::Activate(number)),
            _ => send(LookingAction::Release(number)),
        })
    };
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let release = matches!(event.key().as_str(), "Delete" | "Backspace");
        let actions = match step_of_key(&event) {
            Some((dx, dy)) => vec![LookingAction::Activate(number), LookingAction::Step(dx, dy)],
            None if release => vec![LookingAction::Release(number)],
            None => return,
        };
        event.prevent_default();
        actions.into_iter().for_each(&send);
    });

    let at = |along: u32| 100.0 * (f64::from(along) + 0.5) / f64::from(size);
    let Point { x, y } = pixel;
    // Above its pixel, or below it where there is no room above.
    let below = f64::from(y) < 0.08 * f64::from(size);
    html! {
        <button
            type="button" class={classes!("pin-handle", pin_class(number), below.then_some("below"))}
            style={format!("left: {:.2}%; top: {:.2}%", at(x), at(y))} aria-pressed={active.to_string()}
            aria-label={format!("Pin {} at ({x}, {y}). Arrow keys move it, Delete takes it out.", number + 1)}
            data-testid={format!("pin-{}", number + 1)} {onpointerdown} {onpointermove} {onclick} {onkeydown}
        ><span>{ number + 1 }</span></button>
    }
}

/// The class that gives a pin its colour, by its number from 0.
pub fn pin_class(number: usize) -> &'static str {
    ["pin-1", "pin-2", "pin-3", "pin-4", "pin-5"][number % 5]
}
