//! From what was read of a run to lines on a plot.

use super::zoom::{Stretch, ends as ends_of};
use crate::protocol::Progress;

/// The most places along a plot; more points than that are drawn by their least and most.
const COLUMNS: usize = 240;

/// How much of a smoothed line is what came before, at neighbouring readings.
const SMOOTHING: f64 = 0.9;

/// A plot's own measures: it is drawn in these and scaled to where it stands.
pub const WIDTH: f64 = 480.0;
/// See [`WIDTH`].
pub const HEIGHT: f64 = 150.0;

/// One line: values at steps, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What it is called.
    pub name: String,
    /// `(step, value)`; finite.
    pub points: Vec<(u64, f64)>,
}

/// How values are laid out along the height.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Axis {
    /// As they are.
    #[default]
    Linear,
    /// By their logarithm, on both sides of zero; what is a thousand times smaller than the largest
    /// is as good as zero.
    Log,
}

/// Where steps and values lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    steps: (f64, f64),
    values: (f64, f64),
    axis: Axis,
    /// What is as good as zero on a logarithmic axis.
    least: f64,
}

/// Both losses.
pub fn losses(history: &[Progress]) -> Vec<Series> {
    vec![
        series("discriminator", history, |p| p.discriminator_loss),
        series("generator", history, |p| p.generator_loss),
    ]
}

/// The mean scores of real and of drawn pictures.
pub fn scores(history: &[Progress]) -> Vec<Series> {
    vec![
        series("of real pictures", history, |p| p.real),
        series("of drawn pictures", history, |p| p.fake),
    ]
}

/// γ of each layer.
pub fn gammas(history: &[Progress]) -> Vec<Series> {
    let layers = history.first().map_or(0, |first| first.gammas.len());
    (0..layers)
        .map(|layer| {
            let name = format!("layer {}", layer + 1);
            series(&name, history, |p| {
                p.gammas.get(layer).copied().unwrap_or(f32::NAN)
            })
        })
        .collect()
}

/// How long a step took, in milliseconds.
pub fn times(history: &[Progress]) -> Vec<Series> {
    vec![series("a step", history, |p| p.millis as f32)]
}

fn series(name: &str, history: &[Progress], value: impl Fn(&Progress) -> f32) -> Series {
    let points = history.iter().map(|p| (p.step, f64::from(value(p))));
    Series {
        name: name.to_owned(),
        points: points.filter(|(_, value)| value.is_finite()).collect(),
    }
}

impl Series {
    /// Its smoothed self: an average that forgets, corrected for its beginning.
    pub fn smoothed(&self) -> Self {
        let (mut sum, mut weight) = (0.0, 0.0);
        let points = self.points.iter().map(|&(step, value)| {
            sum = SMOOTHING * sum + (1.0 - SMOOTHING) * value;
            weight = SMOOTHING * weight + (1.0 - SMOOTHING);
            (step, sum / weight)
        });
        Self {
            name: self.name.clone(),
            points: points.collect(),
        }
    }

    /// What is seen of it between two steps: with what comes just before and after, since its line
    /// goes there.
    pub fn within(&self, from: u64, to: u64) -> &[(u64, f64)] {
        let first = self.points.partition_point(|&(step, _)| step < from);
        let end = self.points.partition_point(|&(step, _)| step <= to);
        let end = (end + 1).min(self.points.len());
        &self.points[first.saturating_sub(1)..end]
    }

    /// Its value at the last reading up to this step, else the first.
    pub fn at(&self, step: u64) -> Option<f64> {
        let after = self.points.partition_point(|&(at, _)| at <= step);
        self.points
            .get(after.saturating_sub(1))
            .map(|&(_, value)| value)
    }
}

