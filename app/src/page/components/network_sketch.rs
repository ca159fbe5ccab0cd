//! A sketch of the generator.

use yew::prelude::*;

/// The stages of the generator: the side of its maps, and whether attention looks at them.
const STAGES: [(u32, bool); 5] = [(4, false), (8, false), (16, true), (32, true), (64, false)];

/// A sketch of the generator at its usual size: five stages, two of them with attention.
#[component]
pub fn NetworkSketch() -> Html {
    let stage = |(place, &(side, attends)): (usize, &(u32, bool))| {
        let (edge, middle) = (14.0 + 9.0 * place as f64, 62.0 + 92.0 * place as f64);
        let (left, top) = (middle - edge / 2.0, 52.0 - edge / 2.0);
        html! {
            <g class={if attends { "attends" } else { "plain" }}>
                <path class="arrow" d={arrow(if place == 0 { 24.0 } else { middle - 92.0 + (edge - 9.0) / 2.0 + 7.0 }, left - 7.0)} />
                <rect x={left.to_string()} y={top.to_string()} width={edge.to_string()} height={edge.to_string()} rx="3" />
                if attends {
                    <path class="loop" d={format!("M{} {top}c-6 -24 {} -24 {} 0", middle - edge * 0.3, edge * 0.6 + 12.0, edge * 0.6)} />
                }
                <text x={middle.to_string()} y="98">{ format!("{side}×{side}") }</text>
            </g>
        }
    };
    html! {
        <svg class="sketch" viewBox="0 0 490 106" role="img"
            aria-label="The generator grows a picture from 4 by 4 to 64 by 64; attention layers act at 16 by 16 and 32 by 32.">
            <text x="14" y="56">{ "z" }</text>
            { for STAGES.iter().enumerate().map(stage) }
        </svg>
    }
}

/// A level arrow through the middle of the sketch, as an SVG path.
fn arrow(from: f64, to: f64) -> String {
    format!("M{from} 52H{to}m-5 -4l5 4l-5 4")
}
