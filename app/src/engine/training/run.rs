//! One training run: its steps, what is read of them, and who draws from it.

use std::rc::Rc;

use burn::tensor::{Device, Tensor, TensorData};
use saganscope_model::{
    checkpoint::{Checkpoint, Precision},
    config::{SaganConfig, Setting, TrainConfig, TrainConfigError},
    data::{self, Pictures, World},
    latents::latents,
    train::{Losses, Point, Record, Trainer},
};

use super::{
    super::{
        albums::Made,
        clock::now,
        judging::Examiner,
        models::{GENERATOR, Painter},
        outbox,
    },
    files::Note,
    keeper::Keeper,
    readings::{read_one, read_point, told_quality},
    setup,
    stage::stage,
};
use crate::protocol::{
    Answer, Half, Kept, LiveSettings, PictureSource, Progress, RunInfo, StepLatents, TrainReply,
    TrainingStage, Vital, Weights,
};

/// What a run without pictures says when it should learn.
pub(super) const NO_PICTURES: &str =
    "This run has no pictures to learn from; choose a world, or pictures.";

/// Parts in which a step is compiled.
const WARMUP_PARTS: u32 = 3;

/// Steps between two readings of losses, and how long they should take together at most. A device
/// that is asked after each step does nothing meanwhile; one that is never asked gets further and
/// further behind what it was told to do.
const STRIDES: [u64; 4] = [10, 5, 2, 1];
const STRIDE_MILLIS: f64 = 500.0;

/// How often a run that goes on is looked at inside, and what part of the time that may take.
const VITALS_EVERY_MILLIS: f64 = 2000.0;
const VITALS_SHARE: f64 = 25.0;

/// How often a run that goes on is kept.
const KEEP_EVERY_MILLIS: f64 = 60_000.0;

pub(super) struct Run {
    pub(super) trainer: Trainer,
    /// With autodiff.
    device: Device,
    gpu: bool,
    /// Who drew last from this run, and as it was after which step.
    painter: Option<(u64, Weights, Rc<Painter>)>,
    /// Who was last asked of this run, after which step.
    examiner: Option<(u64, Rc<Examiner>)>,
    /// What it learns from.
    pub(super) from: Option<PictureSource>,
    pub(super) pictures: Option<Box<dyn Pictures>>,
    /// Those pictures, where they are the visitor's own.
    pub(super) own: Option<Made>,
    /// The run in storage that it began beside.
    pub(super) beside: Option<u64>,
    pub(super) record: Record,
    /// When a run that goes on is looked at inside next.
    next_vitals: f64,
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
            record: Record::new(&trainer.config),
            next_vitals: 0.0,
            trainer,
            device: device.clone().autodiff(),
            gpu,
            painter: None,
            examiner: None,
            from: None,
            pictures: None,
            own: None,
            beside: None,
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
    pub(super) fn told_record(&self) -> crate::protocol::Record {
        let Record {
            history,
            snapshots,
            vitals,
            quality,
        } = &self.record;
        let vital = |(step, values): &(u64, Vec<f32>)| Vital {
            step: *step,
            values: values.clone(),
        };
        crate::protocol::Record {
            history: history.points().iter().map(told).collect(),
            snapshots: snapshots.steps().collect(),
            vital_names: vitals.names().to_vec(),
            vitals: vitals.points().iter().map(vital).collect(),
            config: Some(setup::described(
                &self.trainer.config,
                &self.trainer.settings,
            )),
            quality: quality.map(told_quality),
        }
    }

    /// What can be changed while it goes on.
    pub(super) fn settings(&self) -> LiveSettings {
        let settings = &self.trainer.settings;
        LiveSettings {
            generator_rate: settings.generator.rate,
            discriminator_rate: settings.discriminator.rate,
            discriminator_steps: settings.discriminator_steps,
        }
    }

    /// Changes that, from the next step on.
    pub(super) fn set(&mut self, wanted: LiveSettings) -> Result<(), TrainConfigError> {
        let steps = f64::from(wanted.discriminator_steps);
        let all = [
            (Setting::GeneratorRate, wanted.generator_rate),
            (Setting::DiscriminatorRate, wanted.discriminator_rate),
            (Setting::DiscriminatorSteps, steps),
        ];
        // All or nothing.
        let mut settings = self.trainer.settings.clone();
        for (setting, value) in all {
            settings = settings.with(setting, value)?;
        }
        all.into_iter()
            .try_for_each(|(setting, value)| self.trainer.set(setting, value))
    }

