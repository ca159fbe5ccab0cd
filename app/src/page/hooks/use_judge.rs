//! Asks a discriminator what it says of a picture.

use web_sys::AbortSignal;
use yew::prelude::*;

use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::{CHOSEN_JUDGE, CHOSEN_MODEL, EXAMINED};
use crate::page::engine::opening::fetch;
use crate::page::engine::task::Task;
use crate::page::image::Image;
use crate::page::view::settings::Settings;
use crate::page::view::slot::{Shared, Slot};
use crate::protocol::{Examined, Examiner, Judge, JudgeReply, wire::File};

/// Whose discriminator is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Whose {
    /// The chosen model's. What counts its openings tells a model from one that took its place.
    Model(Settings, [u32; 2]),
    /// That of the run of this number.
    Run(u32),
}

/// How far it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Its file is on its way: bytes so far, and in all where that is known.
    Coming(u64, Option<u64>),
    /// It is loaded, or looks at the picture.
    Waiting,
    /// One sentence.
    Failed(String),
    /// What it says, or said of the picture before while it looks at the next.
    Says(Says, bool),
}

/// A picture that is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Its seed, if it has one.
    pub seed: u64,
    /// As it was drawn: a run draws the same one otherwise later.
    pub drawn: Option<Shared<Image>>,
    /// Where it comes from.
    pub picture: Examined,
}

/// What a discriminator says of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Says {
    /// Its score.
    pub score: f64,
    /// The picture as it saw it, and its attention layers, with what they fetch.
    pub slot: Slot,
    /// How much the score can change with each pixel.
    pub gradient: Shared<Vec<f32>>,
}

/// What it says, or why it says nothing.
type Answered = Result<Says, String>;

/// Whether a discriminator can be asked.
#[derive(Clone, Debug, PartialEq)]
enum Opened {
    Coming(u64, Option<u64>),
    Loading,
    Failed(String),
    Ready,
}

/// What a discriminator says of a picture. Its file is fetched once somebody asks, and let go of when
/// nobody does any more.
#[hook]
pub fn use_judge(engine: &Engine, whose: Option<Whose>, picture: Option<Asked>) -> Found {
    let opened = use_state_eq(|| None::<(Whose, Opened)>);
    let said = use_state_eq(|| None::<(Option<Whose>, Asked, Answered)>);
    {
        let (engine, setter) = (engine.clone(), opened.setter());
        use_effect_with(whose.clone(), move |whose| {
            let tell = {
                let whose = whose.clone();
                move |state| setter.set(whose.clone().map(|whose| (whose, state)))
            };
            let mut opening = None;
            match whose.clone() {
                None => {}
                Some(Whose::Run(_)) => tell(Opened::Ready),
                Some(Whose::Model(settings, _)) => {
                    tell(Opened::Coming(0, None));
                    let engine = engine.clone();
                    opening = Some(Task::begin(|signal| async move {
                        open(&engine, &settings, &signal, tell).await;
                    }));
                }
            }
            let closes = matches!(whose, Some(Whose::Model(..)));
            move || {
                drop(opening);
                if closes {
                    let judge = CHOSEN_JUDGE;
                    engine.judge(Judge::Close { judge }, |_| ());
                }
            }
        });
    }
    let state = (*opened).clone();
    let state = state.filter(|(of, _)| Some(of) == whose.as_ref());
    let state = state.map_or(Opened::Loading, |(_, state)| state);
    let asked = picture.filter(|_| state == Opened::Ready);
    let by = match &whose {
        Some(Whose::Run(run)) => Examiner::Run(*run),
        _ => Examiner::Judge(CHOSEN_JUDGE),
    };
    {
        let (engine, setter) = (engine.clone(), said.setter());
        use_effect_with(
            (asked.clone(), by, whose.clone()),
            move |(asked, by, whose)| {
                if let Some(asked) = asked.clone() {
                    let whose = whose.clone();
                    let ask = Judge::Examine {
                        topic: EXAMINED,
                        by: *by,
                        picture: asked.picture.clone(),
                    };
                    engine.judge(ask, move |reply| {
                        let found = match reply {
                            JudgeReply::Examined(verdict) => Ok(Says {
                                score: f64::from(verdict.score),
                                slot: Slot::new(asked.seed, verdict.sample),
                                gradient: Shared::new(verdict.gradient),
                            }),
                            JudgeReply::Failed { sentence } => Err(sentence),
                            // Answers to other questions.
                            JudgeReply::Ready(_) | JudgeReply::Closed => return,
                        };
                        setter.set(Some((whose.clone(), asked.clone(), found)));
                    });
                }
                move || engine.forget(EXAMINED)
            },
        );
    }
    match state {
        Opened::Coming(done, total) => Found::Coming(done, total),
        Opened::Loading => Found::Waiting,
        Opened::Failed(sentence) => Found::Failed(sentence),
        Opened::Ready => {
            let said = (*said).clone().filter(|(by, ..)| *by == whose);
            match said {
                Some((_, of, Ok(says))) => Found::Says(says, Some(of) == asked),
                Some((_, of, Err(sentence))) if Some(&of) == asked.as_ref() => {
                    Found::Failed(sentence)
                }
                _ => Found::Waiting,
            }
        }
    }
}

async fn open(
    engine: &Engine,
    settings: &Settings,
    signal: &AbortSignal,
    tell: impl Fn(Opened) + Clone + 'static,
) {
    let file = match settings.discriminator() {
        Ok(file) => file,
        Err(failure) => return tell(Opened::Failed(failure.to_string())),
    };
    let progress = {
        let tell = tell.clone();
        move |done, total| tell(Opened::Coming(done, total))
    };
    let checkpoint = match fetch(&file, signal, progress).await {
        _ if signal.aborted() => return,
        Ok(checkpoint) => checkpoint,
        Err(failure) => return tell(Opened::Failed(failure.to_string())),
    };
    tell(Opened::Loading);
    let ask = Judge::Open {
        judge: CHOSEN_JUDGE,
        model: CHOSEN_MODEL,
        checkpoint: File(checkpoint),
        name: file.file_name().to_owned(),
    };
    let signal = signal.clone();
    engine.judge(ask, move |reply| match reply {
        // Another one is asked meanwhile.
        _ if signal.aborted() => {}
        JudgeReply::Ready(_) => tell(Opened::Ready),
        JudgeReply::Failed { sentence } => tell(Opened::Failed(sentence)),
        // Answers to other questions.
        JudgeReply::Closed | JudgeReply::Examined(_) => {}
    });
}
