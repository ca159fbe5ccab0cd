//! Spectral normalisation (Miyato et al. 2018) as the public SAGAN code does it.
//!
//! The weight is viewed as a matrix `[shape[0], rest]` (for a transposed convolution `shape[0]`
//! is the *input* channels) and divided by an estimate of its largest singular value. Every
//! forward pass, in evaluation mode too, does one power iteration from the stored `u`:
//!
//! ```text
//! v ← Wᵀu / (‖Wᵀu‖ + 1e-12),  u ← Wv / (‖Wv‖ + 1e-12),  σ = u·(Wv)
//! ```
//!
//! `u` and `v` are constants for the gradient; σ is not: ∂σ/∂W = u vᵀ.

use burn::{
    module::{Module, ModuleMapper, Param, RunningState},
    tensor::{Device, Tensor},
};
use rand::Rng;
use saganscope_shaders::spectral_norm;

use crate::initial::unit_vector;

pub use saganscope_shaders::SPECTRAL_EPSILON as EPSILON;

/// The state of the power iteration on one weight.
#[derive(Module, Debug)]
pub struct SpectralNorm {
    /// Left singular vector estimate, `[shape[0]]`.
    pub u: RunningState<Tensor<1>>,
    /// Right singular vector estimate, `[rest]`.
    pub v: RunningState<Tensor<1>>,
}

impl SpectralNorm {
    /// Random unit vectors for a weight of this shape.
    pub fn init(shape: &[usize], random: &mut impl Rng, device: &Device) -> Self {
        let rows = shape[0];
        let columns = shape[1..].iter().product();
        Self {
            u: RunningState::new(unit_vector(rows, random, device)),
            v: RunningState::new(unit_vector(columns, random, device)),
        }
    }

    /// One power iteration, then the weight divided by σ. Updates `u` and `v`.
    pub fn forward<const D: usize>(&self, weight: Tensor<D>) -> Tensor<D> {
        let normed = spectral_norm(weight, self.u.value());
        set(&self.u, normed.u);
        set(&self.v, normed.v);
        normed.weight
    }
}

/// Makes `value` the state at once, in all copies of the module, so that whoever visits one of
/// them (a checkpoint, say) sees it.
///
/// Not through [`RunningState::update`], which keeps an update apart until the next synchronised
/// read, to take the mean over threads: that is a division on the device, by one.
pub(crate) fn set<const D: usize>(state: &RunningState<Tensor<D>>, value: Tensor<D>) {
    struct Put(Tensor<1>);
    impl ModuleMapper for Put {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            param.map(|old| self.0.clone().reshape(old.dims()))
        }
    }
    // A copy shares the value.
    let _ = state.clone().map(&mut Put(value.detach().reshape([-1])));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::initial::normal;
    use burn::tensor::TensorData;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use saganscope_distance::{absolute, scaled};

    fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().iter::<f32>().collect()
    }

    #[test]
    fn many_iterations_find_the_largest_singular_value() {
        let device = Device::flex();
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let norm = SpectralNorm::init(&[2, 2], &mut random, &device);
        let weight = Tensor::<2>::from_floats([[3.0, 0.0], [4.0, 5.0]], &device);
        let mut normed = norm.forward(weight.clone());
        for _ in 0..30 {
            normed = norm.forward(weight.clone());
        }
        // The singular values of [[3, 0], [4, 5]] are √45 and √5.
        let wanted = [3.0, 0.0, 4.0, 5.0].map(|w| w / 45f64.sqrt());
        absolute(&values(normed), &wanted).within(1e-5, "W/√45");
    }

    #[test]
    fn the_gradient_goes_through_sigma() {
        // L = sum(c ∘ W/σ) ⇒ ∂L/∂W = c/σ − (Σ c∘W)/σ² · u vᵀ.
        let device = Device::flex().autodiff();
        let mut random = ChaCha8Rng::seed_from_u64(2);
        let norm = SpectralNorm::init(&[3, 4], &mut random, &device);
        let weight = normal([3, 4], 1.0, &mut random, &device);
        let c = Tensor::<2>::from_data(
            TensorData::new((0..12).map(|i| i as f32 - 4.0).collect::<Vec<_>>(), [3, 4]),
            &device,
        );
        let loss = (norm.forward(weight.val()) * c.clone()).sum();
        let gradient = values(weight.val().grad(&loss.backward()).unwrap());
        let (w, c) = (values(weight.val()), values(c));
        let (u, v) = (values(norm.u.value()), values(norm.v.value()));
        let sigma: f32 = (0..12).map(|i| u[i / 4] * w[i] * v[i % 4]).sum();
        let inner: f32 = (0..12).map(|i| c[i] * w[i]).sum();
        let wanted: Vec<f32> = (0..12)
            .map(|i| c[i] / sigma - inner / (sigma * sigma) * u[i / 4] * v[i % 4])
            .collect();
        assert!(wanted.iter().any(|g| g.abs() > 1e-3));
        scaled(&gradient, &wanted).within(1e-4, "gradient");
    }
}
