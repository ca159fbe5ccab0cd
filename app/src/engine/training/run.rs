//! One training run: its steps, what is read of them, and who draws from it.

use std::rc::Rc;

use burn::tensor::{Device, Tensor, TensorData};
use saganscope_model::{
    checkpoint::{Checkpoint, Precision},
    config::{SaganConfig, TrainConfig},
    data::{self, Pictures},
    latents::latents,
    train::{History, Losses, Point, Trainer},
};

use super::{
    super::{
        clock::now,
        models::{GENERATOR, Painter},
        outbox,
    },
    files::Note,
    keeper::Keeper,
    readings::{read_one, read_point},
    stage::stage,
};
use crate::protocol::{
    Answer, Kept, PictureSource, Progress, RunInfo, StepLatents, TrainReply, TrainingStage, Weights,
};

/// Parts in which a step is compiled.
const WARMUP_PARTS: u32 = 3;

/// Steps between two readings of losses, and how long they should take together at most. A device
/// that is asked after each step does nothing meanwhile; one that is never asked gets further and
/// further behind what it was told to do.
const STRIDES: [u64; 4] = [10, 5, 2, 1];
const STRIDE_MILLIS: f64 = 500.0;

/// How often a run that goes on is kept.
const KEEP_EVERY_MILLIS: f64 = 60_000.0;

pub(super) struct Run {
    pub(super) trainer: Trainer,
    /// With autodiff.
    device: Device,
    gpu: bool,
    /// Who drew last from this run, after which step.
    painter: Option<(u64, Weights, Rc<Painter>)>,
    /// What it learns from.
    pub(super) from: Option<PictureSource>,
    pub(super) pictures: Option<Box<dyn Pictures>>,
    pub(super) history: History,
    pub(super) keeper: Option<Keeper>,
    pub(super) going: Option<Going>,
}

/// A request to do steps, under way.
pub(super) struct Going {
    pub(super) request: u32,
    /// After which step it ends.
    until: Option<u64>,
    /// Steps between two readings.
    stride: u64,
    /// Steps since the last reading, and how long they took.
    steps: u64,
    millis: f64,
    kept: f64,
}

impl Going {
    pub(super) fn new(request: u32, until: Option<u64>) -> Self {
        Self {
            request,
            until,
            stride: 1,
            steps: 0,
            millis: 0.0,
            kept: now(),
        }
    }
}

/// Why a run that went on does not go on.
pub(super) enum Stop {
    /// All steps are done.
    Done,
    /// What is not a finite number.
    Diverged(String),
    /// A sentence.
    Failed(String),
}

impl Stop {
    /// What made the run stop, after this step.
    pub(super) fn sentence(&self, step: u64) -> String {
        match self {
            Self::Done => "All steps are done.".into(),
            Self::Diverged(what) => {
                format!("Training diverged at step {step}: {what} is not a finite number.")
            }
            Self::Failed(sentence) => sentence.clone(),
        }
    }
}

impl Run {
    pub(super) fn new(trainer: Trainer, device: &Device, gpu: bool) -> Self {
        Self {
            trainer,
            device: device.clone().autodiff(),
            gpu,
            painter: None,
            from: None,
            pictures: None,
            history: History::default(),
            keeper: None,
            going: None,
        }
    }

    pub(super) fn info(&self) -> RunInfo {
        let Trainer {
            config, settings, ..
        } = &self.trainer;
        info_of(config, settings, self.trainer.step())
    }

    /// What was read of it before, for the page.
    pub(super) fn told_history(&self) -> Vec<Progress> {
        self.history.points().iter().map(told).collect()
    }

    /// Does the next step of a run that goes on; reads and tells of it, and keeps the run, now and
    /// then.
    pub(super) async fn go_on(&mut self) -> Result<(), Stop> {
        let (Some(going), Some(pictures)) = (&mut self.going, &self.pictures) else {
            return Err(Stop::Done);
        };
        let done = self.trainer.step();
        if going.until.is_some_and(|until| done >= until) {
            return Err(Stop::Done);
        }
        let start = now();
        let (batch, size) = (self.trainer.settings.batch, self.trainer.config.size);
        let real = data::batch(pictures.as_ref(), done, batch, size);
        let losses = self.trainer.train_step(real);
        let step = self.trainer.step();
        going.steps += 1;
        let last = going.until == Some(step);
        if !last && !step.is_multiple_of(going.stride) {
            going.millis += now() - start;
            return Ok(());
        }
        let mut point = read_point(step, losses, &self.trainer)
            .await
            .map_err(Stop::Failed)?;
        going.millis += now() - start;
        let millis = going.millis / going.steps as f64;
        point.millis = millis as f32;
        for (loss, whose) in [
            (point.discriminator_loss, "discriminator"),
            (point.generator_loss, "generator"),
        ] {
            if !loss.is_finite() {
                return Err(Stop::Diverged(format!("the loss of the {whose}")));
            }
        }
        (going.steps, going.millis) = (0, 0.0);
        let fits = |&stride: &u64| stride as f64 * millis <= STRIDE_MILLIS;
        going.stride = STRIDES.into_iter().find(fits).unwrap_or(1);
        outbox::post(
            going.request,
            Answer::Train(TrainReply::Progress(told(&point))),
        );
        self.history.push(point);
        if last {
            return Err(Stop::Done);
        }
        if self.keeper.is_some() && now() - going.kept > KEEP_EVERY_MILLIS {
            going.kept = now();
            let request = going.request;
            if let Some(kept) = self.keep().await? {
                outbox::post(request, Answer::Train(TrainReply::Autosaved(kept)));
            }
        }
        Ok(())
    }

