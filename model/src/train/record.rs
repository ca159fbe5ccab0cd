//! What a run's file holds beside its networks: all that was read of it while it went on.

use std::collections::BTreeMap;

use super::{History, Quality, Snapshots, Trainer, Vitals};
use crate::{
    checkpoint::{Checkpoint, RawTensor},
    config::SaganConfig,
    host::ReadError,
};

/// All that was read of a run while it went on.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Losses, scores and γ.
    pub history: History,
    /// Averages of its generator on the way.
    pub snapshots: Snapshots,
    /// What its networks are like inside.
    pub vitals: Vitals,
    /// How far its pictures were from real ones, if that was measured.
    pub quality: Option<Quality>,
}

impl Record {
    /// Of a run of this shape that begins.
    pub fn new(config: &SaganConfig) -> Self {
        Self {
            history: History::default(),
            snapshots: Snapshots::new(config),
            vitals: Vitals::new(config),
            quality: None,
        }
    }

    /// What a run's file carries along.
    pub fn of(checkpoint: &Checkpoint) -> Self {
        let (config, carried) = (&checkpoint.header.config, &checkpoint.carried);
        let last = checkpoint.header.step().unwrap_or(0);
        Self {
            history: History::from_carried(carried, last),
            snapshots: Snapshots::from_carried(config, carried, last),
            vitals: Vitals::from_carried(config, carried, last),
            quality: Quality::from_carried(carried, last),
        }
    }

    /// As a run's file carries it along.
    pub fn to_carried(&self) -> BTreeMap<String, RawTensor> {
        let mut carried = self.history.to_carried();
        carried.extend(self.snapshots.to_carried());
        carried.extend(self.vitals.to_carried());
        carried.extend(self.quality.map(Quality::to_carried).unwrap_or_default());
        carried
    }

    /// Takes a snapshot of the run, where one is due: whether it was.
    ///
    /// # Errors
    /// If the device does not give the average back.
    pub async fn take_snapshot(&mut self, trainer: &Trainer) -> Result<bool, ReadError> {
        let step = trainer.step();
        let due = self.snapshots.is_due(step);
        if due {
            self.snapshots.add(step, &trainer.average_tensors().await?);
        }
        Ok(due)
    }
}
