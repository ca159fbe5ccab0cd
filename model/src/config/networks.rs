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
    /// As [`Energy::Cosine`], but the mean over the picture's positions is taken from queries and
    /// keys before they get unit length. What all queries have in common can then favour no key, so
    /// that no sink forms (Yin et al. 2020, arXiv 2006.06668, split the energy in this way).
    Centred,
}

impl Energy {
    /// All of them, in the order in which they are told of.
    pub const ALL: [Energy; 4] = [
        Energy::Dot,
        Energy::Spectral,
        Energy::Cosine,
        Energy::Centred,
    ];

    /// The name used in checkpoints and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Energy::Dot => "dot",
            Energy::Spectral => "spectral",
            Energy::Cosine => "cosine",
            Energy::Centred => "centred",
        }
    }

    /// The temperature `t` that a layer starts with; `None` where the energy has none.
    pub fn first_temperature(self) -> Option<f32> {
        match self {
            Energy::Dot | Energy::Spectral => None,
            Energy::Cosine => Some(2.0),
            // The cosine of random vectors in 16 dimensions has the deviation 1/4: energies start
            // with a deviation of e^1.95 / 4 = 1.76, where a row holds about two bits.
            Energy::Centred => Some(1.95),
        }
    }
}

/// Which networks have spectral norm on their strided convolutions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpectralNorms {
    /// Neither.
    None,
    /// The discriminator alone (Miyato et al. 2018).
    Discriminator,
    /// Both, as in SAGAN.
    #[default]
    Both,
}

/// Where noise falls on a map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Region {
    /// Everywhere.
    #[default]
    Whole,
    /// On the left half: what it decides can reach the right half through attention alone, since
    /// the convolutions behind reach two cells.
    Left,
}

/// Noise that is added to a map of the generator, just before its attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noise {
    /// Side of the map; one that has attention.
    pub side: usize,
    /// Independent numbers from N(0, 1) at each position.
    pub channels: usize,
    /// Where.
    pub region: Region,
}

/// The shape of both networks; stored in every checkpoint.
///
/// [`SaganConfig::new`] is the method's plain form; everything after `conv_dim` departs from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct SaganConfig {
    /// Width and height of a picture: 32, 64 or 128.
    pub size: usize,
    /// Length of a latent vector.
    pub z_dim: usize,
    /// Channels at the finest inner map, a multiple of 8: 64 in the reference.
    pub conv_dim: usize,
    /// Attention energy.
    pub energy: Energy,
    /// Dimensions of queries and keys; an eighth of the layer's channels where `None`.
    pub query_width: Option<usize>,
    /// Whether queries and keys also see their place, as sines (see [`crate::place`]).
    pub place: bool,
    /// Whether keys are blurred over their neighbours (see `smooth_keys.rs`).
    pub smooth_keys: bool,
    /// Sides of the generator's maps that attend, from coarse to fine.
    pub generator_attention: Vec<usize>,
    /// Sides of the discriminator's maps that attend, from fine to coarse.
    pub discriminator_attention: Vec<usize>,
    /// Noise before attention, from coarse to fine.
    pub noise: Vec<Noise>,
    /// Whether the discriminator sees how much the pictures of a batch differ.
    pub minibatch_deviation: bool,
    /// Whether the four phases of each inner transposed convolution have equal sums of taps.
    pub equal_phase_sums: bool,
    /// Which networks have spectral norm.
    pub spectral_norm: SpectralNorms,
}

/// As a checkpoint holds it; format 1 knew the first four.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    size: usize,
    z_dim: usize,
    conv_dim: usize,
    #[serde(default)]
    energy: Energy,
    #[serde(default)]
    query_width: Option<usize>,
    #[serde(default)]
    place: bool,
    #[serde(default)]
    smooth_keys: bool,
    generator_attention: Option<Vec<usize>>,
    discriminator_attention: Option<Vec<usize>>,
    #[serde(default)]
    noise: Vec<Noise>,
    #[serde(default)]
    minibatch_deviation: bool,
    #[serde(default)]
    equal_phase_sums: bool,
    #[serde(default)]
    spectral_norm: SpectralNorms,
}

impl From<Stored> for SaganConfig {
    fn from(stored: Stored) -> Self {
        let plain = Self::sized(stored.size, stored.conv_dim, stored.z_dim);
        Self {
            energy: stored.energy,
            query_width: stored.query_width,
            place: stored.place,
            smooth_keys: stored.smooth_keys,
            generator_attention: stored
                .generator_attention
                .unwrap_or(plain.generator_attention),
            discriminator_attention: stored
                .discriminator_attention
                .unwrap_or(plain.discriminator_attention),
            noise: stored.noise,
            minibatch_deviation: stored.minibatch_deviation,
            equal_phase_sums: stored.equal_phase_sums,
            spectral_norm: stored.spectral_norm,
            ..plain
        }
    }
}

