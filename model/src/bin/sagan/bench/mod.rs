//! `sagan bench`: how long drawing and training take, with our operations and with Burn's own; how
//! many kernels they launch on a GPU, and how much of its memory they hold.

#[cfg(feature = "gpu")]
mod profile;
mod work;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

#[cfg(feature = "gpu")]
use burn::tensor::Device;
use clap::{Args, ValueEnum};
use saganscope_figures::{Engine, Figure, Place, Report, Task};
use saganscope_model::{config::SaganConfig, host::ReadError, limits};
use saganscope_shaders::use_stock;

use self::work::{Work, Z_DIM};
use crate::{
    device::{self, Opened},
    files::{self, Error},
};

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
    /// Instead of timing whole runs, tell which kernels one run on a GPU spends its time in.
    #[arg(long)]
    profile: bool,
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
    fn engines(self) -> &'static [Engine] {
        match self {
            Choice::Ours => &[Engine::Ours],
            Choice::Stock => &[Engine::Stock],
            Choice::Both => &[Engine::Ours, Engine::Stock],
        }
    }
}

/// One row for each of the wanted operations.
#[derive(Clone, Copy, Debug)]
struct Case {
    task: Task,
    conv_dim: usize,
    batch: usize,
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
    let mut report = Report::default();
    if arguments.profile {
        profile::all(arguments, &opened, &mut report)?;
    } else {
        measure_all(arguments, &opened, &mut report)?;
    }
    if let Some(path) = &arguments.json {
        let text = serde_json::to_vec_pretty(&report)
            .map_err(|error| Error::Usage(format!("The figures cannot be written: {error}.")))?;
        files::write(path, &text)?;
    }
    Ok(())
}

fn cases(arguments: &Arguments) -> Vec<Case> {
    let mut cases = Vec::new();
    for &conv_dim in &arguments.conv_dim {
        let generate = arguments.batch.iter().map(|&b| (Task::Generate, b));
        let train = arguments.train_batch.iter().map(|&b| (Task::Train, b));
        let both = generate.chain(train).filter(|&(_, batch)| batch > 0);
        cases.extend(both.map(|(task, batch)| Case {
            task,
            conv_dim,
            batch,
        }));
    }
    cases
}

fn measure_all(arguments: &Arguments, opened: &Opened, report: &mut Report) -> Result<(), Error> {
    println!(
        "{:<9} {:>8} {:>5} {:<6} {:>11} {:>11} {:>5} {:>10} {:>10} {:>12}",
        "task",
        "conv_dim",
        "batch",
        "ops",
        "first, ms",
        "median, ms",
        "runs",
        "dispatches",
        "in use, MB",
        "reserved, MB"
    );
    for case in cases(arguments) {
        for figure in measure(arguments, opened, case)? {
            let usage = |value: Option<u64>, write: fn(u64) -> String| {
                value.map_or_else(|| "-".to_owned(), write)
            };
            let megabytes = |bytes: u64| format!("{:.1}", bytes as f64 / 1e6);
            println!(
                "{:<9} {:>8} {:>5} {:<6} {:>11.2} {:>11.2} {:>5} {:>10} {:>10} {:>12}",
                format!("{:?}", case.task).to_lowercase(),
                case.conv_dim,
                case.batch,
                format!("{:?}", figure.engine).to_lowercase(),
                figure.first_ms,
                figure.median_ms,
                figure.runs,
                usage(figure.usage.dispatches, |count| count.to_string()),
                usage(figure.usage.memory, megabytes),
                usage(figure.usage.reserved, megabytes)
            );
            report.figures.push(figure);
        }
    }
    Ok(())
}

struct Contestant {
    engine: Engine,
    #[cfg(feature = "gpu")]
    device: Device,
    work: Work,
    times: Vec<Duration>,
}

impl Contestant {
    /// None, and a sentence on standard error, where the device is too small for it.
    fn new(engine: Engine, case: Case, opened: &Opened) -> Result<Option<Self>, Error> {
        use_stock(engine == Engine::Stock);
        // A device of its own, so that neither finds kernels that the other had compiled, nor
        // counts the other's memory.
        let device = opened.fresh()?;
        let config = SaganConfig::new(case.conv_dim, Z_DIM);
        let fits = match engine {
            Engine::Ours => limits::check_batch(&config, case.batch, &device),
            // Burn's attention is its whole map.
            _ => limits::check_whole_maps(&config, case.batch, &device),
        };
        if let Err(error) = fits {
            eprintln!("Not measured ({engine:?}, {:?}): {error}", case.task);
            return Ok(None);
        }
        Ok(Some(Self {
            engine,
            work: Work::new(case.task, case.conv_dim, case.batch, &device)?,
            times: Vec::new(),
            #[cfg(feature = "gpu")]
            device,
        }))
    }

    fn run(&mut self) -> Result<Duration, ReadError> {
        use_stock(self.engine == Engine::Stock);
        self.work.run()
    }
}

/// One case with each of the wanted operations, run in turn so that what else the machine does
/// meanwhile meets both alike.
fn measure(arguments: &Arguments, opened: &Opened, case: Case) -> Result<Vec<Figure>, Error> {
    let mut contestants = Vec::new();
    for &engine in arguments.ops.engines() {
        contestants.extend(Contestant::new(engine, case, opened)?);
    }
    let mut start = Instant::now();
    for run in 0..=arguments.runs {
        if run == 1 {
            start = Instant::now();
        }
        if run > 1 && start.elapsed().as_secs_f64() > arguments.seconds {
            break;
        }
        for contestant in &mut contestants {
            let time = contestant.run()?;
            contestant.times.push(time);
        }
    }
    contestants
        .into_iter()
        .map(|contestant| figure(contestant, opened, case))
        .collect()
}

fn figure(mut contestant: Contestant, opened: &Opened, case: Case) -> Result<Figure, Error> {
    // Of one more run, whose time does not count.
    let usage = profile::usage(&mut contestant)?;
    let (first, rest) = contestant.times.split_at(1);
    Ok(Figure {
        place: if opened.gpu { Place::Gpu } else { Place::Cpu },
        engine: contestant.engine,
        device: opened.name.clone(),
        software: opened.software,
        task: case.task,
        conv_dim: case.conv_dim,
        batch: case.batch,
        first_ms: millis(first[0]),
        median_ms: millis(median(rest)),
        runs: rest.len(),
        appeared_ms: None,
        usage,
    })
}

#[cfg(not(feature = "gpu"))]
mod profile {
    use saganscope_figures::Usage;

    use super::{Arguments, Contestant, Error, Opened, Report};

    pub(super) fn usage(_: &mut Contestant) -> Result<Usage, Error> {
        Ok(Usage::default())
    }

    pub(super) fn all(_: &Arguments, _: &Opened, _: &mut Report) -> Result<(), Error> {
        Err(Error::Usage(
            "--profile asks a GPU for its times, and this command was built without one.".into(),
        ))
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
