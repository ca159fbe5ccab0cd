//! Open training runs and their steps.

use std::{collections::BTreeMap, rc::Rc};

use burn::tensor::{Device, Tensor, TensorData, Transaction};
use js_sys::Uint8Array;
use saganscope_model::{
    checkpoint::{Checkpoint, Precision},
    latents::latents,
    limits,
    train::{Losses, Trainer},
};

use super::{
    clock::{now, pause},
    device::Devices,
    models::{GENERATOR, Painter},
    outbox,
};
use crate::protocol::{
    Answer, DeviceChoice, RunInfo, StepLatents, TrainReply, TrainingStage, Weights, wire::File,
};

/// Parts in which a step is compiled.
const WARMUP_PARTS: u32 = 3;

/// The training runs that are open, by the page's numbers.
#[derive(Default)]
pub(super) struct Training {
    runs: BTreeMap<u32, Run>,
}

struct Run {
    trainer: Trainer,
    /// With autodiff.
    device: Device,
    gpu: bool,
    /// Who drew last from this run, after which step.
    painter: Option<(u64, Weights, Rc<Painter>)>,
}

impl Training {
    /// Chooses a device, goes on with the run, and tells the page how far it is. On a GPU a step is
    /// done first and thrown away, so that no step of the run has to wait for compilation.
    pub(super) async fn open(
        &mut self,
        request: u32,
        number: u32,
        bytes: &[u8],
        name: &str,
        choice: DeviceChoice,
        devices: &mut Devices,
    ) -> Result<TrainReply, String> {
        let failed = |error: &dyn std::fmt::Display| format!("{name}: {error}");
        stage(request, TrainingStage::Weights).await;
        // Read before any device is asked for: a broken file should be told at once.
        let checkpoint = Checkpoint::from_bytes(bytes).map_err(|error| failed(&error))?;
        stage(request, TrainingStage::Device).await;
        let (device, info) = devices.get(choice).await?;
        if let Some(training) = &checkpoint.header.training {
            limits::check_batch(&checkpoint.header.config, training.batch, &device)
                .map_err(|error| failed(&error))?;
        }
        stage(request, TrainingStage::Weights).await;
        let resume = || Trainer::resume(&checkpoint, &device).map_err(|error| failed(&error));
        let run = |trainer| Run {
            trainer,
            device: device.clone().autodiff(),
            gpu: info.gpu,
            painter: None,
        };
        if info.gpu {
            run(resume()?).warm_up(request).await?;
        }
        let run = run(resume()?);
        let opened = run.info();
        self.runs.insert(number, run);
        Ok(TrainReply::Ready {
            device: info,
            info: opened,
        })
    }

    /// Does one step.
    pub(super) async fn step(
        &mut self,
        number: u32,
        real: Vec<f32>,
        latents: Option<StepLatents>,
    ) -> Result<TrainReply, String> {
        let run = self.runs.get_mut(&number).ok_or_else(not_open)?;
        let start = now();
        let losses = run.step(real, latents)?;
        let [discriminator_loss, generator_loss] = read(losses).await?;
        let step = run.trainer.step();
        if !discriminator_loss.is_finite() || !generator_loss.is_finite() {
            // Nothing can be done with its weights any more, and no file of them could be opened.
            self.runs.remove(&number);
            return Err(format!(
                "Training diverged at step {step} (a loss is not a finite number), so the run was closed. Open the last file that was saved of it, and train it with lower learning rates."
            ));
        }
        Ok(TrainReply::Stepped {
            step,
            discriminator_loss,
            generator_loss,
            millis: now() - start,
        })
    }

    /// The run as a file.
    pub(super) async fn save(&self, number: u32) -> Result<TrainReply, String> {
        let Run { trainer, .. } = self.runs.get(&number).ok_or_else(not_open)?;
        let file = trainer
            .checkpoint()
            .await
            .map_err(|error| error.to_string())?
            .to_bytes(Precision::F32)
            .map_err(|error| format!("The training run cannot be saved: {error}"))?;
        Ok(TrainReply::Saved {
            step: trainer.step(),
            checkpoint: File(Uint8Array::from(file.as_slice())),
        })
    }

    pub(super) fn close(&mut self, number: u32) {
        self.runs.remove(&number);
    }

    /// The run's generator as it is now, to draw with.
    pub(super) async fn painter(
        &mut self,
        number: u32,
        weights: Weights,
    ) -> Result<Rc<Painter>, String> {
        let run = self.runs.get_mut(&number).ok_or_else(not_open)?;
        let step = run.trainer.step();
        match &run.painter {
            Some((of, which, painter)) if (*of, *which) == (step, weights) => {
                Ok(Rc::clone(painter))
            }
            _ => {
                let painter = Rc::new(run.new_painter(weights).await?);
                run.painter = Some((step, weights, Rc::clone(&painter)));
                Ok(painter)
            }
        }
    }
}

fn not_open() -> String {
    "No training run is open under this number; open one from a file that `sagan train` wrote."
        .into()
}

