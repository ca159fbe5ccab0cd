//! What the colours of a look mean, in numbers and words.

use super::lens::{Direction, Lens};
use super::look::Look;
use super::scale::Scale;
use crate::page::words;

/// What the colours of a look mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Legend {
    /// The numbers along the scale, and where on it they lie, from 0 (dark) to 1 (bright).
    pub ticks: Vec<(String, f32)>,
    /// What they count.
    pub unit: &'static str,
    /// The look's largest value.
    pub most: String,
    /// Where on the scale it lies.
    pub most_at: f32,
    /// Whether the ends of the scale are the look's own, so that it cannot be compared by colour.
    pub stretched: bool,
}

impl Legend {
    /// The legend of a look on this scale.
    pub fn of(look: &Look, scale: Scale) -> Self {
        let axis = look.axis(scale);
        let (cells, lens) = (look.cells() as f64, look.question.lens);
        // Steps of the scale are whole, but for rounding.
        let plain = |value: f32| words::short((1e4 * f64::from(value)).round() / 1e4);
        let number = |value: f32| match lens {
            Lens::OnlyThis => words::short(1000.0 * f64::from(value) / cells),
            Lens::LooksAt | Lens::WouldLose | Lens::Everybody => plain(value),
        };
        let most = look.values.iter().copied().fold(0.0, f32::max);
        let (unit, most_words) = match lens {
            Lens::OnlyThis => ("thousandths of a bit", number(most)),
            Lens::WouldLose => {
                let unit = match look.question.direction {
                    Direction::From => "% of the layer's output at this place",
                    Direction::To => "% of the layer's output at each place",
                };
                (unit, words::percent(f64::from(most) / 100.0))
            }
            Lens::LooksAt | Lens::Everybody => ("× uniform", words::times(f64::from(most))),
        };
        let ticks = axis.ticks();
        let last = ticks.len().saturating_sub(1);
        let name = |index: usize, value: f32| match index {
            0 if value > 0.0 => format!("≤{}", number(value)),
            i if i == last && !axis.stretched => format!("{}+", number(value)),
            _ => number(value),
        };
        let named = ticks.iter().enumerate();
        Self {
            ticks: named
                .map(|(index, &(value, place))| (name(index, value), place))
                .collect(),
            unit,
            most: most_words,
            most_at: axis.place(most),
            stretched: axis.stretched,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::look::Question;
    use super::super::map::tests::{sink, with_contents};
    use super::super::pixel::Point;
    use super::*;

    fn legend(lens: Lens, scale: Scale) -> Legend {
        let question = Question {
            cell: Point { x: 0, y: 0 },
            region: None,
            direction: Direction::From,
            lens,
        };
        let values: Vec<f32> = (0..32).map(|i| i as f32).collect();
        let map = with_contents(sink(4, 6), 1.0, values.clone(), values);
        Legend::of(&Look::ask(&map, question), scale)
    }

    #[test]
    fn what_would_be_lost_is_told_in_percent_of_the_output() {
        let legend = legend(Lens::WouldLose, Scale::Fixed);
        let names: Vec<&str> = legend.ticks.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["≤0.01", "0.1", "1", "10+"]);
        assert_eq!(legend.unit, "% of the layer's output at this place");
        assert!(
            legend.most.ends_with(" %") && !legend.stretched,
            "{legend:?}"
        );
    }

    #[test]
    fn the_fixed_scale_has_open_ends_and_a_stretched_one_ends_at_the_most() {
        let fixed = legend(Lens::LooksAt, Scale::Fixed);
        let names: Vec<&str> = fixed.ticks.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["≤¼", "1", "4", "16", "64+"]);
        assert!(!fixed.stretched && fixed.most_at < 1.0, "16 cells: 16×");
        let linear = legend(Lens::LooksAt, Scale::Linear);
        assert!(linear.stretched && linear.most_at == 1.0);
        assert_eq!(linear.ticks[0].0, "0");
    }

    #[test]
    fn bits_are_counted_in_thousandths() {
        let only = legend(Lens::OnlyThis, Scale::Fixed);
        assert_eq!(only.unit, "thousandths of a bit");
        // A quarter of a sixteenth of a bit.
        assert_eq!(only.ticks[0].0, "≤16");
    }
}
