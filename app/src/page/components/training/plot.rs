//! One plot: a few lines over steps.

use yew::prelude::*;

use crate::page::training::curves::{Frame, HEIGHT, Series, WIDTH};
use crate::page::words;

/// A value that a line is compared with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reference {
    /// Where.
    pub value: f64,
    /// What it means.
    pub label: &'static str,
}

/// What a plot needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// What is drawn.
    pub title: &'static str,
    /// The lines.
    pub lines: Vec<Series>,
    /// What they are compared with.
    #[prop_or_default]
    pub references: Vec<Reference>,
    /// Whether a smoothed line is drawn over a faint one.
    #[prop_or_default]
    pub smooth: bool,
    /// The step that is pointed at.
    pub cursor: Option<u64>,
    /// Told which step is pointed at.
    pub onpoint: Callback<Option<u64>>,
}

/// One plot: a few lines over steps, with a cursor that all plots share.
#[component]
pub fn Plot(props: &Props) -> Html {
    let Props {
        title,
        lines,
        references,
        smooth,
        cursor,
        onpoint,
    } = props;
    let seen: Vec<f64> = references.iter().map(|reference| reference.value).collect();
    let frame = Frame::around(lines, &seen);
    let node = use_node_ref();
    let onpointermove = {
        let (node, onpoint) = (node.clone(), onpoint.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some(element) = node.cast::<web_sys::Element>() {
                let place = element.get_bounding_client_rect();
                let fraction =
                    (f64::from(event.client_x()) - place.left()) / place.width().max(1.0);
                onpoint.emit(Some(frame.step_at(fraction)));
            }
        })
    };
    let onpointerleave = onpoint.reform(|_: PointerEvent| None);
    let line = |(index, line): (usize, &Series)| {
        let class = format!("line-{}", index + 1);
        html! {
            <g {class}>
                if *smooth {
                    <path class="raw" d={frame.path(line)} />
                }
                <path d={frame.path(&if *smooth { line.smoothed() } else { line.clone() })} />
            </g>
        }
    };
    let at = cursor.unwrap_or(frame.last());
    let key = |(index, line): (usize, &Series)| {
        let value = line.at(at).map(words::signed);
        html! {
            <span class={format!("key key-{}", index + 1)}>
                { line.name.clone() }{ " " }<b>{ value.unwrap_or_default() }</b>
            </span>
        }
    };
    html! {
        <figure class="plot">
            <figcaption>
                <b>{ *title }</b>
                <span class="keys">{ for lines.iter().enumerate().map(key) }</span>
            </figcaption>
            <div class="plot-frame" ref={node} {onpointermove} {onpointerleave}>
                <svg viewBox={format!("0 0 {WIDTH} {HEIGHT}")} preserveAspectRatio="none" aria-hidden="true">
                    { for references.iter().map(|reference| {
                        let y = format!("{:.1}", frame.y(reference.value));
                        html! { <line class="reference" x1="0" x2={WIDTH.to_string()} y1={y.clone()} y2={y} /> }
                    }) }
                    { for lines.iter().enumerate().map(line) }
                    if let Some(step) = cursor {
                        <line
                            class="cursor" y1="0" y2={HEIGHT.to_string()}
                            x1={format!("{:.1}", frame.x(*step as f64))} x2={format!("{:.1}", frame.x(*step as f64))}
                        />
                    }
                </svg>
                { for frame.ticks().into_iter().map(|tick| html! {
                    <span class="tick-y" style={format!("top:{:.1}%", 100.0 * frame.y(tick) / HEIGHT)}>{ words::signed(tick) }</span>
                }) }
                { for references.iter().map(|reference| html! {
                    <span class="reference-name" style={format!("top:{:.1}%", 100.0 * frame.y(reference.value) / HEIGHT)}>{ reference.label }</span>
                }) }
            </div>
        </figure>
    }
}
