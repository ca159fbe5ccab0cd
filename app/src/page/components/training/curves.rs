//! What was read of a run, as plots, as a sentence and as a table.

use std::rc::Rc;

use yew::prelude::*;

use super::plot::{Plot, Reference};
use crate::page::hooks::use_rest::use_rest;
use crate::page::training::curves::{gammas, losses, scores, thinned, times};
use crate::page::training::verdict::{CAVEAT, verdict};
use crate::page::words;
use crate::protocol::Progress;

/// Rows of the table.
const ROWS: usize = 25;

/// What the curves need.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// In the order of steps.
    pub history: Rc<Vec<Progress>>,
}

/// What was read of a run, as plots with one cursor, a sentence, and a table.
#[component]
pub fn Curves(props: &Props) -> Html {
    let history = &props.history;
    let cursor = use_state_eq(|| None::<u64>);
    let setter = cursor.setter();
    let onpoint = Callback::from(move |step| setter.set(step));
    let steps: Vec<u64> = history.iter().map(|point| point.step).collect();
    let onkeydown = {
        let (cursor, steps) = (cursor.clone(), steps.clone());
        Callback::from(move |event: KeyboardEvent| {
            let last = steps.len().saturating_sub(1);
            let at = cursor.map_or(last, |step| steps.partition_point(|&s| s < step).min(last));
            let to = match event.key().as_str() {
                "ArrowLeft" => at.saturating_sub(1),
                "ArrowRight" => (at + 1).min(last),
                "Home" => 0,
                "End" => last,
                _ => return,
            };
            event.prevent_default();
            cursor.set(steps.get(to).copied());
        })
    };
    let said = use_rest(reading(history, *cursor));
    let (pointed, point) = (*cursor, || onpoint.clone());
    let references = |pairs: &[(f64, &'static str)]| -> Vec<Reference> {
        let pairs = pairs.iter();
        pairs
            .map(|&(value, label)| Reference { value, label })
            .collect()
    };
    html! {
        <section class="curves" aria-label="Curves" data-testid="curves">
            <p class="verdict" data-testid="verdict"><b>{ verdict(history) }</b>{ " " }<span class="quiet">{ CAVEAT }</span></p>
            <div
                class="plots" tabindex="0" role="group" {onkeydown}
                aria-label="Plots over steps; the arrow keys read one step after the other"
            >
                <Plot
                    title="Losses" lines={losses(history)} smooth=true cursor={pointed} onpoint={point()}
                    references={references(&[(2.0, "2: cannot tell"), (0.0, "0: tells all")])}
                />
                <Plot
                    title="Mean scores" lines={scores(history)} smooth=true cursor={pointed} onpoint={point()}
                    references={references(&[(1.0, "real enough"), (-1.0, "drawn enough")])}
                />
                if history.iter().any(|point| !point.gammas.is_empty()) {
                    <Plot
                        title="γ, how much attention adds" lines={gammas(history)} cursor={pointed} onpoint={point()}
                        references={references(&[(0.0, "0: off")])}
                    />
                }
                <Plot title="Time, in milliseconds" lines={times(history)} cursor={pointed} onpoint={point()} />
            </div>
            <p class="unseen" role="status">{ said }</p>
            <details class="more">
                <summary>{ "As a table" }</summary>
                { table(history) }
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
        <div class="table-frame">
            <table class="readings">
                <thead><tr>{ for heads.iter().map(|head| html! { <th scope="col">{ *head }</th> }) }</tr></thead>
                <tbody>{ for thinned(history, ROWS).into_iter().map(row) }</tbody>
            </table>
        </div>
    }
}
