//! From what a network drew, on its device, to what the page gets.

use burn::tensor::{Tensor, TensorData, Transaction};
use saganscope_model::{
    all_rows::{self, LayerView},
    inference::{Drawn, LayerReading},
    picture::to_rgba,
    readings::{bits, log_mean_row},
};

use crate::protocol::{AllRows, Parts, Reading, Sample};

/// The pictures of a batch with the parts that are wanted, all read back in one round trip.
pub(super) async fn samples(
    drawn: Drawn,
    size: usize,
    parts: Parts,
) -> Result<Vec<Sample>, String> {
    let [count, ..] = drawn.image.dims();
    let mut batch = Batch::new(count);
    batch.take(drawn.image);
    let mut layers = Vec::new();
    if parts.attention {
        for layer in drawn.layers {
            layers.push(Layer::take(layer, parts, &mut batch));
        }
    }
    let mut batch = batch.read().await?;
    let mut samples: Vec<Sample> = batch
        .next()
        .into_iter()
        .map(|planar| Sample {
            size: size as u32,
            rgba: to_rgba(&planar),
            layers: Vec::new(),
        })
        .collect();
    for layer in layers {
        for (sample, reading) in samples.iter_mut().zip(layer.readings(&mut batch, count)) {
            sample.layers.push(reading);
        }
    }
    Ok(samples)
}

/// What is known of a layer before anything is read back.
struct Layer {
    side: u32,
    dim: u32,
    gamma: f32,
    parts: Parts,
}

impl Layer {
    /// Puts down what should be read, in the order in which [`Self::readings`] wants it.
    fn take(layer: LayerReading, parts: Parts, batch: &mut Batch) -> Self {
        let [_, dim, _] = layer.state.queries.dims();
        let log_mean = log_mean_row(&layer.state, &layer.log_sum_exp);
        if parts.bits {
            batch.take(bits(&layer.state, &layer.log_sum_exp, &log_mean));
        }
        if parts.values || parts.all_rows {
            batch.take(layer.values);
        }
        if parts.layer_maps {
            batch.take(layer.input);
            batch.take(layer.output);
        }
        batch.take(log_mean);
        batch.take(layer.state.queries);
        batch.take(layer.state.keys);
        batch.take(layer.log_sum_exp);
        batch.take(layer.share);
        Self {
            side: layer.side as u32,
            dim: dim as u32,
            gamma: layer.gamma,
            parts,
        }
    }

    /// This layer of each picture.
    fn readings(&self, batch: &mut Values, count: usize) -> Vec<Reading> {
        let mut wanted = |is: bool| is.then(|| batch.next());
        let bits = wanted(self.parts.bits);
        let values = wanted(self.parts.values || self.parts.all_rows);
        let [input, output] = [(); 2].map(|()| wanted(self.parts.layer_maps));
        let means = batch.next();
        let [queries, keys, sums, shares] = [(); 4].map(|()| batch.next());
        let pixels = (self.side * self.side) as usize;
        let map = |map: &Option<Vec<Vec<f32>>>, of: usize| {
            map.as_ref().map(|map| transposed(&map[of], pixels))
        };
        (0..count)
            .map(|of| Reading {
                side: self.side,
                dim: self.dim,
                queries: transposed(&queries[of], pixels),
                keys: transposed(&keys[of], pixels),
                log_sum_exp: sums[of].clone(),
                mean_row: normalised(&means[of]),
                gamma: self.gamma,
                share: shares[of].first().copied().unwrap_or(f32::NAN),
                bits: bits.as_ref().map(|bits| bits[of].clone()),
                values: map(&values, of).filter(|_| self.parts.values),
                input: map(&input, of),
                output: map(&output, of),
                all_rows: values
                    .as_ref()
                    .filter(|_| self.parts.all_rows)
                    .map(|values| {
                        all_rows(LayerView {
                            side: self.side as usize,
                            queries: &queries[of],
                            keys: &keys[of],
                            values: &values[of],
                        })
                    }),
            })
            .collect()
    }
}

/// What all rows of a map say, as the page gets it.
fn all_rows(layer: LayerView) -> AllRows {
    let all_rows::AllRows {
        bits,
        displacement,
        components,
        held,
        lookers,
        distinct,
    } = all_rows::AllRows::of(layer);
    AllRows {
        bits,
        displacement,
        components,
        held,
        lookers,
        distinct,
    }
}

/// Tensors whose first axis counts the pictures, to be read back together.
struct Batch {
    count: usize,
    transaction: Transaction,
}

impl Batch {
    fn new(count: usize) -> Self {
        Self {
            count,
            transaction: Transaction::default(),
        }
    }

    fn take<const D: usize>(&mut self, tensor: Tensor<D>) {
        let transaction = std::mem::take(&mut self.transaction);
        self.transaction = transaction.register(tensor);
    }

    async fn read(self) -> Result<Values, String> {
        let data = self
            .transaction
            .execute_async()
            .await
            .map_err(|error| format!("The device did not give the pictures back ({error:?}). Reload the page; if it happens again, add ?device=cpu to its address."))?;
        Ok(Values {
            count: self.count,
            data: data.into_iter(),
        })
    }
}

/// What was read back, in the order in which it was put down.
struct Values {
    count: usize,
    data: std::vec::IntoIter<TensorData>,
}

impl Values {
    /// The next tensor's values, picture by picture.
    fn next(&mut self) -> Vec<Vec<f32>> {
        let all: Vec<f32> = self
            .data
            .next()
            .map(|data| data.iter::<f32>().collect())
            .unwrap_or_default();
        let length = (all.len() / self.count).max(1);
        all.chunks_exact(length).map(<[f32]>::to_vec).collect()
    }
}

/// `[channels, N]` → `[N, channels]`: here rather than on a GPU, which would run a kernel for it.
fn transposed(values: &[f32], pixels: usize) -> Vec<f32> {
    (0..pixels)
        .flat_map(|pixel| values.iter().skip(pixel).step_by(pixels).copied())
        .collect()
}

/// Ā from its logarithm. It sums to one but for rounding, which large energies make visible.
fn normalised(logarithms: &[f32]) -> Vec<f32> {
    let weights = logarithms
        .iter()
        .map(|&logarithm| f64::from(logarithm).exp());
    let sum: f64 = weights.clone().sum();
    weights.map(|weight| (weight / sum) as f32).collect()
}
