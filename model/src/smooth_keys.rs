//! Keys without the grid: each becomes a weighted mean of itself and its neighbours.
//!
//! Along each axis the weights are the binomial `¼ ½ ¼`, whose answer to the finest wave there is,
//! `+1 −1 +1 −1 …`, is zero. Transposed convolutions of stride 2 leave just that wave on the maps
//! (a checkerboard), and keys that read it are favoured in one of the four phases of a 2×2 cell.
//! Blurring before the grid can be read is the cure of Zhang 2019, arXiv 1904.11486, section 3.2.

use burn::tensor::{Device, Tensor, TensorData};
use saganscope_shaders as shaders;

/// The weights along one axis of this many places, `[places, places]`, symmetric; beyond the border
/// stands once more what stands at it, so that a flat map stays as it is.
fn binomial(places: usize) -> Vec<f32> {
    let mut weights = vec![0.0; places * places];
    for to in 0..places {
        let beside = [to.saturating_sub(1), to, to, (to + 1).min(places - 1)];
        for from in beside {
            weights[to * places + from] += 0.25;
        }
    }
    weights
}

/// The blur of keys of one side's maps, its weights on a device.
pub(crate) struct SmoothKeys {
    side: usize,
    /// `[side, side]`.
    weights: Tensor<2>,
    /// `[side]`.
    nothing: Tensor<1>,
}

impl SmoothKeys {
    /// For maps of this side.
    pub(crate) fn new(side: usize, device: &Device) -> Self {
        Self {
            side,
            weights: Tensor::from_data(TensorData::new(binomial(side), [side, side]), device),
            nothing: Tensor::zeros([side], device),
        }
    }

    /// Keys `[B, d, N]`, N = side², blurred along both axes.
    pub(crate) fn apply(&self, keys: Tensor<3>) -> Tensor<3> {
        let (side, [batch, width, pixels]) = (self.side, keys.dims());
        // A product over the middle one of three axes: over a map's rows, then, turned, its columns.
        let along =
            |x: Tensor<3>| shaders::pointwise(x, self.weights.clone(), self.nothing.clone());
        let rows = along(keys.reshape([batch * width, side, side]));
        let columns = along(rows.swap_dims(1, 2)).swap_dims(1, 2);
        columns.reshape([batch, width, pixels])
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use saganscope_distance::absolute;

    use super::*;

    fn smoothed(map: &[f32], side: usize) -> Vec<f32> {
        let device = Device::flex();
        let map = TensorData::new(map.to_vec(), [1, 1, side * side]);
        let smoothed = SmoothKeys::new(side, &device).apply(Tensor::from_data(map, &device));
        smoothed.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn each_place_becomes_the_mean_of_its_neighbourhood() {
        let side = 6;
        let map: Vec<f32> = (0..side * side).map(|i| (i * i % 17) as f32).collect();
        let at = |x: i64, y: i64| {
            let inside = |i: i64| i.clamp(0, side as i64 - 1) as usize;
            map[inside(y) * side + inside(x)]
        };
        let wanted: Vec<f32> = (0..side * side)
            .map(|place| {
                let (x, y) = ((place % side) as i64, (place / side) as i64);
                let weights = [(-1, 0.25), (0, 0.5), (1, 0.25)];
                let columns = |dy: i64| -> f32 {
                    let terms = weights.iter().map(|(dx, w)| w * at(x + dx, y + dy));
                    terms.sum()
                };
                weights.iter().map(|(dy, w)| w * columns(*dy)).sum()
            })
            .collect();
        absolute(&smoothed(&map, side), &wanted).within(1e-5, "map");
    }

    #[test]
    fn a_checkerboard_is_gone_and_a_flat_map_stays() {
        let side = 8;
        let sign = |place: usize| (place % side + place / side) % 2;
        let map: Vec<f32> = (0..side * side).map(|p| 3.0 + sign(p) as f32).collect();
        let smoothed = smoothed(&map, side);
        let inner = |p: &usize| {
            let (x, y) = (p % side, p / side);
            (1..side - 1).contains(&x) && (1..side - 1).contains(&y)
        };
        let inner: Vec<f32> = (0..side * side)
            .filter(inner)
            .map(|p| smoothed[p])
            .collect();
        absolute(&inner, &[3.5; 36]).within(1e-6, "the inner map");
        let flat = [2.0; 64];
        absolute(&self::smoothed(&flat, side), &flat).within(1e-6, "a flat map");
    }
}
