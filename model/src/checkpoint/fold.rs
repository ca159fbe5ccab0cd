//! Folding: spectral norm and batch norm become part of the weights, once per checkpoint.
//!
//! A stage computes `ReLU(bn(convᵀ(x, W/σ) + b))` with fixed statistics, which is
//! `ReLU(convᵀ(x, W') + b')` for `W'[i, o] = W[i, o]·s_o/σ` and `b' = (b − μ)·s + β`, where
//! `s = w/√(var + ε)`. σ is what the next forward pass would use: one power iteration from the
//! stored `u`. All in f64, so that folding adds no error that one could see.

use crate::{
    checkpoint::Checkpoint,
    config::{Energy, SaganConfig},
    generator::BATCH_NORM_EPSILON,
    parameters::{HostTensor, HostTensors, ParameterError},
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

/// An attention layer with its spectral norms folded.
#[derive(Clone, Debug)]
pub struct FoldedAttention {
    /// `[C/8, C]`.
    pub query: FoldedConv,
    /// `[C/8, C]`.
    pub key: FoldedConv,
    /// `[C, C]`.
    pub value: FoldedConv,
    /// γ.
    pub gamma: f32,
    /// `t` of the cosine energy.
    pub temperature: Option<f32>,
}

/// A generator in evaluation mode, in main memory.
#[derive(Clone, Debug)]
pub struct FoldedWeights {
    /// The shape of the network.
    pub config: SaganConfig,
    /// `[Cin, Cout, 4, 4]` each.
    pub stages: Vec<FoldedConv>,
    /// The coarser and the finer layer.
    pub attention: [FoldedAttention; 2],
    /// `[c, 3, 4, 4]`.
    pub last: FoldedConv,
}

impl FoldedWeights {
    /// Folds the checkpoint's generator (its average, where there is one).
    pub fn new(checkpoint: &Checkpoint) -> Result<Self, ParameterError> {
        let reader = Reader {
            tensors: &checkpoint.tensors,
            prefix: checkpoint.generator_prefix(),
        };
        let config = checkpoint.header.config.clone();
        let stages = config.stages();
        let mut input = config.z_dim;
        let mut folded = Vec::with_capacity(stages);
        for stage in 0..stages {
            let output = config.generator_channels(stage);
            folded.push(fold_stage(&reader, stage, input, output)?);
            input = output;
        }
        let (c1, c2) = (
            config.generator_channels(stages - 2),
            config.generator_channels(stages - 1),
        );
        let attention = [
            fold_attention(&reader, "attention1", c1, config.energy)?,
            fold_attention(&reader, "attention2", c2, config.energy)?,
        ];
        let last = FoldedConv {
            weight: reader.get("last_weight", &[c2, 3, 4, 4])?.clone(),
            bias: reader.get("last_bias", &[3])?.values.clone(),
        };
        Ok(Self {
            config,
            stages: folded,
            attention,
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
    stage: usize,
    input: usize,
    output: usize,
) -> Result<FoldedConv, ParameterError> {
    let at = |name: &str| format!("stages.{stage}.{name}");
    let weight = reader.get(&at("weight"), &[input, output, 4, 4])?;
    let u = reader.get(&at("sigma.u"), &[input])?;
    let sigma = power_iteration(weight, &u.values).1;
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

fn fold_attention(
    reader: &Reader,
    layer: &str,
    c: usize,
    energy: Energy,
) -> Result<FoldedAttention, ParameterError> {
    let part = |name: &str, out: usize| -> Result<FoldedConv, ParameterError> {
        let mut weight = reader
            .get(&format!("{layer}.{name}.weight"), &[out, c])?
            .clone();
        if energy == Energy::Spectral {
            let u = reader.get(&format!("{layer}.{name}.sigma.u"), &[out])?;
            let sigma = power_iteration(&weight, &u.values).1;
            weight
                .values
                .iter_mut()
                .for_each(|w| *w = (f64::from(*w) / sigma) as f32);
        }
        let bias = reader
            .get(&format!("{layer}.{name}.bias"), &[out])?
            .values
            .clone();
        Ok(FoldedConv { weight, bias })
    };
    let scalar = |name: &str| Ok(reader.get(&format!("{layer}.{name}"), &[1])?.values[0]);
    Ok(FoldedAttention {
        query: part("query", c / 8)?,
        key: part("key", c / 8)?,
        value: part("value", c)?,
        gamma: scalar("gamma")?,
        temperature: match energy {
            Energy::Cosine => Some(scalar("temperature")?),
            _ => None,
        },
    })
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
