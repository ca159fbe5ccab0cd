//! `sagan bench`: how long drawing and training take, with our operations and with Burn's own.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use burn::tensor::Device;
use clap::{Args, ValueEnum};
use pollster::block_on;
use saganscope_model::{
    config::SaganConfig,
    data::{self, Butterflies},
    inference::Artist,
    latents::latents,
    parameters::read,
    train::{TrainConfig, Trainer},
};
use saganscope_shaders::use_stock;
use serde::Serialize;

use crate::{
    device::{self, Opened},
    files::{self, Error},
};

const SEED: u64 = 1;
const Z_DIM: usize = 128;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Where to run.
    #[arg(long, value_enum, default_value_t)]
    device: device::Choice,
    /// Widths of the network.
    #[arg(long, value_delimiter = ',', default_value = "16,32,64")]
    conv_dim: Vec<usize>,
    /// Pictures drawn at once, one measurement each; 0 for none.
    #[arg(long, value_delimiter = ',', default_value = "1,16")]
    batch: Vec<usize>,
    /// Pictures a training step, one measurement each; 0 for none.
    #[arg(long, value_delimiter = ',', default_value = "4,16,32")]
    train_batch: Vec<usize>,
    /// Which operations; both are measured in turn, one run each.
    #[arg(long, value_enum, default_value_t = Choice::Both)]
    ops: Choice,
    /// The most runs that the median is taken of, after the first.
    #[arg(long, default_value_t = 9)]
    runs: usize,
    /// No further run begins this many seconds after the first ones; at least one more does.
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// Also write the figures here.
    #[arg(long)]
    json: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Choice {
    /// Saganscope's operations.
    Ours,
    /// Burn's own.
    Stock,
    /// One after the other.
    Both,
}

