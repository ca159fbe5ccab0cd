//! Every message between the page and its engine, as plain serde types.
//!
//! A message crosses as a JavaScript object with the names below, and long lists of numbers in it
//! as typed arrays whose memory changes hands ([`wire`]): they are copied out of one program's
//! memory and into the other's, and nowhere else. A whole file ([`wire::File`]) does not even enter
//! the page's.
//!
//! The engine speaks first, with a [`Greeting`]. Then the page posts [`Request`]s, each with a
//! number of its own, and the engine answers each by [`Reply`]s with that number: any number of
//! passing ones, then exactly one that [ends](Answer::ends_request) it.
//!
//! There are three tenants. *Drawing* ([`Draw`]) has any number of models open; *training* ([`Train`])
//! any number of runs; *judging* ([`Judge`]) any number of discriminators. They share devices and one queue, so a step and a picture never overlap. What
//! goes wrong with one request ends that request and nothing else, but for [`Answer::Lost`].

pub mod draw;
pub mod edits;
pub mod judge;
pub mod moves;
pub mod run;
pub mod train;
pub mod wire;

use serde::{Deserialize, Serialize};

pub use draw::{
    AllRows, Draw, DrawReply, Latents, LayerInfo, ModelInfo, Network, Parts, Pictures, Reading,
    Sample, Source, Stage, Weights,
};
pub use edits::{KeyBias, LayerEdit, MapEdit};
pub use judge::{Examined, Examiner, Judge, JudgeInfo, JudgeReply, Verdict};
pub use moves::{Along, Moves, Nudge, Place, Toward};
pub use run::{
    AlbumInfo, Claim, Half, Kept, LiveSettings, Networks, PictureSource, Progress, Quality, Record,
    RunConfig, RunInfo, StoredRun, UnreadableFile, Vital, WorldInfo,
};
pub use train::{Cause, StepLatents, Train, TrainReply, TrainingStage};

/// The first thing that an engine says: of which build it is. A page of another build must not talk
/// to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Greeting {
    /// Counts the protocol's forms.
    pub version: u32,
    /// Stands for the sources of page and engine, which are compiled apart.
    pub build: String,
}

impl Greeting {
    /// That of the program which asks.
    pub fn own() -> Self {
        Self {
            version: 2,
            build: env!("SAGANSCOPE_BUILD").to_owned(),
        }
    }
}

/// What the page asks of the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// From 1, each once; every answer carries it.
    pub id: u32,
    /// What is asked.
    pub ask: Ask,
}

/// Which tenant is asked for what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Ask {
    /// Models and pictures.
    Draw(Draw),
    /// Runs and steps.
    Train(Train),
    /// Discriminators.
    Judge(Judge),
}

/// What the engine tells the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The request that it answers; 0 where it answers none.
    pub to: u32,
    /// What it says.
    pub answer: Answer,
}

/// Which tenant says what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// Models and pictures.
    Draw(DrawReply),
    /// Runs and steps.
    Train(TrainReply),
    /// Discriminators.
    Judge(JudgeReply),
    /// The device is gone, and all that was on it. This worker computes nothing more on it; another
    /// worker can.
    Lost {
        /// What happened, and what to do.
        sentence: String,
    },
    /// A message of the page's could not be read.
    Unreadable {
        /// What was wrong with it.
        sentence: String,
    },
}

impl Answer {
    /// Whether its request is answered with this.
    pub fn ends_request(&self) -> bool {
        !matches!(
            self,
            Self::Draw(DrawReply::Stage(_) | DrawReply::Sample { .. })
                | Self::Train(
                    TrainReply::Stage(_)
                        | TrainReply::Progress(_)
                        | TrainReply::Snapshots { .. }
                        | TrainReply::Vitals(_)
                        | TrainReply::Autosaved(_)
                        | TrainReply::Gathering { .. }
                        | TrainReply::Measuring { .. }
                )
        )
    }

    /// What ends the same request where this answer cannot be given.
    pub fn failed(&self, sentence: &str) -> Self {
        let sentence = sentence.to_owned();
        match self {
            Self::Draw(_) => Self::Draw(DrawReply::Failed { sentence }),
            Self::Train(_) => Self::Train(TrainReply::Failed { sentence }),
            Self::Judge(_) => Self::Judge(JudgeReply::Failed { sentence }),
            Self::Lost { .. } | Self::Unreadable { .. } => self.clone(),
        }
    }
}

/// Which device the engine should run on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeviceChoice {
    /// The GPU where WebGPU offers a real one that suffices, else the CPU.
    #[default]
    Auto,
    /// Whatever WebGPU offers, be it software.
    Gpu,
    /// The CPU, even where there is a GPU.
    Cpu,
}

/// The device that a model or a run is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceInfo {
    /// Whether it is a GPU.
    pub gpu: bool,
    /// The adapter's name as far as the browser tells, or "CPU".
    pub name: String,
    /// Where the CPU is used: why, in one sentence.
    pub note: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept() -> Kept {
        Kept {
            step: 1,
            bytes: 1,
            trouble: None,
        }
    }

    #[test]
    fn what_passes_and_what_ends_a_request() {
        let passing = [
            Answer::Draw(DrawReply::Stage(Stage::Device)),
            Answer::Train(TrainReply::Stage(TrainingStage::Weights)),
            Answer::Train(TrainReply::Gathering { done: 1, of: 2 }),
            Answer::Train(TrainReply::Measuring { done: 1, of: 2 }),
            Answer::Train(TrainReply::Autosaved(kept())),
            Answer::Train(TrainReply::Snapshots { steps: vec![1] }),
            Answer::Train(TrainReply::Vitals(Vital {
                step: 1,
                values: vec![0.5],
            })),
        ];
        assert!(passing.iter().all(|answer| !answer.ends_request()));
        let sentence = String::new;
        let cause = Cause::Done;
        let ending = [
            Answer::Draw(DrawReply::Done { millis: 1.0 }),
            Answer::Draw(DrawReply::Superseded),
            Answer::Train(TrainReply::Kept(kept())),
            Answer::Train(TrainReply::Paused { step: 1, cause }),
            Answer::Train(TrainReply::Halved { step: 1, loss: 0.5 }),
            Answer::Train(TrainReply::Failed {
                sentence: sentence(),
            }),
            Answer::Judge(JudgeReply::Closed),
            Answer::Lost {
                sentence: sentence(),
            },
        ];
        assert!(ending.iter().all(Answer::ends_request));
    }

    #[test]
    fn a_build_is_named_by_its_sources() {
        let own = Greeting::own();
        assert_eq!(own.build.len(), 16, "{}", own.build);
        assert!(own.build.chars().all(|c| c.is_ascii_hexdigit()));
    }
}
