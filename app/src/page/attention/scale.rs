//! From values to places between dark and bright.
//!
//! Values are counted in parts of a uniform row, 1/N of the whole: for weights that is "× uniform",
//! and 1× is what a key would get if the query looked everywhere alike. The fixed scale, which a
//! visitor sees first, is logarithmic and the same for every row, picture and layer: dark at ¼× and
//! below, full brightness at 64× and above. So colours compare between maps; a flat map is one dark
//! tone instead of amplified noise; and a sink that takes hundreds of times its part still leaves
//! the rest of the map readable. The two scales that are stretched to a row's own largest value say
//! so in the legend. What is counted in percent has a fixed scale of its own, from a hundredth of a
//! percent to a tenth of the whole and more.

/// The scale that is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Logarithmic, from ¼ to 64 times uniform, whatever the row.
    #[default]
    Fixed,
    /// Linear, from nothing to the row's largest value.
    Linear,
    /// Logarithmic, from a thousandth of the row's largest value to it.
    Log,
    /// As [`Scale::Fixed`], but only the cells that together hold this percentage of the whole,
    /// from the strongest; all others are dark.
    Strongest(u8),
}

/// Ends of the fixed scale, in parts of a uniform row, and how many steps of 4 lie between them.
const FIXED: Ends = Ends(0.25, 64.0, 4);

/// Ends of the fixed scale of percentages, and how many steps of 10 lie between them.
const FIXED_PERCENT: Ends = Ends(0.01, 10.0, 3);

/// From, to, and steps between that the legend names.
struct Ends(f32, f32, i32);

/// How far below its largest value a row's own logarithmic scale begins.
const DECADES: f32 = 1000.0;

/// A scale laid beside one row's values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    low: f32,
    high: f32,
    linear: bool,
    /// Steps between the fixed ends.
    steps: i32,
    /// Values below are dark.
    cut: f32,
    /// Whether the ends are the row's own.
    pub stretched: bool,
}

impl Axis {
    /// The axis of these values, in parts of a uniform row; what is negative is dark.
    pub fn of(scale: Scale, values: &[f32]) -> Self {
        Self::between(FIXED, scale, values)
    }

    /// The axis of these values, in percent.
    pub fn of_percent(scale: Scale, values: &[f32]) -> Self {
        Self::between(FIXED_PERCENT, scale, values)
    }

    fn between(Ends(low, high, steps): Ends, scale: Scale, values: &[f32]) -> Self {
        let fixed = Self {
            low,
            high,
            linear: false,
            steps,
            cut: f32::NEG_INFINITY,
            stretched: false,
        };
        let most = values.iter().copied().fold(0.0, f32::max);
        match scale {
            Scale::Fixed => fixed,
            Scale::Strongest(percent) => Self {
                cut: least_of_strongest(values, percent),
                ..fixed
            },
            // Nothing to stretch to: all is dark, on the fixed scale as on any.
            Scale::Linear | Scale::Log if most <= 0.0 => fixed,
            Scale::Linear => Self {
                low: 0.0,
                high: most,
                linear: true,
                stretched: true,
                ..fixed
            },
            Scale::Log => Self {
                low: most / DECADES,
                high: most,
                stretched: true,
                ..fixed
            },
        }
    }

    /// Where a value lies, from 0 (dark) to 1 (bright).
    pub fn place(&self, value: f32) -> f32 {
        // Not `value <= self.low`: NaN is dark.
        if !(value > self.low && value >= self.cut) {
            return 0.0;
        }
        let part = if self.linear {
            value / self.high
        } else {
            (value / self.low).ln() / (self.high / self.low).ln()
        };
        part.min(1.0)
    }

    /// The values that a legend names, with their places, from dark to bright.
    pub fn ticks(&self) -> Vec<(f32, f32)> {
        let steps = match (self.linear, self.stretched) {
            (true, _) => vec![0.0, self.high / 2.0, self.high],
            (false, true) => (0..4).map(|i| self.low * 10f32.powi(i)).collect(),
            (false, false) => {
                let whole = f64::from(self.high / self.low).ln();
                let at = |step: i32| whole * f64::from(step) / f64::from(self.steps);
                let value = |step| (f64::from(self.low) * at(step).exp()) as f32;
                (0..=self.steps).map(value).collect()
            }
        };
        let count = steps.len();
        let ends = |i: usize| if i + 1 == count { 1.0 } else { 0.0 };
        steps
            .into_iter()
            .enumerate()
            .map(|(i, value)| {
                let inside = 0 < i && i + 1 < count;
                let uncut = Self {
                    cut: f32::NEG_INFINITY,
                    ..*self
                };
                (value, if inside { uncut.place(value) } else { ends(i) })
            })
            .collect()
    }
}