/// An option that two configurations do not share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its name in a checkpoint.
    pub name: String,
    /// What the one has, as JSON.
    pub ours: String,
    /// What the other has, as JSON.
    pub theirs: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, ours, theirs } = self;
        write!(f, "{name} ({ours} and {theirs})")
    }
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
    /// Queries and keys are empty or absurdly wide.
    #[error("The width of queries and keys is {0}; it must be from 1 to 128.")]
    QueryWidth(usize),
    /// Attention on a map that there is not, or twice on one.
    #[error(
        "The {network} cannot attend on maps of side {found:?}: it has maps of side {offered:?}, and each can attend once, in this order."
    )]
    Attention {
        /// Which network.
        network: &'static str,
        /// Sides asked for.
        found: Vec<usize>,
        /// Sides of its maps, in order.
        offered: Vec<usize>,
    },
    /// Noise where there is no attention, or without channels.
    #[error(
        "Noise on a map of side {side} with {channels} channels is not possible; it comes just before attention, once a map, from coarse to fine, with 1 to 64 channels."
    )]
    Noise {
        /// Side of the map.
        side: usize,
        /// Channels asked for.
        channels: usize,
    },
}

impl SaganConfig {
    /// The reference shape at this base width: 64×64 pictures, dot-product attention.
    pub fn new(conv_dim: usize, z_dim: usize) -> Self {
        Self::sized(64, conv_dim, z_dim)
    }

    /// The reference shape for pictures of another size: attention on the generator's two finest
    /// inner maps and on the discriminator's two coarsest.
    pub fn sized(size: usize, conv_dim: usize, z_dim: usize) -> Self {
        Self {
            size,
            z_dim,
            conv_dim,
            energy: Energy::Dot,
            query_width: None,
            place: false,
            smooth_keys: false,
            generator_attention: vec![size / 4, size / 2],
            discriminator_attention: vec![8, 4],
            noise: Vec::new(),
            minibatch_deviation: false,
            equal_phase_sums: false,
            spectral_norm: SpectralNorms::Both,
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
        if let Some(width) = self.query_width
            && !(1..=128).contains(&width)
        {
            return Err(ConfigError::QueryWidth(width));
        }
        let ascending: Vec<_> = (0..self.stages()).map(|stage| 4 << stage).collect();
        let descending: Vec<_> = ascending.iter().rev().copied().collect();
        for (network, found, offered) in [
            ("generator", &self.generator_attention, ascending),
            ("discriminator", &self.discriminator_attention, descending),
        ] {
            if !is_subsequence(found, &offered) {
                return Err(ConfigError::Attention {
                    network,
                    found: found.clone(),
                    offered,
                });
            }
        }
        for (index, &Noise { side, channels, .. }) in self.noise.iter().enumerate() {
            let later = index == 0 || side > self.noise[index - 1].side;
            let attends = self.generator_attention.contains(&side);
            if !later || !attends || !(1..=64).contains(&channels) {
                return Err(ConfigError::Noise { side, channels });
            }
        }
        Ok(())
    }

    /// The options in which another configuration differs from this one.
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        let fields = |config: &Self| match serde_json::to_value(config) {
            Ok(serde_json::Value::Object(fields)) => fields,
            _ => serde_json::Map::new(),
        };
        let theirs = fields(other);
        fields(self)
            .into_iter()
            .map(|(name, ours)| Difference {
                theirs: theirs
                    .get(&name)
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                ours: ours.to_string(),
                name,
            })
            .filter(|difference| difference.ours != difference.theirs)
            .collect()
    }

    /// Number of inner stages: maps of side 4, 8, … size/2. Four at size 64.
    pub fn stages(&self) -> usize {
        (self.size / 4).checked_ilog2().unwrap_or(0) as usize
    }

    /// Channels of generator stage `i`, whose map has side `4·2^i`: 8c, 4c, 2c, c at size 64.
    pub fn generator_channels(&self, stage: usize) -> usize {
        self.conv_dim << (self.stages() - 1 - stage)
    }

    /// Channels of discriminator stage `i`, whose map has side `size/2^(i+1)`: c, 2c, 4c, 8c.
    pub fn discriminator_channels(&self, stage: usize) -> usize {
        self.conv_dim << stage
    }

