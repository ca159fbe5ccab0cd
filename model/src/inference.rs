//! The generator for drawing: normalisations folded, attention read without storing its map.

use burn::tensor::{Device, Tensor, TensorData, activation::relu};
use saganscope_shaders as shaders;

use crate::{
    attention::AttentionState,
    checkpoint::{Checkpoint, FoldedAttention, FoldedConv, FoldedWeights},
    config::SaganConfig,
    generator::first,
    parameters::ParameterError,
};

struct Conv<const D: usize> {
    weight: Tensor<D>,
    bias: Tensor<1>,
}

impl<const D: usize> Conv<D> {
    fn upload(host: &FoldedConv, device: &Device) -> Self {
        let weight = TensorData::new(host.weight.values.clone(), host.weight.shape.clone());
        let bias = TensorData::new(host.bias.clone(), [host.bias.len()]);
        Self {
            weight: Tensor::from_data(weight, device),
            bias: Tensor::from_data(bias, device),
        }
    }
}

struct AttentionLayer {
    query: Conv<2>,
    key: Conv<2>,
    value: Conv<2>,
    gamma: Tensor<1>,
    host_gamma: f32,
    /// The lengths of queries and keys, `[1]` each, with the cosine energy.
    lengths: Option<[Tensor<1>; 2]>,
}

impl AttentionLayer {
    fn upload(host: &FoldedAttention, device: &Device) -> Self {
        Self {
            query: Conv::upload(&host.query, device),
            key: Conv::upload(&host.key, device),
            value: Conv::upload(&host.value, device),
            gamma: Tensor::from_floats([host.gamma], device),
            host_gamma: host.gamma,
            lengths: host
                .temperature
                .map(|t| [t.exp(), 1.0].map(|length| Tensor::from_floats([length], device))),
        }
    }

    fn forward(&self, x: Tensor<4>) -> (Tensor<4>, LayerReading) {
        let shape = x.dims();
        let [batch, channels, height, width] = shape;
        let x = x.reshape([batch, channels, height * width]);
        let apply =
            |conv: &Conv<2>| shaders::pointwise(x.clone(), conv.weight.clone(), conv.bias.clone());
        let (mut queries, mut keys) = (apply(&self.query), apply(&self.key));
        if let Some([query, key]) = &self.lengths {
            queries = shaders::unit_columns(queries, query.clone());
            keys = shaders::unit_columns(keys, key.clone());
        }
        let layer = shaders::attention_layer(
            queries.clone(),
            keys.clone(),
            apply(&self.value),
            x,
            self.gamma.clone(),
        );
        let reading = LayerReading {
            state: AttentionState { queries, keys },
            log_sum_exp: layer.log_sum_exp,
            share: layer.share,
            gamma: self.host_gamma,
        };
        (layer.output.reshape(shape), reading)
    }
}

/// What one attention layer saw while it drew a batch.
pub struct LayerReading {
    /// Queries and keys, `[B, d, N]` each.
    pub state: AttentionState,
    /// `[B, N]`: `A[i][j] = exp(q_i·k_j − log_sum_exp[i])`.
    pub log_sum_exp: Tensor<2>,
    /// ‖γ·o‖ / ‖x‖, `[B]`.
    pub share: Tensor<1>,
    /// γ.
    pub gamma: f32,
}

/// A batch of pictures and what the attention layers saw.
pub struct Drawn {
    /// `[B, 3, size, size]` in [−1, 1].
    pub image: Tensor<4>,
    /// The coarser and the finer layer.
    pub layers: [LayerReading; 2],
}

/// A generator in evaluation mode on a device.
pub struct Artist {
    /// The shape of the network.
    pub config: SaganConfig,
    stages: Vec<Conv<4>>,
    attention: [AttentionLayer; 2],
    last: Conv<4>,
    device: Device,
}

impl Artist {
    /// Folds and uploads the checkpoint's generator.
    pub fn new(checkpoint: &Checkpoint, device: &Device) -> Result<Self, ParameterError> {
        let folded = FoldedWeights::new(checkpoint)?;
        Ok(Self {
            config: folded.config,
            stages: folded
                .stages
                .iter()
                .map(|conv| Conv::upload(conv, device))
                .collect(),
            attention: folded
                .attention
                .each_ref()
                .map(|layer| AttentionLayer::upload(layer, device)),
            last: Conv::upload(&folded.last, device),
            device: device.clone(),
        })
    }

    /// γ of the coarser and the finer layer.
    pub fn gammas(&self) -> [f32; 2] {
        self.attention.each_ref().map(|layer| layer.host_gamma)
    }

    /// Draws one picture a latent vector; `latents` is `[B, z_dim]` row-major.
    pub fn draw(&self, latents: Vec<f32>) -> Drawn {
        let z_dim = self.config.z_dim;
        let batch = latents.len() / z_dim;
        let z = Tensor::from_data(TensorData::new(latents, [batch, z_dim, 1, 1]), &self.device);
        let [l1, middle @ .., l4] = self.stages.as_slice() else {
            unreachable!("a checked configuration has at least three stages");
        };
        let mut x = relu(first(z, l1.weight.clone(), l1.bias.clone()));
        for stage in middle {
            x = up_relu(x, stage);
        }
        let (x, coarse) = self.attention[0].forward(x);
        let (x, fine) = self.attention[1].forward(up_relu(x, l4));
        let image = shaders::up_tanh(x, self.last.weight.clone(), self.last.bias.clone());
        Drawn {
            image,
            layers: [coarse, fine],
        }
    }
}

fn up_relu(x: Tensor<4>, conv: &Conv<4>) -> Tensor<4> {
    shaders::up_relu(x, conv.weight.clone(), conv.bias.clone())
}