impl Frame {
    /// That of lines and of values that must be seen too: of the whole run, whose readings end at
    /// step `last`, or of a stretch of it.
    pub fn around(
        lines: &[Series],
        seen: &[f64],
        axis: Axis,
        (shown, last): (Option<Stretch>, u64),
    ) -> Self {
        let [from, to] = ends_of(shown, last);
        let points = lines.iter().flat_map(|line| line.within(from, to));
        let values = points.map(|&(_, value)| value).chain(seen.iter().copied());
        let (low, high) = ends(values);
        let largest = low.abs().max(high.abs());
        let mut frame = Self {
            steps: (from as f64, to as f64),
            values: (low, high),
            axis,
            least: if largest > 0.0 { largest / 1000.0 } else { 1.0 },
        };
        let (low, high) = (frame.along(low), frame.along(high));
        let margin = if high > low { 0.06 * (high - low) } else { 1.0 };
        frame.values = (frame.value_at(low - margin), frame.value_at(high + margin));
        frame
    }

    /// A value along the height, before it is scaled to it.
    fn along(&self, value: f64) -> f64 {
        match self.axis {
            Axis::Linear => value,
            Axis::Log => (value / self.least).asinh(),
        }
    }

    /// The value that lies there.
    fn value_at(&self, along: f64) -> f64 {
        match self.axis {
            Axis::Linear => along,
            Axis::Log => self.least * along.sinh(),
        }
    }

    /// Where a step lies.
    pub fn x(&self, step: f64) -> f64 {
        let (from, to) = self.steps;
        WIDTH * (step - from) / (to - from)
    }

    /// Where a value lies.
    pub fn y(&self, value: f64) -> f64 {
        let (low, high) = (self.along(self.values.0), self.along(self.values.1));
        HEIGHT * (1.0 - (self.along(value) - low) / (high - low))
    }

    /// The step at a place from 0 to 1 along the plot.
    pub fn step_at(&self, fraction: f64) -> u64 {
        let (from, to) = self.steps;
        (from + fraction.clamp(0.0, 1.0) * (to - from)).round() as u64
    }

    /// The first step and the last one.
    pub fn steps(&self) -> [u64; 2] {
        [self.steps.0 as u64, self.steps.1 as u64]
    }

    /// A few round values within it.
    pub fn ticks(&self) -> Vec<f64> {
        let (low, high) = self.values;
        if self.axis == Axis::Log {
            let most = low.abs().max(high.abs()).log10().floor() as i32;
            let powers = [most - 2, most - 1, most].map(|power| 10f64.powi(power));
            let below = powers.iter().rev().map(|power| -power);
            let all = below.chain([0.0]).chain(powers);
            return all.filter(|tick| (low..=high).contains(tick)).collect();
        }
        let rough = (high - low) / 4.0;
        let power = 10f64.powf(rough.log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|times| times * power);
        let step = steps.into_iter().find(|step| *step >= rough);
        let step = step.unwrap_or(10.0 * power);
        let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
        (first..=last).map(|count| count as f64 * step).collect()
    }

    /// A line as the `d` of an SVG path. Where there are more points than places, each place has
    /// its least and its most, so that no spike is lost.
    pub fn path(&self, line: &Series) -> String {
        let [from, to] = self.steps();
        let seen = line.within(from, to);
        let per_place = seen.len().div_ceil(COLUMNS).max(1);
        let mut path = String::new();
        for points in seen.chunks(per_place) {
            let by_value = |a: &&(u64, f64), b: &&(u64, f64)| a.1.total_cmp(&b.1);
            let least = points.iter().min_by(by_value);
            let most = points.iter().max_by(by_value);
            let mut ends: Vec<_> = least.into_iter().chain(most).collect();
            ends.sort_by_key(|(step, _)| *step);
            ends.dedup();
            for (step, value) in ends {
                let word = if path.is_empty() { 'M' } else { 'L' };
                let (x, y) = (self.x(*step as f64), self.y(*value));
                path.push_str(&format!("{word}{x:.1} {y:.1}"));
            }
        }
        path
    }
}

/// The last step that any of these lines has.
pub fn last_step<'a>(lines: impl IntoIterator<Item = &'a Series>) -> u64 {
    let ends = lines.into_iter().filter_map(|line| line.points.last());
    ends.map(|&(step, _)| step).max().unwrap_or_default()
}

