//! Where the time of one run on the GPU goes, and how fast each operation is at its work.

use serde::{Deserialize, Serialize};

use super::{Engine, Task};

/// One run of one engine, as the device tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Who ran.
    pub engine: Engine,
    /// The device's own name.
    pub device: String,
    /// What ran.
    pub task: Task,
    /// The network's width.
    pub conv_dim: usize,
    /// Pictures drawn at once, or trained on in a step.
    pub batch: usize,
    /// Kernels launched.
    pub dispatches: usize,
    /// Sum over all kernels.
    pub device_ms: f64,
    /// The longest first.
    pub kernels: Vec<Kernel>,
    /// Saganscope's operations by name.
    pub operations: Vec<Operation>,
    /// A large product of f32 matrices by Burn on the same device, in GFLOP/s.
    pub matmul_gflops: f64,
}

/// All launches of one kernel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kernel {
    /// Its name.
    pub name: String,
    /// Launches.
    pub dispatches: usize,
    /// Sum over them.
    pub ms: f64,
}

/// All calls of one operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// Its name.
    pub name: String,
    /// How often it was called.
    pub calls: usize,
    /// Kernels launched for that.
    pub dispatches: usize,
    /// Sum over them.
    pub ms: f64,
    /// Of the work that the formula asks for.
    pub gflops: f64,
}
