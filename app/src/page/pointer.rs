//! From a pointer's place to a place in a picture.

use web_sys::{Element, MouseEvent};
use yew::NodeRef;

use super::attention::pixel::Point;

/// The point of a `side`² grid under a pointer event, where the grid fills the element; clamped
/// into the grid. `None` if the element is not on the page or has no extent.
pub fn point_under(event: &MouseEvent, element: &NodeRef, side: u32) -> Option<Point> {
    let (fx, fy) = place_under(event, element)?;
    Some(Point::at_fraction(fx, fy, side))
}

/// The place of a pointer event in parts of the element's width and height; outside of it, below 0 or
/// above 1. `None` if the element is not on the page or has no extent.
pub fn place_under(event: &MouseEvent, element: &NodeRef) -> Option<(f64, f64)> {
    let bounds = element.cast::<Element>()?.get_bounding_client_rect();
    if bounds.width() <= 0.0 || bounds.height() <= 0.0 {
        return None;
    }
    let fx = (f64::from(event.client_x()) - bounds.left()) / bounds.width();
    let fy = (f64::from(event.client_y()) - bounds.top()) / bounds.height();
    Some((fx, fy))
}
