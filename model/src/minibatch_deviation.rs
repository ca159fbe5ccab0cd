//! Minibatch deviation: the discriminator sees how much the pictures of a batch differ
//! (Karras et al. 2018, arXiv 1710.10196, section 3), so that a generator that always draws the
//! same is found out.

use burn::{
    module::{Module, Param, RunningState},
    tensor::{Device, Tensor},
};
use rand::Rng;

use crate::{initial::normal, spectral_norm::set};

/// Added to a variance before its root.
const EPSILON: f64 = 1e-8;
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
        let channels = x.dims()[1];
        let deviation = match whose {
            Deviation::Running => self.running.value(),
            Deviation::OfBatch | Deviation::OfRealBatch => deviation(x.clone()),
        };
        if whose == Deviation::OfRealBatch {
            let old = self.running.value();
            let new = deviation.clone().detach();
            set(&self.running, old * (1.0 - MOMENTUM) + new * MOMENTUM);
        }
        let told = self.weight.val() * deviation;
        x + told.reshape([1, channels, 1, 1])
    }
}

/// `[B, C, H, W]` → `[1]`.
fn deviation(x: Tensor<4>) -> Tensor<1> {
    let apart = x.clone() - x.mean_dim(0);
    let variance = (apart.clone() * apart).mean_dim(0);
    (variance + EPSILON).sqrt().mean()
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
    fn equal_pictures_have_no_deviation_and_others_their_own() {
        let device = Device::flex();
        let same = Tensor::<4>::ones([3, 2, 2, 2], &device);
        assert!(values(deviation(same))[0] < 2e-4);
        // Two pictures that differ by 2 everywhere have the deviation 1 everywhere.
        let data = TensorData::new(vec![0.0f32, 0.0, 2.0, 2.0], [2, 2, 1, 1]);
        let found = values(deviation(Tensor::from_data(data, &device)))[0];
        assert!((found - 1.0).abs() < 1e-6, "{found}");
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

    #[test]
    fn the_gradient_asks_for_pictures_that_differ() {
        let device = Device::flex().autodiff();
        let data = TensorData::new(vec![0.0f32, 1.0, 3.0], [3, 1, 1, 1]);
        let x = Tensor::<4>::from_data(data, &device).require_grad();
        let gradients = deviation(x.clone()).backward();
        let found = values(x.grad(&gradients).unwrap());
        // s = √(Σ (x − m)²/3): ∂s/∂x = (x − m)/(3 s), m = 4/3, s = √(14/9).
        let s = (14f32 / 9.0).sqrt();
        let wanted = [0.0, 1.0, 3.0].map(|x| (x - 4.0 / 3.0) / (3.0 * s));
        absolute(&found, &wanted).within(1e-5, "gradient");
    }
}
