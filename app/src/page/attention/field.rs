//! All rows of a map as one picture: whither every pixel looks, and which pixels look alike.

use colorgrad::Color;

use super::palette::Palette;
use super::pixel::Point;
use crate::page::image::Image;
use crate::protocol::AllRows;

/// What a map panel shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sight {
    /// What the map says of the pixel in question.
    #[default]
    Pixel,
    /// For every pixel, in which direction and how far it looks.
    Whither,
    /// Like colours for pixels that look alike.
    Parts,
    /// For every pixel, how much its row is its own.
    Bits,
}

impl Sight {
    /// All of them, in the order of their switch.
    pub const ALL: [Self; 4] = [Self::Pixel, Self::Whither, Self::Parts, Self::Bits];
}

/// Bits from which on a pixel's colour is at its full strength.
pub const FULL_BITS: f32 = 3.0;

/// Bits from which on the picture of bits is at its brightest, whatever the map: looking at one of 64
/// equal parts of what the others look at.
pub const MOST_BITS: f32 = 6.0;

/// A direction that holds less of the difference than this has no part in the colours: it would be
/// rounding, made large.
const LEAST_HELD: f32 = 0.005;

/// Where each pixel looks, relative to itself: hue is the direction, colourfulness the distance, full
/// at half the width of the map; the less a row is its own, the darker.
pub fn whither_image(all: &AllRows, side: u32) -> Image {
    let displacements = all.displacement.chunks_exact(2);
    let rgba = displacements
        .zip(&all.bits)
        .flat_map(|(to, &bits)| whither(to[0], to[1], bits, side))
        .collect();
    Image { side, rgba }
}

/// The colours of all directions and distances, as a legend: what is right of the middle is the
/// colour of looking to the right.
pub fn whither_legend(side: u32) -> Image {
    let middle = (side as f32 - 1.0) / 2.0;
    let cell = |index: u32| {
        let Point { x, y } = Point::of_index(index as usize, side);
        let (dx, dy) = (x as f32 - middle, y as f32 - middle);
        if dx.hypot(dy) <= middle + 0.5 {
            whither(dx, dy, FULL_BITS, side)
        } else {
            [0; 4]
        }
    };
    Image {
        side,
        rgba: (0..side * side).flat_map(cell).collect(),
    }
}

fn whither(dx: f32, dy: f32, bits: f32, side: u32) -> [u8; 4] {
    let far = (dx.hypot(dy) / (side as f32 / 2.0)).min(1.0);
    // As in a drawing, up is up: y runs down.
    let hue = (-dy).atan2(dx);
    let full = Color::from_oklcha(0.96 - 0.26 * far, 0.17 * far, hue, 1.0).to_rgba8();
    let strength = (bits / FULL_BITS).clamp(0.0, 1.0);
    let [r, g, b, _] = full.map(|channel| (f32::from(channel) * strength).round() as u8);
    [r, g, b, 255]
}

/// How much of its own each pixel's row is: dark where it is the mean row, bright from
/// [`MOST_BITS`] on. The same scale for every map.
pub fn bits_image(all: &AllRows, side: u32, palette: Palette) -> Image {
    let colour = |&bits: &f32| {
        let [r, g, b] = palette.colour(bits / MOST_BITS);
        [r, g, b, 255]
    };
    Image {
        side,
        rgba: all.bits.iter().flat_map(colour).collect(),
    }
}

/// What is shown of all rows at once, as a picture.
pub fn sight_image(sight: Sight, all: &AllRows, side: u32, palette: Palette) -> Image {
    match sight {
        Sight::Parts => parts_image(all, side),
        Sight::Bits => bits_image(all, side, palette),
        Sight::Pixel | Sight::Whither => whither_image(all, side),
    }
}

