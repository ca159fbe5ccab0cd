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
    initial::{constant, normal},
    minibatch_deviation::{Deviation, MinibatchDeviation},
    spectral_norm::SpectralNorm,
};

/// The slope of LeakyReLU below zero: 0.1 as in the public code, not the common 0.2.
const SLOPE: f32 = 0.1;

/// A convolution under spectral norm, LeakyReLU. There is no batch norm in this network.
#[derive(Module, Debug)]
pub struct DownStage {
    /// `[Cout, Cin, 4, 4]`.
    pub weight: Param<Tensor<4>>,
    /// Spectral norm of the weight, if it has one.
    pub sigma: Option<SpectralNorm>,
    /// `[Cout]`.
    pub bias: Param<Tensor<1>>,
}

impl DownStage {
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let weight = self.weight.val();
        let weight = match &self.sigma {
            Some(sigma) => sigma.forward(weight),
            None => weight,
        };
        shaders::down_leaky_relu(x, weight, self.bias.val(), SLOPE)
    }
}

/// Pictures `[B, 3, size, size]` → one score each.
#[derive(Module, Debug)]
pub struct Discriminator {
    /// Maps of side size/2, size/4, … 4; the public code's l1, l2, ….
    pub stages: Vec<DownStage>,
    /// From the finest map that attends to the coarsest; 8×8 and 4×4 in the public code.
    pub attention: Vec<Attention>,
    /// How much the pictures of a batch differ, told to the map before the last stage.
    pub deviation: Option<MinibatchDeviation>,
    /// `[1, 8c, 4, 4]` at size 64, without spectral norm.
    pub last_weight: Param<Tensor<4>>,
    /// `[1]`.
    pub last_bias: Param<Tensor<1>>,
}

/// Scores and what the attention layers saw.
pub struct Judged {
    /// `[B]`.
    pub score: Tensor<1>,
    /// From the finest layer to the coarsest.
    pub attention: Vec<AttentionState>,
}

impl Discriminator {
    /// Random weights.
    pub fn init(config: &SaganConfig, random: &mut impl Rng, device: &Device) -> Self {
        let stages = config.stages();
        let mut input = 3;
        let mut down = Vec::with_capacity(stages);
        for stage in 0..stages {
            let output = config.discriminator_channels(stage);
            let shape = [output, input, 4, 4];
            down.push(DownStage {
                weight: normal(shape, 0.02, random, device),
                sigma: config
                    .discriminator_is_normed()
                    .then(|| SpectralNorm::init(&shape, random, device)),
                bias: constant([output], 0.0, device),
            });
            input = output;
        }
        let attention = config
            .discriminator_attention
            .iter()
            .map(|&side| Attention::init(config, side, random, device))
            .collect();
        let before_last = config.discriminator_channels(stages - 2);
        Self {
            stages: down,
            attention,
            deviation: config
                .minibatch_deviation
                .then(|| MinibatchDeviation::init(before_last, random, device)),
            last_weight: normal([1, input, 4, 4], 0.02, random, device),
            last_bias: constant([1], 0.0, device),
        }
    }

    /// Pictures `[B, 3, size, size]` in [−1, 1] → scores and attention.
    pub fn forward(&self, pictures: Tensor<4>, deviation: Deviation) -> Judged {
        self.forward_watched(pictures, deviation, |_, _| ())
    }

    /// As [`forward`](Self::forward), and tells of each attention layer what goes into it,
    /// `[B, C, side, side]`.
    pub fn forward_watched(
        &self,
        pictures: Tensor<4>,
        deviation: Deviation,
        mut watch: impl FnMut(&Attention, &Tensor<4>),
    ) -> Judged {
        let mut x = pictures;
        let mut attention = Vec::with_capacity(self.attention.len());
        for (index, stage) in self.stages.iter().enumerate() {
            if let Some(layer) = &self.deviation
                && index + 1 == self.stages.len()
            {
                x = layer.forward(x, deviation);
            }
            x = stage.forward(x);
            let side = x.dims()[2];
            for layer in self.attention.iter().filter(|layer| layer.side == side) {
                watch(layer, &x);
                let (attended, state) = layer.forward(x);
                x = attended;
                attention.push(state);
            }
        }
        let [batch, channels, _, _] = x.dims();
        let weight = self.last_weight.val().reshape([channels * 16, 1]);
        let score =
            x.reshape([batch, channels * 16]).matmul(weight) + self.last_bias.val().reshape([1, 1]);
        Judged {
            score: score.reshape([batch]),
            attention,
        }
    }
}
