//! The generator for drawing: normalisations folded, attention read without storing its map.

use std::sync::OnceLock;

use burn::tensor::{Device, Tensor, TensorData, activation::relu};
use saganscope_shaders::{self as shaders, PackedUp};

use crate::{
    attention::AttentionState,
    checkpoint::{Checkpoint, FoldedAttention, FoldedConv, FoldedQuery, FoldedWeights},
    config::SaganConfig,
    directions::Directions,
    edits::{Edit, EditError, Edits, LayerEdit, MapEdit},
    generator::{GeneratorInput, first},
    host::HostTensor,
    latents::Inputs,
    moves::{MoveError, Moves},
    parameters::ParameterError,
    smooth_keys::smooth_keys,
};

fn upload<const D: usize>(host: &HostTensor, device: &Device) -> Tensor<D> {
    Tensor::from_data(
        TensorData::new(host.values.clone(), host.shape.clone()),
        device,
    )
}

struct Conv<const D: usize> {
    weight: Tensor<D>,
    bias: Tensor<1>,
}

impl<const D: usize> Conv<D> {
    fn upload(host: &FoldedConv, device: &Device) -> Self {
        let bias = TensorData::new(host.bias.clone(), [host.bias.len()]);
        Self {
            weight: upload(&host.weight, device),
            bias: Tensor::from_data(bias, device),
        }
    }
}

impl Conv<2> {
    /// `[B, in, N]` → `[B, out, N]`.
    fn apply(&self, x: Tensor<3>) -> Tensor<3> {
        shaders::pointwise(x, self.weight.clone(), self.bias.clone())
    }
}

/// What comes before an attention layer, or the next stage: a convolution with its batch norm folded
/// in, and ReLU.
enum Stage {
    /// From z, `[B, z_dim, 1, 1]` → `[B, C, 4, 4]`.
    First(Conv<4>),
    /// Doubles width and height.
    Up(PackedUp),
}

impl Stage {
    fn upload(index: u32, host: &FoldedConv, device: &Device) -> Self {
        match index {
            0 => Self::First(Conv::upload(host, device)),
            _ => Self::Up(packed(host, 2 << index, device)),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        match self {
            Self::First(conv) => relu(first(x, conv.weight.clone(), conv.bias.clone())),
            Self::Up(up) => up.relu(x),
        }
    }
}

/// Doubles the maps of this width and height.
fn packed(host: &FoldedConv, side: usize, device: &Device) -> PackedUp {
    let Conv { weight, bias } = Conv::upload(host, device);
    PackedUp::new(weight, bias, side)
}

/// What makes queries, or keys.
struct Query {
    conv: Conv<2>,
    /// `[1, d, N]`.
    place: Option<Tensor<3>>,
    /// Whether they are blurred.
    smooth: bool,
    centred: bool,
    /// The logarithm of the length that each gets, `[1]`.
    log_length: Option<Tensor<1>>,
}

impl Query {
    fn upload(
        host: &FoldedQuery,
        smooth: bool,
        centred: bool,
        log_length: Option<f32>,
        device: &Device,
    ) -> Self {
        let place = host.place.as_ref();
        Self {
            conv: Conv::upload(&host.conv, device),
            place: place.map(|place| upload::<2>(place, device).unsqueeze_dim(0)),
            smooth,
            centred,
            log_length: log_length.map(|t| Tensor::from_floats([t], device)),
        }
    }

