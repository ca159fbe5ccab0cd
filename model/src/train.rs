//! Training: the discriminator's and the generator's update, one each a step
//! (SAGAN section 4: hinge loss, two time-scale update rule).

use std::collections::BTreeMap;

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData},
};
use saganscope_shaders::{Decay, blend};
use serde::{Deserialize, Serialize};

use crate::{
    adam::{Adam, AdamConfig, Moments},
    checkpoint::{Checkpoint, CheckpointError, Header},
    config::SaganConfig,
    discriminator::Discriminator,
    generator::{Generator, Mode},
    latents::{Purpose, stream},
    loss::{discriminator_loss, generator_loss},
    parameters::{
        self, HostTensor, HostTensors, NamedMapper, ReadError, device_tensors, host_tensors,
        map_named, normal_values,
    },
};

/// Settings of a training run; stored in its checkpoints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainConfig {
    /// Pictures a step.
    pub batch: usize,
    /// Where all randomness comes from.
    pub seed: u64,
    /// The generator's optimiser.
    pub generator: AdamConfig,
    /// The discriminator's optimiser.
    pub discriminator: AdamConfig,
    /// Decay of the running average of the generator's weights.
    pub average_decay: f64,
}

impl TrainConfig {
    /// The method's learning rates: 1e-4 for the generator, 4e-4 for the discriminator.
    pub fn new(batch: usize, seed: u64) -> Self {
        Self {
            batch,
            seed,
            generator: AdamConfig::new(1e-4),
            discriminator: AdamConfig::new(4e-4),
            average_decay: 0.998,
        }
    }
}

/// Both networks, both optimisers and the average of the generator.
pub struct Trainer {
    /// Shape of the networks.
    pub config: SaganConfig,
    /// Settings of the run.
    pub settings: TrainConfig,
    /// Steps done.
    pub step: u64,
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

/// The losses of one step, still on the device.
pub struct Losses {
    /// Hinge loss of the discriminator, `[1]`.
    pub discriminator: Tensor<1>,
    /// Loss of the generator, `[1]`.
    pub generator: Tensor<1>,
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
            step: 0,
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
        // A discriminator knows no latents, so z_dim is the generator's.
        let [ours, theirs] = [generator, discriminator].map(|checkpoint| {
            let SaganConfig {
                size,
                conv_dim,
                energy,
                ..
            } = checkpoint.header.config;
            format!("size {size}, conv_dim {conv_dim}, energy {}", energy.name())
        });
        if ours != theirs {
            return Err(CheckpointError::Unlike {
                generator: ours,
                discriminator: theirs,
            });
        }
        let config = generator.header.config.clone();
        let random = &mut stream(settings.seed, Purpose::Weights, 0);
        let blank = Discriminator::init(&config, random, &device);
        let judge = parameters::load(blank, &discriminator.tensors, "discriminator.")?;
        let generator = generator.generator(&device)?;
        Ok(Self::from_networks(
            config, settings, generator, judge, &device,
        ))
    }

    /// One step on the pictures `real` (`[batch, 3, size, size]` in [−1, 1], row-major), with the
    /// latents of the current step number.
    pub fn train_step(&mut self, real: Vec<f32>) -> Losses {
        let (batch, size) = (self.settings.batch, self.config.size);
        let real = TensorData::new(real, [batch, 3, size, size]);
        let real = Tensor::from_data(real, &self.device);
        let z_d = self.step_latents(Purpose::DiscriminatorStep);
        let z_g = self.step_latents(Purpose::GeneratorStep);
        self.update(real, z_d, z_g)
    }

    fn step_latents(&self, purpose: Purpose) -> Tensor<2> {
        let shape = [self.settings.batch, self.config.z_dim];
        let mut random = stream(self.settings.seed, purpose, self.step);
        let values = normal_values(shape[0] * shape[1], 1.0, &mut random);
        Tensor::from_data(TensorData::new(values, shape), &self.device)
    }

    /// One update of the discriminator, then one of the generator.
    ///
    /// `real` `[B, 3, size, size]`; `z_d`, `z_g` `[B, z_dim]`.
    pub fn update(&mut self, real: Tensor<4>, z_d: Tensor<2>, z_g: Tensor<2>) -> Losses {
        let discriminator = self.update_discriminator(real, z_d);
        let generator = self.update_generator(z_g);
        self.update_average();
        self.step += 1;
        Losses {
            discriminator,
            generator,
        }
    }

    /// The discriminator's half of a step; returns its loss, `[1]`.
    pub fn update_discriminator(&mut self, real: Tensor<4>, z: Tensor<2>) -> Tensor<1> {
        // A copy without gradients shares the running statistics and the power iterations, which
        // this forward pass must update, and records no graph.
        let fake = self
            .generator
            .clone()
            .no_grad()
            .forward(z, Mode::Train)
            .image
            .detach();
        let real = self.discriminator.forward(real).score;
        let fake = self.discriminator.forward(fake).score;
        let loss = discriminator_loss(real, fake);
        let mut gradients = loss.backward();
        let discriminator = self.discriminator.clone();
        self.discriminator = self
            .discriminator_adam
            .update(discriminator, &mut gradients);
        loss.inner()
    }