/// The smallest of the strongest values that together hold this percentage of all positive ones.
fn least_of_strongest(values: &[f32], percent: u8) -> f32 {
    let mut sorted: Vec<f32> = values.iter().copied().filter(|&v| v > 0.0).collect();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let wanted = sorted.iter().map(|&v| f64::from(v)).sum::<f64>() * f64::from(percent) / 100.0;
    let mut held = 0.0;
    for &value in &sorted {
        held += f64::from(value);
        if held >= wanted {
            return value;
        }
    }
    0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_fixed_scale_runs_from_a_quarter_to_sixty_four_whatever_the_row() {
        for row in [&[0.0][..], &[900.0], &[]] {
            let axis = Axis::of(Scale::Fixed, row);
            assert_eq!(axis.place(0.0), 0.0);
            assert_eq!(axis.place(0.25), 0.0);
            assert!((axis.place(1.0) - 0.25).abs() < 1e-6);
            assert!((axis.place(4.0) - 0.5).abs() < 1e-6);
            assert_eq!(axis.place(64.0), 1.0);
            assert_eq!(axis.place(1e9), 1.0);
            assert_eq!(axis.place(f32::NAN), 0.0);
            assert_eq!(axis.place(-5.0), 0.0);
            assert!(!axis.stretched);
        }
    }

    #[test]
    fn percentages_run_from_a_hundredth_to_ten() {
        let axis = Axis::of_percent(Scale::Fixed, &[3.0]);
        assert_eq!([0.01, 10.0, 90.0].map(|v| axis.place(v)), [0.0, 1.0, 1.0]);
        assert!((axis.place(1.0) - 2.0 / 3.0).abs() < 1e-6 && !axis.stretched);
        let near = |(value, _): &(f32, f32), wanted: f32| (value / wanted - 1.0).abs() < 1e-5;
        let ticks = axis.ticks();
        assert!(
            [0.01, 0.1, 1.0, 10.0]
                .into_iter()
                .zip(&ticks)
                .all(|(w, t)| near(t, w))
        );
        assert_eq!(
            Axis::of_percent(Scale::Linear, &[3.0]).ticks().last(),
            Some(&(3.0, 1.0))
        );
    }

    #[test]
    fn what_is_stretched_says_so_and_ends_at_the_most() {
        for scale in [Scale::Linear, Scale::Log] {
            let axis = Axis::of(scale, &[1.0, 20.0, 8.0]);
            assert!(axis.stretched);
            assert_eq!(axis.place(20.0), 1.0);
            assert_eq!(axis.ticks().last(), Some(&(20.0, 1.0)));
            assert!(
                !Axis::of(scale, &[0.0, -1.0]).stretched,
                "nothing to stretch to"
            );
        }
        assert!((Axis::of(Scale::Linear, &[20.0]).place(5.0) - 0.25).abs() < 1e-6);
        assert!((Axis::of(Scale::Log, &[20.0]).place(2.0) - 2.0 / 3.0).abs() < 1e-5);
    }

    #[test]
    fn the_strongest_hold_their_part_and_the_rest_is_dark() {
        // Of 100 in all, 60 and 25 hold 85.
        let row = [60.0, 25.0, 10.0, 5.0];
        let lit = |percent| {
            let axis = Axis::of(Scale::Strongest(percent), &row);
            row.iter().filter(|&&v| axis.place(v) > 0.0).count()
        };
        assert_eq!(
            [lit(1), lit(60), lit(61), lit(85), lit(86), lit(100)],
            [1, 1, 2, 2, 3, 4]
        );
    }

    #[test]
    fn ticks_lie_where_their_values_do() {
        for scale in [
            Scale::Fixed,
            Scale::Linear,
            Scale::Log,
            Scale::Strongest(50),
        ] {
            let ticks = Axis::of(scale, &[3.0, 40.0]).ticks();
            assert_eq!(
                (ticks[0].1, ticks[ticks.len() - 1].1),
                (0.0, 1.0),
                "{scale:?}"
            );
            assert!(
                ticks.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 < w[1].1),
                "{scale:?}: {ticks:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn more_is_never_darker(a in -1f32..100.0, b in -1f32..100.0, kind in 0..4) {
            let scale = [Scale::Fixed, Scale::Linear, Scale::Log, Scale::Strongest(70)][kind as usize];
            let axis = Axis::of(scale, &[a, b, 3.0]);
            let (low, high) = if a < b { (a, b) } else { (b, a) };
            prop_assert!(axis.place(low) <= axis.place(high));
            prop_assert!((0.0..=1.0).contains(&axis.place(a)));
        }
    }
}
