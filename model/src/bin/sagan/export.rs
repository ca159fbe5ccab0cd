//! `sagan export`.

use std::path::PathBuf;

use burn::tensor::{Tensor, TensorData};
use clap::Args;
use pollster::block_on;
use saganscope_model::{
    checkpoint::{Checkpoint, Precision},
    generator::Mode,
    latents::{Purpose, stream},
    parameters::{host_tensors, normal_values},
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
    statistics: u64,
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
    for batch in 0..arguments.statistics {
        let mut random = stream(0, Purpose::Statistics, batch);
        let z = normal_values(BATCH * config.z_dim, 1.0, &mut random);
        let z = Tensor::from_data(TensorData::new(z, [BATCH, config.z_dim]), &device);
        generator.forward(z, Mode::Train);
    }
    let tensors = block_on(host_tensors(&generator))?
        .into_iter()
        .map(|(name, tensor)| (format!("generator.{name}"), tensor))
        .collect();
    let exported = Checkpoint {
        header: checkpoint.header.clone(),
        tensors,
    };
    let bytes = exported
        .to_bytes(Precision::F16)
        .map_err(Error::checkpoint(path))?;
    files::write(&arguments.out, &bytes)?;
    eprintln!("Wrote {} ({} bytes).", arguments.out.display(), bytes.len());
    Ok(())
}
