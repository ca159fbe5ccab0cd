//! What the bench measures: `sagan bench`, `tests/bench/pytorch_step.py` and
//! `tests/bench/browser.mjs` write it as JSON, `cargo xtask bench` reads it. Times in milliseconds,
//! memory in bytes.

mod profile;

use serde::{Deserialize, Serialize};

pub use profile::{Kernel, Operation, Profile};

/// Who ran the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// Saganscope's operations.
    Ours,
    /// Burn's own operations.
    Stock,
    /// PyTorch, eager, f32.
    Pytorch,
    /// TensorFlow.js.
    Tfjs,
    /// ONNX Runtime Web.
    Ort,
}

/// What is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Pictures from latents, read back.
    Generate,
    /// One update of both networks.
    Train,
}

/// Where: times compare within one place only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// Natively on the processor's cores.
    Cpu,
    /// Natively on the graphics adapter.
    Gpu,
    /// In the browser, on WebGPU.
    Browser,
    /// In the browser, on one core of the processor.
    BrowserCpu,
}

/// One engine on one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Where it ran.
    pub place: Place,
    /// Who ran.
    pub engine: Engine,
    /// The device's own name.
    pub device: String,
    /// A processor plays the GPU.
    #[serde(default)]
    pub software: bool,
    /// What ran.
    pub task: Task,
    /// The network's width.
    pub conv_dim: usize,
    /// Pictures drawn at once, or trained on in a step.
    pub batch: usize,
    /// The first call.
    pub first_ms: f64,
    /// The median of the calls after it.
    pub median_ms: f64,
    /// How many calls the median is of.
    pub runs: usize,
    /// From navigation, with an empty cache, to the first picture on a canvas: drawing in a browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeared_ms: Option<f64>,
    /// Processor time of one picture, without the page around it: drawing on a browser's CPU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processor_ms: Option<f64>,
    /// What a run asks of a GPU.
    #[serde(flatten)]
    pub usage: Usage,
}

/// What the options of a shipped model cost: networks with them beside plain ones of the same widths.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptionsCost {
    /// Where both ran.
    pub place: Place,
    /// The device's own name.
    pub device: String,
    /// What ran.
    pub task: Task,
    /// The networks' width.
    pub conv_dim: usize,
    /// Pictures drawn at once, or trained on in a step.
    pub batch: usize,
    /// The median of the plain networks.
    pub plain_ms: f64,
    /// The median of those with options.
    pub options_ms: f64,
    /// How many calls each median is of.
    pub runs: usize,
}

impl OptionsCost {
    /// How many times the plain networks' time those with options take.
    pub fn ratio(&self) -> f64 {
        self.options_ms / self.plain_ms
    }
}

/// What one run asks of a GPU, where somebody told it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Kernels launched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatches: Option<u64>,
    /// The most bytes that tensors held at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
    /// The most bytes that the GPU had been asked for, over all runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved: Option<u64>,
}

/// What one run of a measuring program gives, or all of them together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Times, one for each engine and case.
    pub figures: Vec<Figure>,
    /// Where the time of a run on the GPU goes.
    #[serde(default)]
    pub profiles: Vec<Profile>,
    /// What the shipped models' options cost.
    #[serde(default)]
    pub options: Vec<OptionsCost>,
    /// A large product of f32 matrices by PyTorch on the GPU, in GFLOP/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matmul_gflops: Option<f64>,
    /// What was not measured and why, and what was checked.
    #[serde(default)]
    pub notes: Vec<String>,
}

impl Report {
    /// Takes in another report.
    pub fn add(&mut self, other: Report) {
        self.figures.extend(other.figures);
        self.profiles.extend(other.profiles);
        self.options.extend(other.options);
        self.matmul_gflops = other.matmul_gflops.or(self.matmul_gflops);
        self.notes.extend(other.notes);
    }

    /// Whether a GPU that is none of software was measured.
    pub fn has_gpu(&self) -> bool {
        let ours = |f: &&Figure| f.place == Place::Gpu && f.engine == Engine::Ours;
        self.figures.iter().filter(ours).any(|f| !f.software)
    }

    /// The cases, sorted by place, task, width and batch, each with its figures.
    pub fn cases(&self) -> Vec<Vec<&Figure>> {
        let key = |f: &Figure| (f.place, f.task, f.conv_dim, f.batch);
        let mut sorted: Vec<_> = self.figures.iter().collect();
        sorted.sort_by_key(|figure| (key(figure), figure.engine));
        let groups = sorted.chunk_by(|a, b| key(a) == key(b));
        groups.map(<[&Figure]>::to_vec).collect()
    }
}
