//! What was measured, as the JSON file has it. Times in milliseconds, memory in bytes.

use std::time::Duration;

use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Ops {
    /// Saganscope's operations.
    Ours,
    /// Burn's own.
    Stock,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Task {
    Generate,
    Train,
}

#[derive(Default, Serialize)]
pub(super) struct Report {
    pub(super) figures: Vec<Figure>,
    pub(super) profiles: Vec<Profile>,
}

/// One line of the table.
#[derive(Serialize)]
pub(super) struct Figure {
    pub(super) engine: Ops,
    pub(super) device: String,
    /// A processor plays the GPU.
    pub(super) software: bool,
    pub(super) task: Task,
    pub(super) conv_dim: usize,
    pub(super) batch: usize,
    pub(super) first_ms: f64,
    pub(super) median_ms: f64,
    pub(super) runs: usize,
    /// On a GPU only.
    #[serde(flatten)]
    pub(super) usage: Option<Usage>,
}

/// What one run asks of a GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Usage {
    /// Kernels launched.
    pub(super) dispatches: u64,
    /// The most bytes that tensors held at once.
    pub(super) memory: u64,
    /// The most bytes that the GPU had been asked for, over all runs.
    pub(super) reserved: u64,
}

/// Where the time of one run goes, as the device tells it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Profile {
    pub(super) engine: Ops,
    pub(super) device: String,
    pub(super) task: Task,
    pub(super) conv_dim: usize,
    pub(super) batch: usize,
    pub(super) dispatches: usize,
    /// Sum over all kernels.
    pub(super) device_ms: f64,
    /// The longest first.
    pub(super) kernels: Vec<KernelTime>,
    pub(super) operations: Vec<OperationRate>,
    /// A large product of f32 matrices by Burn on the same device, in GFLOP/s.
    pub(super) matmul_gflops: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct KernelTime {
    pub(super) name: String,
    pub(super) dispatches: usize,
    pub(super) ms: f64,
}

/// How fast one of our operations does what its formula asks for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct OperationRate {
    pub(super) name: String,
    pub(super) calls: usize,
    pub(super) dispatches: usize,
    pub(super) ms: f64,
    pub(super) gflops: f64,
}

pub(super) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
