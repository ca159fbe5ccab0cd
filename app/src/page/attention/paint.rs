//! A row or a column as a picture.

use super::palette::Palette;
use super::scale::Axis;
use crate::page::image::Image;

/// Values as a picture of their layer's size, opaque. `values` are in parts of a uniform row.
pub fn map_image(values: &[f32], side: u32, axis: Axis, palette: Palette) -> Image {
    paint(values, side, axis, palette, |_| 255)
}

/// Values as a veil over the picture: thin where little is looked at, so that the picture stays
/// readable, and glowing where much is.
pub fn veil_image(values: &[f32], side: u32, axis: Axis, palette: Palette) -> Image {
    paint(values, side, axis, palette, |place| {
        (50.0 + 180.0 * place) as u8
    })
}

fn paint(
    values: &[f32],
    side: u32,
    axis: Axis,
    palette: Palette,
    alpha: impl Fn(f32) -> u8,
) -> Image {
    let rgba = values
        .iter()
        .flat_map(|&value| {
            let place = axis.place(value);
            let [r, g, b] = palette.colour(place);
            [r, g, b, alpha(place)]
        })
        .collect();
    Image { side, rgba }
}

#[cfg(test)]
mod tests {
    use super::super::scale::Scale;
    use super::*;

    #[test]
    fn a_flat_map_is_one_dark_tone() {
        let values = [1.0; 256];
        let image = map_image(
            &values,
            16,
            Axis::of(Scale::Fixed, &values),
            Palette::Inferno,
        );
        let first = &image.rgba[..4];
        assert!(image.rgba.chunks(4).all(|p| p == first));
        assert!(first[..3].iter().all(|&c| c < 120), "{first:?}");
    }

    #[test]
    fn a_veil_is_thin_where_little_is_looked_at() {
        let values = [0.0, 1.0, 16.0, 100.0];
        let image = veil_image(&values, 2, Axis::of(Scale::Fixed, &values), Palette::Grey);
        let alphas: Vec<u8> = image.rgba.chunks(4).map(|p| p[3]).collect();
        let wanted = [50u8, 95, 185, 230];
        assert!(
            alphas.iter().zip(wanted).all(|(a, w)| a.abs_diff(w) <= 1) && alphas.len() == 4,
            "{alphas:?}"
        );
    }
}