    /// `[B, C, N]` → `[B, d, N]`.
    fn apply(&self, x: Tensor<3>) -> Tensor<3> {
        let mut made = self.conv.apply(x);
        if let Some(place) = &self.place {
            made = made + place.clone();
        }
        if self.smooth {
            made = smooth_keys(made);
        }
        match &self.log_length {
            Some(length) => shaders::unit_columns(made, self.centred, length.clone()),
            None => made,
        }
    }
}

struct AttentionLayer {
    side: usize,
    query: Query,
    key: Query,
    value: Conv<2>,
    gamma: Tensor<1>,
    host_gamma: f32,
}

impl AttentionLayer {
    fn upload(host: &FoldedAttention, device: &Device) -> Self {
        let t = host.temperature;
        Self {
            side: host.side,
            query: Query::upload(&host.query, false, host.centred, t, device),
            key: Query::upload(
                &host.key,
                host.smooth_keys,
                host.centred,
                t.map(|_| 0.0),
                device,
            ),
            value: Conv::upload(&host.value, device),
            gamma: Tensor::from_floats([host.gamma], device),
            host_gamma: host.gamma,
        }
    }

    fn forward(&self, x: Tensor<4>, edit: Option<&Edit>) -> (Tensor<4>, LayerReading) {
        let shape = x.dims();
        let [batch, channels, height, width] = shape;
        let x = x.reshape([batch, channels, height * width]);
        let queries = self.query.apply(x.clone());
        let keys = self.key.apply(x.clone());
        let values = self.value.apply(x.clone());
        let mut state = AttentionState { queries, keys };
        let mut factor = 1.0;
        if let Some(Edit { edit, patch }) = edit {
            state = edit.apply(state, patch.as_ref());
            factor = edit.gamma;
        }
        let gamma = if factor == 1.0 {
            self.gamma.clone()
        } else {
            self.gamma.clone().mul_scalar(factor)
        };
        let layer = shaders::attention_layer(
            state.queries.clone(),
            state.keys.clone(),
            values.clone(),
            x.clone(),
            gamma,
        );
        let reading = LayerReading {
            side: self.side,
            state,
            log_sum_exp: layer.log_sum_exp,
            share: layer.share,
            gamma: self.host_gamma * factor,
            values,
            input: x,
            output: layer.output.clone(),
        };
        (layer.output.reshape(shape), reading)
    }
}

/// What one attention layer saw while it drew a batch.
pub struct LayerReading {
    /// Width and height of its map, N = side².
    pub side: usize,
    /// Queries and keys, `[B, d, N]` each, as they were used: edited, where they were.
    pub state: AttentionState,
    /// `[B, N]`: `A[i][j] = exp(q_i·k_j − log_sum_exp[i])`.
    pub log_sum_exp: Tensor<2>,
    /// ‖γ·o‖ / ‖x‖, `[B]`.
    pub share: Tensor<1>,
    /// γ, with the factor of an edit.
    pub gamma: f32,
    /// `[B, C, N]`.
    pub values: Tensor<3>,
    /// x, what goes into the layer, `[B, C, N]`.
    pub input: Tensor<3>,
    /// γ·o + x, what comes out of it, `[B, C, N]`.
    pub output: Tensor<3>,
}

/// A batch of pictures and what the attention layers saw.
pub struct Drawn {
    /// `[B, 3, size, size]` in [−1, 1].
    pub image: Tensor<4>,
    /// From the coarsest layer to the finest.
    pub layers: Vec<LayerReading>,
}

/// A generator in evaluation mode on a device.
pub struct Artist {
    /// The shape of the network.
    pub config: SaganConfig,
    stages: Vec<Stage>,
    attention: Vec<AttentionLayer>,
    /// The side of a noisy map, and `[1, C, channels]`.
    noise: Vec<(usize, Tensor<3>)>,
    last: PackedUp,
    device: Device,
    /// The first layer's weight, `[z_dim, C, 4, 4]`.
    first: HostTensor,
    /// Found from it once somebody asks.
    directions: OnceLock<Option<Directions>>,
}

impl Artist {
    /// Folds and uploads the checkpoint's generator (its average, where there is one).
    pub fn new(checkpoint: &Checkpoint, device: &Device) -> Result<Self, ParameterError> {
        Ok(Self::of(FoldedWeights::new(checkpoint)?, device))
    }

