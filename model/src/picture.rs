//! From network values to picture bytes, and picture bytes made small.

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

/// `[factor·size, factor·size, 4]` RGBA → `[size, size, 3]` RGB: the mean over each square of
/// `factor` × `factor` pixels, rounded; opacity is passed over.
///
/// # Panics
/// If `rgba` is of another length.
pub fn averaged(rgba: &[u8], size: usize, factor: usize) -> Vec<u8> {
    let side = size * factor;
    assert_eq!(rgba.len(), 4 * side * side, "a picture of side {side}");
    let area = (factor * factor) as u32;
    let mut out = Vec::with_capacity(3 * size * size);
    for y in 0..size {
        for x in 0..size {
            for channel in 0..3 {
                let rows = y * factor..(y + 1) * factor;
                let sum: u32 = rows
                    .flat_map(|row| (x * factor..(x + 1) * factor).map(move |column| (row, column)))
                    .map(|(row, column)| u32::from(rgba[4 * (row * side + column) + channel]))
                    .sum();
                out.push(((sum + area / 2) / area) as u8);
            }
        }
    }
    out
}

/// `[size, size, 3]` RGB, left and right exchanged.
pub fn mirrored(rgb: &[u8], size: usize) -> Vec<u8> {
    let rows = rgb.chunks_exact(3 * size);
    rows.flat_map(|row| row.chunks_exact(3).rev().flatten().copied())
        .collect()
}

/// RGB → opaque RGBA.
pub fn with_alpha(rgb: &[u8]) -> Vec<u8> {
    rgb.chunks_exact(3)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 255])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_are_averaged() {
        // Red counts up, green is constant, blue stands in one pixel of the last square alone.
        let rgba: Vec<u8> = (0..16u8)
            .flat_map(|i| [10 * i, 7, if i == 15 { 255 } else { 0 }, i])
            .collect();
        let small = averaged(&rgba, 2, 2);
        assert_eq!(small, [25, 7, 0, 45, 7, 0, 105, 7, 0, 125, 7, 64]);
        let same = averaged(&rgba, 4, 1);
        assert_eq!(with_alpha(&same).len(), rgba.len());
        assert_eq!(same[..6], [0, 7, 0, 10, 7, 0]);
    }

    #[test]
    fn mirroring_exchanges_left_and_right() {
        let rgb = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        let other = mirrored(&rgb, 2);
        assert_eq!(other, [4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
        assert_eq!(mirrored(&other, 2), rgb);
        assert_eq!(with_alpha(&rgb[..3]), [1, 2, 3, 255]);
    }

    #[test]
    fn planes_become_pixels() {
        let planar = [-1.0, 1.0, 0.0, -2.0, 0.5, 3.0];
        assert_eq!(to_rgba(&planar), [0, 128, 191, 255, 255, 0, 255, 255]);
    }
}