/// Pixels whose rows are alike in like colours: red, green and blue are the three directions in
/// which rows differ most, each from two deviations below its middle to two above.
pub fn parts_image(all: &AllRows, side: u32) -> Image {
    let pixels = all.components.len() / 3;
    let deviation: [f32; 3] = std::array::from_fn(|direction| {
        let along = all.components.iter().skip(direction).step_by(3);
        let square: f64 = along.map(|&c| f64::from(c).powi(2)).sum();
        (square / pixels.max(1) as f64).sqrt() as f32
    });
    let channel = |direction: usize, along: f32| {
        if all.held[direction] < LEAST_HELD {
            return 127;
        }
        let place = 0.5 + along / (4.0 * deviation[direction]);
        (255.0 * place.clamp(0.0, 1.0)).round() as u8
    };
    let colour = |c: &[f32]| [channel(0, c[0]), channel(1, c[1]), channel(2, c[2]), 255];
    Image {
        side,
        rgba: all.components.chunks_exact(3).flat_map(colour).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(displacement: Vec<f32>, bits: Vec<f32>) -> AllRows {
        AllRows {
            displacement,
            bits,
            ..AllRows::default()
        }
    }

    fn colours(image: &Image) -> Vec<[u8; 3]> {
        let pixels = image.rgba.chunks_exact(4);
        pixels.map(|p| [p[0], p[1], p[2]]).collect()
    }

    #[test]
    fn to_look_nowhere_is_white_far_is_colourful_and_like_all_is_dark() {
        let to = vec![0.0, 0.0, 2.0, 0.0, -2.0, 0.0, 2.0, 0.0];
        let image = whither_image(&all(to, vec![3.0, 3.0, 9.0, 0.0]), 2);
        let found = colours(&image);
        let spread = |c: [u8; 3]| {
            c.iter().max().copied().unwrap_or(0) - c.iter().min().copied().unwrap_or(0)
        };
        assert!(spread(found[0]) < 12 && found[0][0] > 220, "{found:?}");
        assert!(spread(found[1]) > 80 && spread(found[2]) > 80, "{found:?}");
        // Red is to the right, and green or blue to the left.
        assert!(
            found[1][0] > found[1][1] && found[2][0] < found[2][1],
            "{found:?}"
        );
        assert_eq!(found[3], [0; 3]);
    }

    #[test]
    fn the_legend_has_each_direction_where_it_leads() {
        let side = 9;
        let legend = colours(&whither_legend(side));
        let to_the_right = whither_image(&all(vec![4.0, 0.0], vec![3.0]), side);
        assert_eq!(legend[4 * 9 + 8], colours(&to_the_right)[0]);
        let up = whither_image(&all(vec![0.0, -4.0], vec![3.0]), side);
        assert_eq!(legend[4], colours(&up)[0]);
        assert_eq!(whither_legend(side).rgba[3], 0, "nothing in the corners");
    }

    #[test]
    fn alike_is_alike_and_noise_has_no_colour() {
        let parts = AllRows {
            components: vec![
                1.0, 0.5, 1e-9, -1.0, 0.5, -1e-9, 1.0, -1.0, 1e-9, -1.0, 0.0, 0.0,
            ],
            held: [0.6, 0.4, 0.0],
            ..AllRows::default()
        };
        let found = colours(&parts_image(&parts, 2));
        assert!(found.iter().all(|c| c[2] == 127));
        assert!(found[0][0] == found[2][0] && found[0][0] > found[1][0]);
        assert_eq!(found[0][1], found[1][1]);
    }

    #[test]
    fn bits_are_on_one_scale_for_all_maps() {
        let bits = all(vec![0.0; 8], vec![0.0, 3.0, 6.0, 40.0]);
        let found = colours(&bits_image(&bits, 2, Palette::Grey));
        assert_eq!(found, [[0; 3], [128; 3], [255; 3], [255; 3]]);
        assert_eq!(
            sight_image(Sight::Bits, &bits, 2, Palette::Grey),
            bits_image(&bits, 2, Palette::Grey)
        );
    }

    #[test]
    fn what_is_no_number_is_dark_rather_than_a_panic() {
        let image = whither_image(&all(vec![f32::NAN; 2], vec![f32::NAN]), 1);
        assert_eq!(image.rgba.len(), 4);
    }
}