    /// Uploads folded weights.
    pub fn of(mut folded: FoldedWeights, device: &Device) -> Self {
        let attention = folded.attention.iter();
        let noise = folded.config.noise.iter().zip(&folded.noise);
        let attention = attention
            .map(|layer| AttentionLayer::upload(layer, device))
            .collect();
        let noise = noise
            .map(|(noise, weight)| {
                let weight = upload::<2>(weight, device).unsqueeze_dim(0);
                (noise.side, weight)
            })
            .collect();
        Self {
            stages: (0..)
                .zip(&folded.stages)
                .map(|(index, conv)| Stage::upload(index, conv, device))
                .collect(),
            attention,
            noise,
            last: packed(&folded.last, folded.config.size / 2, device),
            device: device.clone(),
            // Every generator has a first layer.
            first: folded.stages.swap_remove(0).weight,
            directions: OnceLock::new(),
            config: folded.config,
        }
    }

    /// Directions in the space of latents; none where the weights hold what is no number.
    pub fn directions(&self) -> Option<&Directions> {
        let found = self.directions.get_or_init(|| Directions::of(&self.first));
        found.as_ref()
    }

    /// Where a latent vector comes to.
    ///
    /// # Errors
    /// What cannot be done with it.
    pub fn moved(&self, latent: &[f32], moves: &Moves) -> Result<Vec<f32>, MoveError> {
        moves.apply(latent, || self.directions())
    }

    /// γ of each layer, from the coarsest to the finest.
    pub fn gammas(&self) -> Vec<f32> {
        let layers = self.attention.iter();
        layers.map(|layer| layer.host_gamma).collect()
    }

    /// Makes ready what should change in each layer, from the coarsest on: draws the pictures whose
    /// maps are patched in.
    ///
    /// # Errors
    /// What cannot be done, in which layer.
    pub fn edits(&self, edits: Vec<LayerEdit>) -> Result<Edits, EditError> {
        let layers = self.attention.len();
        if edits.len() > layers {
            let edits = edits.len();
            return Err(EditError::Layers { edits, layers });
        }
        let layers = self.attention.iter().zip(edits).enumerate();
        let ready = layers.map(|(index, (layer, edit))| {
            edit.check(index + 1, layer.side * layer.side)?;
            let patch = match edit.map {
                MapEdit::Patch { seed, index: from } => {
                    let other = Inputs::of_seed(&self.config, seed, from..from + 1);
                    let seen = self.draw(other).layers.into_iter().nth(index);
                    seen.map(|reading| reading.state)
                }
                _ => None,
            };
            Ok(Edit { edit, patch })
        });
        ready.collect::<Result<_, _>>().map(Edits)
    }

    /// Draws one picture for each of the inputs.
    pub fn draw(&self, inputs: Inputs) -> Drawn {
        self.draw_edited(inputs, &Edits::default())
    }

    /// Draws one picture for each of the inputs, with changes in the attention layers. Layers
    /// behind a changed one see what it makes, so their maps change too.
    pub fn draw_edited(&self, inputs: Inputs, edits: &Edits) -> Drawn {
        let GeneratorInput { z, noise } = inputs.upload(&self.config, &self.device);
        let [batch, z_dim] = z.dims();
        let mut x = z.reshape([batch, z_dim, 1, 1]);
        let mut layers = Vec::with_capacity(self.attention.len());
        for stage in &self.stages {
            x = stage.forward(x);
            let shape = x.dims();
            let here = |side: usize| side == shape[2];
            for ((_, weight), values) in
                self.noise.iter().zip(&noise).filter(|((s, _), _)| here(*s))
            {
                x = x + weight.clone().matmul(values.clone()).reshape(shape);
            }
            for layer in self.attention.iter().filter(|layer| here(layer.side)) {
                let (attended, reading) = layer.forward(x, edits.0.get(layers.len()));
                x = attended;
                layers.push(reading);
            }
        }
        let image = self.last.tanh(x);
        Drawn { image, layers }
    }
}
