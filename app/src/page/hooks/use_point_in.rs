//! Pointing and pinning in a small picture or map that stands for the large one.

use yew::prelude::*;

use crate::page::attention::pixel::Point;
use crate::page::keyboard::step_of_key;
use crate::page::pointer::point_under;
use crate::page::view::looking::LookingAction;
use crate::page::view::state::State;

/// The handlers of an element.
#[derive(Clone, Debug)]
pub struct PointIn {
    /// For `onpointermove` and `onpointerdown`.
    pub moved: Callback<PointerEvent>,
    /// For `onclick`.
    pub click: Callback<MouseEvent>,
    /// For `onkeydown`.
    pub keydown: Callback<KeyboardEvent>,
}

/// Handlers of the element of a `side`² grid over a `size`² picture.
#[hook]
pub fn use_point_in(
    element: &NodeRef,
    side: u32,
    size: u32,
    dispatch: &UseReducerDispatcher<State>,
) -> PointIn {
    let under = {
        let element = element.clone();
        move |event: &MouseEvent| -> Option<Point> {
            Some(point_under(event, &element, side)?.pixel(size, side))
        }
    };
    let moved = {
        let (under, dispatch) = (under.clone(), dispatch.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some(pixel) = under(&event) {
                dispatch.dispatch(LookingAction::PointAt(pixel).into());
            }
        })
    };
    let click = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: MouseEvent| {
            if let Some(pixel) = under(&event) {
                dispatch.dispatch(LookingAction::Pin(pixel).into());
            }
        })
    };
    let keydown = {
        let dispatch = dispatch.clone();
        let pixels = (size / side.max(1)).max(1) as i32;
        Callback::from(move |event: KeyboardEvent| {
            let action = match (step_of_key(&event), event.key().as_str()) {
                (Some((dx, dy)), _) => LookingAction::Step(pixels * dx, pixels * dy),
                (None, "Enter" | " ") => LookingAction::TogglePin,
                _ => return,
            };
            event.prevent_default();
            dispatch.dispatch(action.into());
        })
    };
    PointIn {
        moved,
        click,
        keydown,
    }
}
