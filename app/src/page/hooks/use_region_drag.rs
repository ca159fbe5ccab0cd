//! A region drawn by dragging over the picture: from corner to corner, or around a free form.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use crate::page::attention::form::Form;
use crate::page::attention::pixel::Point;
use crate::page::attention::region::Region;
use crate::page::pointer::{place_under, point_under};
use crate::page::view::looking::LookingAction;
use crate::page::view::state::State;

/// A drag under way, if there is one.
#[derive(Clone)]
pub struct RegionDrag {
    held: Rc<RefCell<Option<Held>>>,
    picture: NodeRef,
    size: u32,
    /// The line around a free form, as far as it is drawn.
    line: UseStateHandle<Vec<(f64, f64)>>,
    dispatch: UseReducerDispatcher<State>,
}

/// What a drag draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// From one corner to the other.
    Rectangle,
    /// Around what is meant: of the cells of a grid of this side.
    Free(u32),
}

struct Held {
    start: Point,
    shape: Shape,
    second: bool,
    moved: bool,
    line: Vec<(f64, f64)>,
}

/// Drags over the element of a `size`² picture.
#[hook]
pub fn use_region_drag(
    picture: &NodeRef,
    size: u32,
    dispatch: &UseReducerDispatcher<State>,
) -> RegionDrag {
    RegionDrag {
        held: use_mut_ref(|| None),
        picture: picture.clone(),
        size,
        line: use_state(Vec::new),
        dispatch: dispatch.clone(),
    }
}

impl RegionDrag {
    /// The pointer went down where a drag may begin: of a region, or of the second one.
    pub fn begin(&self, event: &PointerEvent, shape: Shape, second: bool) {
        let line = place_under(event, &self.picture);
        let start = point_under(event, &self.picture, self.size);
        self.held.replace(start.map(|start| Held {
            start,
            shape,
            second,
            moved: false,
            line: line.into_iter().collect(),
        }));
        if let Some(element) = event.target().and_then(|t| t.dyn_into::<Element>().ok()) {
            // Without it, a drag ends at the picture's edge; what was selected stays.
            let _ = element.set_pointer_capture(event.pointer_id());
        }
    }

    /// The pointer moved: whether it drags.
    pub fn moves(&self, event: &PointerEvent) -> bool {
        let mut held = self.held.borrow_mut();
        if event.buttons() == 0 {
            *held = None;
        }
        let Some(held) = held.as_mut() else {
            return false;
        };
        let under = point_under(event, &self.picture, self.size);
        if let Some(under) = under.filter(|&under| held.moved || under != held.start) {
            held.moved = true;
            let region = self.region(held, event, under);
            let action = match held.second {
                true => LookingAction::SelectSecond(region),
                false => LookingAction::Select(region),
            };
            self.dispatch.dispatch(action.into());
        }
        true
    }

    /// The line around a free form, as far as it is drawn: corners in parts of the picture's extent.
    pub fn line(&self) -> &[(f64, f64)] {
        &self.line
    }

    fn region(&self, held: &mut Held, event: &PointerEvent, under: Point) -> Region {
        let Shape::Free(side) = held.shape else {
            return Region::between(held.start, under);
        };
        held.line.extend(place_under(event, &self.picture));
        self.line.set(held.line.clone());
        // A line too short to go around a cell means the one that it began in.
        let first = Form::of_cell(held.start.cell(self.size, side), side);
        Region::of_form(Form::within(&held.line, side).unwrap_or(first), self.size)
    }

    /// The pointer was let go: whether it had dragged, and the click that follows is none.
    pub fn ends(&self) -> bool {
        self.line.set(Vec::new());
        self.held.take().is_some_and(|held| held.moved)
    }
}