    /// Updates one network alone: its loss before that.
    pub(super) async fn half(&mut self, network: Half) -> Result<f32, String> {
        let loss = match network {
            Half::Generator => self.trainer.learn_generator(),
            Half::Discriminator => {
                let pictures = self.pictures.as_ref().ok_or(NO_PICTURES)?;
                let (batch, size) = (self.trainer.settings.batch, self.trainer.config.size);
                let real = |index| data::batch(pictures.as_ref(), index, batch, size);
                self.trainer.learn_discriminator(real).0
            }
        };
        let loss = read_one(loss).await?;
        // Half a step has no number of its own.
        (self.painter, self.examiner) = (None, None);
        Ok(loss)
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
        let real = |index| data::batch(pictures.as_ref(), index, batch, size);
        let losses = self.trainer.learn(real);
        let step = self.trainer.step();
        going.steps += 1;
        let taken = self.record.take_snapshot(&self.trainer).await;
        if taken.map_err(|error| Stop::Failed(error.to_string()))? {
            let steps = self.record.snapshots.steps().collect();
            outbox::post(
                going.request,
                Answer::Train(TrainReply::Snapshots { steps }),
            );
        }
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
        self.record.history.push(point);
        let request = going.request;
        if last || now() >= self.next_vitals {
            self.look_inside(request).await?;
        }
        if last {
            return Err(Stop::Done);
        }
        let Some(going) = &mut self.going else {
            return Err(Stop::Done);
        };
        if self.keeper.is_some() && now() - going.kept > KEEP_EVERY_MILLIS {
            going.kept = now();
            let request = going.request;
            if let Some(kept) = self.keep().await? {
                outbox::post(request, Answer::Train(TrainReply::Autosaved(kept)));
            }
        }
        Ok(())
    }

    /// Reads what its networks are like inside, and tells it.
    async fn look_inside(&mut self, request: u32) -> Result<(), Stop> {
        let (start, step) = (now(), self.trainer.step());
        let world = match &self.from {
            Some(PictureSource::World(name)) => World::named(name, self.trainer.settings.seed),
            Some(PictureSource::Own(_)) | None => None,
        };
        let values = self.trainer.vitals(world.as_ref()).await;
        let values = values.map_err(|error| Stop::Failed(error.to_string()))?;
        self.record.vitals.push(step, values.clone());
        let vital = Vital { step, values };
        outbox::post(request, Answer::Train(TrainReply::Vitals(vital)));
        let took = now() - start;
        self.next_vitals = now() + VITALS_EVERY_MILLIS.max(VITALS_SHARE * took);
        Ok(())
    }

    /// Keeps the run, where it is one that is kept.
    pub(super) async fn keep(&mut self) -> Result<Option<Kept>, Stop> {
        if self.keeper.is_none() {
            return Ok(None);
        }
        let file = self.file().await?;
        let (info, from) = (Some(self.info()), self.from.clone());
        let last = self.record.history.points().last().map(told);
        let quality = self.record.quality.map(told_quality);
        let Some(keeper) = &mut self.keeper else {
            return Ok(None);
        };
        let note = Note {
            id: keeper.id,
            at: js_sys::Date::now(),
            info,
            from,
            last,
            beside: self.beside,
            quality,
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
        checkpoint.carried = self.record.to_carried();
        checkpoint
            .to_bytes(Precision::F32)
            .map_err(|error| Stop::Failed(format!("The training run cannot be saved: {error}")))
    }

    /// Puts the run back to what a file of it holds.
    pub(super) fn go_back(&mut self, file: &[u8]) -> Result<(), String> {
        let checkpoint = Checkpoint::from_bytes(file).map_err(|error| error.to_string())?;
        self.trainer =
            Trainer::resume(&checkpoint, &self.device).map_err(|error| error.to_string())?;
        self.record = Record::of(&checkpoint);
        self.painter = None;
        self.examiner = None;
        Ok(())
    }

    /// The run's generator as it is now, to draw with.
    pub(super) async fn painter(&mut self, weights: Weights) -> Result<Rc<Painter>, String> {
        let (step, weights) = match weights {
            Weights::Snapshot(asked) => {
                let steps = self.record.snapshots.steps();
                let nearest = steps.min_by_key(|step| step.abs_diff(asked));
                let step = nearest.ok_or("There is no snapshot of this run yet.")?;
                (step, Weights::Snapshot(step))
            }
            weights => (self.trainer.step(), weights),
        };
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
        let checkpoint = match weights {
            Weights::Snapshot(step) => {
                let snapshot = self.record.snapshots.checkpoint(step);
                snapshot.ok_or("There is no snapshot of this run yet.")?
            }
            _ => {
                let average = weights == Weights::Average;
                let checkpoint = self.trainer.drawing_checkpoint(average).await;
                checkpoint.map_err(|error| error.to_string())?
            }
        };
        let prefix = match weights {
            Weights::Average | Weights::Snapshot(_) => checkpoint.generator_prefix(),
            Weights::Generator => GENERATOR,
        };
        Painter::new(&checkpoint, prefix, &self.device.clone().inner(), self.gpu)
    }

    /// The run's discriminator as it is now, to be asked.
    pub(super) async fn examiner(&mut self) -> Result<Rc<Examiner>, String> {
        let step = self.trainer.step();
        match &self.examiner {
            Some((of, examiner)) if *of == step => Ok(Rc::clone(examiner)),
            _ => {
                let checkpoint = self.trainer.judging_checkpoint().await;
                let checkpoint = checkpoint.map_err(|error| error.to_string())?;
                let examiner = Examiner::new(&checkpoint, &self.device.clone().inner())?;
                let examiner = Rc::new(examiner);
                self.examiner = Some((step, Rc::clone(&examiner)));
                Ok(examiner)
            }
        }
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
