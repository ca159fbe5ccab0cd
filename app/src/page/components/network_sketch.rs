//! A sketch of the generator.

use yew::prelude::*;

/// What the sketch needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// Width and height of a picture, in pixels.
    pub size: u32,
    /// Width and height of each map that attention looks at.
    pub attended: Vec<u32>,
}

/// A sketch of the generator: its stages from 4×4 to the picture, and which of them attention looks
/// at.
#[component]
pub fn NetworkSketch(props: &Props) -> Html {
    let sides: Vec<u32> = std::iter::successors(Some(4u32), |side| side.checked_mul(2))
        .take_while(|&side| side <= props.size)
        .collect();
    let width = 30.0 + 92.0 * sides.len() as f64;
    let stage = |(place, &side): (usize, &u32)| {
        let attends = props.attended.contains(&side);
        let (edge, middle) = (14.0 + 9.0 * place as f64, 62.0 + 92.0 * place as f64);
        let (left, top) = (middle - edge / 2.0, 58.0 - edge / 2.0);
        let start = match place {
            0 => 24.0,
            _ => middle - 92.0 + (edge - 9.0) / 2.0 + 7.0,
        };
        html! {
            <g class={if attends { "attends" } else { "plain" }}>
                <path class="arrow" d={arrow(start, left - 7.0)} />
                <rect x={left.to_string()} y={top.to_string()} width={edge.to_string()} height={edge.to_string()} rx="3" />
                if attends {
                    <path class="loop" d={format!("M{} {top}c-6 -24 {} -24 {} 0", middle - edge * 0.3, edge * 0.6 + 12.0, edge * 0.6)} />
                }
                <text x={middle.to_string()} y="110">{ format!("{side}×{side}") }</text>
            </g>
        }
    };
    let acting: Vec<String> = props
        .attended
        .iter()
        .map(|side| format!("{side} by {side}"))
        .collect();
    let described = format!(
        "The generator grows a picture from 4 by 4 to {0} by {0}; attention acts at {1}.",
        props.size,
        if acting.is_empty() {
            "no stage".to_owned()
        } else {
            acting.join(" and ")
        }
    );
    html! {
        <svg class="sketch" viewBox={format!("0 0 {width} 118")} role="img" aria-label={described}>
            <text x="14" y="62">{ "z" }</text>
            { for sides.iter().enumerate().map(stage) }
        </svg>
    }
}

/// A level arrow through the middle of the sketch, as an SVG path.
fn arrow(from: f64, to: f64) -> String {
    format!("M{from} 58H{to}m-5 -4l5 4l-5 4")
}
