//! Colours from dark to bright.

use std::sync::OnceLock;

use colorgrad::{Gradient, preset};

/// A scale of colours, each of them dark at its low end, bright at its high end and ever brighter
/// in between, so that it is readable in print and to the colour-blind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Palette {
    /// Black, violet, orange, pale yellow.
    #[default]
    Inferno,
    /// Violet, green, yellow.
    Viridis,
    /// Black, violet, pink, cream.
    Magma,
    /// Blue, grey, yellow: looks alike to the colour-blind and to others.
    Cividis,
    /// Black to white.
    Grey,
}

impl Palette {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [
        Self::Inferno,
        Self::Viridis,
        Self::Magma,
        Self::Cividis,
        Self::Grey,
    ];

    /// Its name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inferno => "inferno",
            Self::Viridis => "viridis",
            Self::Magma => "magma",
            Self::Cividis => "cividis",
            Self::Grey => "grey",
        }
    }

    /// The palette of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|palette| palette.name() == name)
    }

    /// The colour at a place of the scale, 0 dark and 1 bright; places outside are the ends.
    pub fn colour(self, place: f32) -> [u8; 3] {
        self.table()[(place.clamp(0.0, 1.0) * 255.0).round() as usize]
    }

    /// The scale's colours as a CSS gradient from left to right.
    pub fn css_gradient(self) -> String {
        let stops: Vec<String> = (0..=16u8)
            .map(|i| {
                let [r, g, b] = self.colour(f32::from(i) / 16.0);
                format!("rgb({r} {g} {b})")
            })
            .collect();
        format!("linear-gradient(to right, {})", stops.join(", "))
    }

    fn table(self) -> &'static [[u8; 3]; 256] {
        static TABLES: [OnceLock<[[u8; 3]; 256]>; 5] = [const { OnceLock::new() }; 5];
        TABLES[self as usize].get_or_init(|| match self {
            Self::Inferno => table(&preset::inferno()),
            Self::Viridis => table(&preset::viridis()),
            Self::Magma => table(&preset::magma()),
            Self::Cividis => table(&preset::cividis()),
            Self::Grey => std::array::from_fn(|i| [i as u8; 3]),
        })
    }
}

fn table(gradient: &impl Gradient) -> [[u8; 3]; 256] {
    std::array::from_fn(|i| {
        let [r, g, b, _] = gradient.at(i as f32 / 255.0).to_rgba8();
        [r, g, b]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as WCAG has it, from 0 to 1.
    fn luminance(rgb: [u8; 3]) -> f64 {
        let linear = |byte: u8| {
            let c = f64::from(byte) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        let [r, g, b] = rgb.map(linear);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    #[test]
    fn brighter_means_more_in_each_palette() {
        for palette in Palette::ALL {
            let steps: Vec<f64> = (0..=32u8)
                .map(|i| luminance(palette.colour(f32::from(i) / 32.0)))
                .collect();
            assert!(
                steps.windows(2).all(|w| w[0] < w[1]),
                "{palette:?}: {steps:?}"
            );
            assert!(steps[0] < 0.04 && steps[32] > 0.6, "{palette:?}: {steps:?}");
        }
    }

    #[test]
    fn names_name_their_palette() {
        for palette in Palette::ALL {
            assert_eq!(Palette::of_name(palette.name()), Some(palette));
        }
        assert_eq!(Palette::of_name("Inferno "), None);
    }

    #[test]
    fn no_place_is_outside() {
        assert_eq!(Palette::Grey.colour(-3.0), [0; 3]);
        assert_eq!(Palette::Grey.colour(7.0), [255; 3]);
        assert_eq!(Palette::Grey.colour(f32::NAN), [0; 3]);
    }
}
