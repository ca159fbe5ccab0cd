//! The shape of both networks.

use serde::{Deserialize, Serialize};

/// How the energy of a query and a key is computed, before the softmax.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Energy {
    /// `q·k`, as in the paper's equation 1.
    #[default]
    Dot,
    /// `q·k` with spectral norm on the query, key and value weights, as in the official code.
    Spectral,
    /// `e^t · q̂·k̂` with unit-length queries and keys and one learned temperature `t` a layer.
    Cosine,
}

impl Energy {
    /// The name used in checkpoints and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Energy::Dot => "dot",
            Energy::Spectral => "spectral",
            Energy::Cosine => "cosine",
        }
    }
}

/// The shape of both networks; stored in every checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaganConfig {
    /// Width and height of a picture: 32, 64 or 128.
    pub size: usize,
    /// Length of a latent vector.
    pub z_dim: usize,
    /// Channels at the finest inner map, a multiple of 8: 64 in the reference.
    pub conv_dim: usize,
    /// Attention energy.
    #[serde(default)]
    pub energy: Energy,
}

/// A configuration that no network can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The picture size is not offered.
    #[error("The picture size is {0}; it must be 32, 64 or 128.")]
    Size(usize),
    /// The base width does not split into eighths.
    #[error(
        "conv_dim is {0}; it must be a multiple of 8 from 8 to 512, since queries and keys have an eighth of the channels."
    )]
    ConvDim(usize),
    /// The latent vector is empty or absurdly long.
    #[error("z_dim is {0}; it must be from 1 to 4096.")]
    ZDim(usize),
}

impl SaganConfig {
    /// The reference shape at this base width: 64×64 pictures, dot-product attention.
    pub fn new(conv_dim: usize, z_dim: usize) -> Self {
        Self {
            size: 64,
            z_dim,
            conv_dim,
            energy: Energy::Dot,
        }
    }

    /// Refuses shapes that no network can have.
    pub fn check(&self) -> Result<(), ConfigError> {
        if !matches!(self.size, 32 | 64 | 128) {
            return Err(ConfigError::Size(self.size));
        }
        if self.conv_dim == 0 || !self.conv_dim.is_multiple_of(8) || self.conv_dim > 512 {
            return Err(ConfigError::ConvDim(self.conv_dim));
        }
        if self.z_dim == 0 || self.z_dim > 4096 {
            return Err(ConfigError::ZDim(self.z_dim));
        }
        Ok(())
    }

    /// Number of inner stages: maps of side 4, 8, … size/2. Four at size 64.
    pub fn stages(&self) -> usize {
        (self.size / 4).ilog2() as usize
    }

    /// Channels of generator stage `i`, whose map has side `4·2^i`: 8c, 4c, 2c, c at size 64.
    pub fn generator_channels(&self, stage: usize) -> usize {
        self.conv_dim << (self.stages() - 1 - stage)
    }

    /// Channels of discriminator stage `i`, whose map has side `size/2^(i+1)`: c, 2c, 4c, 8c.
    pub fn discriminator_channels(&self, stage: usize) -> usize {
        self.conv_dim << stage
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_64_has_the_reference_widths() {
        let config = SaganConfig::new(64, 128);
        assert_eq!(config.stages(), 4);
        let generator: Vec<_> = (0..4).map(|i| config.generator_channels(i)).collect();
        let discriminator: Vec<_> = (0..4).map(|i| config.discriminator_channels(i)).collect();
        assert_eq!(generator, [512, 256, 128, 64]);
        assert_eq!(discriminator, [64, 128, 256, 512]);
    }

    #[test]
    fn impossible_shapes_are_refused() {
        let good = SaganConfig::new(64, 128);
        assert_eq!(good.check(), Ok(()));
        let size = SaganConfig {
            size: 48,
            ..good.clone()
        };
        assert_eq!(size.check(), Err(ConfigError::Size(48)));
        let width = SaganConfig {
            conv_dim: 20,
            ..good.clone()
        };
        assert_eq!(width.check(), Err(ConfigError::ConvDim(20)));
        let latent = SaganConfig { z_dim: 0, ..good };
        assert_eq!(latent.check(), Err(ConfigError::ZDim(0)));
    }
}
