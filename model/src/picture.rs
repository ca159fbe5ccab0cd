//! From network values to picture bytes.

/// `[3, size, size]` planar in [−1, 1] → `[size, size, 4]` 8-bit RGBA, opaque.
pub fn to_rgba(planar: &[f32]) -> Vec<u8> {
    let pixels = planar.len() / 3;
    (0..pixels)
        .flat_map(|i| {
            [
                byte(planar[i]),
                byte(planar[pixels + i]),
                byte(planar[2 * pixels + i]),
                255,
            ]
        })
        .collect()
}

/// −1 → 0, 1 → 255, rounded; what is beyond is clamped.
fn byte(value: f32) -> u8 {
    ((value + 1.0) * 127.5).round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_become_pixels() {
        let planar = [-1.0, 1.0, 0.0, -2.0, 0.5, 3.0];
        assert_eq!(to_rgba(&planar), [0, 128, 191, 255, 255, 0, 255, 255]);
    }
}
