//! How far a run's pictures are from those that it learns from: measured when it is asked for.

use yew::prelude::*;

use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::RUN;
use crate::page::training::shelf::distance;
use crate::page::words;
use crate::protocol::{Quality, Train, TrainReply};

/// What no number of this kind says.
pub const NOT_FID: &str = "Fréchet distance in a feature space made by hand: smaller is nearer to real pictures. Not comparable with published FID, nor between picture sizes.";

/// What the measure needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// As it was when the run was opened.
    pub quality: Option<Quality>,
    /// Steps of the run.
    pub step: u64,
    /// Whether it rests; one that goes on would have to wait.
    pub resting: bool,
}

/// What became of the last wish.
#[derive(Clone, PartialEq)]
enum Measured {
    Nothing,
    UnderWay(u32, u32),
    Found(Quality),
    Failed(String),
}

/// How far the run's pictures are from real ones, and a way to find out.
#[component]
pub fn QualityMeasure(props: &Props) -> Html {
    let Props {
        quality,
        step,
        resting,
    } = props;
    let engine = use_context::<Engine>().unwrap_or_default();
    let measured = use_state_eq(|| Measured::Nothing);
    let onclick = {
        let measured = measured.setter();
        Callback::from(move |_: MouseEvent| {
            measured.set(Measured::UnderWay(0, 1));
            let measured = measured.clone();
            engine.train(Train::Measure { run: RUN }, move |reply| {
                measured.set(match reply {
                    TrainReply::Measuring { done, of } => Measured::UnderWay(done, of),
                    TrainReply::Measured(quality) => Measured::Found(quality),
                    TrainReply::Failed { sentence } => Measured::Failed(sentence),
                    _ => return,
                });
            });
        })
    };
    let known = match &*measured {
        Measured::Found(quality) => Some(*quality),
        _ => *quality,
    };
    let said = match (&*measured, known) {
        (Measured::Failed(sentence), _) => sentence.clone(),
        (Measured::UnderWay(..), _) => "Drawing and comparing…".to_owned(),
        (_, Some(quality)) => {
            let own = words::short(f64::from(quality.of_real));
            format!(
                "{}; real pictures among themselves {own}.",
                distance(&quality, *step)
            )
        }
        (_, None) => String::new(),
    };
    html! {
        <details class="more measure">
            <summary data-testid="measure-open">{ "How near to real pictures" }</summary>
            <p class="quiet">{ NOT_FID }</p>
            <div class="buttons">
                if let Measured::UnderWay(done, of) = *measured {
                    <progress value={done.to_string()} max={of.to_string()} aria-label="Pictures compared" />
                } else {
                    <button type="button" class="small" disabled={!*resting} {onclick} data-testid="measure">{ "Measure" }</button>
                }
            </div>
            <p role="status" data-testid="measured" data-distance={known.map(|quality| quality.distance.to_string())}>{ said }</p>
        </details>
    }
}
