//! Keys without the grid: each becomes a weighted mean of itself and its neighbours.
//!
//! Along each axis the weights are the binomial `¼ ½ ¼`, whose answer to the finest wave there is,
//! `+1 −1 +1 −1 …`, is zero. Transposed convolutions of stride 2 leave just that wave on the maps
//! (a checkerboard), and keys that read it are favoured in one of the four phases of a 2×2 cell.
//! Blurring before the grid can be read is the cure of Zhang 2019, arXiv 1904.11486, section 3.2.

/// Keys `[B, d, N]` of a square map, blurred along both axes.
pub(crate) use saganscope_shaders::smoothed as smooth_keys;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::tensor::{Device, Tensor, TensorData};
    use saganscope_distance::absolute;

    use super::*;

    fn smoothed(map: &[f32], side: usize) -> Vec<f32> {
        let device = Device::flex();
        let map = TensorData::new(map.to_vec(), [1, 1, side * side]);
        let smoothed = smooth_keys(Tensor::from_data(map, &device));
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
