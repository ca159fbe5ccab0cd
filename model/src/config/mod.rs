//! All configuration: the shape of both networks, and the settings of a training run.
//!
//! It is plain data that depends on nothing else in this crate; every checkpoint stores it.

mod networks;
mod training;

pub use networks::{ConfigError, Difference, Energy, Noise, Region, SaganConfig, SpectralNorms};
pub use training::{AdamConfig, CoolDown, MOST_PICTURES, Setting, TrainConfig, TrainConfigError};