    /// Keeps the run, where it is one that is kept.
    pub(super) async fn keep(&mut self) -> Result<Option<Kept>, Stop> {
        if self.keeper.is_none() {
            return Ok(None);
        }
        let file = self.file().await?;
        let (info, from) = (Some(self.info()), self.from.clone());
        let last = self.history.points().last().map(told);
        let Some(keeper) = &mut self.keeper else {
            return Ok(None);
        };
        let note = Note {
            id: keeper.id,
            at: js_sys::Date::now(),
            info,
            from,
            last,
        };
        Ok(Some(keeper.keep(&note, file).await))
    }

    /// The whole run as a file, with its history.
    pub(super) async fn file(&self) -> Result<Vec<u8>, Stop> {
        let checkpoint = self.trainer.checkpoint().await;
        let mut checkpoint = checkpoint.map_err(|error| Stop::Failed(error.to_string()))?;
        // The losses are those before the step's update, which may have been the fatal one.
        if let Some(name) = not_finite(&checkpoint) {
            return Err(Stop::Diverged(format!("a value of the tensor '{name}'")));
        }
        checkpoint.carried = self.history.to_carried();
        checkpoint
            .to_bytes(Precision::F32)
            .map_err(|error| Stop::Failed(format!("The training run cannot be saved: {error}")))
    }

    /// Puts the run back to what a file of it holds.
    pub(super) fn go_back(&mut self, file: &[u8]) -> Result<(), String> {
        let checkpoint = Checkpoint::from_bytes(file).map_err(|error| error.to_string())?;
        self.trainer =
            Trainer::resume(&checkpoint, &self.device).map_err(|error| error.to_string())?;
        self.history = History::from_carried(&checkpoint.carried, self.trainer.step());
        self.painter = None;
        Ok(())
    }

    /// The run's generator as it is now, to draw with.
    pub(super) async fn painter(&mut self, weights: Weights) -> Result<Rc<Painter>, String> {
        let step = self.trainer.step();
        match &self.painter {
            Some((of, which, painter)) if (*of, *which) == (step, weights) => {
                Ok(Rc::clone(painter))
            }
            _ => {
                let painter = Rc::new(self.new_painter(weights).await?);
                self.painter = Some((step, weights, Rc::clone(&painter)));
                Ok(painter)
            }
        }
    }

    /// Folds and uploads what the run has learned so far.
    async fn new_painter(&self, weights: Weights) -> Result<Painter, String> {
        let average = weights == Weights::Average;
        let checkpoint = self.trainer.drawing_checkpoint(average).await;
        let checkpoint = checkpoint.map_err(|error| error.to_string())?;
        let prefix = match weights {
            Weights::Average => checkpoint.generator_prefix(),
            Weights::Generator => GENERATOR,
        };
        Painter::new(&checkpoint, prefix, &self.device.clone().inner(), self.gpu)
    }

    /// Runs every program of a step once, each part to its end before the next is told.
    pub(super) async fn warm_up(mut self, request: u32) -> Result<(), String> {
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
    pub(super) fn step(
        &mut self,
        real: Vec<f32>,
        latents: Option<StepLatents>,
    ) -> Result<Losses, String> {
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

/// What the page is told of a run.
pub(super) fn info_of(config: &SaganConfig, settings: &TrainConfig, step: u64) -> RunInfo {
    RunInfo {
        size: config.size as u32,
        z_dim: config.z_dim as u32,
        conv_dim: config.conv_dim as u32,
        energy: config.energy.name().to_string(),
        batch: settings.batch as u32,
        step,
    }
}

fn told(point: &Point) -> Progress {
    Progress {
        step: point.step,
        discriminator_loss: point.discriminator_loss,
        generator_loss: point.generator_loss,
        real: point.real,
        fake: point.fake,
        millis: f64::from(point.millis),
        gammas: point.gammas.clone(),
    }
}

/// The first tensor with a value that is not a finite number: no such file could be opened again.
fn not_finite(checkpoint: &Checkpoint) -> Option<&str> {
    let mut tensors = checkpoint.tensors.iter();
    let (name, _) = tensors.find(|(_, tensor)| !tensor.values.iter().all(|v| v.is_finite()))?;
    Some(name)
}
