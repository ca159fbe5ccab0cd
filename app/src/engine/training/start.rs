//! What a run is made of, before there is a device for it.

use burn::tensor::Device;
use saganscope_model::{
    checkpoint::Checkpoint,
    config::{SaganConfig, TrainConfig},
    train::Trainer,
};

use super::keeper::Keeper;
use crate::protocol::PictureSource;

/// What a run is made of, before there is a device for it.
pub(super) struct Start {
    /// What to call it in messages.
    pub(super) name: String,
    pub(super) config: SaganConfig,
    pub(super) settings: TrainConfig,
    /// Where it goes on from, if it does not begin.
    pub(super) checkpoint: Option<Checkpoint>,
    pub(super) from: Option<PictureSource>,
    pub(super) keeper: Option<Keeper>,
    /// Whether nothing but looking is meant: no step, and so no compilation of one.
    pub(super) looks: bool,
}

impl Start {
    pub(super) fn trainer(&self, device: &Device) -> Result<Trainer, String> {
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
            from: None,
            keeper: None,
            looks: false,
            name,
        })
    }
}
