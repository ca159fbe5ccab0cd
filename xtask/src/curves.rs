//! `cargo xtask curves`: the curves of one or several training runs as an SVG, from the `log.csv`
//! that `sagan train` writes into a run's folder.

use std::path::{Path, PathBuf};

use clap::Args;
use plotters::prelude::*;

use crate::failure::Failure;

/// What `cargo xtask curves` takes.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A run: a name for the legend, and its folder or log. May be given up to four times.
    #[arg(long = "run", value_name = "NAME=PATH", required = true)]
    runs: Vec<String>,
    /// The SVG to write.
    #[arg(long)]
    out: PathBuf,
}

/// Pixels of one panel.
const PANEL: (u32, u32) = (380, 250);

/// How many lines of the log the thick line is a mean of; the thin one is the log itself.
const SMOOTHED: usize = 25;

/// Told apart by those who see no red or no green too (Okabe and Ito's).
const COLOURS: [RGBColor; 4] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(120, 120, 120),
];

/// One column of a log against the steps.
#[derive(Clone, Debug, PartialEq)]
struct Curve {
    run: usize,
    points: Vec<(f64, f64)>,
}

/// Draws what was asked for.
///
/// # Errors
/// If a log cannot be read, or the picture cannot be written.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (mut names, mut logs) = (Vec::new(), Vec::new());
    for run in &arguments.runs {
        let (name, path) = run.split_once('=').unwrap_or((run, run));
        let path = Path::new(path);
        let path = if path.is_dir() {
            path.join("log.csv")
        } else {
            path.to_path_buf()
        };
        let unreadable = |reason: String| Failure::Unreadable {
            path: path.clone(),
            reason,
        };
        let text = std::fs::read_to_string(&path).map_err(|e| unreadable(e.to_string()))?;
        logs.push(read(&text).map_err(unreadable)?);
        names.push(name.to_owned());
    }
    let unwritable = |reason: String| Failure::Unwritable {
        path: arguments.out.clone(),
        reason,
    };
    let svg = draw(&names, &logs).map_err(|error| unwritable(error.to_string()))?;
    std::fs::write(&arguments.out, svg).map_err(|error| unwritable(error.to_string()))?;
    println!("Wrote {}.", arguments.out.display());
    Ok(())
}

/// A log: its columns' names and, for each, one number a line.
#[derive(Debug, PartialEq)]
struct Log {
    columns: Vec<(String, Vec<f64>)>,
}

impl Log {
    /// The columns whose names begin in this way, against the steps.
    fn curves(&self, run: usize, start: &str) -> Vec<Curve> {
        let steps = self.columns.iter().find(|(name, _)| name == "step");
        let steps = steps.map_or(&[][..], |(_, steps)| steps);
        let wanted = self
            .columns
            .iter()
            .filter(|(name, _)| name.starts_with(start));
        wanted
            .map(|(_, values)| Curve {
                run,
                points: steps.iter().copied().zip(values.iter().copied()).collect(),
            })
            .collect()
    }
}

fn read(text: &str) -> Result<Log, String> {
    let mut lines = text.lines();
    let names = lines.next().filter(|head| head.starts_with("step,"));
    let names = names.ok_or("it is no log of `sagan train`, whose first line begins with step")?;
    let mut columns: Vec<_> = names
        .split(',')
        .map(|n| (n.to_owned(), Vec::new()))
        .collect();
    for (number, line) in lines.enumerate() {
        let values: Result<Vec<f64>, _> = line.split(',').map(str::parse).collect();
        let wrong = || {
            format!(
                "line {} is not {} numbers: {line}",
                number + 2,
                columns.len()
            )
        };
        let values = values.map_err(|_| wrong())?;
        if values.len() != columns.len() || values.iter().any(|value| !value.is_finite()) {
            return Err(wrong());
        }
        columns
            .iter_mut()
            .zip(values)
            .for_each(|((_, column), value)| column.push(value));
    }
    if columns.iter().any(|(_, column)| column.len() < 2) {
        return Err("it has fewer than two lines of numbers".into());
    }
    Ok(Log { columns })
}

/// The mean of the [`SMOOTHED`] last points at each, fewer at the start.
fn smoothed(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    (0..points.len())
        .map(|end| {
            let window = &points[(end + 1).saturating_sub(SMOOTHED)..=end];
            let sum: f64 = window.iter().map(|(_, value)| value).sum();
            (points[end].0, sum / window.len() as f64)
        })
        .collect()
}

