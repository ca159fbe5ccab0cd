//! `sagan export`.

use std::path::{Path, PathBuf};

use clap::Args;
use pollster::block_on;
use saganscope_model::{
    checkpoint::{Checkpoint, Header, Precision, fingerprint},
    generator::Mode,
    host::HostTensors,
    latents::{Inputs, Purpose},
    parameters::host_tensors,
    train::Snapshots,
};

use crate::{
    device,
    files::{self, Error},
};

/// Pictures a batch while the statistics are measured.
const BATCH: usize = 32;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The file that `sagan train` wrote.
    #[arg(long)]
    checkpoint: PathBuf,
    /// The safetensors file to write, with f16 weights.
    #[arg(long)]
    out: PathBuf,
    /// Also write the run's discriminator, as a file that names the generator's by its hash.
    #[arg(long)]
    discriminator: Option<PathBuf>,
    /// Write the average as it was after this step, one of those that the run keeps a snapshot of.
    #[arg(long)]
    step: Option<u64>,
    /// Batches drawn to measure batch norm's statistics afresh: those of the run belong to the
    /// newest weights, not to their average.
    #[arg(long, default_value_t = 60)]
    statistics: u32,
    /// Where to run.
    #[arg(long, value_enum, default_value_t)]
    device: device::Choice,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let path = &arguments.checkpoint;
    let mut checkpoint = files::read_checkpoint(path)?;
    if let Some(step) = arguments.step {
        go_back(&mut checkpoint, step, path)?;
    }
    let device = device::open(arguments.device)?;
    let config = &checkpoint.header.config;
    let generator = checkpoint
        .generator(&device)
        .map_err(Error::parameter(path))?;
    let purposes = [Purpose::Statistics, Purpose::StatisticsNoise];
    for batch in 0..arguments.statistics {
        let inputs = Inputs::of_stream(config, 0, purposes, u64::from(batch), BATCH);
        generator.forward(inputs.upload(config, &device), Mode::Measure { batch });
    }
    let tensors = block_on(host_tensors(&generator))?
        .into_iter()
        .map(|(name, tensor)| (format!("generator.{name}"), tensor))
        .collect();
    let generator_file = write(&arguments.out, checkpoint.header.clone(), tensors)?;
    if let Some(out) = &arguments.discriminator {
        if arguments.step.is_some() {
            eprintln!("The discriminator is the run's newest: of earlier ones it keeps none.");
        }
        let tensors: HostTensors = checkpoint
            .tensors
            .into_iter()
            .filter(|(name, _)| name.starts_with("discriminator."))
            .collect();
        if tensors.is_empty() {
            return Err(Error::Usage(format!(
                "{}: The file holds no discriminator.",
                path.display()
            )));
        }
        let header = Header {
            generator_file: Some(generator_file),
            ..checkpoint.header
        };
        write(out, header, tensors)?;
    }
    Ok(())
}

/// Puts the average as it was after this step in the place of the newest.
fn go_back(checkpoint: &mut Checkpoint, step: u64, path: &Path) -> Result<(), Error> {
    let config = &checkpoint.header.config;
    let snapshots = Snapshots::from_carried(config, &checkpoint.carried, u64::MAX);
    let steps: Vec<_> = snapshots.steps().map(|one| one.to_string()).collect();
    let there = snapshots.steps().any(|one| one == step);
    let Some(earlier) = snapshots.checkpoint(step).filter(|_| there) else {
        let kept = if steps.is_empty() {
            "it holds none, as only the file of a run does".to_owned()
        } else {
            format!("there are those after steps {}", steps.join(", "))
        };
        return Err(Error::Usage(format!(
            "{}: There is no snapshot after step {step}; {kept}.",
            path.display()
        )));
    };
    checkpoint.header.updates = earlier.header.updates;
    checkpoint.tensors.extend(earlier.tensors);
    Ok(())
}

/// Writes f16 weights and returns the file's fingerprint.
fn write(out: &Path, header: Header, tensors: HostTensors) -> Result<String, Error> {
    let bytes = Checkpoint::new(header, tensors)
        .to_bytes(Precision::F16)
        .map_err(Error::checkpoint(out))?;
    files::write(out, &bytes)?;
    eprintln!("Wrote {} ({} bytes).", out.display(), bytes.len());
    Ok(fingerprint(&bytes))
}
