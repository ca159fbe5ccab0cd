//! Marks on a map: the query's own cell, and the strongest keys.

use yew::prelude::*;

use super::picture_marks::diamond;
use crate::page::pixel::Point;

/// What the marks need.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// The cell that looks.
    pub cell: Point,
    /// Whether it is held.
    pub pinned: bool,
    /// The strongest keys' indices.
    pub keys: Vec<usize>,
    /// The key to bring out, as a place in `keys`.
    pub lit: Option<usize>,
    /// Width and height of the map, in cells.
    pub side: u32,
}

/// Outlines of the strongest keys, and the cell that looks: a ring, or a diamond when pinned.
#[component]
pub fn MapMarks(props: &Props) -> Html {
    let side = props.side;
    let outline = |(rank, &key): (usize, &usize)| {
        let Point { x, y } = Point::of_index(key, side);
        let class = if props.lit == Some(rank) {
            "key lit"
        } else {
            "key"
        };
        html! { <rect {class} x={x.to_string()} y={y.to_string()} width="1" height="1" /> }
    };
    let (x, y) = (f64::from(props.cell.x) + 0.5, f64::from(props.cell.y) + 0.5);
    let unit = f64::from(side) / 32.0;
    html! {
        <svg class="marks" viewBox={format!("0 0 {side} {side}")} aria-hidden="true">
            { for props.keys.iter().enumerate().map(outline) }
            if props.pinned {
                <path class="pin" d={diamond(x, y, 1.3 * unit)} />
            } else {
                <circle class="under" cx={x.to_string()} cy={y.to_string()} r={(1.2 * unit).to_string()} />
                <circle class="over" cx={x.to_string()} cy={y.to_string()} r={(1.2 * unit).to_string()} />
            }
        </svg>
    }
}
