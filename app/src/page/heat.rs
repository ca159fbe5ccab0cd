//! From weights to colours.
//!
//! A weight is shown as a multiple of the uniform weight 1/N, "× uniform": 1× is what the key
//! would get if the query looked everywhere alike. The scale is logarithmic and *fixed*, the same
//! for every row, picture and layer: black at ¼× and below, full brightness at 64× and above. So
//! colours compare between maps; a flat map is one dark tone instead of amplified noise; and a
//! sink that takes hundreds of times its part still leaves the rest of the map readable, which a
//! linear scale up to the row's maximum would not.

use std::sync::OnceLock;

use colorgrad::Gradient;

use super::image::Image;

/// Multiples of the uniform weight at the two ends of the scale.
const ENDS: (f32, f32) = (0.25, 64.0);

/// The multiples that a legend names, with their places on the scale from 0 to 1.
pub fn ticks() -> [(&'static str, f32); 5] {
    [
        ("≤¼", 0.25),
        ("1", 1.0),
        ("4", 4.0),
        ("16", 16.0),
        ("64+", 64.0),
    ]
    .map(|(name, times)| (name, place(times)))
}

/// Where a multiple of the uniform weight lies on the scale, from 0 (dark) to 1 (bright).
pub fn place(times: f32) -> f32 {
    let (low, high) = ENDS;
    if times > low {
        ((times / low).ln() / (high / low).ln()).min(1.0)
    } else {
        0.0
    }
}

/// The colour at a place of the scale: Inferno, perceptually uniform, readable in print and to
/// the colour-blind, and dark at its low end on light and dark pages alike.
pub fn colour(place: f32) -> [u8; 3] {
    static TABLE: OnceLock<Vec<[u8; 3]>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let inferno = colorgrad::preset::inferno();
        (0..256u16)
            .map(|i| {
                let [r, g, b, _] = inferno.at(f32::from(i) / 255.0).to_rgba8();
                [r, g, b]
            })
            .collect()
    });
    table[(place.clamp(0.0, 1.0) * 255.0).round() as usize]
}

/// The scale's colours as a CSS gradient from left to right.
pub fn css_gradient() -> String {
    let stops: Vec<String> = (0..=16u8)
        .map(|i| {
            let [r, g, b] = colour(f32::from(i) / 16.0);
            format!("rgb({r} {g} {b})")
        })
        .collect();
    format!("linear-gradient(to right, {})", stops.join(", "))
}

/// A row as a picture of its layer's size, opaque.
pub fn map_image(row: &[f32], side: u32) -> Image {
    paint(row, side, |_| 255)
}

/// A row as a veil over the picture: thin where little is looked at, so that the picture stays
/// readable, and glowing where much is.
pub fn veil_image(row: &[f32], side: u32) -> Image {
    paint(row, side, |place| (50.0 + 180.0 * place) as u8)
}

fn paint(row: &[f32], side: u32, alpha: impl Fn(f32) -> u8) -> Image {
    let n = row.len() as f32;
    let rgba = row
        .iter()
        .flat_map(|&weight| {
            let place = place(weight * n);
            let [r, g, b] = colour(place);
            [r, g, b, alpha(place)]
        })
        .collect();
    Image { side, rgba }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn luminance([r, g, b]: [u8; 3]) -> f32 {
        0.2126 * f32::from(r) + 0.7152 * f32::from(g) + 0.0722 * f32::from(b)
    }

    #[test]
    fn the_scale_runs_from_a_quarter_to_sixty_four() {
        assert_eq!(place(0.0), 0.0);
        assert_eq!(place(0.25), 0.0);
        assert!((place(1.0) - 0.25).abs() < 1e-6);
        assert!((place(4.0) - 0.5).abs() < 1e-6);
        assert_eq!(place(64.0), 1.0);
        assert_eq!(place(1e9), 1.0);
        assert_eq!(place(f32::NAN), 0.0);
    }

    #[test]
    fn brighter_means_more() {
        let table: Vec<f32> = (0..=64u8)
            .map(|i| luminance(colour(f32::from(i) / 64.0)))
            .collect();
        assert!(table.windows(2).all(|w| w[0] < w[1]), "{table:?}");
        assert!(table[0] < 3.0 && table[64] > 220.0);
    }

    #[test]
    fn a_flat_map_is_one_dark_tone() {
        let image = map_image(&[1.0 / 256.0; 256], 16);
        let first = &image.rgba[..4];
        assert!(image.rgba.chunks(4).all(|p| p == first));
        assert!(luminance([first[0], first[1], first[2]]) < 60.0);
    }

    proptest! {
        #[test]
        fn a_heavier_key_is_never_darker(a in 0f32..100.0, b in 0f32..100.0) {
            let (low, high) = if a < b { (a, b) } else { (b, a) };
            prop_assert!(luminance(colour(place(low))) <= luminance(colour(place(high))));
        }
    }
}
