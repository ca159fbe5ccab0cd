//! The discriminator: pictures to scores (SAGAN section 4; layout of the public PyTorch code).

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor},
};
use rand::Rng;
use saganscope_shaders as shaders;

use crate::{
    attention::{Attention, AttentionState},
    config::SaganConfig,
    parameters::{constant, normal},
    spectral_norm::SpectralNorm,
};

/// The slope of LeakyReLU below zero: 0.1 as in the public code, not the common 0.2.
const SLOPE: f32 = 0.1;

/// A convolution under spectral norm, LeakyReLU. There is no batch norm in this network.
#[derive(Module, Debug)]
pub struct DownStage {
    /// `[Cout, Cin, 4, 4]`.
    pub weight: Param<Tensor<4>>,
    /// Spectral norm of the weight.
    pub sigma: SpectralNorm,
    /// `[Cout]`.
    pub bias: Param<Tensor<1>>,
}

impl DownStage {
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let weight = self.sigma.forward(self.weight.val());
        shaders::down_leaky_relu(x, weight, self.bias.val(), SLOPE)
    }
}

/// Pictures `[B, 3, size, size]` → one score each.
#[derive(Module, Debug)]
pub struct Discriminator {
    /// Maps of side size/2, size/4, … 4; the public code's l1, l2, ….
    pub stages: Vec<DownStage>,
    /// On the map of side 8.
    pub attention1: Attention,
    /// On the map of side 4.
    pub attention2: Attention,
    /// `[1, 8c, 4, 4]` at size 64, without spectral norm.
    pub last_weight: Param<Tensor<4>>,
    /// `[1]`.
    pub last_bias: Param<Tensor<1>>,
}

/// Scores and what both attention layers saw.
pub struct Judged {
    /// `[B]`.
    pub score: Tensor<1>,
    /// The 8×8 map.
    pub attention1: AttentionState,
    /// The 4×4 map.
    pub attention2: AttentionState,
}

impl Discriminator {
    /// Random weights.
    pub fn init(config: &SaganConfig, random: &mut impl Rng, device: &Device) -> Self {
        let stages = config.stages();
        let mut input = 3;
        let mut down = Vec::with_capacity(stages);
        for stage in 0..stages {
            let output = config.discriminator_channels(stage);
            down.push(DownStage {
                weight: normal([output, input, 4, 4], 0.02, random, device),
                sigma: SpectralNorm::init(&[output, input, 4, 4], random, device),
                bias: constant([output], 0.0, device),
            });
            input = output;
        }
        let (c1, c2) = (
            config.discriminator_channels(stages - 2),
            config.discriminator_channels(stages - 1),
        );
        Self {
            stages: down,
            attention1: Attention::init(c1, config.energy, random, device),
            attention2: Attention::init(c2, config.energy, random, device),
            last_weight: normal([1, c2, 4, 4], 0.02, random, device),
            last_bias: constant([1], 0.0, device),
        }
    }

    /// Pictures `[B, 3, size, size]` in [−1, 1] → scores and attention.
    pub fn forward(&self, pictures: Tensor<4>) -> Judged {
        let mut x = pictures;
        let (outer, innermost) = self.stages.split_at(self.stages.len() - 1);
        for stage in outer {
            x = stage.forward(x);
        }
        let (mut x, attention1) = self.attention1.forward(x);
        for stage in innermost {
            x = stage.forward(x);
        }
        let (x, attention2) = self.attention2.forward(x);
        let [batch, channels, _, _] = x.dims();
        let weight = self.last_weight.val().reshape([channels * 16, 1]);
        let score =
            x.reshape([batch, channels * 16]).matmul(weight) + self.last_bias.val().reshape([1, 1]);
        Judged {
            score: score.reshape([batch]),
            attention1,
            attention2,
        }
    }
}
