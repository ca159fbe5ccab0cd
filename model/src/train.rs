//! Training: the discriminator's and the generator's update, one each a step
//! (SAGAN section 4: hinge loss, two time-scale update rule).

mod history;
mod partners;
mod quality;
mod record;
mod resume;
mod snapshots;
mod vitals;

use std::collections::BTreeMap;

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData},
};
use saganscope_shaders::{Decay, blend};

use crate::{
    adam::Adam,
    augment::Augmentation,
    checkpoint::{Change, Checkpoint, CheckpointError, Updates},
    config::{SaganConfig, Setting, TrainConfigError},
    discriminator::Discriminator,
    generator::{Generator, GeneratorInput, Mode},
    latents::{Inputs, Purpose, stream},
    loss::{discriminator_loss, generator_loss},
    minibatch_deviation::Deviation,
    parameters::{self, NamedMapper, device_tensors, map_named},
};

pub use crate::config::TrainConfig;
pub use history::{History, Point};
pub use quality::{Comparison, Quality};
pub use record::Record;
pub use snapshots::Snapshots;
pub use vitals::Vitals;

/// Both networks, both optimisers and the average of the generator.
pub struct Trainer {
    /// Shape of the networks.
    pub config: SaganConfig,
    /// Settings of the run.
    pub settings: TrainConfig,
    /// Updates done.
    pub updates: Updates,
    /// Settings that were changed while the run went on, in order.
    pub changes: Vec<Change>,
    /// On an autodiff device.
    pub generator: Generator,
    /// On an autodiff device.
    pub discriminator: Discriminator,
    /// Exponential moving average of the generator, on the plain device.
    pub average: Generator,
    generator_adam: Adam,
    discriminator_adam: Adam,
    device: Device,
}

/// The losses of one step, and the scores that the discriminator's came of, still on the device.
pub struct Losses {
    /// Hinge loss of the discriminator, `[1]`.
    pub discriminator: Tensor<1>,
    /// Loss of the generator, `[1]`.
    pub generator: Tensor<1>,
    /// Scores of the real pictures before the update, `[B]`.
    pub real: Tensor<1>,
    /// Scores of as many fake ones, `[B]`.
    pub fake: Tensor<1>,
}

impl Trainer {
    /// A fresh run on `device` (with or without autodiff; it is added here).
    pub fn new(config: SaganConfig, settings: TrainConfig, device: &Device) -> Self {
        let device = device.clone().autodiff();
        let mut random = stream(settings.seed, Purpose::Weights, 0);
        let generator = Generator::init(&config, &mut random, &device);
        let discriminator = Discriminator::init(&config, &mut random, &device);
        Self::from_networks(config, settings, generator, discriminator, &device)
    }

    /// A run that begins with these networks, which live on the autodiff device `device`.
    pub fn from_networks(
        config: SaganConfig,
        settings: TrainConfig,
        generator: Generator,
        discriminator: Discriminator,
        device: &Device,
    ) -> Self {
        Self {
            average: generator.valid(),
            generator_adam: Adam::new(settings.generator.clone()),
            discriminator_adam: Adam::new(settings.discriminator.clone()),
            device: device.clone().autodiff(),
            updates: Updates::default(),
            changes: Vec::new(),
            config,
            settings,
            generator,
            discriminator,
        }
    }

    /// A run that begins with the generator of one checkpoint and the discriminator of another (or
    /// the same), whoever trained them. Neither optimiser has a history.
    ///
    /// # Errors
    /// [`CheckpointError::Unlike`] where the two networks do not belong together, and where one is
    /// missing from its checkpoint.
    pub fn from_checkpoints(
        generator: &Checkpoint,
        discriminator: &Checkpoint,
        settings: TrainConfig,
        device: &Device,
    ) -> Result<Self, CheckpointError> {
        let device = device.clone().autodiff();
        let config = generator.header.config.clone();
        let judged = SaganConfig {
            // A discriminator knows no latents.
            z_dim: config.z_dim,
            ..discriminator.header.config.clone()
        };
        let differences = config.differences(&judged);
        if !differences.is_empty() {
            let told: Vec<_> = differences.iter().map(ToString::to_string).collect();
            let differences = told.join(", ");
            return Err(CheckpointError::Unlike { differences });
        }
        let random = &mut stream(settings.seed, Purpose::Weights, 0);
        let blank = Discriminator::init(&config, random, &device);
        let judge = parameters::load(blank, &discriminator.tensors, "discriminator.")?;
        let generator = generator.generator(&device)?;
        Ok(Self::from_networks(
            config, settings, generator, judge, &device,
        ))
    }

