//! What was read of a run, as plots, as a sentence and as a table.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::plot::Plot;
use super::zoom_tools::ZoomTools;
use crate::page::hooks::use_rest::use_rest;
use crate::page::hooks::use_stretch::{SharedStretch, use_stretch};
use crate::page::save::save_text;
use crate::page::training::curves::{Axis, between, last_step, thinned};
use crate::page::training::curves_file::{csv, svg};
use crate::page::training::panels::{Panel, beside, panels};
use crate::page::training::rival::Rival;
use crate::page::training::verdict::{CAVEAT, verdict};
use crate::page::training::zoom::Stretch;
use crate::page::words;
use crate::protocol::{Progress, Vital};

/// Rows of the table.
const ROWS: usize = 25;

/// What the curves need.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// In the order of steps.
    pub history: Rc<Vec<Progress>>,
    /// What the numbers in the next are.
    pub vital_names: Rc<Vec<String>>,
    /// In the order of steps.
    pub vitals: Rc<Vec<Vital>>,
    /// The second run, on the same plots.
    pub rival: Option<Rival>,
    /// The step that is looked back at.
    pub back: Option<u64>,
    /// Told which step the pictures should be of.
    pub onpick: Callback<u64>,
    /// Told what the browser refused.
    pub onrefused: Callback<&'static str>,
}

/// What was read of a run, as plots with one cursor, a sentence, and a table.
#[component]
pub fn Curves(props: &Props) -> Html {
    let Props {
        history,
        vital_names,
        vitals,
        rival,
        back,
        onpick,
        onrefused,
    } = props;
    let smooth = use_state_eq(|| true);
    let axis = use_state_eq(Axis::default);
    let open = use_state_eq(|| false);
    let mut all = panels(history, vital_names, vitals);
    if let Some(rival) = rival {
        let second = panels(
            &rival.run.history,
            &rival.run.vital_names,
            &rival.run.vitals,
        );
        all = beside(all, second, rival.names.each_ref().map(String::as_str));
    }
    let last = last_step(all.iter().flat_map(|panel| &panel.lines));
    let SharedStretch {
        cursor,
        shown,
        drag,
        ends: [from, to],
        onpoint,
        onshow,
        ondrag,
        onzoom,
    } = use_stretch(last);
    // Where one looks closer: at the cursor, if it is seen, else in the middle.
    let around = (*cursor)
        .or(*back)
        .filter(|step| (from..=to).contains(step));
    let around = around.unwrap_or(from.midpoint(to));
    let steps: Vec<u64> = history.iter().map(|point| point.step).collect();
    let onkeydown = {
        let (cursor, steps, back) = (cursor.clone(), steps.clone(), *back);
        let (onpick, onshow) = (onpick.clone(), onshow.clone());
        Callback::from(move |event: KeyboardEvent| {
            let end = steps.len().saturating_sub(1);
            let at = cursor.or(back);
            let at = at.map_or(end, |step| steps.partition_point(|&s| s < step).min(end));
            let to = match event.key().as_str() {
                "+" | "=" => return onshow.emit(Stretch::closer(shown, around, last)),
                "-" | "_" => return onshow.emit(Stretch::wider(shown, around, last)),
                "0" => return onshow.emit(None),
                "ArrowLeft" => at.saturating_sub(1),
                "ArrowRight" => (at + 1).min(end),
                "Home" => 0,
                "End" => end,
                "Enter" => {
                    if let Some(&step) = steps.get(at) {
                        onpick.emit(step);
                    }
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            cursor.set(steps.get(to).copied());
            if let (Some(stretch), Some(&step)) = (shown, steps.get(to)) {
                onshow.emit(Some(stretch.holding(step)));
            }
        })
    };
    let pointed = (*cursor).or(*back);
    let said = use_rest(reading(history, *cursor));
    let plot = |panel: &Panel| {
        html! {
            <Plot
                key={panel.key} panel={panel.clone()} smooth={*smooth} axis={*axis} shown={(shown, last)} cursor={pointed} {drag}
                onpoint={onpoint.clone()} onpick={onpick.clone()} ondrag={ondrag.clone()} onzoom={onzoom.clone()}
            />
        }
    };
    let (plain, inside): (Vec<_>, Vec<_>) = all.iter().partition(|panel| panel.plain);
    let onsmooth = {
        let smooth = smooth.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            smooth.set(input.checked());
        })
    };
    let onopen = {
        let open = open.clone();
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            open.set(!*open);
        })
    };
    let onlog = {
        let axis = axis.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            axis.set(if input.checked() {
                Axis::Log
            } else {
                Axis::Linear
            });
        })
    };
    let save = {
        let onrefused = onrefused.clone();
        move |name: &str, kind: &str, text: &str| {
            if save_text(name, kind, text).is_err() {
                onrefused.emit("The browser did not take the download; try again.");
            }
        }
    };
    let table_file = {
        let (history, names, vitals) = (history.clone(), vital_names.clone(), vitals.clone());
        let (save, rival) = (save.clone(), rival.clone());
        Callback::from(move |_: MouseEvent| {
            save("curves.csv", "text/csv", &csv(&history, &names, &vitals));
            // Its networks may have other layers, so it is a table of its own.
            if let Some(rival) = &rival {
                let table = csv(
                    &rival.run.history,
                    &rival.run.vital_names,
                    &rival.run.vitals,
                );
                save("curves-second-run.csv", "text/csv", &table);
            }
        })
    };
    let picture_file = {
        let (all, axis, smooth, shown) = (all.clone(), *axis, *smooth, (shown, last));
        Callback::from(move |_: MouseEvent| {
            save(
                "curves.svg",
                "image/svg+xml",
                &svg(&all, axis, smooth, shown),
            );
        })
    };
    html! {
        <section class="curves" aria-label="Curves" data-testid="curves">
            <p class="verdict" data-testid="verdict"><b>{ verdict(history) }</b>{ " " }<span class="quiet">{ CAVEAT }</span></p>
            <div
                class="plots" tabindex="0" role="group" {onkeydown}
                aria-label="Plots over steps; the arrow keys read one step after the other, Enter shows its pictures, + and − look closer and farther, 0 shows the whole run"
            >
                { for plain.into_iter().map(plot) }
            </div>
            <p class="unseen" role="status" data-testid="curve-reading">{ said }</p>
            <ZoomTools {shown} {around} {last} {onshow} />
            <div class="curve-tools">
                <label class="tick"><input type="checkbox" checked={*smooth} onchange={onsmooth} data-testid="smooth" />{ "Smoothed" }</label>
                <label class="tick"><input type="checkbox" checked={*axis == Axis::Log} onchange={onlog} data-testid="log-axis" />{ "Logarithmic axis" }</label>
                <button type="button" class="small" onclick={table_file} data-testid="curves-csv">{ "Save as CSV" }</button>
                <button type="button" class="small" onclick={picture_file} data-testid="curves-svg">{ "Save as SVG" }</button>
            </div>
            if !inside.is_empty() {
                <details class="more" open={*open}>
                    <summary onclick={onopen} data-testid="more-curves">{ "Inside the networks: attention, gradients, weights" }</summary>
                    <p class="quiet">{ "Read every few seconds: of attention, means over four pictures; of each weight, about its largest singular value; of gradients, the norm of the last." }</p>
                    // What nobody sees is not drawn at every reading.
                    if *open {
                        <div class="plots">{ for inside.into_iter().map(plot) }</div>
                    }
                </details>
            }
            <details class="more">
                <summary>{ "As a table" }</summary>
                { table(between(history, [from, to])) }
            </details>
        </section>
    }
}

