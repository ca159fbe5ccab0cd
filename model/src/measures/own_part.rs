//! How much of what a layer adds is due to its map.

use super::{Map, MeasureError, check};

/// ‖o − v̄‖ / ‖o‖ over all pixels and channels of one picture, with `o_i = Σ_j A_ij v_j` and v̄ the
/// mean of the values over the picture's cells, which is what uniform rows give. `values` is
/// `[C, N]`.
///
/// Times ‖γ·o‖/‖x‖ it is ‖γ(o − v̄)‖/‖x‖: what the layer does to the picture beyond adding one and
/// the same vector to every pixel. Zero where all `o` are zero.
///
/// # Errors
/// If the values are not finite or no multiple of N.
pub fn own_part(map: &Map, values: &[f32]) -> Result<f64, MeasureError> {
    let pixels = map.pixels();
    let channels = (values.len() / pixels).max(1);
    check("The values of a map", values, channels * pixels)?;
    // Pixel by pixel, so that the inner loop runs over neighbours in memory.
    let mut by_pixel = vec![0f32; values.len()];
    let mut mean = vec![0f64; channels];
    for (channel, plane) in values.chunks_exact(pixels).enumerate() {
        for (pixel, &value) in plane.iter().enumerate() {
            by_pixel[pixel * channels + channel] = value;
            mean[channel] += f64::from(value) / pixels as f64;
        }
    }
    let (mut whole, mut own) = (0.0, 0.0);
    let mut output = vec![0f32; channels];
    for row in map.rows() {
        output.fill(0.0);
        for (&weight, value) in row.iter().zip(by_pixel.chunks_exact(channels)) {
            for (output, value) in output.iter_mut().zip(value) {
                *output += weight * value;
            }
        }
        for (&output, mean) in output.iter().zip(&mean) {
            let output = f64::from(output);
            whole += output * output;
            own += (output - mean) * (output - mean);
        }
    }
    Ok(if whole > 0.0 {
        (own / whole).sqrt()
    } else {
        0.0
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::{map, some_map};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn uniform_rows_have_no_part_of_their_own() {
        let values: Vec<f32> = (0..48).map(|i| (i * i % 17) as f32 - 4.0).collect();
        let uniform = own_part(&map(4, |_, _| 1.0), &values).unwrap();
        assert!(uniform < 1e-6, "{uniform}");
        assert_eq!(own_part(&map(4, |_, _| 1.0), &[0.0; 16]).unwrap(), 0.0);
        assert!(own_part(&map(4, |_, _| 1.0), &[0.0; 17]).is_err());
        assert!(own_part(&map(4, |_, _| 1.0), &[]).is_err());
        assert!(own_part(&map(4, |_, _| 1.0), &[f32::NAN; 16]).is_err());
    }

    #[test]
    fn the_identity_s_part_is_the_deviation_of_the_values() {
        // One channel, values 0 and 2 by turns: o = v, v̄ = 1, ‖o − v̄‖² = 16, ‖o‖² = 32.
        let values: Vec<f32> = (0..16).map(|i| (i % 2 * 2) as f32).collect();
        let part = own_part(&map(4, |i, j| f32::from(i == j)), &values).unwrap();
        assert!((part - 0.5f64.sqrt()).abs() < 1e-9, "{part}");
    }

    proptest! {
        #[test]
        fn the_part_is_that_of_its_definition(
            map in some_map(3),
            values in prop::collection::vec(-2f32..2.0, 18),
        ) {
            let (mut whole, mut own) = (0.0, 0.0);
            for c in 0..2 {
                let v = |j: usize| f64::from(values[c * 9 + j]);
                let mean = (0..9).map(v).sum::<f64>() / 9.0;
                for i in 0..9 {
                    let o: f64 = (0..9).map(|j| f64::from(map.row(i)[j]) * v(j)).sum();
                    whole += o * o;
                    own += (o - mean).powi(2);
                }
            }
            let part = own_part(&map, &values).unwrap();
            prop_assert!((part - (own / whole).sqrt()).abs() < 1e-4 * (1.0 + part));
        }
    }
}