impl Run {
    fn info(&self) -> RunInfo {
        let Trainer {
            config, settings, ..
        } = &self.trainer;
        RunInfo {
            size: config.size as u32,
            z_dim: config.z_dim as u32,
            conv_dim: config.conv_dim as u32,
            energy: config.energy.name().to_string(),
            batch: settings.batch as u32,
            step: self.trainer.step(),
        }
    }

    /// Folds and uploads what the run has learned so far.
    async fn new_painter(&self, weights: Weights) -> Result<Painter, String> {
        let checkpoint = self.trainer.checkpoint().await;
        let checkpoint = checkpoint.map_err(|error| error.to_string())?;
        let prefix = match weights {
            Weights::Average => checkpoint.generator_prefix(),
            Weights::Generator => GENERATOR,
        };
        Painter::new(&checkpoint, prefix, &self.device.clone().inner(), self.gpu)
    }

    /// Runs every program of a step once, each part to its end before the next is told.
    async fn warm_up(mut self, request: u32) -> Result<(), String> {
        let (batch, z_dim) = (self.trainer.settings.batch, self.trainer.config.z_dim);
        let size = self.trainer.config.size;
        let z = latents(0, batch, z_dim);
        let z = || Tensor::from_data(TensorData::new(z.clone(), [batch, z_dim]), &self.device);
        let warmed = async |done| {
            let parts = WARMUP_PARTS;
            stage(request, TrainingStage::Warmup { done, parts }).await;
        };

        warmed(0).await;
        let real = Tensor::zeros([batch, 3, size, size], &self.device);
        let discriminator = self.trainer.update_discriminator(real, z());
        read_one(discriminator).await?;
        warmed(1).await;
        let generator = self.trainer.update_generator(z());
        read_one(generator).await?;
        warmed(2).await;
        self.trainer.update_average();
        read_one(self.trainer.average.last_bias.val()).await?;
        warmed(3).await;
        Ok(())
    }

    /// One step on values that the page sent, once they are found to be right.
    fn step(&mut self, real: Vec<f32>, latents: Option<StepLatents>) -> Result<Losses, String> {
        let (batch, size) = (self.trainer.settings.batch, self.trainer.config.size);
        let values = 3 * size * size;
        if real.len() != batch * values {
            return Err(format!(
                "A step of this run takes {batch} pictures of {size}×{size} pixels ({} numbers), but {} came ({} numbers).",
                batch * values,
                counted(real.len(), values),
                real.len(),
            ));
        }
        // NaN is in no range.
        if !real.iter().all(|value| (-1.0..=1.0).contains(value)) {
            return Err("The pictures of a step hold a number outside of −1 to 1.".into());
        }
        let Some(StepLatents {
            discriminator,
            generator,
        }) = latents
        else {
            return Ok(self.trainer.train_step(real));
        };
        let z_dim = self.trainer.config.z_dim;
        let latents = |of: &str, values: Vec<f32>| {
            if values.len() != batch * z_dim {
                return Err(format!(
                    "A step of this run takes {batch} latents of {z_dim} numbers for the {of} ({} numbers), but {} came ({} numbers).",
                    batch * z_dim,
                    counted(values.len(), z_dim),
                    values.len(),
                ));
            }
            if !values.iter().all(|value| value.is_finite()) {
                return Err(format!(
                    "The latents for the {of} hold a value that is not a finite number."
                ));
            }
            Ok(Tensor::from_data(
                TensorData::new(values, [batch, z_dim]),
                &self.device,
            ))
        };
        let z_d = latents("discriminator", discriminator)?;
        let z_g = latents("generator", generator)?;
        let real = Tensor::from_data(TensorData::new(real, [batch, 3, size, size]), &self.device);
        Ok(self.trainer.update(real, z_d, z_g))
    }
}

/// "3", or "not a whole number" of things of `length` numbers.
fn counted(numbers: usize, length: usize) -> String {
    if numbers.is_multiple_of(length) {
        (numbers / length).to_string()
    } else {
        "not a whole number".into()
    }
}

/// The discriminator's loss and the generator's, in one round trip.
async fn read(losses: Losses) -> Result<[f32; 2], String> {
    let data = Transaction::default()
        .register(losses.discriminator)
        .register(losses.generator)
        .execute_async()
        .await
        .map_err(|error| lost(&error))?;
    let mut values = data.into_iter().filter_map(first);
    match (values.next(), values.next()) {
        (Some(discriminator), Some(generator)) => Ok([discriminator, generator]),
        _ => Err(lost(&"it gave no losses")),
    }
}

/// Waits until the device has computed this.
async fn read_one(tensor: Tensor<1>) -> Result<(), String> {
    match tensor.into_data_async().await {
        Ok(_) => Ok(()),
        Err(error) => Err(lost(&error)),
    }
}

fn first(data: TensorData) -> Option<f32> {
    data.iter::<f32>().next()
}

fn lost(error: &dyn std::fmt::Debug) -> String {
    format!(
        "The device did not give the step's results back ({error:?}). Open the run's last file again; if it happens again, train on the CPU."
    )
}

/// Tells the page, and lets the message leave before the thread is busy.
async fn stage(request: u32, stage: TrainingStage) {
    outbox::post(request, Answer::Train(TrainReply::Stage(stage)));
    pause().await;
}