/// The least and the most; zeros where there is nothing.
fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let ends = values.fold(None, |ends: Option<(f64, f64)>, value| {
        let (low, high) = ends.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    });
    ends.unwrap_or_default()
}

/// The readings of a stretch of steps.
pub fn between(history: &[Progress], [from, to]: [u64; 2]) -> &[Progress] {
    let first = history.partition_point(|point| point.step < from);
    let end = history.partition_point(|point| point.step <= to);
    history.get(first..end).unwrap_or_default()
}

/// At most `count` readings, evenly chosen, the newest among them: for a table.
pub fn thinned(history: &[Progress], count: usize) -> Vec<&Progress> {
    let every = history.len().div_ceil(count.max(1)).max(1);
    let mut some: Vec<_> = history.iter().rev().step_by(every).collect();
    some.reverse();
    some
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use saganscope_distance::absolute;

    pub(in super::super) fn reading(step: u64, loss: f32) -> Progress {
        Progress {
            step,
            discriminator_loss: loss,
            generator_loss: -loss,
            real: 0.5,
            fake: -0.5,
            millis: 20.0,
            gammas: vec![0.1, -0.2],
        }
    }

    fn line(values: &[f64]) -> Series {
        let points = values.iter().enumerate();
        Series {
            name: "a line".into(),
            points: points.map(|(i, &value)| (10 * i as u64, value)).collect(),
        }
    }

    fn whole(lines: &[Series], axis: Axis) -> Frame {
        Frame::around(lines, &[], axis, (None, last_step(lines)))
    }

    #[test]
    fn a_stretch_has_its_own_height_and_its_line_comes_from_outside() {
        let mut values = vec![0.0; 100];
        (values[2], values[50], values[51]) = (900.0, 1.0, 3.0);
        let lines = [line(&values)];
        let shown = Stretch::between(495, 515, 990);
        let frame = Frame::around(&lines, &[], Axis::Linear, (shown, 990));
        assert_eq!(frame.steps(), [495, 515]);
        assert_eq!((frame.step_at(0.0), frame.step_at(0.5)), (495, 505));
        // The spike at step 20 does not make it flat.
        assert!(frame.y(3.0) < 0.1 * HEIGHT && frame.y(0.0) > 0.9 * HEIGHT);
        let path = frame.path(&lines[0]);
        assert_eq!(path.matches(['M', 'L']).count(), 4, "{path}");
        assert!(
            path.starts_with("M-120.0 ") && path.contains("L600.0 "),
            "{path}"
        );
        assert_eq!(last_step(&lines), 990);
        assert_eq!(last_step(&[]), 0);
    }

    #[test]
    fn a_path_goes_from_corner_to_corner() {
        let frame = Frame {
            steps: (0.0, 20.0),
            values: (0.0, 2.0),
            axis: Axis::Linear,
            least: 1.0,
        };
        assert_eq!(
            frame.path(&line(&[0.0, 1.0, 2.0])),
            "M0.0 150.0L240.0 75.0L480.0 0.0"
        );
        assert_eq!(frame.path(&line(&[])), "");
        assert_eq!((frame.step_at(0.5), frame.step_at(9.0)), (10, 20));
    }

    #[test]
    fn a_spike_is_seen_however_many_points_there_are() {
        let mut values = vec![0.0; 5000];
        values[2501] = 7.0;
        let line = line(&values);
        let path = whole(std::slice::from_ref(&line), Axis::Linear).path(&line);
        assert!(path.len() < 20 * 2 * COLUMNS, "{}", path.len());
        let top = path
            .split(['M', 'L'])
            .filter_map(|at| at.split_once(' ')?.1.parse().ok());
        let top = top.fold(f64::MAX, f64::min);
        assert!(top < 0.1 * HEIGHT, "{top}");
    }

    #[test]
    fn a_smoothed_line_starts_at_its_first_value_and_forgets_it() {
        let mut values = vec![1.0; 200];
        values[0] = 5.0;
        let smoothed = line(&values).smoothed();
        assert_eq!(smoothed.points[0], (0, 5.0));
        let end = smoothed.points[199].1;
        absolute(&[end], &[1.0]).within(1e-6, "the end");
        // By hand: (0.9·0.1·5 + 0.1·1) / 0.19.
        let second = smoothed.points[1].1;
        absolute(&[second], &[0.55 / 0.19]).within(1e-9, "the second");
    }

    #[test]
    fn values_that_are_no_numbers_are_not_drawn() {
        let history = [reading(1, 1.0), reading(2, f32::NAN), reading(3, 3.0)];
        let lines = losses(&history);
        assert_eq!(lines[0].points, [(1, 1.0), (3, 3.0)]);
        assert_eq!(lines[0].at(2), Some(1.0));
        assert_eq!(lines[0].at(99), Some(3.0));
        assert_eq!(gammas(&history).len(), 2);
        assert!(gammas(&[]).is_empty());
    }

    #[test]
    fn ticks_are_round_and_inside() {
        for (low, high) in [(0.0, 2.0), (-3.7, 11.0), (0.002, 0.003), (950.0, 2400.0)] {
            let frame = Frame {
                steps: (0.0, 1.0),
                values: (low, high),
                axis: Axis::Linear,
                least: 1.0,
            };
            let ticks = frame.ticks();
            assert!((2..=5).contains(&ticks.len()), "{ticks:?}");
            assert!(
                ticks.iter().all(|tick| (low..=high).contains(tick)),
                "{ticks:?}"
            );
        }
        for axis in [Axis::Linear, Axis::Log] {
            for flat in [3.0, 0.0] {
                let frame = whole(&[line(&[flat, flat])], axis);
                assert!(
                    frame.y(flat) > 0.0 && frame.y(flat) < HEIGHT,
                    "{axis:?} {flat}"
                );
            }
        }
        let flat = whole(&[line(&[3.0, 3.0])], Axis::Linear);
        assert!(flat.ticks().contains(&3.0));
    }

    #[test]
    fn on_a_logarithmic_axis_a_factor_is_a_distance_on_both_sides_of_zero() {
        let frame = Frame {
            steps: (0.0, 1.0),
            values: (-100.0, 100.0),
            axis: Axis::Log,
            least: 0.1,
        };
        let [small, middle, large] = [1.0, 10.0, 100.0].map(|value| frame.y(value));
        absolute(&[small - middle], &[middle - large]).within(0.1, "a factor of ten");
        absolute(&[frame.y(-10.0) + frame.y(10.0)], &[HEIGHT]).within(1e-9, "both sides");
        assert_eq!((frame.y(100.0), frame.y(-100.0)), (0.0, HEIGHT));
        assert_eq!(frame.ticks(), [-100.0, -10.0, -1.0, 0.0, 1.0, 10.0, 100.0]);
        let positive = whole(&[line(&[0.5, 40.0])], Axis::Log);
        assert_eq!(positive.ticks(), [1.0, 10.0]);
        let inside = [0.5, 40.0].map(|value| positive.y(value));
        assert!(
            inside[0] < HEIGHT && inside[0] > inside[1] && inside[1] > 0.0,
            "{inside:?}"
        );
    }

    #[test]
    fn a_table_is_short_and_ends_with_the_newest() {
        let history: Vec<_> = (1..=1000).map(|step| reading(step, 1.0)).collect();
        let some = thinned(&history, 25);
        assert_eq!(some.len(), 25);
        assert_eq!(some.last().map(|p| p.step), Some(1000));
        assert!(thinned(&[], 25).is_empty());
        let part: Vec<_> = between(&history, [400, 403])
            .iter()
            .map(|p| p.step)
            .collect();
        assert_eq!(part, [400, 401, 402, 403]);
        assert_eq!(between(&history, [0, 1]).len(), 1);
        assert!(between(&history, [1001, 2000]).is_empty());
    }
}
