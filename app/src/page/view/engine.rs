//! Whether there is an engine, and what it holds.

use crate::page::engine::loading::{Loading, Part};
use crate::page::failure::Failure;
use crate::protocol::{DeviceInfo, ModelInfo, Stage};

use super::origin::Origin;
use super::settings::Settings;

/// Whether there is an engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// On its way.
    Loading(Loading),
    /// It answers.
    Running,
    /// It is gone, or never came.
    Failed(Failure),
}

/// The engine, as far as the page knows.
#[derive(Clone, Debug, PartialEq)]
pub struct EngineState {
    /// What it is started with.
    pub settings: Settings,
    /// Whether there is one.
    pub phase: Phase,
    /// Counts its starts, from 0.
    pub attempt: u32,
    /// Whether it takes requests, be a model open or not.
    pub listens: bool,
    /// Counts the models opened in an engine that was there already, from 0.
    pub opening: u32,
    /// Where it runs.
    pub device: Option<DeviceInfo>,
    /// What it loaded.
    pub model: Option<ModelInfo>,
}

/// What can happen to the engine.
#[derive(Clone, Debug, PartialEq)]
pub enum EngineAction {
    /// Bytes of a download arrived.
    Downloaded {
        /// Of which file.
        part: Part,
        /// Bytes so far.
        done: u64,
        /// Bytes in all, where the server tells.
        total: Option<u64>,
    },
    /// It takes requests.
    Listens,
    /// Opening the model has reached this stage.
    Reach(Stage),
    /// The model can be drawn from.
    Ready {
        /// Where it is.
        device: DeviceInfo,
        /// What was loaded.
        model: ModelInfo,
    },
    /// The engine is gone, or of no use any more.
    Fail(Failure),
    /// The model could not be opened; the engine itself goes on.
    FailToOpen(Failure),
    /// Try once more.
    Retry,
    /// Open these weights in place of the present ones.
    Open(Origin),
}

impl EngineState {
    /// The engine before its first start.
    pub fn new(settings: Settings) -> Self {
        Self {
            phase: beginning(&settings),
            attempt: 0,
            listens: false,
            opening: 0,
            device: None,
            model: None,
            settings,
        }
    }

    /// Whether it answers.
    pub fn runs(&self) -> bool {
        self.phase == Phase::Running
    }

    /// It has loaded a model.
    pub fn ready(&mut self, device: DeviceInfo, model: ModelInfo) {
        self.phase = Phase::Running;
        self.device = Some(device);
        self.model = Some(model);
    }

    /// Its start has reached this stage.
    pub fn reach(&mut self, stage: Stage) {
        if let Phase::Loading(loading) = &mut self.phase {
            loading.stage = Some(stage);
        }
    }

    /// Bytes of a download arrived.
    pub fn record(&mut self, part: Part, done: u64, total: Option<u64>) {
        if let Phase::Loading(loading) = &mut self.phase {
            loading.record(part, done, total);
        }
    }

    /// The model is opened once more, or another one: in the engine that there is, so that what
    /// else is open in it stays, or else in a new one.
    pub fn begin_again(&mut self) {
        self.phase = beginning(&self.settings);
        if self.listens {
            self.opening += 1;
            if let Phase::Loading(loading) = &mut self.phase {
                loading.only_model = true;
            }
        } else {
            self.attempt += 1;
        }
    }

    /// What stopped it. The first failure is the cause; what follows from it would only hide it.
    pub fn fail(&mut self, failure: Failure) {
        if !matches!(self.phase, Phase::Failed(_)) {
            self.phase = Phase::Failed(failure);
        }
    }
}

fn beginning(settings: &Settings) -> Phase {
    match settings.check() {
        Ok(()) => Phase::Loading(Loading::default()),
        Err(failure) => Phase::Failed(failure),
    }
}
