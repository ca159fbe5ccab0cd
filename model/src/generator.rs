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
    initial::{constant, normal},
    noise::NoiseInput,
    phases::equal_phase_sums,
    spectral_norm::{SpectralNorm, set},
};

/// Batch norm's guard against a zero variance, PyTorch's default.
pub const BATCH_NORM_EPSILON: f64 = 1e-5;
/// The weight of the newest batch in the running statistics, PyTorch's default.
const MOMENTUM: f32 = 0.1;

/// Which statistics batch norm uses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    /// The batch's own; updates the running ones as a step of training does.
    Train,
    /// The batch's own; the running ones become the mean over the batches seen so far, of which
    /// this is number `batch`, from 0. For weights whose running statistics are another's.
    Measure {
        /// Batches before this one.
        batch: u32,
    },
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
        let momentum = match mode {
            Mode::Eval => {
                let [mean, variance] = running;
                let normed = batch_norm(x, weight, bias, mean, variance, BATCH_NORM_EPSILON);
                return activation::relu(normed);
            }
            Mode::Train => MOMENTUM,
            Mode::Measure { batch } => 1.0 / (batch + 1) as f32,
        };
        let epsilon = BATCH_NORM_EPSILON as f32;
        let normed = shaders::batch_norm_relu(x, weight, bias, running, epsilon, momentum);
        set(&self.running_mean, normed.running_mean);
        set(&self.running_var, normed.running_variance);
        normed.output
    }
}

/// A transposed convolution under spectral norm, batch norm, ReLU.
#[derive(Module, Debug)]
pub struct UpStage {
    /// `[Cin, Cout, 4, 4]`, as it was learned: projections are applied where it is used.
    pub weight: Param<Tensor<4>>,
    /// Spectral norm of the weight, if it has one.
    pub sigma: Option<SpectralNorm>,
    /// `[Cout]`. In front of a batch norm: its true gradient is zero.
    pub bias: Param<Tensor<1>>,
    /// Over `Cout` channels.
    pub norm: BatchNorm,
    /// Whether the four phases of the kernel have equal sums of taps.
    pub equal_phase_sums: bool,
}

impl UpStage {
    fn init(
        config: &SaganConfig,
        [input, output]: [usize; 2],
        random: &mut impl Rng,
        device: &Device,
    ) -> Self {
        let shape = [input, output, 4, 4];
        Self {
            weight: normal(shape, 0.02, random, device),
            sigma: config
                .generator_is_normed()
                .then(|| SpectralNorm::init(&shape, random, device)),
            bias: constant([output], 0.0, device),
            norm: BatchNorm::init(output, device),
            equal_phase_sums: false,
        }
    }

    fn forward(&self, x: Tensor<4>, mode: Mode) -> Tensor<4> {
        let mut weight = self.weight.val();
        if self.equal_phase_sums {
            weight = equal_phase_sums(weight);
        }
        if let Some(sigma) = &self.sigma {
            weight = sigma.forward(weight);
        }
        let bias = self.bias.val();
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
    /// From the coarsest map that attends to the finest; 16×16 and 32×32 in the reference.
    pub attention: Vec<Attention>,
    /// Noise before attention, from coarse to fine; none in the reference.
    pub noise: Vec<NoiseInput>,
    /// `[c, 3, 4, 4]`, without spectral norm.
    pub last_weight: Param<Tensor<4>>,
    /// `[3]`.
    pub last_bias: Param<Tensor<1>>,
}

/// What a batch of pictures is drawn from.
#[derive(Clone, Debug)]
pub struct GeneratorInput {
    /// `[B, z_dim]`.
    pub z: Tensor<2>,
    /// `[B, channels, N]` for each noisy map, from coarse to fine, already zero outside of its
    /// region. What is absent counts as zero.
    pub noise: Vec<Tensor<3>>,
}

impl From<Tensor<2>> for GeneratorInput {
    /// Latents alone.
    fn from(z: Tensor<2>) -> Self {
        let noise = Vec::new();
        Self { z, noise }
    }
}

/// Pictures and what the attention layers saw.
pub struct Generated {
    /// `[B, 3, size, size]` in [−1, 1].
    pub image: Tensor<4>,
    /// From the coarsest layer to the finest.
    pub attention: Vec<AttentionState>,
}

impl Generator {
    /// Random weights.
    pub fn init(config: &SaganConfig, random: &mut impl Rng, device: &Device) -> Self {
        let stages = config.stages();
        let mut input = config.z_dim;
        let mut up = Vec::with_capacity(stages);
        for stage in 0..stages {
            let output = config.generator_channels(stage);
            up.push(UpStage {
                equal_phase_sums: config.equal_phase_sums && stage > 0,
                ..UpStage::init(config, [input, output], random, device)
            });
            input = output;
        }
        let attention = config
            .generator_attention
            .iter()
            .map(|&side| Attention::init(config, side, random, device))
            .collect();
        let noise = config
            .noise
            .iter()
            .map(|noise| NoiseInput::init(config, noise, random, device))
            .collect();
        Self {
            stages: up,
            attention,
            noise,
            last_weight: normal([input, 3, 4, 4], 0.02, random, device),
            last_bias: constant([3], 0.0, device),
        }
    }

    /// Latents (and noise) → pictures and attention.
    pub fn forward(&self, input: impl Into<GeneratorInput>, mode: Mode) -> Generated {
        let GeneratorInput { z, noise } = input.into();
        let [batch, z_dim] = z.dims();
        let mut x = z.reshape([batch, z_dim, 1, 1]);
        let mut attention = Vec::with_capacity(self.attention.len());
        for stage in &self.stages {
            x = stage.forward(x, mode);
            let side = x.dims()[2];
            let noisy = self.noise.iter().zip(&noise);
            for (layer, values) in noisy.filter(|(layer, _)| layer.side == side) {
                x = layer.forward(x, values.clone());
            }
            for layer in self.attention.iter().filter(|layer| layer.side == side) {
                let (attended, state) = layer.forward(x);
                x = attended;
                attention.push(state);
            }
        }
        let image = shaders::up_tanh(x, self.last_weight.val(), self.last_bias.val());
        Generated { image, attention }
    }
}