/// What is read at the cursor, for those who do not see it.
fn reading(history: &[Progress], cursor: Option<u64>) -> String {
    let Some(step) = cursor else {
        return String::new();
    };
    let after = history.partition_point(|point| point.step <= step);
    let Some(point) = history.get(after.saturating_sub(1)) else {
        return String::new();
    };
    format!(
        "Step {}: discriminator {}, generator {}",
        point.step,
        words::signed(f64::from(point.discriminator_loss)),
        words::signed(f64::from(point.generator_loss)),
    )
}

fn table(history: &[Progress]) -> Html {
    let number = |value: f32| words::signed(f64::from(value));
    let row = |point: &Progress| {
        let gammas: Vec<_> = point
            .gammas
            .iter()
            .map(|&gamma| words::gamma(gamma))
            .collect();
        html! {
            <tr>
                <th scope="row">{ point.step }</th>
                <td>{ number(point.discriminator_loss) }</td>
                <td>{ number(point.generator_loss) }</td>
                <td>{ number(point.real) }</td>
                <td>{ number(point.fake) }</td>
                <td>{ gammas.join(", ") }</td>
                <td>{ words::duration(point.millis) }</td>
            </tr>
        }
    };
    let heads = [
        "Step", "D loss", "G loss", "D(real)", "D(drawn)", "γ", "A step",
    ];
    html! {
        // Where it is wider than the screen, the keys scroll it.
        <div class="table-frame" role="region" aria-label="Readings" tabindex="0">
            <table class="readings">
                <thead><tr>{ for heads.iter().map(|head| html! { <th scope="col">{ *head }</th> }) }</tr></thead>
                <tbody>{ for thinned(history, ROWS).into_iter().map(row) }</tbody>
            </table>
        </div>
    }
}