    /// One step with the latents and the noise of the current step number: as many updates of the
    /// discriminator as the settings say, then one of the generator.
    ///
    /// `real` makes the batch of a number, `[batch, 3, size, size]` in [−1, 1], row-major; the
    /// discriminator's updates count them, so that it never learns from one twice. The losses of the
    /// discriminator are those of the last update.
    pub fn learn(&mut self, mut real: impl FnMut(u64) -> Vec<f32>) -> Losses {
        for _ in 1..self.settings.discriminator_steps {
            self.learn_discriminator(&mut real);
        }
        let real = real(self.updates.discriminator);
        self.train_step(real)
    }

    /// One update of the discriminator alone, as in [`learn`](Self::learn): its loss, `[1]`, and the
    /// scores of real and of fake pictures before it.
    pub fn learn_discriminator(
        &mut self,
        mut real: impl FnMut(u64) -> Vec<f32>,
    ) -> (Tensor<1>, [Tensor<1>; 2]) {
        let real = self.upload(real(self.updates.discriminator));
        let inputs = self.discriminator_inputs();
        self.judge_and_update(real, inputs)
    }

    /// One update of the generator alone, and of its average; returns its loss, `[1]`.
    pub fn learn_generator(&mut self) -> Tensor<1> {
        let inputs = self.generator_inputs();
        let loss = self.update_generator(inputs);
        self.update_average();
        loss
    }

    /// One update of each network on the pictures `real` (`[batch, 3, size, size]` in [−1, 1],
    /// row-major), with the latents and the noise of the current step number.
    pub fn train_step(&mut self, real: Vec<f32>) -> Losses {
        let real = self.upload(real);
        let (for_d, for_g) = (self.discriminator_inputs(), self.generator_inputs());
        self.update(real, for_d, for_g)
    }

    /// Changes a setting from the next update on, and notes it.
    ///
    /// # Errors
    /// Where no run can have it; nothing is changed then.
    pub fn set(&mut self, setting: Setting, value: f64) -> Result<(), TrainConfigError> {
        let before = self.settings.get(setting);
        self.settings = self.settings.with(setting, value)?;
        let to = self.settings.get(setting);
        self.generator_adam.config = self.settings.generator.clone();
        self.discriminator_adam.config = self.settings.discriminator.clone();
        if to != before {
            self.changes.push(Change {
                after: self.updates,
                setting: setting.path().into(),
                from: before,
                to,
            });
        }
        Ok(())
    }

    /// Ends a cool down that is over: a run whose rates have fallen to zero has them back, and learns
    /// again.
    pub fn wake(&mut self) {
        if self.settings.rate_factor(self.step()) == 0.0 {
            self.settings.cool_down = None;
        }
    }

    fn upload(&self, real: Vec<f32>) -> Tensor<4> {
        let (batch, size) = (self.settings.batch, self.config.size);
        Tensor::from_data(TensorData::new(real, [batch, 3, size, size]), &self.device)
    }

    fn discriminator_inputs(&self) -> GeneratorInput {
        let purposes = [Purpose::DiscriminatorStep, Purpose::DiscriminatorNoise];
        self.step_inputs(purposes, self.updates.discriminator)
    }

    fn generator_inputs(&self) -> GeneratorInput {
        let purposes = [Purpose::GeneratorStep, Purpose::GeneratorNoise];
        self.step_inputs(purposes, self.updates.generator)
    }

    fn step_inputs(&self, purposes: [Purpose; 2], index: u64) -> GeneratorInput {
        let TrainConfig { seed, batch, .. } = self.settings;
        Inputs::of_stream(&self.config, seed, purposes, index, batch)
            .upload(&self.config, &self.device)
    }

    /// Steps done: updates of the generator.
    pub fn step(&self) -> u64 {
        self.updates.generator
    }

    /// One update of the discriminator, then one of the generator.
    ///
    /// `real` `[B, 3, size, size]`; latents `[B, z_dim]` and noise for both halves.
    pub fn update(
        &mut self,
        real: Tensor<4>,
        for_discriminator: impl Into<GeneratorInput>,
        for_generator: impl Into<GeneratorInput>,
    ) -> Losses {
        let (discriminator, [real, fake]) = self.judge_and_update(real, for_discriminator.into());
        let generator = self.update_generator(for_generator);
        self.update_average();
        Losses {
            discriminator,
            generator,
            real,
            fake,
        }
    }

