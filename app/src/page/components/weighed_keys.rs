//! Marks on a map: keys that are masked, or made heavier.

use yew::prelude::*;

use crate::page::attention::pixel::Point;
use crate::protocol::KeyBias;

/// What the marks need.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// Width and height of the map, in cells.
    pub side: u32,
    /// The cell in question: keys that are changed for others alone have no mark.
    pub query: u32,
    /// The keys.
    pub weighed: Vec<KeyBias>,
}

/// A cross on each masked key, and a plus on each that is made heavier.
#[component]
pub fn WeighedKeys(props: &Props) -> Html {
    let side = props.side;
    let concerned = props.weighed.iter().filter(|bias| {
        let queries = bias.queries.as_ref();
        queries.is_none_or(|queries| queries.contains(&props.query))
    });
    let marks = |bias: &KeyBias| {
        let mark = |key: &u32| {
            let Point { x, y } = Point::of_index(*key as usize, side);
            match bias.factor {
                0.0 => format!("M{x} {y}m.2 .2l.6 .6m0 -.6l-.6 .6"),
                _ => format!("M{x} {y}m.5 .15v.7m-.35 -.35h.7"),
            }
        };
        let path: String = bias.keys.iter().map(mark).collect();
        html! { <><path class="under" d={path.clone()} /><path class="over" d={path} /></> }
    };
    html! {
        <svg class="marks weighed" viewBox={format!("0 0 {side} {side}")} aria-hidden="true">
            { for concerned.map(marks) }
        </svg>
    }
}
