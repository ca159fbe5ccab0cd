//! The cells that a row looks at most.

use yew::prelude::*;

use crate::page::attention_row::strongest;
use crate::page::pixel::Point;
use crate::page::slot::Shared;
use crate::page::words;

/// What the list needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// The row: `[side²]` weights.
    pub row: Shared<Vec<f32>>,
    /// Width and height of the map.
    pub side: u32,
    /// How many to list.
    pub count: usize,
    /// Told which place of the list the pointer is on.
    pub onlight: Callback<Option<usize>>,
}

/// The cells that a row looks at most, with their weights.
#[component]
pub fn StrongestKeys(props: &Props) -> Html {
    let line = |(rank, key): (usize, usize)| {
        let Point { x, y } = Point::of_index(key, props.side);
        let weight = f64::from(props.row[key]);
        let light = |rank| {
            let onlight = props.onlight.clone();
            Callback::from(move |_: PointerEvent| onlight.emit(rank))
        };
        html! {
            <tr onpointerenter={light(Some(rank))} onpointerleave={light(None)}>
                <td>{ format!("({x}, {y})") }</td>
                <td>{ words::percent(weight) }</td>
                <td>{ words::times(weight * props.row.len() as f64) }</td>
            </tr>
        }
    };
    html! {
        <table class="strongest">
            <thead><tr><th scope="col">{ "looks most at" }</th><th scope="col">{ "weight" }</th><th scope="col">{ "× uniform" }</th></tr></thead>
            <tbody>{ for strongest(&props.row, props.count).into_iter().enumerate().map(line) }</tbody>
        </table>
    }
}
