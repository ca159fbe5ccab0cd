//! All runs that are kept in this browser.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::compared_runs::ComparedRuns;
use super::quality::NOT_FID;
use super::run_offer::when;
use crate::page::hooks::use_training::Asks;
use crate::page::training::compare::MOST;
use crate::page::training::shelf::{called, differences, distance, learned_from, reading};
use crate::page::words;
use crate::protocol::StoredRun;

/// What the table needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The runs.
    pub runs: Vec<StoredRun>,
    /// Who asks for runs.
    pub asks: Asks,
}

/// All runs: their names, what sets them apart, how far they are; each can be opened, named anew,
/// and forgotten.
#[component]
pub fn RunTable(Props { runs, asks }: &Props) -> Html {
    // The one whose forgetting is asked about.
    let sure = use_state_eq(|| None::<u64>);
    // Those that are ticked, and those that are beside each other.
    let ticked = use_state_eq(Vec::<u64>::new);
    let beside = use_state_eq(Vec::<u64>::new);
    let count = match runs.len() {
        1 => "The kept run: its name, its size".to_owned(),
        count => format!("All {count} kept runs"),
    };
    let rows = runs.iter().zip(differences(runs));
    let of = |ids: &[u64]| -> Vec<StoredRun> {
        let ticked = runs.iter().filter(|run| ids.contains(&run.id));
        ticked.cloned().collect()
    };
    let chosen = of(&ticked);
    let onbeside = {
        let (beside, ids) = (
            beside.setter(),
            chosen.iter().map(|run| run.id).collect::<Vec<_>>(),
        );
        Callback::from(move |_: MouseEvent| beside.set(ids.clone()))
    };
    let onclose = {
        let beside = beside.setter();
        Callback::from(move |()| beside.set(Vec::new()))
    };
    let compared = of(&beside);
    html! {
        <details class="kept-runs">
            <summary data-testid="kept-runs">{ count }</summary>
            <div class="table-frame" role="region" aria-label="Kept runs" tabindex="0">
                <table data-testid="run-table">
                    <thead>
                        <tr>
                            { for ["Name", "What differs", "Step", "Read last"].map(|head| html! { <th scope="col">{ head }</th> }) }
                            <th scope="col" title={NOT_FID}>{ "Distance" }</th>
                            { for ["Kept", "Size", ""].map(|head| html! { <th scope="col">{ head }</th> }) }
                        </tr>
                    </thead>
                    <tbody>
                        { for rows.map(|(run, differs)| row(run, differs, asks, &sure, &ticked)) }
                    </tbody>
                </table>
            </div>
            if runs.len() > 1 {
                <div class="buttons">
                    <button type="button" class="small" disabled={!(2..=MOST).contains(&chosen.len())} onclick={onbeside} data-testid="compare-runs">{ "Compare those ticked" }</button>
                    <span class="quiet">{ "Two or three runs: what differs, their pictures, their curves." }</span>
                </div>
            }
            if !compared.is_empty() {
                <ComparedRuns key={format!("{:?}", *beside)} runs={compared} device={asks.device()} {onclose} />
            }
            <p class="quiet">{ "Distance: how far a run's pictures are from real ones, where it was measured. " }{ NOT_FID }</p>
            <p class="quiet">{ "Losses and γ as they were read last: they tell whether the two networks keep each other busy, not how good the pictures are." }</p>
        </details>
    }
}

fn row(
    run: &StoredRun,
    differs: String,
    asks: &Asks,
    sure: &UseStateHandle<Option<u64>>,
    ticked: &UseStateHandle<Vec<u64>>,
) -> Html {
    let id = run.id;
    let act = |act: fn(&Asks, u64)| {
        let asks = asks.clone();
        Callback::from(move |_: MouseEvent| act(&asks, id))
    };
    let set_sure = |about: Option<u64>| {
        let sure = sure.setter();
        Callback::from(move |_: MouseEvent| sure.set(about))
    };
    let onchange = {
        let asks = asks.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            asks.rename(id, input.value());
        })
    };
    let ontick = {
        let ticked = ticked.clone();
        Callback::from(move |_: Event| {
            let mut ids = (*ticked).clone();
            match ids.iter().position(|&one| one == id) {
                Some(place) => _ = ids.remove(place),
                None => ids.push(id),
            }
            ticked.set(ids);
        })
    };
    let name = called(run);
    let learns = learned_from(run.from.as_ref());
    html! {
        <tr key={id} data-testid="kept-run">
            <th scope="row">
                <input
                    type="checkbox" aria-label={format!("Compare {name}")} checked={ticked.contains(&id)} onchange={ontick} data-testid="compare-run"
                />
                <input
                    type="text" maxlength="80" autocomplete="off" aria-label={format!("Name of the run on {learns}")}
                    value={run.name.clone().unwrap_or_default()} placeholder={learns} {onchange} data-testid="run-name"
                />
            </th>
            <td>{ differs }</td>
            <td>{ run.info.step }</td>
            <td>{ reading(run.last.as_ref()) }</td>
            <td title={NOT_FID} data-testid="run-distance">{ match &run.quality {
                Some(quality) => distance(quality, run.info.step),
                None => "not measured".to_owned(),
            } }</td>
            <td>{ when(run.at) }</td>
            <td>{ words::bytes(run.bytes) }</td>
            <td>
                <div class="buttons">
                    if run.elsewhere {
                        <button type="button" aria-label={format!("Watch {name}")} onclick={act(Asks::watch)}>{ "Watch" }</button>
                        <button type="button" aria-label={format!("Take over {name}")} onclick={act(Asks::take_over)}>{ "Take over" }</button>
                    } else if **sure == Some(id) {
                        <button type="button" aria-label={format!("Forget {name} for good")} onclick={act(Asks::forget)} data-testid="row-forget-surely">{ "For good" }</button>
                        <button type="button" aria-label={format!("Keep {name}")} onclick={set_sure(None)}>{ "Keep" }</button>
                    } else {
                        <button type="button" aria-label={format!("Go on with {name}")} onclick={act(Asks::restore)} data-testid="row-restore">{ "Go on" }</button>
                        <button type="button" aria-label={format!("Forget {name}")} onclick={set_sure(Some(id))} data-testid="row-forget">{ "Forget" }</button>
                    }
                </div>
            </td>
        </tr>
    }
}