    /// The generator's half of a step; returns its loss, `[1]`.
    pub fn update_generator(&mut self, z: Tensor<2>) -> Tensor<1> {
        let (loss, mut gradients) = self.generator_gradients(z);
        let generator = self.generator.clone();
        self.generator = self.generator_adam.update(generator, &mut gradients);
        loss.inner()
    }

    /// Loss of the generator on `z` and its gradients; updates nothing but buffers.
    pub fn generator_gradients(&self, z: Tensor<2>) -> (Tensor<1>, burn::tensor::Gradients) {
        let fake = self.generator.forward(z, Mode::Train).image;
        let loss = generator_loss(self.discriminator.clone().no_grad().forward(fake).score);
        let gradients = loss.backward();
        (loss, gradients)
    }

    /// Moves the average towards the generator, as the end of a step does.
    pub fn update_average(&mut self) {
        let current = device_tensors(&self.generator)
            .into_iter()
            .map(|tensor| (tensor.name, tensor.values))
            .collect();
        // Young averages forget faster, or the random initial weights would stay in them for long.
        let young = (1.0 + self.step as f64) / (10.0 + self.step as f64);
        let decay = self.settings.average_decay.min(young);
        let mut blend = Blend {
            current,
            decay: Decay::new(decay, &self.device.clone().inner()),
        };
        self.average = map_named(self.average.clone(), &mut blend);
    }

    /// Everything that a later session needs to go on exactly here.
    ///
    /// # Errors
    /// If the device does not give them back.
    pub async fn checkpoint(&self) -> Result<Checkpoint, ReadError> {
        let mut tensors = HostTensors::new();
        let mut put = |prefix: &str, part: HostTensors| {
            tensors.extend(
                part.into_iter()
                    .map(|(name, tensor)| (format!("{prefix}{name}"), tensor)),
            );
        };
        put("generator.", host_tensors(&self.generator).await?);
        put("discriminator.", host_tensors(&self.discriminator).await?);
        put("average.", host_tensors(&self.average).await?);
        put("adam.generator.", read_moments(&self.generator_adam).await?);
        put(
            "adam.discriminator.",
            read_moments(&self.discriminator_adam).await?,
        );
        let header = Header {
            config: self.config.clone(),
            step: Some(self.step),
            training: Some(self.settings.clone()),
        };
        Ok(Checkpoint { header, tensors })
    }

    /// Goes on from a checkpoint that [`Trainer::checkpoint`] made.
    pub fn resume(checkpoint: &Checkpoint, device: &Device) -> Result<Self, CheckpointError> {
        let Header {
            config,
            step,
            training,
        } = checkpoint.header.clone();
        let tensors = &checkpoint.tensors;
        let judged = tensors
            .keys()
            .any(|name| name.starts_with("discriminator."));
        let (Some(step), Some(settings), true) = (step, training, judged) else {
            return Err(CheckpointError::NotResumable);
        };
        if settings.batch == 0 {
            let empty = "the run has no pictures a step";
            return Err(CheckpointError::Header(empty.into()));
        }
        let mut trainer = Self::new(config, settings, device);
        trainer.generator = parameters::load(trainer.generator, tensors, "generator.")?;
        trainer.discriminator = parameters::load(trainer.discriminator, tensors, "discriminator.")?;
        trainer.average = parameters::load(trainer.average, tensors, "average.")?;
        let plain = trainer.device.clone().inner();
        write_moments(
            &mut trainer.generator_adam,
            step,
            tensors,
            "adam.generator.",
            &plain,
        );
        write_moments(
            &mut trainer.discriminator_adam,
            step,
            tensors,
            "adam.discriminator.",
            &plain,
        );
        trainer.step = step;
        Ok(trainer)
    }
}

async fn read_moments(adam: &Adam) -> Result<HostTensors, ReadError> {
    let mut tensors = HostTensors::new();
    for (name, moments) in &adam.moments {
        for (kind, tensor) in [("first", &moments.first), ("second", &moments.second)] {
            let values = parameters::read(tensor.clone()).await?;
            let shape = vec![values.len()];
            tensors.insert(format!("{kind}.{name}"), HostTensor { shape, values });
        }
    }
    Ok(tensors)
}

fn write_moments(adam: &mut Adam, step: u64, tensors: &HostTensors, prefix: &str, device: &Device) {
    let upload = |tensor: &HostTensor| {
        let data = TensorData::new(tensor.values.clone(), [tensor.values.len()]);
        Tensor::from_data(data, device)
    };
    let (first, second) = (format!("{prefix}first."), format!("{prefix}second."));
    adam.step = step;
    for (name, tensor) in tensors {
        if let Some(name) = name.strip_prefix(&first)
            && let Some(squares) = tensors.get(&format!("{second}{name}"))
        {
            let moments = Moments {
                first: upload(tensor),
                second: upload(squares),
            };
            adam.moments.insert(name.to_string(), moments);
        }
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
