//! Batch norm by the batch's statistics, and the ReLU behind it. The formulas are derived in
//! `wgsl/batch_norm_statistics.wgsl` and `wgsl/batch_norm_backward.wgsl`.

use pulp::{Simd, WithSimd};

use super::{channel_sums, parallel};

/// Of the tensors `[batch, channels, pixels]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) batch: usize,
    pub(crate) channels: usize,
    pub(crate) pixels: usize,
}

impl Shape {
    /// Numbers in a channel.
    fn count(&self) -> f32 {
        (self.batch * self.pixels) as f32
    }

    /// A channel's maps, one of each sample.
    fn maps<'a>(&self, x: &'a [f32], channel: usize) -> impl Iterator<Item = &'a [f32]> {
        let Self {
            channels, pixels, ..
        } = *self;
        x.chunks_exact(channels * pixels)
            .map(move |sample| &sample[channel * pixels..][..pixels])
    }
}

/// A channel's mean and sum of squared deviations from it.
pub(crate) struct Statistics {
    mean: f32,
    squares: f32,
}

/// Two passes: a channel fits the cache. `[channels]`.
pub(crate) fn statistics(x: &[f32], shape: Shape) -> Vec<Statistics> {
    let sums = channel_sums(x, shape.channels, shape.pixels);
    parallel::map(shape.channels, |channel| {
        let mean = sums[channel] / shape.count();
        let maps = shape.maps(x, channel);
        let squares = maps.map(|x| pulp::Arch::new().dispatch(Squares { x, mean }));
        Statistics {
            mean,
            squares: squares.sum(),
        }
    })
}

/// `[2, channels]`: the means, and each 1/√(variance + ε).
pub(crate) fn moments(statistics: &[Statistics], shape: Shape, epsilon: f32) -> Vec<f32> {
    let rate = |squares: f32| 1.0 / (squares / shape.count() + epsilon).sqrt();
    let means = statistics.iter().map(|channel| channel.mean);
    let rates = statistics.iter().map(|channel| rate(channel.squares));
    means.chain(rates).collect()
}

/// Moves the running mean and the running, unbiased variance towards the batch's.
pub(crate) fn follow(
    mean: &mut [f32],
    variance: &mut [f32],
    statistics: &[Statistics],
    shape: Shape,
    momentum: f32,
) {
    let running = mean.iter_mut().zip(variance);
    for ((mean, variance), batch) in running.zip(statistics) {
        let unbiased = batch.squares / (shape.count() - 1.0).max(1.0);
        *mean += (batch.mean - *mean) * momentum;
        *variance += (unbiased - *variance) * momentum;
    }
}

/// `max(0, weight · x̂ + bias)`.
pub(crate) fn relu(
    x: &[f32],
    moments: &[f32],
    weight: &[f32],
    bias: &[f32],
    shape: Shape,
) -> Vec<f32> {
    let layers = layers(moments, [weight, bias], shape);
    let sample = shape.channels * shape.pixels;
    let mut out = vec![0.0; x.len()];
    parallel::for_each_chunk(&mut out, sample, |index, out| {
        let x = x[index * sample..].chunks_exact(shape.pixels);
        let out = out.chunks_exact_mut(shape.pixels);
        for ((x, out), &layer) in x.zip(out).zip(&layers) {
            pulp::Arch::new().dispatch(Forward { x, out, layer });
        }
    });
    out
}

/// Makes of the output's gradient in `grad` the input's; gradients of weight and bias.
pub(crate) fn backward(
    x: &[f32],
    grad: &mut [f32],
    moments: &[f32],
    weight_and_bias: [&[f32]; 2],
    shape: Shape,
) -> [Vec<f32>; 2] {
    let layers = layers(moments, weight_and_bias, shape);
    let read = &*grad;
    let sums = parallel::map(shape.channels, |channel| {
        let layer = layers[channel];
        let maps = shape.maps(x, channel).zip(shape.maps(read, channel));
        let sums = maps.map(|(x, grad)| pulp::Arch::new().dispatch(Sums { x, grad, layer }));
        sums.fold([0.0; 2], |[a, b], [c, d]| [a + c, b + d])
    });
    let sample = shape.channels * shape.pixels;
    parallel::for_each_chunk(grad, sample, |index, grad| {
        let x = x[index * sample..].chunks_exact(shape.pixels);
        let grad = grad.chunks_exact_mut(shape.pixels);
        for (((x, grad), &layer), &sums) in x.zip(grad).zip(&layers).zip(&sums) {
            let means = sums.map(|sum| sum / shape.count());
            pulp::Arch::new().dispatch(InputGradient {
                x,
                grad,
                layer,
                means,
            });
        }
    });
    [1, 0].map(|which| sums.iter().map(|sums| sums[which]).collect())
}

