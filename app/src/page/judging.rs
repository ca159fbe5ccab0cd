//! What a discriminator's score and gradient say, in words and colours. Pure code, no browser.

use super::attention::palette::Palette;
use super::image::Image;

/// The hinge loss pushes real pictures above this score and drawn ones below its negative.
const MARGIN: f64 = 1.0;

/// The ends of the scale that scores are shown on.
pub const SPAN: f64 = 4.0;

/// What part of a channel's range, which is 2, a change of a tenth of it is.
const TENTH: f32 = 0.2;

/// What a score says.
pub fn words(score: f64) -> &'static str {
    match score {
        s if s >= MARGIN => {
            "It takes this for a real picture. Beyond +1 the hinge loss asks no more of it."
        }
        s if s >= 0.0 => "It leans to real, but not by the margin that it learned for.",
        s if s > -MARGIN => "It leans to drawn, but not by the margin that it learned for.",
        _ => "It takes this for drawn. Beyond −1 the hinge loss asks no more of it.",
    }
}

/// A score with its sign.
pub fn signed(score: f64) -> String {
    let sign = if score < 0.0 { '−' } else { '+' };
    format!("{sign}{:.2}", score.abs())
}

/// Where a score lies on the scale from −[`SPAN`] to [`SPAN`], from 0 to 1; its ends hold what is
/// beyond.
pub fn place(score: f64) -> f64 {
    (0.5 + score / (2.0 * SPAN)).clamp(0.0, 1.0)
}

/// How much the score moves where it is most sensitive, if that pixel changes by a tenth of its range
/// in the direction that counts.
pub fn most(gradient: &[f32]) -> f32 {
    TENTH * gradient.iter().copied().fold(0.0, f32::max)
}

/// A gradient as a picture of `side`² pixels: linear, from nothing to its own most.
pub fn gradient_image(gradient: &[f32], side: u32, palette: Palette) -> Image {
    let most = gradient.iter().copied().fold(0.0, f32::max);
    let part = |value: f32| if most > 0.0 { value / most } else { 0.0 };
    let pixel = |&value: &f32| {
        let [r, g, b] = palette.colour(part(value));
        [r, g, b, 255]
    };
    Image {
        side,
        rgba: gradient.iter().flat_map(pixel).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_told_by_the_margin_of_the_hinge_loss() {
        let told = [2.0, 1.0, 0.4, -0.4, -1.0, -7.0].map(words);
        assert!(told[0] == told[1] && told[0].contains("a real picture"));
        assert!(told[2].starts_with("It leans to real"));
        assert!(told[3].starts_with("It leans to drawn"));
        assert!(told[4] == told[5] && told[4].contains("for drawn."));
        assert_eq!([0.371, -0.5].map(signed), ["+0.37", "−0.50"]);
        assert_eq!(
            [-9.0, -4.0, 0.0, 1.0, 9.0].map(place),
            [0.0, 0.0, 0.5, 0.625, 1.0]
        );
    }

    #[test]
    fn a_gradient_is_brightest_where_it_is_most() {
        let gradient = [0.0, 0.5, 1.0, 0.25];
        let image = gradient_image(&gradient, 2, Palette::Grey);
        let reds: Vec<u8> = image.rgba.chunks(4).map(|pixel| pixel[0]).collect();
        assert!(
            reds[0] < reds[3] && reds[3] < reds[1] && reds[1] < reds[2],
            "{reds:?}"
        );
        assert_eq!(most(&gradient), 0.2);
        let flat = gradient_image(&[0.0; 4], 2, Palette::Grey);
        assert!(flat.rgba.chunks(4).all(|pixel| pixel == &image.rgba[..4]));
    }
}