impl Choice {
    fn names(self) -> &'static [Ops] {
        match self {
            Choice::Ours => &[Ops::Ours],
            Choice::Stock => &[Ops::Stock],
            Choice::Both => &[Ops::Ours, Ops::Stock],
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Ops {
    Ours,
    Stock,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Task {
    Generate,
    Train,
}

#[derive(Serialize)]
struct Report {
    figures: Vec<Figure>,
}

/// One line of the table; times in milliseconds.
#[derive(Serialize)]
struct Figure {
    engine: Ops,
    device: String,
    task: Task,
    conv_dim: usize,
    batch: usize,
    first_ms: f64,
    median_ms: f64,
    runs: usize,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    for &conv_dim in &arguments.conv_dim {
        SaganConfig::new(conv_dim, Z_DIM).check()?;
    }
    if arguments.runs == 0 {
        return Err(Error::Usage("--runs must be at least 1.".into()));
    }
    let opened = device::open_named(arguments.device)?;
    eprintln!("Running on {}.", opened.name);
    let mut figures = Vec::new();
    println!(
        "{:<9} {:>8} {:>5} {:<6} {:>11} {:>11} {:>5}",
        "task", "conv_dim", "batch", "ops", "first, ms", "median, ms", "runs"
    );
    for &conv_dim in &arguments.conv_dim {
        let generate = arguments.batch.iter().map(|&b| (Task::Generate, b));
        let train = arguments.train_batch.iter().map(|&b| (Task::Train, b));
        for (task, batch) in generate.chain(train).filter(|&(_, batch)| batch > 0) {
            for figure in measure(arguments, &opened, task, conv_dim, batch)? {
                println!(
                    "{:<9} {:>8} {:>5} {:<6} {:>11.2} {:>11.2} {:>5}",
                    format!("{task:?}").to_lowercase(),
                    conv_dim,
                    batch,
                    format!("{:?}", figure.engine).to_lowercase(),
                    figure.first_ms,
                    figure.median_ms,
                    figure.runs
                );
                figures.push(figure);
            }
        }
    }
    if let Some(path) = &arguments.json {
        let text = serde_json::to_vec_pretty(&Report { figures })
            .map_err(|error| Error::Usage(format!("The figures cannot be written: {error}.")))?;
        files::write(path, &text)?;
    }
    Ok(())
}

/// One task with each of the wanted operations, run in turn so that what else the machine does
/// meanwhile meets both alike.
fn measure(
    arguments: &Arguments,
    opened: &Opened,
    task: Task,
    conv_dim: usize,
    batch: usize,
) -> Result<Vec<Figure>, Error> {
    let mut contestants = Vec::new();
    for &ops in arguments.ops.names() {
        use_stock(ops == Ops::Stock);
        // A device of its own, so that neither finds kernels that the other had compiled.
        let work = Work::new(task, conv_dim, batch, &opened.fresh()?)?;
        contestants.push((ops, work, Vec::new()));
    }
    let mut start = Instant::now();
    for run in 0..=arguments.runs {
        if run == 1 {
            start = Instant::now();
        }
        if run > 1 && start.elapsed().as_secs_f64() > arguments.seconds {
            break;
        }
        for (ops, work, times) in &mut contestants {
            use_stock(*ops == Ops::Stock);
            times.push(work.run());
        }
    }
    let figure = |(engine, _, times): (Ops, Work, Vec<Duration>)| {
        let (first, rest) = times.split_at(1);
        Figure {
            engine,
            device: opened.name.clone(),
            task,
            conv_dim,
            batch,
            first_ms: millis(first[0]),
            median_ms: millis(median(rest)),
            runs: rest.len(),
        }
    };
    Ok(contestants.into_iter().map(figure).collect())
}

/// What is timed; each run ends when its result is in main memory.
enum Work {
    Generate {
        artist: Box<Artist>,
        latents: Vec<f32>,
    },
    Train {
        trainer: Box<Trainer>,
        real: Vec<f32>,
    },
}

impl Work {
    /// Both networks with random weights; the time does not depend on them.
    fn new(task: Task, conv_dim: usize, batch: usize, device: &Device) -> Result<Self, Error> {
        let config = SaganConfig::new(conv_dim, Z_DIM);
        let size = config.size;
        match task {
            Task::Generate => {
                // The weights pass through main memory, so they may come from any device.
                let made = Trainer::new(config, TrainConfig::new(1, SEED), &Device::flex());
                let artist = Artist::new(&block_on(made.checkpoint()), device)
                    .map_err(|error| Error::Usage(error.to_string()))?;
                Ok(Work::Generate {
                    artist: Box::new(artist),
                    latents: latents(SEED, batch, Z_DIM),
                })
            }
            Task::Train => Ok(Work::Train {
                trainer: Box::new(Trainer::new(config, TrainConfig::new(batch, SEED), device)),
                real: data::batch(&Butterflies { seed: SEED }, 0, batch, size),
            }),
        }
    }

    fn run(&mut self) -> Duration {
        match self {
            Work::Generate { artist, latents } => {
                let z = latents.clone();
                let start = Instant::now();
                block_on(read(artist.draw(z).image));
                start.elapsed()
            }
            Work::Train { trainer, real } => {
                let real = real.clone();
                let start = Instant::now();
                let losses = trainer.train_step(real);
                // The queue works in order: once its losses are here, so is the step before them.
                block_on(read(losses.discriminator));
                block_on(read(losses.generator));
                // The last of the updates was queued after the losses; it is waited for too.
                block_on(read(trainer.average.last_bias.val()));
                start.elapsed()
            }
        }
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    let middle = sorted.len() / 2;
    match sorted.len() % 2 {
        1 => sorted[middle],
        _ => (sorted[middle - 1] + sorted[middle]) / 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_count_lies_between_the_middle_two() {
        let times = [5, 1, 9, 3].map(Duration::from_millis);
        assert_eq!(median(&times), Duration::from_millis(4));
        assert_eq!(median(&times[..3]), Duration::from_millis(5));
    }
}
