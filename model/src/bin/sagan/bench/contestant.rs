//! Our operations, or Burn's own, at work on a case.

use std::time::Duration;

#[cfg(feature = "gpu")]
use burn::tensor::Device;
use saganscope_figures::{Engine, Usage};
use saganscope_model::{config::SaganConfig, host::ReadError, limits};
use saganscope_shaders::use_stock;
#[cfg(feature = "gpu")]
use saganscope_shaders::watch;

use super::{arguments::Case, work::Work};
use crate::{device::Opened, files::Error};

/// One of the wanted operations at work on a case.
pub(super) struct Contestant {
    pub(super) engine: Engine,
    #[cfg(feature = "gpu")]
    pub(super) device: Device,
    pub(super) work: Work,
    pub(super) times: Vec<Duration>,
}

impl Contestant {
    /// None, and a sentence on standard error, where the device is too small for it.
    pub(super) fn new(
        engine: Engine,
        case: Case,
        config: SaganConfig,
        opened: &Opened,
    ) -> Result<Option<Self>, Error> {
        use_stock(engine == Engine::Stock);
        // A device of its own, so that neither finds kernels that the other had compiled, nor
        // counts the other's memory.
        let device = opened.fresh()?;
        let fits = match engine {
            Engine::Ours => limits::check_batch(&config, case.batch, &device),
            // Burn's attention is its whole map.
            _ => limits::check_whole_maps(&config, case.batch, &device),
        };
        if let Err(error) = fits {
            eprintln!("Not measured ({engine:?}, {:?}): {error}", case.task);
            return Ok(None);
        }
        Ok(Some(Self {
            engine,
            work: Work::new(case.task, config, case.batch, &device)?,
            times: Vec::new(),
            #[cfg(feature = "gpu")]
            device,
        }))
    }

    /// Once more.
    pub(super) fn run(&mut self) -> Result<Duration, ReadError> {
        use_stock(self.engine == Engine::Stock);
        self.work.run()
    }

    /// What one more run asks of the device; nothing is known of a CPU.
    #[cfg(feature = "gpu")]
    pub(super) fn usage(&mut self) -> Result<Usage, Error> {
        let device = self.device.clone();
        let mut outcome = Ok(());
        let usage = watch::usage(&device, || outcome = self.run().map(drop));
        outcome?;
        Ok(usage.map_or_else(Usage::default, |usage| Usage {
            dispatches: Some(usage.dispatches),
            memory: Some(usage.in_use),
            reserved: Some(usage.reserved),
        }))
    }

    /// Nothing is known of a CPU.
    #[cfg(not(feature = "gpu"))]
    pub(super) fn usage(&mut self) -> Result<Usage, Error> {
        Ok(Usage::default())
    }
}
