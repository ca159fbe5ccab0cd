//! One plot: a few lines over steps.

use yew::prelude::*;

use crate::page::training::curves::{Axis, Frame, HEIGHT, Series, WIDTH};
use crate::page::training::panels::Panel;
use crate::page::words;

/// What a plot needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// What is drawn.
    pub panel: Panel,
    /// Whether a smoothed line is drawn over a faint one, where lines jump.
    pub smooth: bool,
    /// How values are laid out.
    pub axis: Axis,
    /// The step that is pointed at.
    pub cursor: Option<u64>,
    /// Told which step is pointed at.
    pub onpoint: Callback<Option<u64>>,
    /// Told which step is clicked.
    pub onpick: Callback<u64>,
}

/// One plot: a few lines over steps, with a cursor that all plots share.
#[component]
pub fn Plot(props: &Props) -> Html {
    let Props {
        panel,
        smooth,
        axis,
        cursor,
        onpoint,
        onpick,
    } = props;
    let Panel {
        lines, references, ..
    } = panel;
    let seen: Vec<f64> = references.iter().map(|&(value, _)| value).collect();
    let frame = Frame::around(lines, &seen, *axis);
    let smooth = *smooth && panel.jumpy;
    let node = use_node_ref();
    let step_at = {
        let node = node.clone();
        move |x: i32| {
            let place = node.cast::<web_sys::Element>()?.get_bounding_client_rect();
            let fraction = (f64::from(x) - place.left()) / place.width().max(1.0);
            Some(frame.step_at(fraction))
        }
    };
    let onpointermove = {
        let (step_at, onpoint) = (step_at.clone(), onpoint.clone());
        Callback::from(move |event: PointerEvent| onpoint.emit(step_at(event.client_x())))
    };
    let onclick = {
        let onpick = onpick.clone();
        Callback::from(move |event: MouseEvent| {
            if let Some(step) = step_at(event.client_x()) {
                onpick.emit(step);
            }
        })
    };
    let onpointerleave = onpoint.reform(|_: PointerEvent| None);
    let line = |(index, line): (usize, &Series)| {
        let class = format!("line-{}", index + 1);
        html! {
            <g {class}>
                if smooth {
                    <path class="raw" d={frame.path(line)} />
                }
                <path d={frame.path(&if smooth { line.smoothed() } else { line.clone() })} />
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
        <figure class="plot" data-testid={format!("plot-{}", panel.key)}>
            <figcaption>
                <b>{ panel.title }</b>
                <span class="keys">{ for lines.iter().enumerate().map(key) }</span>
            </figcaption>
            <div class="plot-frame" ref={node} {onpointermove} {onpointerleave} {onclick}>
                <svg viewBox={format!("0 0 {WIDTH} {HEIGHT}")} preserveAspectRatio="none" aria-hidden="true">
                    { for references.iter().map(|&(value, _)| {
                        let y = format!("{:.1}", frame.y(value));
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
                { for references.iter().map(|&(value, label)| html! {
                    <span class="reference-name" style={format!("top:{:.1}%", 100.0 * frame.y(value) / HEIGHT)}>{ label }</span>
                }) }
            </div>
        </figure>
    }
}
