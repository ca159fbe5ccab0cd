//! The discriminator for looking at: what it says of a picture, where it looked, and what would
//! change its mind.

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor},
};
use saganscope_shaders as shaders;

use crate::{
    attention::{AttentionState, Pointwise},
    checkpoint::Checkpoint,
    config::SaganConfig,
    discriminator::Discriminator,
    inference::LayerReading,
    latents::{Purpose, stream},
    minibatch_deviation::Deviation,
    parameters::{ParameterError, load},
    spectral_norm::SpectralNorm,
};

/// Where a checkpoint has its discriminator.
pub const PREFIX: &str = "discriminator.";

/// A discriminator that judges pictures one by one, and stays as it is while it does.
pub struct Judge {
    /// The shape of the network.
    pub config: SaganConfig,
    network: Discriminator,
    /// The same, on a device with autodiff.
    tracked: Discriminator,
    /// γ of each of its layers, from the finest, as its checkpoint has them.
    gammas: Vec<f32>,
}

/// What a discriminator says of pictures.
pub struct Exam {
    /// `[B]`.
    pub score: Tensor<1>,
    /// Its attention layers, from the coarsest to the finest, as those of a generator are.
    pub layers: Vec<LayerReading>,
    /// `[B, 3, size, size]`: how the score grows with each value of its picture.
    pub gradient: Tensor<4>,
}

impl Judge {
    /// Whether a checkpoint holds a discriminator.
    pub fn is_in(checkpoint: &Checkpoint) -> bool {
        checkpoint.holds(PREFIX)
    }

    /// Loads a checkpoint's discriminator. Spectral norm is folded into the weights, by one power
    /// iteration from the stored vectors as the public code does in evaluation: a second look at a
    /// picture gives the same score.
    ///
    /// # Errors
    /// Where a tensor is missing or of another shape.
    pub fn new(checkpoint: &Checkpoint, device: &Device) -> Result<Self, ParameterError> {
        let config = checkpoint.header.config.clone();
        let random = &mut stream(0, Purpose::Weights, 0);
        let blank = Discriminator::init(&config, random, &device.clone().autodiff());
        let mut tracked = load(blank, &checkpoint.tensors, PREFIX)?.no_grad();
        for stage in &mut tracked.stages {
            fold(&mut stage.weight, &mut stage.sigma);
        }
        for layer in &mut tracked.attention {
            for Pointwise { weight, sigma, .. } in
                [&mut layer.query, &mut layer.key, &mut layer.value]
            {
                fold(weight, sigma);
            }
        }
        let gamma = |layer: usize| {
            let stored = checkpoint
                .tensors
                .get(&format!("{PREFIX}attention.{layer}.gamma"));
            stored.and_then(|tensor| tensor.values.first().copied())
        };
        let tracked = tracked.no_grad();
        let layers = 0..tracked.attention.len();
        Ok(Self {
            gammas: layers
                .map(|layer| gamma(layer).unwrap_or(f32::NAN))
                .collect(),
            network: tracked.valid(),
            tracked,
            config,
        })
    }

    /// Side, channels and γ of each attention layer, from the coarsest.
    pub fn layers(&self) -> Vec<(usize, usize, f32)> {
        let layers = self.network.attention.iter().zip(&self.gammas).rev();
        layers
            .map(|(layer, &gamma)| (layer.side, layer.value.bias.dims()[0], gamma))
            .collect()
    }

    /// Where its layers look in pictures `[B, 3, size, size]` in [−1, 1], each as if it were alone:
    /// their sides and what they saw, from the coarsest.
    pub fn maps(&self, pictures: Tensor<4>) -> Vec<(usize, AttentionState)> {
        let judged = self.network.forward(pictures, Deviation::Running);
        let sides = self.network.attention.iter().map(|layer| layer.side);
        let mut maps: Vec<_> = sides.zip(judged.attention).collect();
        maps.reverse();
        maps
    }

    /// Judges pictures `[B, 3, size, size]` in [−1, 1], each as if it were alone.
    pub fn examine(&self, pictures: Tensor<4>) -> Exam {
        let gradient = self.gradient(pictures.clone());
        let mut entered = Vec::new();
        let judged = self
            .network
            .forward_watched(pictures, Deviation::Running, |_, x| entered.push(x.clone()));
        let layers = self.network.attention.iter().zip(&self.gammas);
        let seen = entered.into_iter().zip(judged.attention);
        let mut layers: Vec<LayerReading> = layers
            .zip(seen)
            .map(|((layer, &gamma), (x, state))| {
                let [batch, channels, height, width] = x.dims();
                let input = x.reshape([batch, channels, height * width]);
                let values = layer.value.forward(input.clone());
                let attended = shaders::attention_layer(
                    state.queries.clone(),
                    state.keys.clone(),
                    values.clone(),
                    input.clone(),
                    layer.gamma.val(),
                );
                LayerReading {
                    side: layer.side,
                    state,
                    log_sum_exp: attended.log_sum_exp,
                    share: attended.share,
                    gamma,
                    values,
                    input,
                    output: attended.output,
                }
            })
            .collect();
        layers.reverse();
        Exam {
            score: judged.score,
            layers,
            gradient,
        }
    }

    /// ∂score/∂picture: of a sum of scores, since none knows of another picture.
    fn gradient(&self, pictures: Tensor<4>) -> Tensor<4> {
        let unmoved = pictures.zeros_like();
        let pictures = Tensor::from_inner(pictures).require_grad();
        let judged = self.tracked.forward(pictures.clone(), Deviation::Running);
        let gradients = judged.score.sum().backward();
        // A score that no picture moves is a constant's.
        pictures.grad(&gradients).unwrap_or(unmoved)
    }
}

/// Puts a norm into its weight.
fn fold<const D: usize>(weight: &mut Param<Tensor<D>>, sigma: &mut Option<SpectralNorm>) {
    if let Some(sigma) = sigma.take() {
        *weight = Param::from_tensor(sigma.forward(weight.val()).detach());
    }
}
