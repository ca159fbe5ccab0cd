//! Minibatch deviation: the discriminator sees how much the pictures of a batch differ
//! (Karras et al. 2018, arXiv 1710.10196, section 3), so that a generator that always draws the
//! same is found out.

use burn::{
    module::{Module, Param, RunningState},
    tensor::{Device, Tensor},
};
use rand::Rng;
use saganscope_shaders as shaders;

use crate::{initial::normal, spectral_norm::set};

/// The weight of the newest batch in the running mean.
const MOMENTUM: f64 = 0.1;

/// Whose deviation is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deviation {
    /// The batch's, which are real pictures in training: the running mean learns of it.
    OfRealBatch,
    /// The batch's.
    OfBatch,
    /// The running mean of real batches: what a picture alone is judged with.
    Running,
}

/// One number s a batch, the deviation over its pictures averaged over channels and places, added to
/// every place of the map: `x + a·s`.
///
/// The original joins s to the map as one more channel; behind the next convolution that is the
/// same but at the border, and here the convolution keeps its shape.
#[derive(Module, Debug)]
pub struct MinibatchDeviation {
    /// a, `[C]`.
    pub weight: Param<Tensor<1>>,
    /// The mean of s over real batches, `[1]`.
    pub running: RunningState<Tensor<1>>,
}

impl MinibatchDeviation {
    pub(crate) fn init(channels: usize, random: &mut impl Rng, device: &Device) -> Self {
        Self {
            weight: normal([channels], 0.1, random, device),
            running: RunningState::new(Tensor::zeros([1], device)),
        }
    }

    /// `[B, C, H, W]` → the same shape.
    pub fn forward(&self, x: Tensor<4>, whose: Deviation) -> Tensor<4> {
        if whose == Deviation::Running {
            let channels = x.dims()[1];
            let told = self.weight.val() * self.running.value();
            return x + told.reshape([1, channels, 1, 1]);
        }
        let told = shaders::minibatch_deviation(x, self.weight.val());
        if whose == Deviation::OfRealBatch {
            let old = self.running.value();
            let new = told.deviation;
            set(&self.running, old * (1.0 - MOMENTUM) + new * MOMENTUM);
        }
        told.output
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::latents::{Purpose, stream};
    use burn::tensor::TensorData;
    use saganscope_distance::absolute;

    fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().iter::<f32>().collect()
    }

    #[test]
    fn a_picture_alone_is_judged_as_among_real_ones() {
        let device = Device::flex();
        let layer = MinibatchDeviation::init(2, &mut stream(1, Purpose::Weights, 0), &device);
        let data = TensorData::new(vec![0.0f32, 0.0, 2.0, 2.0], [2, 2, 1, 1]);
        let batch = Tensor::<4>::from_data(data, &device);
        for _ in 0..200 {
            layer.forward(batch.clone(), Deviation::OfRealBatch);
        }
        layer.forward(batch.clone() * 5.0, Deviation::OfBatch);
        let among = values(layer.forward(batch.clone(), Deviation::OfBatch));
        let alone = values(layer.forward(batch.narrow(0, 0, 1), Deviation::Running));
        absolute(&alone, &among[..2]).within(1e-5, "alone and among others");
    }
}
