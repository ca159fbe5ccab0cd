//! Arrows from each pin to the cells it looks at most, as in the paper's Figure 1.

use yew::prelude::*;

use super::pin_handles::pin_class;
use crate::page::attention::lens::{Direction, Lens};
use crate::page::attention::look::Look;
use crate::page::attention::pixel::Point;
use crate::page::view::slot::Shared;

/// How many arrows a pin has at most.
const ARROWS: usize = 3;

/// What the arrows need.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// Each pin's number and pixel, and what one layer's map says of it.
    pub pins: Vec<(usize, Point, Shared<Look>)>,
    /// Width and height of the picture, in pixels.
    pub size: u32,
}

/// Arrows in each pin's colour: from it to the cells that it looks at most, or to it from those that
/// look at it most; the strongest is the thickest. What everybody looks at has none.
#[component]
pub fn PinArrows(props: &Props) -> Html {
    let size = props.size;
    let of_pin = |(number, pixel, look): &(usize, Point, Shared<Look>)| {
        let edge = f64::from(size) / f64::from(look.side);
        let pin = middle(*pixel, 1.0);
        let reach = |(rank, &cell): (usize, &usize)| {
            let at = middle(Point::of_index(cell, look.side), edge);
            let (from, to) = match look.question.direction {
                Direction::From => (pin, at),
                Direction::To => (at, pin),
            };
            arrow(from, to, f64::from(size) / 64.0).map(|d| {
                html! { <><path class="under" d={d.clone()} /><path class={format!("over rank-{rank}")} {d} /></> }
            })
        };
        let wanted = if look.question.lens == Lens::Everybody {
            0
        } else {
            ARROWS
        };
        let cells = look
            .strongest
            .iter()
            .filter(|&&cell| look.values[cell] > 0.0);
        html! { <g class={pin_class(*number)}>{ for cells.take(wanted).enumerate().filter_map(reach) }</g> }
    };
    html! {
        <svg class="marks arrows" viewBox={format!("0 0 {size} {size}")} aria-hidden="true">
            { for props.pins.iter().map(of_pin) }
        </svg>
    }
}

/// The middle of a cell of this edge, in pixels of the picture.
fn middle(cell: Point, edge: f64) -> (f64, f64) {
    (
        (f64::from(cell.x) + 0.5) * edge,
        (f64::from(cell.y) + 0.5) * edge,
    )
}

/// A line with two barbs, as an SVG path; none where the two places are all but one. `unit` is the
/// length of a pixel of a picture of 64.
fn arrow(from: (f64, f64), to: (f64, f64), unit: f64) -> Option<String> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    if length < 2.0 * unit {
        return None;
    }
    let (ux, uy) = (dx / length, dy / length);
    let barb = |side: f64| {
        let (along, across) = (1.5 * unit, 0.9 * unit * side);
        let x = to.0 - along * ux - across * uy;
        let y = to.1 - along * uy + across * ux;
        format!("M{x:.2} {y:.2}L{:.2} {:.2}", to.0, to.1)
    };
    Some(format!(
        "M{:.2} {:.2}L{:.2} {:.2}{}{}",
        from.0 + 1.2 * unit * ux,
        from.1 + 1.2 * unit * uy,
        to.0,
        to.1,
        barb(1.0),
        barb(-1.0)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_ends_where_it_points_and_is_left_out_where_it_has_no_length() {
        let path = arrow((0.0, 0.0), (10.0, 0.0), 1.0).unwrap_or_default();
        assert!(
            path.starts_with("M1.20 0.00L10.00 0.00M8.50 0.90L10.00 0.00"),
            "{path}"
        );
        assert_eq!(arrow((5.0, 5.0), (5.5, 5.0), 1.0), None);
    }
}
