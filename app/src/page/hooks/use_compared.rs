//! Opens stored runs to look at beside each other, and draws what each drew at one step.

use std::rc::Rc;

use yew::prelude::*;

use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::{COMPARED, COMPARED_PICTURES};
use crate::page::image::Image;
use crate::page::training::readings::PICTURES_SEED;
use crate::page::training::timeline::nearest;
use crate::page::view::slot::Shared;
use crate::protocol::{
    Claim, DeviceChoice, DrawReply, Network, Parts, PictureSource, Pictures, Record, Sample,
    Source, Train, TrainReply, Weights,
};

/// Pictures of each run.
pub const SHOWN: u32 = 8;

/// A run that is compared with others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compared {
    /// What was read of it; none until it is open.
    pub record: Option<Rc<Record>>,
    /// What it learned from.
    pub from: Option<PictureSource>,
    /// Why it cannot be looked at: a sentence.
    pub trouble: Option<String>,
    /// What it drew.
    pub pictures: Vec<Option<Shared<Image>>>,
    /// After which step.
    pub drawn_at: Option<u64>,
}

/// All runs that are compared, by their places.
#[derive(Clone, Debug, Default, PartialEq)]
struct All(Vec<Compared>);

enum Event {
    Opened(usize, TrainReply),
    Drawn(usize, u64, u32, Sample),
    Trouble(usize, String),
}

impl Reducible for All {
    type Action = Event;

    fn reduce(self: Rc<Self>, event: Event) -> Rc<Self> {
        let mut all = (*self).clone();
        let place = match &event {
            Event::Opened(place, _) | Event::Drawn(place, ..) | Event::Trouble(place, _) => *place,
        };
        let Some(run) = all.0.get_mut(place) else {
            return self;
        };
        match event {
            Event::Opened(_, TrainReply::Ready { record, from, .. }) => {
                run.record = Some(Rc::new(*record));
                run.from = from;
            }
            Event::Opened(_, TrainReply::Failed { sentence }) | Event::Trouble(_, sentence) => {
                run.trouble = Some(sentence);
            }
            Event::Opened(..) => {}
            Event::Drawn(_, step, index, Sample { size, rgba, .. }) => {
                run.drawn_at = Some(step);
                if let Some(slot) = run.pictures.get_mut(index as usize) {
                    *slot = Some(Shared::new(Image { side: size, rgba }));
                }
            }
        }
        Rc::new(all)
    }
}

/// The stored runs of these numbers, open as long as they are looked at; each draws what it drew
/// after its snapshot nearest to `step`.
#[hook]
pub fn use_compared(
    engine: &Engine,
    ids: &[u64],
    device: DeviceChoice,
    step: Option<u64>,
) -> Vec<Compared> {
    let count = ids.len();
    let all = use_reducer_eq(|| {
        let run = Compared {
            pictures: vec![None; SHOWN as usize],
            ..Compared::default()
        };
        All(vec![run; count])
    });
    {
        let (engine, dispatch) = (engine.clone(), all.dispatcher());
        use_effect_with(ids.to_vec(), move |ids| {
            for (place, &id) in ids.iter().enumerate() {
                let ask = Train::Restore {
                    run: COMPARED + place as u32,
                    id: Some(id),
                    claim: Some(Claim::Look),
                    device,
                };
                let dispatch = dispatch.clone();
                engine.train(ask, move |reply| {
                    dispatch.dispatch(Event::Opened(place, reply))
                });
            }
            move || {
                for place in 0..count as u32 {
                    engine.forget(COMPARED_PICTURES + place);
                    let run = COMPARED + place;
                    engine.train(Train::Close { run }, |_| {});
                }
            }
        });
    }
    // The snapshot that each run should draw from.
    let wanted: Vec<Option<u64>> = (all.0.iter())
        .map(|run| nearest(&run.record.as_ref()?.snapshots, step.unwrap_or(u64::MAX)))
        .collect();
    let (engine, dispatch) = (engine.clone(), all.dispatcher());
    use_effect_with(wanted, move |wanted| {
        for (place, step) in wanted.iter().enumerate() {
            if let Some(step) = *step {
                let dispatch = dispatch.clone();
                engine.redraw(pictures(place as u32, step), move |reply| match reply {
                    DrawReply::Sample { index, sample } => {
                        dispatch.dispatch(Event::Drawn(place, step, index, sample));
                    }
                    DrawReply::Failed { sentence } => {
                        dispatch.dispatch(Event::Trouble(place, sentence));
                    }
                    _ => {}
                });
            }
        }
    });
    all.0.clone()
}

/// What the run in this place drew of always the same latents after a step.
fn pictures(place: u32, step: u64) -> Pictures {
    let of = Source::Run(COMPARED + place);
    Pictures {
        network: Network {
            of,
            weights: Weights::Snapshot(step),
        },
        parts: Parts {
            attention: false,
            ..Parts::default()
        },
        ..Pictures::of_seed(COMPARED_PICTURES + place, of, PICTURES_SEED, 0, SHOWN)
    }
}