    /// Channels of either network's inner map of this side: it depends on the side alone.
    pub fn channels_at(&self, side: usize) -> usize {
        self.conv_dim * (self.size / 2) / side
    }

    /// Dimensions of the queries and keys of a layer over so many channels.
    pub fn query_width_of(&self, channels: usize) -> usize {
        self.query_width.unwrap_or(channels / 8)
    }

    /// Whether the generator's strided convolutions have spectral norm.
    pub fn generator_is_normed(&self) -> bool {
        self.spectral_norm == SpectralNorms::Both
    }

    /// Whether the discriminator's strided convolutions have spectral norm.
    pub fn discriminator_is_normed(&self) -> bool {
        self.spectral_norm != SpectralNorms::None
    }
}

/// Whether `found` is what is left of `offered` when some are left out.
fn is_subsequence(found: &[usize], offered: &[usize]) -> bool {
    let mut rest = offered.iter();
    found.iter().all(|side| rest.any(|other| other == side))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn size_64_has_the_reference_widths() {
        let config = SaganConfig::new(64, 128);
        assert_eq!(config.stages(), 4);
        let generator: Vec<_> = (0..4).map(|i| config.generator_channels(i)).collect();
        let discriminator: Vec<_> = (0..4).map(|i| config.discriminator_channels(i)).collect();
        assert_eq!(generator, [512, 256, 128, 64]);
        assert_eq!(discriminator, [64, 128, 256, 512]);
        for stage in 0..4 {
            assert_eq!(config.channels_at(4 << stage), generator[stage]);
            assert_eq!(config.channels_at(32 >> stage), discriminator[stage]);
        }
    }

    #[test]
    fn impossible_shapes_are_refused() {
        let good = SaganConfig::new(64, 128);
        assert_eq!(good.check(), Ok(()));
        let with = |change: &dyn Fn(&mut SaganConfig)| {
            let mut config = good.clone();
            change(&mut config);
            config.check()
        };
        assert_eq!(with(&|c| c.size = 48), Err(ConfigError::Size(48)));
        assert_eq!(with(&|c| c.size = 0), Err(ConfigError::Size(0)));
        assert_eq!(with(&|c| c.conv_dim = 20), Err(ConfigError::ConvDim(20)));
        assert_eq!(with(&|c| c.z_dim = 0), Err(ConfigError::ZDim(0)));
        let width = with(&|c| c.query_width = Some(0));
        assert_eq!(width, Err(ConfigError::QueryWidth(0)));
        for sides in [vec![64], vec![16, 16], vec![32, 16], vec![12]] {
            let attention = with(&|c| c.generator_attention = sides.clone());
            assert!(
                matches!(attention, Err(ConfigError::Attention { .. })),
                "{sides:?}"
            );
        }
        let noise = |side| Noise {
            side,
            channels: 4,
            region: Region::Left,
        };
        assert_eq!(with(&|c| c.noise = vec![noise(16), noise(32)]), Ok(()));
        assert!(with(&|c| c.noise = vec![noise(8)]).is_err());
        assert!(with(&|c| c.noise = vec![noise(32), noise(16)]).is_err());
    }

    #[test]
    fn attention_may_be_nowhere_and_anywhere() {
        let mut config = SaganConfig::new(8, 4);
        config.generator_attention = Vec::new();
        config.discriminator_attention = vec![32, 16, 8, 4];
        assert_eq!(config.check(), Ok(()));
    }

    #[test]
    fn format_1_is_the_plain_form_and_a_stranger_is_named() {
        let old = r#"{"size":32,"z_dim":7,"conv_dim":8,"energy":"cosine"}"#;
        let config: SaganConfig = serde_json::from_str(old).unwrap();
        assert_eq!(config.generator_attention, [8, 16]);
        assert_eq!(config.discriminator_attention, [8, 4]);
        let again: SaganConfig =
            serde_json::from_str(&serde_json::to_string(&config).unwrap()).unwrap();
        assert_eq!(again, config);

        assert!(config.differences(&config).is_empty());
        let wider = SaganConfig {
            conv_dim: 16,
            ..config.clone()
        };
        let told: Vec<_> = config
            .differences(&wider)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(told, ["conv_dim (8 and 16)"]);

        let stranger = r#"{"size":32,"z_dim":7,"conv_dim":8,"pooled":true}"#;
        let error = serde_json::from_str::<SaganConfig>(stranger).unwrap_err();
        assert!(error.to_string().contains("`pooled`"), "{error}");
    }
}
