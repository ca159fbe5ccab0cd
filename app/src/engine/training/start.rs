//! What a run is made of, before there is a device for it.

use burn::tensor::Device;
use saganscope_model::{
    checkpoint::{Checkpoint, fingerprint},
    config::{SaganConfig, TrainConfig},
    train::Trainer,
};

use super::{super::albums::Made, keeper::Keeper};
use crate::protocol::{Networks, PictureSource, wire::File};

/// What a run is made of, before there is a device for it.
pub(super) struct Start {
    /// What to call it in messages.
    pub(super) name: String,
    pub(super) config: SaganConfig,
    pub(super) settings: TrainConfig,
    /// Where it goes on from, if it does not begin.
    pub(super) checkpoint: Option<Checkpoint>,
    /// The generator's and the discriminator's file that it begins with, where those are not random.
    pub(super) networks: Option<(Checkpoint, Checkpoint)>,
    pub(super) from: Option<PictureSource>,
    /// The visitor's own pictures that were kept with it.
    pub(super) own: Option<Made>,
    pub(super) keeper: Option<Keeper>,
    /// The run in storage that it began beside.
    pub(super) beside: Option<u64>,
    /// Whether nothing but looking is meant: no step, and so no compilation of one.
    pub(super) looks: bool,
}

impl Start {
    pub(super) fn trainer(&self, device: &Device) -> Result<Trainer, String> {
        if let Some((generator, discriminator)) = &self.networks {
            let settings = self.settings.clone();
            return Trainer::from_checkpoints(generator, discriminator, settings, device)
                .map_err(|error| format!("{}: {error}", self.name));
        }
        match &self.checkpoint {
            None => Ok(Trainer::new(
                self.config.clone(),
                self.settings.clone(),
                device,
            )),
            Some(checkpoint) => Trainer::resume(checkpoint, device)
                .map_err(|error| format!("{}: {error}", self.name)),
        }
    }

    /// Of networks that were trained before, with settings of its own.
    pub(super) fn of_networks(
        networks: &Networks,
        settings: TrainConfig,
        from: PictureSource,
    ) -> Result<Self, String> {
        let name = &networks.name;
        let read = |file: &File| {
            let bytes = file.0.to_vec();
            let print = fingerprint(&bytes);
            // Its first bytes say of which kind it is.
            let checkpoint = Checkpoint::from_file(name, bytes);
            let checkpoint = checkpoint.map_err(|error| format!("{name}: {error}"))?;
            Ok::<_, String>((checkpoint, print))
        };
        let mut generator = read(&networks.generator)?;
        let mut discriminator = read(&networks.discriminator)?;
        // A visitor chooses two files at once, in whatever order.
        let draws = |(one, _): &(Checkpoint, String)| one.holds(one.generator_prefix());
        if !draws(&generator) && draws(&discriminator) {
            std::mem::swap(&mut generator, &mut discriminator);
        }
        let (generator, print) = generator;
        let (discriminator, _) = discriminator;
        for (checkpoint, prefix, what) in [
            (&generator, generator.generator_prefix(), "generator"),
            (&discriminator, "discriminator.", "discriminator"),
        ] {
            if !checkpoint.holds(prefix) {
                return Err(format!(
                    "{name}: There is no {what} in it; choose the file of a run, or a generator's and its discriminator's."
                ));
            }
        }
        discriminator
            .belongs_to(&print)
            .map_err(|error| format!("{name}: {error}"))?;
        Ok(Self {
            config: generator.header.config.clone(),
            settings,
            checkpoint: None,
            networks: Some((generator, discriminator)),
            from: Some(from),
            own: None,
            keeper: None,
            beside: None,
            looks: false,
            name: name.clone(),
        })
    }

    /// Of a run's file.
    pub(super) fn of_file(bytes: &[u8], name: String) -> Result<Self, String> {
        let failed = |error: &dyn std::fmt::Display| format!("{name}: {error}");
        let checkpoint = Checkpoint::from_bytes(bytes).map_err(|error| failed(&error))?;
        // Without settings it is no run, which `Trainer::resume` says.
        let settings = checkpoint.header.training.clone();
        Ok(Self {
            config: checkpoint.header.config.clone(),
            settings: settings.unwrap_or_else(|| TrainConfig::new(1, 0)),
            checkpoint: Some(checkpoint),
            networks: None,
            from: None,
            own: None,
            keeper: None,
            beside: None,
            looks: false,
            name,
        })
    }
}
