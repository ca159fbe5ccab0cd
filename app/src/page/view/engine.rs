//! Whether there is an engine, and what it holds.

use crate::page::engine::loading::{Loading, Part};
use crate::page::failure::Failure;
use crate::protocol::{DeviceInfo, ModelInfo, Reply, Stage};

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
    /// The engine says something.
    Heard(Reply),
    /// Something went wrong.
    Fail(Failure),
    /// Start it once more.
    Retry,
    /// Open the checkpoint at this path in place of the present one.
    Open(String),
}

impl EngineState {
    /// The engine before its first start.
    pub fn new(settings: Settings) -> Self {
        Self {
            phase: beginning(&settings),
            attempt: 0,
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

    /// It starts once more.
    pub fn restart(&mut self) {
        self.attempt += 1;
        self.phase = beginning(&self.settings);
    }
}

fn beginning(settings: &Settings) -> Phase {
    match settings.check() {
        Ok(()) => Phase::Loading(Loading::default()),
        Err(failure) => Phase::Failed(failure),
    }
}
