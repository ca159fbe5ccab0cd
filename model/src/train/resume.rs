//! A run as a checkpoint, and going on from one.

use burn::tensor::{Device, Tensor, TensorData};

use super::Trainer;
use crate::{
    adam::{Adam, Moments},
    checkpoint::{Checkpoint, CheckpointError, Header},
    host::{HostTensor, HostTensors, ReadError, read},
    parameters::{host_tensors, load},
};

impl Trainer {
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
            updates: Some(self.updates),
            training: Some(self.settings.clone()),
            changes: self.changes.clone(),
            ..Header::new(self.config.clone())
        };
        Ok(Checkpoint::new(header, tensors))
    }

    /// The tensors of the generator's average, in one round trip.
    ///
    /// # Errors
    /// If the device does not give them back.
    pub async fn average_tensors(&self) -> Result<HostTensors, ReadError> {
        host_tensors(&self.average).await
    }

    /// Only what pictures are drawn with: the average, or the generator as the last step left it.
    ///
    /// # Errors
    /// If the device does not give it back.
    pub async fn drawing_checkpoint(&self, average: bool) -> Result<Checkpoint, ReadError> {
        let (prefix, network) = if average {
            ("average.", &self.average)
        } else {
            ("generator.", &self.generator)
        };
        let tensors = host_tensors(network).await?;
        let named = |(name, tensor)| (format!("{prefix}{name}"), tensor);
        let header = Header {
            updates: Some(self.updates),
            ..Header::new(self.config.clone())
        };
        let tensors = tensors.into_iter().map(named).collect();
        Ok(Checkpoint::new(header, tensors))
    }

    /// The discriminator alone, for a [judge](crate::judging::Judge) of its own.
    ///
    /// # Errors
    /// If the device does not answer.
    pub async fn judging_checkpoint(&self) -> Result<Checkpoint, ReadError> {
        let tensors = host_tensors(&self.discriminator).await?;
        let named = |(name, tensor)| (format!("{}{name}", crate::judging::PREFIX), tensor);
        let tensors = tensors.into_iter().map(named).collect();
        Ok(Checkpoint::new(Header::new(self.config.clone()), tensors))
    }

    /// Goes on from a checkpoint that [`Trainer::checkpoint`] made.
    ///
    /// # Errors
    /// [`CheckpointError::NotResumable`] where a part of a run is missing; whatever else is wrong
    /// with its settings or tensors. Nothing is allocated before all of them are found to be right.
    pub fn resume(checkpoint: &Checkpoint, device: &Device) -> Result<Self, CheckpointError> {
        let header = &checkpoint.header;
        let (Some(updates), Some(settings), true) = (
            header.updates,
            header.training.clone(),
            checkpoint.holds_a_run(),
        ) else {
            return Err(CheckpointError::NotResumable);
        };
        settings.check()?;
        checkpoint.check()?;
        let mut trainer = Self::new(header.config.clone(), settings, device);
        let tensors = &checkpoint.tensors;
        trainer.generator = load(trainer.generator, tensors, "generator.")?;
        trainer.discriminator = load(trainer.discriminator, tensors, "discriminator.")?;
        trainer.average = load(trainer.average, tensors, "average.")?;
        let plain = trainer.device.clone().inner();
        for (adam, done, prefix) in [
            (
                &mut trainer.generator_adam,
                updates.generator,
                "adam.generator.",
            ),
            (
                &mut trainer.discriminator_adam,
                updates.discriminator,
                "adam.discriminator.",
            ),
        ] {
            adam.step = done;
            write_moments(adam, tensors, prefix, &plain);
        }
        trainer.updates = updates;
        trainer.changes.clone_from(&header.changes);
        Ok(trainer)
    }
}

async fn read_moments(adam: &Adam) -> Result<HostTensors, ReadError> {
    let mut tensors = HostTensors::new();
    for (name, moments) in &adam.moments {
        for (kind, tensor) in [("first", &moments.first), ("second", &moments.second)] {
            let values = read(tensor.clone()).await?;
            let shape = vec![values.len()];
            tensors.insert(format!("{kind}.{name}"), HostTensor { shape, values });
        }
    }
    Ok(tensors)
}

fn write_moments(adam: &mut Adam, tensors: &HostTensors, prefix: &str, device: &Device) {
    let upload = |tensor: &HostTensor| {
        let data = TensorData::new(tensor.values.clone(), [tensor.values.len()]);
        Tensor::from_data(data, device)
    };
    let (first, second) = (format!("{prefix}first."), format!("{prefix}second."));
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
