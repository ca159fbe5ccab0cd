//! The generator: latents to pictures (SAGAN section 4; layout of the public PyTorch code).

use burn::{
    module::{Module, Param, RunningState},
    tensor::{Device, Tensor, activation, module::batch_norm},
};
use rand::Rng;
use saganscope_shaders as shaders;

use crate::{
    attention::{Attention, AttentionState},
    config::SaganConfig,
    parameters::{constant, normal},
    spectral_norm::{SpectralNorm, set},
};

/// Batch norm's guard against a zero variance, PyTorch's default.
pub const BATCH_NORM_EPSILON: f64 = 1e-5;
/// The weight of the newest batch in the running statistics, PyTorch's default.
const MOMENTUM: f32 = 0.1;

/// Which statistics batch norm uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The batch's own; updates the running ones.
    Train,
    /// The running ones.
    Eval,
}

/// Batch normalisation over `[B, C, H, W]`.
#[derive(Module, Debug)]
pub struct BatchNorm {
    /// Scale, `[C]`.
    pub weight: Param<Tensor<1>>,
    /// Shift, `[C]`.
    pub bias: Param<Tensor<1>>,
    /// `[C]`.
    pub running_mean: RunningState<Tensor<1>>,
    /// `[C]`, unbiased.
    pub running_var: RunningState<Tensor<1>>,
}

impl BatchNorm {
    fn init(channels: usize, device: &Device) -> Self {
        Self {
            weight: constant([channels], 1.0, device),
            bias: constant([channels], 0.0, device),
            running_mean: RunningState::new(Tensor::zeros([channels], device)),
            running_var: RunningState::new(Tensor::ones([channels], device)),
        }
    }

    /// With the ReLU behind it.
    fn forward(&self, x: Tensor<4>, mode: Mode) -> Tensor<4> {
        let (weight, bias) = (self.weight.val(), self.bias.val());
        let running = [self.running_mean.value(), self.running_var.value()];
        if mode == Mode::Eval {
            let [mean, variance] = running;
            let normed = batch_norm(x, weight, bias, mean, variance, BATCH_NORM_EPSILON);
            return activation::relu(normed);
        }
        let epsilon = BATCH_NORM_EPSILON as f32;
        let normed = shaders::batch_norm_relu(x, weight, bias, running, epsilon, MOMENTUM);
        set(&self.running_mean, normed.running_mean);
        set(&self.running_var, normed.running_variance);
        normed.output
    }
}

/// A transposed convolution under spectral norm, batch norm, ReLU.
#[derive(Module, Debug)]
pub struct UpStage {
    /// `[Cin, Cout, 4, 4]`.
    pub weight: Param<Tensor<4>>,
    /// Spectral norm of the weight.
    pub sigma: SpectralNorm,
    /// `[Cout]`. In front of a batch norm: its true gradient is zero.
    pub bias: Param<Tensor<1>>,
    /// Over `Cout` channels.
    pub norm: BatchNorm,
}

impl UpStage {
    fn init(input: usize, output: usize, random: &mut impl Rng, device: &Device) -> Self {
        Self {
            weight: normal([input, output, 4, 4], 0.02, random, device),
            sigma: SpectralNorm::init(&[input, output, 4, 4], random, device),
            bias: constant([output], 0.0, device),
            norm: BatchNorm::init(output, device),
        }
    }

    fn forward(&self, x: Tensor<4>, mode: Mode) -> Tensor<4> {
        let (weight, bias) = (self.sigma.forward(self.weight.val()), self.bias.val());
        let x = if x.dims()[2] == 1 {
            first(x, weight, bias)
        } else {
            shaders::up(x, weight, Some(bias))
        };
        self.norm.forward(x, mode)
    }
}

/// The first layer, kernel 4 on a 1×1 map: a matrix product. `[B, z, 1, 1]` → `[B, C, 4, 4]`.
pub(crate) fn first(z: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>) -> Tensor<4> {
    let [batch, input, _, _] = z.dims();
    let output = bias.dims()[0];
    let z = z.reshape([batch, input]);
    shaders::product(z, weight.reshape([input, output * 16])).reshape([batch, output, 4, 4])
        + bias.reshape([1, output, 1, 1])
}

/// z `[B, z_dim]` → pictures `[B, 3, size, size]` in [−1, 1].
#[derive(Module, Debug)]
pub struct Generator {
    /// Maps of side 4, 8, … size/2; the public code's l1, l2, ….
    pub stages: Vec<UpStage>,
    /// On the second-largest inner map: 16×16 at size 64.
    pub attention1: Attention,
    /// On the largest inner map: 32×32 at size 64.
    pub attention2: Attention,
    /// `[c, 3, 4, 4]`, without spectral norm.
    pub last_weight: Param<Tensor<4>>,
    /// `[3]`.
    pub last_bias: Param<Tensor<1>>,
}

/// Pictures and what both attention layers saw.
pub struct Generated {
    /// `[B, 3, size, size]` in [−1, 1].
    pub image: Tensor<4>,
    /// The coarser map.
    pub attention1: AttentionState,
    /// The finer map.
    pub attention2: AttentionState,
}

impl Generator {
    /// Random weights.
    pub fn init(config: &SaganConfig, random: &mut impl Rng, device: &Device) -> Self {
        let stages = config.stages();
        let mut input = config.z_dim;
        let mut up = Vec::with_capacity(stages);
        for stage in 0..stages {
            let output = config.generator_channels(stage);
            up.push(UpStage::init(input, output, random, device));
            input = output;
        }
        let (c1, c2) = (
            config.generator_channels(stages - 2),
            config.generator_channels(stages - 1),
        );
        Self {
            stages: up,
            attention1: Attention::init(c1, config.energy, random, device),
            attention2: Attention::init(c2, config.energy, random, device),
            last_weight: normal([c2, 3, 4, 4], 0.02, random, device),
            last_bias: constant([3], 0.0, device),
        }
    }

    /// z `[B, z_dim]` → pictures and attention.
    pub fn forward(&self, z: Tensor<2>, mode: Mode) -> Generated {
        let [batch, z_dim] = z.dims();
        let mut x = z.reshape([batch, z_dim, 1, 1]);
        let (inner, finest) = self.stages.split_at(self.stages.len() - 1);
        for stage in inner {
            x = stage.forward(x, mode);
        }
        let (mut x, attention1) = self.attention1.forward(x);
        for stage in finest {
            x = stage.forward(x, mode);
        }
        let (x, attention2) = self.attention2.forward(x);
        let image = shaders::up_tanh(x, self.last_weight.val(), self.last_bias.val());
        Generated {
            image,
            attention1,
            attention2,
        }
    }
}
