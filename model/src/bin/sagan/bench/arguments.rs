//! What `sagan bench` takes, and the cases that follow from it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use saganscope_figures::{Engine, Task};
use saganscope_model::config::SaganConfig;

use super::work::Z_DIM;
use crate::device;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Where to run.
    #[arg(long, value_enum, default_value_t)]
    pub(super) device: device::Choice,
    /// Widths of the network.
    #[arg(long, value_delimiter = ',', default_value = "16,32,64")]
    pub(super) conv_dim: Vec<usize>,
    /// Pictures drawn at once, one measurement each; 0 for none.
    #[arg(long, value_delimiter = ',', default_value = "1,16")]
    pub(super) batch: Vec<usize>,
    /// Pictures a training step, one measurement each; 0 for none.
    #[arg(long, value_delimiter = ',', default_value = "4,16,32")]
    pub(super) train_batch: Vec<usize>,
    /// Which operations; both are measured in turn, one run each.
    #[arg(long, value_enum, default_value_t = Choice::Both)]
    pub(super) ops: Choice,
    /// The most runs that the median is taken of, after the first.
    #[arg(long, default_value_t = 9)]
    pub(super) runs: usize,
    /// No further run begins this many seconds after the first ones; at least one more does.
    #[arg(long, default_value_t = 10.0)]
    pub(super) seconds: f64,
    /// Instead of timing whole runs, tell which kernels one run on a GPU spends its time in.
    #[arg(long)]
    pub(super) profile: bool,
    /// Instead of comparing operations, compare the plain networks with those that have this
    /// checkpoint's options, at the same widths; with --profile, profile those.
    #[arg(long, value_name = "CHECKPOINT", conflicts_with = "ops")]
    pub(super) options_of: Option<PathBuf>,
    /// Also write the figures here.
    #[arg(long)]
    pub(super) json: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Choice {
    /// Saganscope's operations.
    Ours,
    /// Burn's own.
    Stock,
    /// One after the other.
    Both,
}

impl Choice {
    /// The engines to measure.
    pub(super) fn engines(self) -> &'static [Engine] {
        match self {
            Choice::Ours => &[Engine::Ours],
            Choice::Stock => &[Engine::Stock],
            Choice::Both => &[Engine::Ours, Engine::Stock],
        }
    }
}

/// What is timed; one row for each of the wanted operations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    pub(super) task: Task,
    pub(super) conv_dim: usize,
    pub(super) batch: usize,
}

impl Case {
    /// The plain networks of this width.
    pub(super) fn plain(self) -> SaganConfig {
        SaganConfig::new(self.conv_dim, Z_DIM)
    }
}

impl Arguments {
    /// All combinations.
    pub(super) fn cases(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for &conv_dim in &self.conv_dim {
            let generate = self.batch.iter().map(|&b| (Task::Generate, b));
            let train = self.train_batch.iter().map(|&b| (Task::Train, b));
            let both = generate.chain(train).filter(|&(_, batch)| batch > 0);
            cases.extend(both.map(|(task, batch)| Case {
                task,
                conv_dim,
                batch,
            }));
        }
        cases
    }
}
