//! Two or three stored runs beside each other: what differs, what each drew, and their curves.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::plot::Plot;
use super::zoom_tools::ZoomTools;
use crate::page::components::pixel_canvas::PixelCanvas;
use crate::page::engine::handle::Engine;
use crate::page::hooks::use_compared::{Compared, use_compared};
use crate::page::hooks::use_stretch::{SharedStretch, use_stretch};
use crate::page::training::compare::{all_steps, differences, numbered, together};
use crate::page::training::curves::{Axis, last_step};
use crate::page::training::panels::{Panel, panels};
use crate::page::training::shelf::called;
use crate::protocol::{DeviceChoice, StoredRun};

/// Plots that compare between runs: not how long a step took while something else was going on.
const LEFT_OUT: [&str; 3] = ["times", "sigma-generator", "sigma-discriminator"];

/// What the comparison needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The runs, two or three.
    pub runs: Vec<StoredRun>,
    /// Where they draw.
    pub device: DeviceChoice,
    /// The visitor has seen enough.
    pub onclose: Callback<()>,
}

/// Stored runs beside each other.
#[component]
pub fn ComparedRuns(props: &Props) -> Html {
    let Props {
        runs,
        device,
        onclose,
    } = props;
    let engine = use_context::<Engine>().unwrap_or_default();
    let step = use_state_eq(|| None::<u64>);
    let ids: Vec<u64> = runs.iter().map(|run| run.id).collect();
    let compared = use_compared(&engine, &ids, *device, *step);
    let names = numbered(runs.iter().map(called).collect());
    let records: Vec<_> = compared
        .iter()
        .filter_map(|run| run.record.clone())
        .collect();
    let steps = all_steps(records.iter().map(|record| record.snapshots.as_slice()));
    let last = steps.len().saturating_sub(1);
    let place = step.map_or(last, |step| {
        steps.partition_point(|&one| one < step).min(last)
    });
    let said = steps
        .get(place)
        .map(|step| format!("Step {step}"))
        .unwrap_or_default();
    let oninput = {
        let (step, steps) = (step.setter(), steps.clone());
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let place: usize = input.value().parse().unwrap_or_default();
            step.set(steps.get(place).copied());
        })
    };
    let onpick = {
        let step = step.setter();
        Callback::from(move |picked: u64| step.set(Some(picked)))
    };
    let run = |(run, name): (&Compared, &String)| {
        let picture = |(index, picture): (usize, &Option<_>)| match picture {
            Some(image) => {
                html! { <PixelCanvas key={index} image={Clone::clone(image)} testid={format!("compared-{name}-{index}")} /> }
            }
            None => html! { <span key={index} class="pixels" /> },
        };
        html! {
            <section class="compared-run" aria-label={name.clone()} data-testid="compared-run" data-step={run.drawn_at.map(|step| step.to_string())}>
                <h4>{ name.clone() }</h4>
                <p class="quiet">{ match (&run.trouble, run.drawn_at) {
                    (Some(sentence), _) => sentence.clone(),
                    (None, Some(step)) => format!("After step {step}"),
                    (None, None) => "Being opened…".to_owned(),
                } }</p>
                <div class="compared-pictures" role="img" aria-label={format!("Pictures of {name}")}>
                    { for run.pictures.iter().enumerate().map(picture) }
                </div>
            </section>
        }
    };
    let all_there = records.len() == runs.len();
    html! {
        <section class="compared" aria-label="Runs beside each other" data-testid="compared">
            <div class="buttons">
                <h3>{ "Beside each other" }</h3>
                <button type="button" class="small" onclick={onclose.reform(|_: MouseEvent| ())} data-testid="compared-close">{ "Close" }</button>
            </div>
            if all_there {
                { differing(&compared, &names) }
            }
            <div class="compared-runs">{ for compared.iter().zip(&names).map(run) }</div>
            if steps.len() > 1 {
                <label class="compared-step">
                    <span class="quiet">{ "Step" }</span>
                    <input
                        type="range" min="0" max={last.to_string()} step="1" value={place.to_string()} {oninput}
                        aria-valuetext={said.clone()} data-testid="compared-slider"
                    />
                    <output>{ said }</output>
                </label>
            }
            if all_there {
                <ComparedPlots panels={plots(&compared, &names)} step={steps.get(place).copied()} {onpick} />
            }
        </section>
    }
}

/// In what the runs differ.
fn differing(compared: &[Compared], names: &[String]) -> Html {
    let described: Vec<_> = compared
        .iter()
        .map(|run| {
            let config = run
                .record
                .as_ref()
                .and_then(|record| record.config.as_ref());
            (run.from.as_ref(), config)
        })
        .collect();
    let rows = differences(&described);
    if rows.is_empty() {
        return html! { <p class="quiet" data-testid="compared-differences">{ "They were begun alike in all that is known of them." }</p> };
    }
    let row = |(name, values): &(&'static str, Vec<String>)| {
        html! {
            <tr>
                <th scope="row">{ *name }</th>
                { for values.iter().map(|value| html! { <td>{ value.clone() }</td> }) }
            </tr>
        }
    };
    html! {
        <div class="table-frame">
            <table class="readings" data-testid="compared-differences">
                <thead>
                    <tr>
                        <th scope="col">{ "What differs" }</th>
                        { for names.iter().map(|name| html! { <th scope="col">{ name.clone() }</th> }) }
                    </tr>
                </thead>
                <tbody>{ for rows.iter().map(row) }</tbody>
            </table>
        </div>
    }
}

/// The curves of all runs.
fn plots(compared: &[Compared], names: &[String]) -> Vec<Panel> {
    let runs = names.iter().zip(compared).filter_map(|(name, run)| {
        let record = run.record.as_ref()?;
        let panels = panels(&record.history, &record.vital_names, &record.vitals);
        Some((name.clone(), panels))
    });
    let mut all = together(runs.collect());
    all.retain(|panel| !LEFT_OUT.contains(&panel.key));
    all
}

#[derive(Clone, PartialEq, Properties)]
struct PlotsProps {
    panels: Vec<Panel>,
    step: Option<u64>,
    onpick: Callback<u64>,
}

/// The curves of all runs, with one cursor and one stretch.
#[component]
fn ComparedPlots(props: &PlotsProps) -> Html {
    let PlotsProps {
        panels,
        step,
        onpick,
    } = props;
    let last = last_step(panels.iter().flat_map(|panel| &panel.lines));
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
    let plot = |panel: &Panel| {
        html! {
            <Plot
                key={panel.key} panel={panel.clone()} smooth=true axis={Axis::Linear} shown={(shown, last)} cursor={(*cursor).or(*step)} {drag}
                onpoint={onpoint.clone()} {onpick} ondrag={ondrag.clone()} onzoom={onzoom.clone()}
            />
        }
    };
    html! {
        <>
            <div class="plots">{ for panels.iter().map(plot) }</div>
            <ZoomTools {shown} around={from.midpoint(to)} {last} {onshow} />
        </>
    }
}
