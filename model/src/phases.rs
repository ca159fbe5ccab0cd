//! Equal sums of taps in the four phases of a transposed convolution.
//!
//! With kernel 4, stride 2, padding 1, an output in an even row uses the taps {1, 3} of the vertical
//! axis, one in an odd row {0, 2}; columns likewise. So each output belongs to one of four phases
//! with a 2×2 kernel of its own, and on a flat input the phases differ exactly by the sums of their
//! taps: a checkerboard (Odena et al. 2016; equal sums are the condition of Sugawara et al. 2018).
//! The nearest kernel without it takes from each tap a quarter of what its phase's sum is above the
//! mean of the four. That is linear, and its own adjoint, so that the gradient needs nothing else.

pub use saganscope_shaders::equal_phase_sums;
pub(crate) use saganscope_shaders::phase_projection as projection;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        initial::normal_values,
        latents::{Purpose, stream},
    };
    use burn::tensor::Device;
    use burn::tensor::{Tensor, TensorData};
    use saganscope_distance::absolute;
    use saganscope_shaders as shaders;

    fn weight(device: &Device) -> Tensor<4> {
        let values = normal_values(4 * 4 * 16, 1.0, &mut stream(1, Purpose::Weights, 0));
        Tensor::from_data(TensorData::new(values, [4, 4, 4, 4]), device)
    }

    fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().iter::<f32>().collect()
    }

    /// How far outputs inside of the border are from their map's first, on a flat input.
    fn checkerboard(weight: Tensor<4>) -> Vec<f32> {
        let flat = Tensor::ones([1, 4, 4, 4], &weight.device());
        let output = values(shaders::up(flat, weight, None));
        let inner = |map: &[f32]| -> Vec<f32> {
            (1..7)
                .flat_map(|y| map[8 * y + 1..8 * y + 7].to_vec())
                .collect()
        };
        output
            .chunks_exact(64)
            .flat_map(|map| {
                let inner = inner(map);
                let first = inner[0];
                inner.into_iter().map(move |v| (v - first).abs())
            })
            .collect()
    }

    #[test]
    fn a_flat_map_stays_flat() {
        let device = Device::flex();
        assert!(checkerboard(weight(&device)).iter().any(|&off| off > 0.5));
        let projected = checkerboard(equal_phase_sums(weight(&device)));
        assert_eq!(projected.len(), 4 * 36);
        assert!(projected.iter().all(|&off| off < 1e-5));
    }

    #[test]
    fn twice_is_once_and_the_sum_of_all_taps_stays() {
        let device = Device::flex();
        let once = equal_phase_sums(weight(&device));
        let (a, b) = (values(once.clone()), values(equal_phase_sums(once)));
        absolute(&b, &a).within(1e-5, "twice and once");
        let sums = |all: &[f32]| -> Vec<f32> {
            all.chunks_exact(16).map(|taps| taps.iter().sum()).collect()
        };
        let before = sums(&values(weight(&device)));
        absolute(&sums(&a), &before).within(1e-4, "sums of all taps");
    }

    #[test]
    fn the_gradient_is_projected_too() {
        let device = Device::flex().autodiff();
        let raw = weight(&device).require_grad();
        let c = weight(&device).flip([0]);
        let gradients = (equal_phase_sums(raw.clone()) * c.clone()).sum().backward();
        let found = values(raw.grad(&gradients).unwrap());
        let wanted = values(equal_phase_sums(c));
        assert!(found.iter().any(|g| g.abs() > 0.1));
        absolute(&found, &wanted).within(1e-5, "gradient");
    }
}