    /// The discriminator's half of a step; returns its loss, `[1]`.
    pub fn update_discriminator(
        &mut self,
        real: Tensor<4>,
        input: impl Into<GeneratorInput>,
    ) -> Tensor<1> {
        self.judge_and_update(real, input.into()).0
    }

    /// The loss, and the scores of real and fake pictures, all before the update.
    fn judge_and_update(
        &mut self,
        real: Tensor<4>,
        input: GeneratorInput,
    ) -> (Tensor<1>, [Tensor<1>; 2]) {
        // A copy without gradients shares the running statistics and the power iterations, which
        // this forward pass must update, and records no graph.
        let fake = self
            .generator
            .clone()
            .no_grad()
            .forward(input, Mode::Train)
            .image
            .detach();
        let index = self.updates.discriminator;
        let judge = |pictures, whose| self.discriminator.forward(pictures, whose).score;
        let real = self.augmented(real, Purpose::AugmentReal, index);
        let real = judge(real, Deviation::OfRealBatch);
        let fake = self.augmented(fake, Purpose::AugmentDrawn, index);
        let fake = judge(fake, Deviation::OfBatch);
        let scores = [&real, &fake].map(|score| score.clone().inner());
        let loss = discriminator_loss(real, fake);
        let mut gradients = loss.backward();
        let discriminator = self.discriminator.clone();
        // Both rates fall by the generator's steps, however many the discriminator does.
        let factor = self.settings.rate_factor(self.updates.generator);
        self.updates.discriminator += 1;
        self.discriminator = self
            .discriminator_adam
            .update(discriminator, &mut gradients, factor);
        (loss.inner(), scores)
    }

    /// The generator's half of a step; returns its loss, `[1]`.
    pub fn update_generator(&mut self, input: impl Into<GeneratorInput>) -> Tensor<1> {
        let (loss, mut gradients) = self.generator_gradients(input);
        let generator = self.generator.clone();
        let factor = self.settings.rate_factor(self.updates.generator);
        self.updates.generator += 1;
        self.generator = self
            .generator_adam
            .update(generator, &mut gradients, factor);
        loss.inner()
    }

    /// Loss of the generator on these inputs and its gradients; updates nothing but buffers.
    pub fn generator_gradients(
        &self,
        input: impl Into<GeneratorInput>,
    ) -> (Tensor<1>, burn::tensor::Gradients) {
        let fake = self.generator.forward(input, Mode::Train).image;
        let fake = self.augmented(fake, Purpose::AugmentGenerator, self.updates.generator);
        let judge = self.discriminator.clone().no_grad();
        let loss = generator_loss(judge.forward(fake, Deviation::OfBatch).score);
        let gradients = loss.backward();
        (loss, gradients)
    }

    /// Pictures `[B, 3, size, size]` as the discriminator sees them in update number `index`.
    fn augmented(&self, pictures: Tensor<4>, purpose: Purpose, index: u64) -> Tensor<4> {
        if !self.settings.diff_augment {
            return pictures;
        }
        let [batch, _, side, _] = pictures.dims();
        Augmentation::of(self.settings.seed, purpose, index, batch, side).apply(pictures)
    }

    /// Moves the average towards the generator, as the end of a step does.
    pub fn update_average(&mut self) {
        let current = device_tensors(&self.generator)
            .into_iter()
            .map(|tensor| (tensor.name, tensor.values))
            .collect();
        // Young averages forget faster, or the random initial weights would stay in them for long.
        let before = self.updates.generator.saturating_sub(1) as f64;
        let young = (1.0 + before) / (10.0 + before);
        let decay = self.settings.decay().min(young);
        let mut blend = Blend {
            current,
            decay: Decay::new(decay, &self.device.clone().inner()),
        };
        self.average = map_named(self.average.clone(), &mut blend);
    }
}

/// average ← decay · average + (1 − decay) · current; singular vectors are taken as they are,
/// since the mean of two directions is no unit vector.
struct Blend {
    current: BTreeMap<String, Tensor<1>>,
    decay: Decay,
}

impl NamedMapper for Blend {
    fn map<const D: usize>(&mut self, name: String, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(current) = self.current.remove(&name) else {
            return param;
        };
        let singular = name.split('.').any(|part| part == "sigma");
        param.map(|average| {
            let shape = average.dims();
            let new = if singular {
                current
            } else {
                blend(average.reshape([-1]), current, &self.decay)
            };
            new.reshape(shape)
        })
    }
}
