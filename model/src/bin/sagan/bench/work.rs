//! What is timed: a drawing or a training step.

use std::time::{Duration, Instant};

use burn::tensor::Device;
use pollster::block_on;
use saganscope_figures::Task;
use saganscope_model::{
    config::SaganConfig,
    data::{self, Butterflies},
    host::{ReadError, read},
    inference::Artist,
    latents::Inputs,
    train::{TrainConfig, Trainer},
};

use crate::files::Error;

const SEED: u64 = 1;
/// Length of a latent vector, in every network that is timed.
pub(super) const Z_DIM: usize = 128;

/// Each run ends when its result is in main memory.
pub(super) enum Work {
    Generate {
        artist: Box<Artist>,
        inputs: Inputs,
    },
    Train {
        trainer: Box<Trainer>,
        real: Vec<f32>,
    },
}

impl Work {
    /// Both networks with random weights; the time does not depend on them.
    pub(super) fn new(
        task: Task,
        config: SaganConfig,
        batch: usize,
        device: &Device,
    ) -> Result<Self, Error> {
        let size = config.size;
        match task {
            Task::Generate => {
                // The weights pass through main memory, so they may come from any device.
                let made = Trainer::new(config, TrainConfig::new(1, SEED), &Device::flex());
                let artist = Artist::new(&block_on(made.checkpoint())?, device)
                    .map_err(|error| Error::Usage(error.to_string()))?;
                Ok(Work::Generate {
                    inputs: Inputs::of_seed(&artist.config, SEED, 0..batch as u64),
                    artist: Box::new(artist),
                })
            }
            Task::Train => Ok(Work::Train {
                trainer: Box::new(Trainer::new(config, TrainConfig::new(batch, SEED), device)),
                real: data::batch(&Butterflies { seed: SEED }, 0, batch, size),
            }),
        }
    }

    pub(super) fn run(&mut self) -> Result<Duration, ReadError> {
        match self {
            Work::Generate { artist, inputs } => {
                let inputs = inputs.clone();
                let start = Instant::now();
                block_on(read(artist.draw(inputs).image))?;
                Ok(start.elapsed())
            }
            Work::Train { trainer, real } => {
                let real = real.clone();
                let start = Instant::now();
                let losses = trainer.train_step(real);
                // The queue works in order: once its losses are here, so is the step before them.
                block_on(read(losses.discriminator))?;
                block_on(read(losses.generator))?;
                // The last of the updates was queued after the losses; it is waited for too.
                block_on(read(trainer.average.last_bias.val()))?;
                Ok(start.elapsed())
            }
        }
    }
}
