//! The cells with the largest values.

use yew::prelude::*;

use crate::page::attention::lens::{Direction, Lens};
use crate::page::attention::look::Look;
use crate::page::attention::pixel::Point;
use crate::page::view::slot::Shared;
use crate::page::words;

/// What the list needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// What is shown.
    pub look: Shared<Look>,
    /// Told which place of the list the pointer is on.
    pub onlight: Callback<Option<usize>>,
}

/// The cells with the largest values, with what the lens shows of them.
#[component]
pub fn StrongestKeys(props: &Props) -> Html {
    let Look {
        question,
        side,
        weights,
        values,
        strongest,
        ..
    } = &*props.look;
    let cells = weights.len() as f64;
    let line = |(rank, &cell): (usize, &usize)| {
        let Point { x, y } = Point::of_index(cell, *side);
        let (weight, value) = (f64::from(weights[cell]), f64::from(values[cell]));
        let (weight, value) = match question.lens {
            Lens::LooksAt => (weight, words::times(value)),
            Lens::OnlyThis => (weight, words::small(value / cells)),
            Lens::WouldLose => (weight, words::significant(value)),
            Lens::Everybody => (value / cells, words::times(value)),
        };
        let light = |rank| props.onlight.reform(move |_: PointerEvent| rank);
        html! {
            <tr onpointerenter={light(Some(rank))} onpointerleave={light(None)}>
                <td>{ format!("({x}, {y})") }</td>
                <td>{ words::percent(weight) }</td>
                <td>{ value }</td>
            </tr>
        }
    };
    let title = match (question.lens, question.direction) {
        (Lens::LooksAt, Direction::From) => "looks most at",
        (Lens::LooksAt, Direction::To) => "most looked at by",
        (Lens::OnlyThis, _) => "more than others",
        (Lens::WouldLose, Direction::From) => "without",
        (Lens::WouldLose, Direction::To) => "missed most by",
        (Lens::Everybody, _) => "all look most at",
    };
    let unit = match question.lens {
        Lens::OnlyThis => "bits",
        Lens::WouldLose => "% lost",
        Lens::LooksAt | Lens::Everybody => "× uniform",
    };
    html! {
        <table class="strongest">
            <thead><tr><th scope="col" title={format!("Cells of the {side}×{side} map, from the top left")}>{ title }</th><th scope="col">{ "weight" }</th><th scope="col">{ unit }</th></tr></thead>
            <tbody>{ for strongest.iter().enumerate().map(line) }</tbody>
        </table>
    }
}
