//! `sagan export`.

use std::path::PathBuf;

use clap::Args;
use pollster::block_on;
use saganscope_model::{
    checkpoint::{Checkpoint, Precision},
    generator::Mode,
    latents::{Inputs, Purpose},
    parameters::host_tensors,
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
    let checkpoint = files::read_checkpoint(path)?;
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
    let exported = Checkpoint::new(checkpoint.header.clone(), tensors);
    let bytes = exported
        .to_bytes(Precision::F16)
        .map_err(Error::checkpoint(path))?;
    files::write(&arguments.out, &bytes)?;
    eprintln!("Wrote {} ({} bytes).", arguments.out.display(), bytes.len());
    Ok(())
}
