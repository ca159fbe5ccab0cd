//! Self-attention over the pixels of a map (SAGAN section 3, as in the public PyTorch code).

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData},
};
use rand::Rng;
use saganscope_shaders as shaders;

use crate::{
    config::{Energy, SaganConfig},
    initial::{constant, normal},
    place::{PLACES, sines},
    smooth_keys::smooth_keys,
    spectral_norm::SpectralNorm,
};

/// A 1×1 convolution: a matrix product over channels.
#[derive(Module, Debug)]
pub struct Pointwise {
    /// `[out, in]`.
    pub weight: Param<Tensor<2>>,
    /// Spectral norm of the weight, with [`Energy::Spectral`] only.
    pub sigma: Option<SpectralNorm>,
    /// Weights of the [sines of place](crate::place), `[out, PLACES]`, where they are seen.
    pub place: Option<Param<Tensor<2>>>,
    /// These sines, `[PLACES, N]`, uploaded once.
    waves: Option<Tensor<2>>,
    /// `[out]`.
    pub bias: Param<Tensor<1>>,
}

impl Pointwise {
    fn init(
        [out, input]: [usize; 2],
        energy: Energy,
        waves: Option<Tensor<2>>,
        random: &mut impl Rng,
        device: &Device,
    ) -> Self {
        let inputs = input + waves.as_ref().map_or(0, |_| PLACES);
        // PyTorch's default for a convolution has the variance 1/(3·fan-in).
        let deviation = (1.0 / (3.0 * inputs as f32)).sqrt();
        Self {
            weight: normal([out, input], deviation, random, device),
            sigma: (energy == Energy::Spectral)
                .then(|| SpectralNorm::init(&[out, input], random, device)),
            place: waves
                .is_some()
                .then(|| normal([out, PLACES], deviation, random, device)),
            waves,
            bias: constant([out], 0.0, device),
        }
    }

    /// `[B, in, N]` → `[B, out, N]`.
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let weight = match &self.sigma {
            None => self.weight.val(),
            Some(norm) => norm.forward(self.weight.val()),
        };
        let bias = self.bias.val();
        match self.place.as_ref().zip(self.waves.clone()) {
            None => shaders::pointwise(x, weight, bias),
            Some((place, waves)) => {
                shaders::pointwise_placed(x, weight, bias, [place.val(), waves])
            }
        }
    }
}

/// One attention layer: `y = γ·o + x`.
///
/// A bias of the keys has a true gradient of zero: it adds `q_i·b` to the whole row `i` of the
/// energies, and the softmax removes it. It is here because checkpoints have it.
#[derive(Module, Debug)]
pub struct Attention {
    /// C → d.
    pub query: Pointwise,
    /// C → d.
    pub key: Pointwise,
    /// C → C.
    pub value: Pointwise,
    /// γ, `[1]`, starts at zero: the layer begins as the identity.
    pub gamma: Param<Tensor<1>>,
    /// `t` of the cosine and the centred energy, `[1]`; absent with the others.
    pub temperature: Option<Param<Tensor<1>>>,
    /// What keys have in its place, 0: the logarithm of their length.
    zero: Option<Tensor<1>>,
    /// Width and height of the map that it attends on.
    pub side: usize,
    /// Whether the mean over positions is taken from queries and keys.
    pub centred: bool,
    /// Whether keys are [blurred](crate::smooth_keys).
    pub smooth_keys: bool,
}

/// What an attention layer saw, from which any part of its map follows.
pub struct AttentionState {
    /// `[B, d, N]`, with the energy's normalisation and temperature in them.
    pub queries: Tensor<3>,
    /// `[B, d, N]`, likewise.
    pub keys: Tensor<3>,
}

impl AttentionState {
    /// The whole map `[B, N, N]`: row = query, column = key, index = y·W + x; rows sum to one.
    pub fn map(&self) -> Tensor<3> {
        let energy = self
            .queries
            .clone()
            .swap_dims(1, 2)
            .matmul(self.keys.clone());
        burn::tensor::activation::softmax(energy, 2)
    }
}

impl Attention {
    /// A layer on the map of this side.
    pub fn init(config: &SaganConfig, side: usize, random: &mut impl Rng, device: &Device) -> Self {
        let channels = config.channels_at(side);
        let width = config.query_width_of(channels);
        let energy = config.energy;
        let waves = config.place.then(|| {
            let waves = TensorData::new(sines(side), [PLACES, side * side]);
            Tensor::from_data(waves, device)
        });
        Self {
            query: Pointwise::init([width, channels], energy, waves.clone(), random, device),
            key: Pointwise::init([width, channels], energy, waves, random, device),
            value: Pointwise::init([channels; 2], energy, None, random, device),
            gamma: constant([1], 0.0, device),
            temperature: energy.first_temperature().map(|t| constant([1], t, device)),
            zero: energy
                .first_temperature()
                .map(|_| Tensor::zeros([1], device)),
            side,
            centred: energy == Energy::Centred,
            smooth_keys: config.smooth_keys,
        }
    }

    /// Queries and keys of a map `[B, C, N]`, such that the energy is their plain dot product.
    fn queries_and_keys(&self, x: &Tensor<3>) -> AttentionState {
        let queries = self.query.forward(x.clone());
        let mut keys = self.key.forward(x.clone());
        if self.smooth_keys {
            keys = smooth_keys(keys);
        }
        match self.temperature.as_ref().zip(self.zero.clone()) {
            None => AttentionState { queries, keys },
            Some((t, zero)) => AttentionState {
                queries: shaders::unit_columns(queries, self.centred, t.val()),
                keys: shaders::unit_columns(keys, self.centred, zero),
            },
        }
    }

    /// `[B, C, H, W]` → the same shape, and what the layer saw.
    pub fn forward(&self, x: Tensor<4>) -> (Tensor<4>, AttentionState) {
        let shape = x.dims();
        let [batch, channels, height, width] = shape;
        let flat = x.reshape([batch, channels, height * width]);
        let state = self.queries_and_keys(&flat);
        let values = self.value.forward(flat.clone());
        let o = shaders::attention(state.queries.clone(), state.keys.clone(), values);
        let y = shaders::residual(o, self.gamma.val(), flat);
        (y.reshape(shape), state)
    }
}
