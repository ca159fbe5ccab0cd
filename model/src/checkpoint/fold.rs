//! Folding: spectral norm and batch norm become part of the weights, once per checkpoint.
//!
//! A stage computes `ReLU(bn(convᵀ(x, W/σ) + b))` with fixed statistics, which is
//! `ReLU(convᵀ(x, W') + b')` for `W'[i, o] = W[i, o]·s_o/σ` and `b' = (b − μ)·s + β`, where
//! `s = w/√(var + ε)`. σ is what the next forward pass would use: one power iteration from the
//! stored `u`. Weights are projected before, where the configuration says so, and what the sines of
//! place add to queries and keys becomes a map of biases. All in f64, so that folding adds no error
//! that one could see.

use crate::{
    checkpoint::Checkpoint,
    config::{Energy, SaganConfig},
    generator::BATCH_NORM_EPSILON,
    host::{HostTensor, HostTensors},
    parameters::ParameterError,
    phases,
    place::{PLACES, sines},
    spectral_norm::EPSILON,
};

/// A convolution or matrix product with nothing left around it.
#[derive(Clone, Debug)]
pub struct FoldedConv {
    /// The weight, shaped as in the checkpoint.
    pub weight: HostTensor,
    /// The bias, `[Cout]`.
    pub bias: Vec<f32>,
}

/// A 1×1 convolution that makes queries or keys.
#[derive(Clone, Debug)]
pub struct FoldedQuery {
    /// `[d, C]` and `[d]`.
    pub conv: FoldedConv,
    /// What the sines of place add, `[d, N]`, where they are seen.
    pub place: Option<HostTensor>,
}

/// An attention layer with its spectral norms folded.
#[derive(Clone, Debug)]
pub struct FoldedAttention {
    /// Width and height of its map.
    pub side: usize,
    /// C → d.
    pub query: FoldedQuery,
    /// C → d.
    pub key: FoldedQuery,
    /// `[C, C]`.
    pub value: FoldedConv,
    /// γ.
    pub gamma: f32,
    /// `t` of the cosine and the centred energy.
    pub temperature: Option<f32>,
    /// Whether the mean over positions is taken from queries and keys.
    pub centred: bool,
    /// Whether keys are blurred.
    pub smooth_keys: bool,
}

/// A generator in evaluation mode, in main memory.
#[derive(Clone, Debug)]
pub struct FoldedWeights {
    /// The shape of the network.
    pub config: SaganConfig,
    /// `[Cin, Cout, 4, 4]` each.
    pub stages: Vec<FoldedConv>,
    /// From the coarsest layer to the finest.
    pub attention: Vec<FoldedAttention>,
    /// `[C, channels]` for each noisy map, from coarse to fine.
    pub noise: Vec<HostTensor>,
    /// `[c, 3, 4, 4]`.
    pub last: FoldedConv,
}

impl FoldedWeights {
    /// Folds the checkpoint's generator (its average, where there is one).
    pub fn new(checkpoint: &Checkpoint) -> Result<Self, ParameterError> {
        Self::of(checkpoint, checkpoint.generator_prefix())
    }

    /// Folds the generator under this prefix, `generator.` or `average.`.
    pub fn of(checkpoint: &Checkpoint, prefix: &str) -> Result<Self, ParameterError> {
        let reader = Reader {
            tensors: &checkpoint.tensors,
            prefix,
        };
        let config = checkpoint.header.config.clone();
        let mut input = config.z_dim;
        let mut stages = Vec::with_capacity(config.stages());
        for stage in 0..config.stages() {
            let output = config.generator_channels(stage);
            stages.push(fold_stage(&reader, &config, stage, [input, output])?);
            input = output;
        }
        let attention = config.generator_attention.iter().enumerate();
        let attention = attention
            .map(|(index, &side)| fold_attention(&reader, &config, index, side))
            .collect::<Result<_, _>>()?;
        let noise = config.noise.iter().enumerate();
        let noise = noise
            .map(|(index, noise)| {
                let shape = [config.channels_at(noise.side), noise.channels];
                let name = format!("noise.{index}.weight");
                reader.get(&name, &shape).cloned()
            })
            .collect::<Result<_, _>>()?;
        let last = FoldedConv {
            weight: reader.get("last_weight", &[input, 3, 4, 4])?.clone(),
            bias: reader.get("last_bias", &[3])?.values.clone(),
        };
        Ok(Self {
            config,
            stages,
            attention,
            noise,
            last,
        })
    }
}