fn draw(names: &[String], logs: &[Log]) -> Result<String, Box<dyn std::error::Error>> {
    const PANELS: [(&str, &str); 3] = [
        ("Discriminator's loss", "loss_d"),
        ("Generator's loss", "loss_g"),
        ("γ of each layer", "gamma"),
    ];
    let mut svg = String::new();
    {
        let size = (PANEL.0 * PANELS.len() as u32, PANEL.1);
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        area.fill(&WHITE)?;
        let panels = area.split_evenly((1, PANELS.len()));
        for (panel, (title, start)) in panels.iter().zip(PANELS) {
            let logs = logs.iter().enumerate();
            let curves: Vec<_> = logs.flat_map(|(run, log)| log.curves(run, start)).collect();
            // γ is no noise: it is drawn as it is.
            plot(panel, title, &curves, start != "gamma", names)?;
        }
        area.present()?;
    }
    Ok(svg)
}

type Panel<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn plot(
    panel: &Panel,
    title: &str,
    curves: &[Curve],
    noisy: bool,
    names: &[String],
) -> Result<(), Box<dyn std::error::Error>> {
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let last = points().map(|(step, _)| *step).fold(1.0, f64::max);
    let mut heights: Vec<f64> = points().map(|(_, value)| *value).collect();
    heights.sort_by(f64::total_cmp);
    // A few outliers of the first steps would flatten all the rest.
    let at = |part: f64| heights.get((part * heights.len() as f64) as usize).copied();
    let low = at(0.001).unwrap_or(0.0).min(0.0);
    let high = at(0.995).unwrap_or(1.0).max(low + 0.1);
    let mut chart = ChartBuilder::on(panel)
        .caption(title, ("sans-serif", 14))
        .margin(10)
        .x_label_area_size(24)
        .y_label_area_size(34)
        .build_cartesian_2d(0.0..last, low..high * 1.05)?;
    let mesh = RGBColor(225, 225, 230);
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .bold_line_style(mesh)
        .x_labels(5)
        .y_labels(6)
        .x_label_formatter(&|step| format!("{step:.0}"))
        .y_label_formatter(&|value| format!("{value:.1}"))
        .draw()?;
    let mut named = vec![false; names.len()];
    for curve in curves {
        let colour = COLOURS[curve.run % COLOURS.len()];
        let inside = |points: &[(f64, f64)]| -> Vec<(f64, f64)> {
            let held = |&(step, value): &(f64, f64)| (step, value.clamp(low, high * 1.05));
            points.iter().map(held).collect()
        };
        let line = if noisy {
            let raw = LineSeries::new(inside(&curve.points), colour.mix(0.2));
            chart.draw_series(raw)?;
            smoothed(&curve.points)
        } else {
            curve.points.clone()
        };
        let drawn = chart.draw_series(LineSeries::new(inside(&line), colour.stroke_width(2)))?;
        if !std::mem::replace(&mut named[curve.run], true) {
            let legend =
                move |(x, y)| PathElement::new([(x, y), (x + 14, y)], colour.stroke_width(2));
            drawn.label(&names[curve.run]).legend(legend);
        }
    }
    // One legend is enough, where the curves leave room for it.
    if names.len() > 1 && title.starts_with("Disc") {
        chart
            .configure_series_labels()
            .background_style(WHITE.mix(0.8))
            .label_font(("sans-serif", 11))
            .draw()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const LOG: &str = "step,loss_d,loss_g,gamma1,gamma2\n10,2,0.5,0,0\n20,1,1,0.1,-0.1\n";

    #[test]
    fn a_log_becomes_curves() {
        let log = read(LOG).unwrap();
        let losses = log.curves(1, "loss_d");
        let points = vec![(10.0, 2.0), (20.0, 1.0)];
        assert_eq!(losses, [Curve { run: 1, points }]);
        assert_eq!(log.curves(0, "gamma").len(), 2);
        let svg = draw(&["one".into(), "two".into()], &[log, read(LOG).unwrap()]).unwrap();
        assert!(
            svg.contains("Generator&apos;s loss") || svg.contains("Generator's loss"),
            "{svg}"
        );
        assert!(svg.contains("two"));
    }

    #[test]
    fn what_is_no_log_is_refused() {
        assert!(read("").unwrap_err().contains("no log"));
        assert!(
            read("step,loss_d\n10,2\n20,NaN\n")
                .unwrap_err()
                .contains("line 3")
        );
        assert!(
            read("step,loss_d\n10,2\n20\n")
                .unwrap_err()
                .contains("line 3")
        );
        assert!(read("step,loss_d\n10,2\n").unwrap_err().contains("fewer"));
    }

    #[test]
    fn smoothing_is_a_mean_of_what_came_before() {
        let points: Vec<_> = (0..60).map(|i| (f64::from(i), f64::from(i))).collect();
        let smooth = smoothed(&points);
        assert_eq!(smooth[0], (0.0, 0.0));
        assert_eq!(smooth[2], (2.0, 1.0));
        assert_eq!(smooth[59], (59.0, 47.0));
    }
}
