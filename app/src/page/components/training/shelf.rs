//! The runs that are kept in this browser: the one to go on with, and all of them in a table.

use yew::prelude::*;

use super::run_offer::RunOffer;
use super::run_table::RunTable;
use crate::page::hooks::use_training::Asks;
use crate::page::training::shelf::{learned_from, pair_of};
use crate::page::training::state::{Beside, Interrupted};
use crate::protocol::StoredRun;

/// What the shelf needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The runs, the one that was kept last first.
    pub runs: Vec<StoredRun>,
    /// The one that was open when the engine stopped.
    pub interrupted: Option<Interrupted>,
    /// Whether the engine takes requests.
    pub listens: bool,
    /// Who asks for runs.
    pub asks: Asks,
}

/// The run to go on with, and all of them.
#[component]
pub fn Shelf(props: &Props) -> Html {
    let Props {
        runs,
        interrupted,
        listens,
        asks,
    } = props;
    html! {
        <>
            if let Some(interrupted) = interrupted {
                { offer_again(interrupted, *listens, asks) }
            } else if let Some(newest) = runs.first() {
                if let Some((first, beside)) = pair_of(newest.id, runs) {
                    { offer_pair(first, &beside, runs, asks) }
                } else {
                    <RunOffer key={newest.id} stored={newest.clone()} asks={asks.clone()} />
                }
            }
            if !runs.is_empty() {
                <RunTable runs={runs.clone()} asks={asks.clone()} />
            }
        </>
    }
}

/// Two runs that began beside each other.
fn offer_pair(first: u64, beside: &Beside, runs: &[StoredRun], asks: &Asks) -> Html {
    let onclick = {
        let (asks, beside) = (asks.clone(), beside.clone());
        Callback::from(move |_: MouseEvent| asks.restore_pair(first, beside.clone()))
    };
    let [own, other] = &beside.names;
    let step = |id| {
        runs.iter()
            .find(|run| run.id == id)
            .map_or(0, |run| run.info.step)
    };
    let kept = format!(
        " at steps {} and {}. A new run leaves both as they are; in the table below each can be gone on with alone, or forgotten.",
        step(first),
        step(beside.id)
    );
    html! {
        <section class="offer" aria-label="The two runs that were kept" data-testid="offer">
            <p>
                <b>{ format!("Go on with {own} against {other}") }</b>
                <span class="quiet">{ kept }</span>
            </p>
            <div class="buttons">
                <button type="button" class="primary" {onclick} data-testid="restore-pair">{ "Go on with both" }</button>
            </div>
        </section>
    }
}

/// The run that was open when the engine stopped.
fn offer_again(interrupted: &Interrupted, listens: bool, asks: &Asks) -> Html {
    let onclick = {
        let (asks, interrupted) = (asks.clone(), interrupted.clone());
        Callback::from(move |_: MouseEvent| asks.go_on_after(&interrupted, listens))
    };
    let Interrupted {
        from, step, kept, ..
    } = interrupted;
    let lost = match step.saturating_sub(*kept) {
        0 => "nothing of it is lost.".to_owned(),
        1 => format!("it was kept at step {kept}, one before."),
        steps => format!("it was kept at step {kept}, {steps} before."),
    };
    let name = learned_from(from.as_ref());
    html! {
        <section class="offer" aria-label="The run that stopped" data-testid="interrupted">
            <p role="status">
                <b>{ format!("The run on {name} stopped at step {step}") }</b>
                <span class="quiet">{ format!(" with the engine; {lost}") }</span>
            </p>
            <div class="buttons">
                <button type="button" class="primary" {onclick} data-testid="go-on-after">{ format!("Go on from step {kept}") }</button>
            </div>
        </section>
    }
}
