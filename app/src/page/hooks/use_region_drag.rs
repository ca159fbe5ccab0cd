//! A region drawn by dragging over the picture.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use crate::page::attention::pixel::Point;
use crate::page::attention::region::Region;
use crate::page::pointer::point_under;
use crate::page::view::looking::LookingAction;
use crate::page::view::state::State;

/// A drag under way, if there is one.
#[derive(Clone)]
pub struct RegionDrag {
    held: Rc<RefCell<Option<Held>>>,
    picture: NodeRef,
    size: u32,
    dispatch: UseReducerDispatcher<State>,
}

#[derive(Clone, Copy)]
struct Held {
    start: Point,
    second: bool,
    moved: bool,
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
        dispatch: dispatch.clone(),
    }
}

impl RegionDrag {
    /// The pointer went down where a drag may begin: of a region, or of the second one.
    pub fn begin(&self, event: &PointerEvent, second: bool) {
        let start = point_under(event, &self.picture, self.size);
        self.held.replace(start.map(|start| Held {
            start,
            second,
            moved: false,
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
            let region = Region::between(held.start, under);
            let action = match held.second {
                true => LookingAction::SelectSecond(region),
                false => LookingAction::Select(region),
            };
            self.dispatch.dispatch(action.into());
        }
        true
    }

    /// The pointer was let go: whether it had dragged, and the click that follows is none.
    pub fn ends(&self) -> bool {
        self.held.take().is_some_and(|held| held.moved)
    }
}