struct Reader<'a> {
    tensors: &'a HostTensors,
    prefix: &'a str,
}

impl Reader<'_> {
    fn get(&self, path: &str, shape: &[usize]) -> Result<&HostTensor, ParameterError> {
        let name = format!("{}{path}", self.prefix);
        match self.tensors.get(&name) {
            None => Err(ParameterError::Missing(name)),
            Some(tensor) if tensor.shape != shape => Err(ParameterError::Shape {
                name,
                found: tensor.shape.clone(),
                needed: shape.to_vec(),
            }),
            Some(tensor) => Ok(tensor),
        }
    }
}

fn fold_stage(
    reader: &Reader,
    config: &SaganConfig,
    stage: usize,
    [input, output]: [usize; 2],
) -> Result<FoldedConv, ParameterError> {
    let at = |name: &str| format!("stages.{stage}.{name}");
    let mut weight = reader.get(&at("weight"), &[input, output, 4, 4])?.clone();
    if config.equal_phase_sums && stage > 0 {
        project(&mut weight);
    }
    let sigma = if config.generator_is_normed() {
        let u = reader.get(&at("sigma.u"), &[input])?;
        power_iteration(&weight, &u.values).1
    } else {
        1.0
    };
    let channel = |name: &str| {
        reader
            .get(&at(name), &[output])
            .map(|tensor| &tensor.values)
    };
    let (bias, scale, shift) = (
        channel("bias")?,
        channel("norm.weight")?,
        channel("norm.bias")?,
    );
    let (mean, var) = (channel("norm.running_mean")?, channel("norm.running_var")?);

    let factor: Vec<f64> = (0..output)
        .map(|o| f64::from(scale[o]) / (f64::from(var[o]) + BATCH_NORM_EPSILON).sqrt())
        .collect();
    let values = weight
        .values
        .iter()
        .enumerate()
        .map(|(i, w)| (f64::from(*w) / sigma * factor[i / 16 % output]) as f32)
        .collect();
    let bias = (0..output)
        .map(|o| {
            ((f64::from(bias[o]) - f64::from(mean[o])) * factor[o] + f64::from(shift[o])) as f32
        })
        .collect();
    Ok(FoldedConv {
        weight: HostTensor {
            shape: weight.shape.clone(),
            values,
        },
        bias,
    })
}

/// [`phases::equal_phase_sums`] of a weight in main memory.
fn project(weight: &mut HostTensor) {
    let projection = phases::projection();
    for taps in weight.values.chunks_exact_mut(projection.len()) {
        let raw: Vec<f64> = taps.iter().map(|&tap| f64::from(tap)).collect();
        for (tap, column) in taps.iter_mut().zip(&projection) {
            *tap = raw.iter().zip(column).map(|(w, p)| w * p).sum::<f64>() as f32;
        }
    }
}

fn fold_attention(
    reader: &Reader,
    config: &SaganConfig,
    index: usize,
    side: usize,
) -> Result<FoldedAttention, ParameterError> {
    let channels = config.channels_at(side);
    let width = config.query_width_of(channels);
    let at = |name: &str| format!("attention.{index}.{name}");
    let conv = |name: &str, out: usize| -> Result<FoldedConv, ParameterError> {
        let mut weight = reader
            .get(&at(&format!("{name}.weight")), &[out, channels])?
            .clone();
        if config.energy == Energy::Spectral {
            let u = reader.get(&at(&format!("{name}.sigma.u")), &[out])?;
            let sigma = power_iteration(&weight, &u.values).1;
            weight
                .values
                .iter_mut()
                .for_each(|w| *w = (f64::from(*w) / sigma) as f32);
        }
        let bias = reader
            .get(&at(&format!("{name}.bias")), &[out])?
            .values
            .clone();
        Ok(FoldedConv { weight, bias })
    };
    let query = |name: &str| -> Result<FoldedQuery, ParameterError> {
        let place = if config.place {
            let weight = reader.get(&at(&format!("{name}.place")), &[width, PLACES])?;
            Some(placed(weight, side))
        } else {
            None
        };
        let conv = conv(name, width)?;
        Ok(FoldedQuery { conv, place })
    };
    let scalar = |name: &str| Ok(reader.get(&at(name), &[1])?.values[0]);
    Ok(FoldedAttention {
        side,
        query: query("query")?,
        key: query("key")?,
        value: conv("value", channels)?,
        gamma: scalar("gamma")?,
        temperature: match config.energy.first_temperature() {
            Some(_) => Some(scalar("temperature")?),
            None => None,
        },
        centred: config.energy == Energy::Centred,
        smooth_keys: config.smooth_keys,
    })
}