/// What a channel is multiplied with and so on.
#[derive(Clone, Copy)]
struct Layer {
    mean: f32,
    /// 1/√(variance + ε).
    rate: f32,
    /// The weight times that.
    scale: f32,
    bias: f32,
}

fn layers(moments: &[f32], [weight, bias]: [&[f32]; 2], shape: Shape) -> Vec<Layer> {
    let layer = |channel| Layer {
        mean: moments[channel],
        rate: moments[shape.channels + channel],
        scale: moments[shape.channels + channel] * weight[channel],
        bias: bias[channel],
    };
    (0..shape.channels).map(layer).collect()
}

/// Sums that a compiler can keep in vectors: it may not change the order of a single one.
const LANES: usize = 16;

struct Squares<'a> {
    x: &'a [f32],
    mean: f32,
}

impl WithSimd for Squares<'_> {
    type Output = f32;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f32 {
        let mut sums = [0.0; LANES];
        let (blocks, rest) = self.x.as_chunks::<LANES>();
        for block in blocks {
            for (sum, x) in sums.iter_mut().zip(block) {
                *sum += (x - self.mean) * (x - self.mean);
            }
        }
        for (sum, x) in sums.iter_mut().zip(rest) {
            *sum += (x - self.mean) * (x - self.mean);
        }
        sums.iter().sum()
    }
}

struct Forward<'a> {
    x: &'a [f32],
    out: &'a mut [f32],
    layer: Layer,
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Layer {
            mean, scale, bias, ..
        } = self.layer;
        for (out, x) in self.out.iter_mut().zip(self.x) {
            let normed = (x - mean) * scale + bias;
            // Not `max`, which would hide a NaN.
            *out = if normed < 0.0 { 0.0 } else { normed };
        }
    }
}

/// Σ g' and Σ g'·x̂.
struct Sums<'a> {
    x: &'a [f32],
    grad: &'a [f32],
    layer: Layer,
}

impl WithSimd for Sums<'_> {
    type Output = [f32; 2];

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> [f32; 2] {
        let layer = self.layer;
        let mut grads = [0.0; LANES];
        let mut products = [0.0; LANES];
        let mut add = |x: &[f32], grad: &[f32]| {
            for (((x, grad), sum), product) in x.iter().zip(grad).zip(&mut grads).zip(&mut products)
            {
                let (passed, centred) = passed(*x, *grad, layer);
                *sum += passed;
                *product += passed * centred;
            }
        };
        let (x, x_rest) = self.x.as_chunks::<LANES>();
        let (grad, grad_rest) = self.grad.as_chunks::<LANES>();
        for (x, grad) in x.iter().zip(grad) {
            add(x, grad);
        }
        add(x_rest, grad_rest);
        let sum = |sums: [f32; LANES]| sums.iter().sum::<f32>();
        [sum(grads), sum(products) * layer.rate]
    }
}

/// With the means of g' and of g'·x̂.
struct InputGradient<'a> {
    x: &'a [f32],
    grad: &'a mut [f32],
    layer: Layer,
    means: [f32; 2],
}

impl WithSimd for InputGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let layer = self.layer;
        let [mean, along] = self.means;
        for (grad, x) in self.grad.iter_mut().zip(self.x) {
            let (passed, centred) = passed(*x, *grad, layer);
            *grad = layer.scale * (passed - mean - centred * layer.rate * along);
        }
    }
}

/// What the ReLU lets through of a gradient, and x − mean.
#[inline(always)]
fn passed(x: f32, grad: f32, layer: Layer) -> (f32, f32) {
    let centred = x - layer.mean;
    let positive = centred * layer.scale + layer.bias > 0.0;
    (if positive { grad } else { 0.0 }, centred)
}
