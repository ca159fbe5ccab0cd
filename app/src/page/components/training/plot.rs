//! One plot: a few lines over steps.

use yew::prelude::*;

use crate::page::hooks::use_stretch_drag::use_stretch_drag;
use crate::page::training::curves::{Axis, Frame, HEIGHT, Series, WIDTH};
use crate::page::training::panels::Panel;
use crate::page::training::zoom::Stretch;
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
    /// The stretch of steps that is shown, or all of them, and the last there is.
    pub shown: (Option<Stretch>, u64),
    /// The step that is pointed at.
    pub cursor: Option<u64>,
    /// The steps that are being dragged over.
    pub drag: Option<[u64; 2]>,
    /// Told which step is pointed at.
    pub onpoint: Callback<Option<u64>>,
    /// Told which step is clicked.
    pub onpick: Callback<u64>,
    /// Told which steps are being dragged over.
    pub ondrag: Callback<Option<[u64; 2]>>,
    /// Told which steps were dragged over.
    pub onzoom: Callback<[u64; 2]>,
}

/// One plot: a few lines over steps, with a cursor that all plots share.
#[component]
pub fn Plot(props: &Props) -> Html {
    let Props {
        panel,
        smooth,
        axis,
        shown,
        cursor,
        drag,
        onpoint,
        onpick,
        ondrag,
        onzoom,
    } = props;
    let Panel {
        lines, references, ..
    } = panel;
    let seen: Vec<f64> = references.iter().map(|&(value, _)| value).collect();
    let frame = Frame::around(lines, &seen, *axis, *shown);
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
    let touch = use_stretch_drag(&node, step_at, onpoint, onpick, ondrag, onzoom);
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
    let at = cursor.unwrap_or(frame.steps()[1]);
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
            <div
                class="plot-frame" ref={node} onpointerdown={touch.onpointerdown} onpointermove={touch.onpointermove}
                onpointerup={touch.onpointerup} onpointercancel={touch.onpointercancel} onpointerleave={touch.onpointerleave}
                onclick={touch.onclick}
            >
                <svg viewBox={format!("0 0 {WIDTH} {HEIGHT}")} preserveAspectRatio="none" aria-hidden="true">
                    { for references.iter().map(|&(value, _)| {
                        let y = format!("{:.1}", frame.y(value));
                        html! { <line class="reference" x1="0" x2={WIDTH.to_string()} y1={y.clone()} y2={y} /> }
                    }) }
                    { for lines.iter().enumerate().map(line) }
                    if let Some([from, to]) = drag.map(|ends| ends.map(|step| frame.x(step as f64))) {
                        <rect
                            class="dragged" y="0" height={HEIGHT.to_string()}
                            x={format!("{:.1}", from.min(to))} width={format!("{:.1}", (to - from).abs())}
                        />
                    }
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