/// Weights `[d, PLACES]` times the sines of a map: `[d, N]`.
fn placed(weight: &HostTensor, side: usize) -> HostTensor {
    let pixels = side * side;
    let waves = sines(side);
    let rows = weight.values.chunks_exact(PLACES);
    let values: Vec<f32> = rows
        .flat_map(|row| {
            let mut sums = vec![0f64; pixels];
            for (w, wave) in row.iter().zip(waves.chunks_exact(pixels)) {
                for (sum, value) in sums.iter_mut().zip(wave) {
                    *sum += f64::from(*w) * f64::from(*value);
                }
            }
            sums.into_iter().map(|sum| sum as f32)
        })
        .collect();
    HostTensor {
        shape: vec![values.len() / pixels, pixels],
        values,
    }
}

/// One power iteration from `u` on the weight as `[shape[0], rest]`: the new `u`, and σ.
fn power_iteration(weight: &HostTensor, u: &[f32]) -> (Vec<f32>, f64) {
    let columns = weight.values.len() / weight.shape[0];
    let mut v = vec![0f64; columns];
    for (row, u) in weight.values.chunks_exact(columns).zip(u) {
        for (v, w) in v.iter_mut().zip(row) {
            *v += f64::from(*w) * f64::from(*u);
        }
    }
    normalise(&mut v);
    let mut u: Vec<f64> = weight
        .values
        .chunks_exact(columns)
        .map(|row| row.iter().zip(&v).map(|(w, v)| f64::from(*w) * v).sum())
        .collect();
    let wv = u.clone();
    normalise(&mut u);
    let sigma = u.iter().zip(&wv).map(|(u, wv)| u * wv).sum();
    (u.iter().map(|u| *u as f32).collect(), sigma)
}

fn normalise(vector: &mut [f64]) {
    let norm = vector.iter().map(|x| x * x).sum::<f64>().sqrt() + EPSILON;
    vector.iter_mut().for_each(|x| *x /= norm);
}

/// About the largest singular value of a weight as `[shape[0], rest]`: one power iteration from what
/// spectral norm keeps of it, or a few where it keeps nothing.
pub(crate) fn about_largest_singular_value(weight: &HostTensor, kept: Option<&HostTensor>) -> f64 {
    if let Some(kept) = kept {
        return power_iteration(weight, &kept.values).1;
    }
    let mut u = vec![1.0; weight.shape[0]];
    let mut sigma = 0.0;
    for _ in 0..8 {
        (u, sigma) = power_iteration(weight, &u);
    }
    sigma
}

/// The largest singular value of a weight as `[shape[0], rest]`, by power iteration to 1e-6.
pub fn largest_singular_value(weight: &HostTensor) -> f64 {
    let rows = weight.shape.first().copied().unwrap_or(0);
    if rows == 0 || weight.values.is_empty() {
        return 0.0;
    }
    let mut u: Vec<f32> = (0..rows).map(|i| 1.0 + (i % 7) as f32 * 0.1).collect();
    let mut sigma = 0.0;
    for _ in 0..300 {
        let previous = sigma;
        (u, sigma) = power_iteration(weight, &u);
        if (sigma - previous).abs() <= 1e-6 * sigma {
            break;
        }
    }
    sigma
}
