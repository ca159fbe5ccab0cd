//! How far apart two pictures are, as a picture and in numbers.

use std::collections::BTreeSet;

use super::attention::region::Region;
use super::image::Image;

/// The brightest that a difference is shown, as a multiple of itself.
const MOST_GAIN: u32 = 32;

/// How far apart two pictures are.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// |a − b| of each channel, times `gain`.
    pub image: Image,
    /// How many times brighter than it is: the largest power of two that keeps all of it below 256.
    pub gain: u32,
    /// The mean of |a − b| over pixels and colours, from 0 to 255.
    pub mean: f64,
    /// The largest |a − b|, from 0 to 255.
    pub most: u8,
}

impl Difference {
    /// Of two pictures of the same size; of others there is none.
    pub fn between(a: &Image, b: &Image) -> Option<Self> {
        if a.side != b.side || a.rgba.len() != b.rgba.len() || a.rgba.is_empty() {
            return None;
        }
        let apart = |(index, (a, b)): (usize, (&u8, &u8))| match index % 4 {
            3 => 0,
            _ => a.abs_diff(*b),
        };
        let apart: Vec<u8> = a.rgba.iter().zip(&b.rgba).enumerate().map(apart).collect();
        let most = apart.iter().copied().max().unwrap_or(0);
        let sum: u64 = apart.iter().map(|&value| u64::from(value)).sum();
        let gain = (0..)
            .map(|power| 1 << power)
            .take_while(|&gain: &u32| gain <= MOST_GAIN && gain * u32::from(most) <= 255)
            .last()
            .unwrap_or(1);
        let bright = |(index, value): (usize, &u8)| match index % 4 {
            3 => 255,
            // Below 256, by the choice of the gain.
            _ => (gain * u32::from(*value)) as u8,
        };
        Some(Self {
            image: Image {
                side: a.side,
                rgba: apart.iter().enumerate().map(bright).collect(),
            },
            gain,
            mean: sum as f64 / (3 * apart.len() / 4) as f64,
            most,
        })
    }
}

impl Difference {
    /// The mean of |a − b| inside of a region and outside of it, from 0 to 255; nothing where there
    /// is no outside, or the pictures differ in size.
    pub fn near_and_far(a: &Image, b: &Image, region: Region) -> Option<(f64, f64)> {
        let side = a.side;
        if side != b.side || a.rgba.len() != b.rgba.len() {
            return None;
        }
        let region = region.clamped(side);
        let inside: BTreeSet<usize> = region.indices(side).collect();
        let (mut near, mut far) = (0, 0);
        let pairs = a.rgba.chunks_exact(4).zip(b.rgba.chunks_exact(4));
        for (pixel, (a, b)) in pairs.enumerate() {
            let colours = a.iter().zip(b).take(3);
            let apart: u64 = colours.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
            let sum = match inside.contains(&pixel) {
                true => &mut near,
                false => &mut far,
            };
            *sum += apart;
        }
        let pixels = a.rgba.len() / 4;
        let outside = pixels.checked_sub(inside.len()).filter(|&n| n > 0)?;
        let mean = |sum: u64, pixels: usize| sum as f64 / (3 * pixels) as f64;
        Some((mean(near, inside.len()), mean(far, outside)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn image(rgba: &[u8]) -> Image {
        Image {
            side: 1,
            rgba: rgba.to_vec(),
        }
    }

    #[test]
    fn colours_are_compared_whichever_is_brighter_and_opacity_is_not() {
        let d = Difference::between(&image(&[10, 200, 7, 255]), &image(&[40, 190, 7, 0])).unwrap();
        assert_eq!((d.most, d.gain), (30, 8));
        assert!((d.mean - 40.0 / 3.0).abs() < 1e-9, "{}", d.mean);
        assert_eq!(d.image.rgba, [240, 80, 0, 255]);
    }

    #[test]
    fn the_gain_keeps_all_of_it_and_has_an_end() {
        let gain = |most| {
            let d = Difference::between(&image(&[most, 0, 0, 255]), &image(&[0, 0, 0, 255]));
            d.unwrap().gain
        };
        assert_eq!([255, 128, 127, 1, 0].map(gain), [1, 1, 2, 32, 32]);
    }

    #[test]
    fn what_changed_there_and_elsewhere_is_told_apart() {
        use crate::page::attention::pixel::Point;
        let of = |reds: [u8; 4]| Image {
            side: 2,
            rgba: reds.iter().flat_map(|&red| [red, 0, 0, 255]).collect(),
        };
        let corner = Point { x: 1, y: 0 };
        let place = Region::between(corner, corner);
        let apart = Difference::near_and_far(&of([0; 4]), &of([0, 30, 9, 0]), place);
        assert_eq!(apart, Some((10.0, 1.0)));
        let all = Region::between(Point { x: 0, y: 0 }, Point { x: 9, y: 9 });
        assert_eq!(
            Difference::near_and_far(&of([0; 4]), &of([9; 4]), all),
            None
        );
    }

    #[test]
    fn pictures_of_other_sizes_have_none() {
        assert_eq!(Difference::between(&image(&[0; 4]), &image(&[0; 8])), None);
        assert_eq!(Difference::between(&image(&[]), &image(&[])), None);
    }
}
