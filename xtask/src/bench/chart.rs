//! The report as a chart: how many times Saganscope's time each of the others takes.

use plotters::prelude::*;
use saganscope_figures::{Engine, Figure, Place, Report};

use super::figures::{duration, engine_name, place_name, ratio, task_name};

/// Pixels.
const WIDTH: u32 = 760;
const BAR: i32 = 15;
const GAP: i32 = 16;
const MARGIN: i32 = 16;
const TITLE: i32 = 50;
/// Where the bars begin: room for the names of the cases.
const LEFT: i32 = 250;
/// Where a bar of the largest ratio ends: room for its figures behind it.
const RIGHT: i32 = 560;

/// Draws what each place drew and trained at its largest, where ours has an opponent, as an SVG
/// document. All cases are in the table.
///
/// # Errors
/// If the drawing library fails, in its own words.
pub(crate) fn chart(report: &Report) -> Result<String, String> {
    let mut cases = report.cases();
    cases.retain(|case| case.iter().any(|figure| ratio(figure, case).is_some()));
    // From the smallest to the largest within a place and a task.
    let kind = |case: &Vec<&Figure>| (case[0].place, case[0].task);
    let cases: Vec<_> = cases
        .chunk_by(|a, b| kind(a) == kind(b))
        .filter_map(|alike| alike.last().cloned())
        .collect();
    let bars: usize = cases.iter().map(Vec::len).sum();
    let height = TITLE + bars as i32 * BAR + cases.len() as i32 * GAP + MARGIN;
    let mut svg = String::new();
    draw(&cases, height, &mut svg).map_err(|error| error.to_string())?;
    Ok(svg)
}

fn draw(
    cases: &[Vec<&Figure>],
    height: i32,
    svg: &mut String,
) -> Result<(), Box<dyn std::error::Error>> {
    let area = SVGBackend::with_string(svg, (WIDTH, height as u32)).into_drawing_area();
    area.fill(&WHITE)?;
    let text = |size: i32| {
        ("sans-serif", size)
            .into_font()
            .color(&RGBColor(45, 45, 55))
    };
    area.draw(&Text::new(
        "Time of one run, as a multiple of Saganscope's",
        (MARGIN, MARGIN),
        text(15),
    ))?;
    let ratios = cases
        .iter()
        .flat_map(|case| case.iter().filter_map(|figure| ratio(figure, case)));
    let longest = ratios.fold(1.0, f64::max);
    let place = |ratio: f64| LEFT + (ratio / longest * f64::from(RIGHT - LEFT)) as i32;
    area.draw(&PathElement::new(
        [(place(1.0), TITLE - 6), (place(1.0), height - MARGIN)],
        RGBColor(150, 150, 160),
    ))?;
    let mut top = TITLE;
    for case in cases {
        area.draw(&Text::new(label(case[0]), (MARGIN, top), text(12)))?;
        if case[0].place != Place::Cpu {
            let device = (MARGIN, top + BAR);
            area.draw(&Text::new(case[0].device.as_str(), device, text(9)))?;
        }
        for figure in case {
            let ratio = ratio(figure, case);
            let end = place(ratio.unwrap_or(1.0));
            area.draw(&Rectangle::new(
                [(LEFT, top), (end, top + BAR - 3)],
                colour(figure.engine).filled(),
            ))?;
            let times = ratio.map_or_else(String::new, |ratio| format!(", {ratio:.1}×"));
            let words = format!(
                "{} {}{times}",
                engine_name(figure.engine),
                duration(figure.median_ms)
            );
            area.draw(&Text::new(words, (end + 6, top), text(11)))?;
            top += BAR;
        }
        top += GAP;
    }
    area.present()?;
    Ok(())
}

fn label(figure: &Figure) -> String {
    let place = place_name(figure.place);
    let (width, batch) = (figure.conv_dim, figure.batch);
    format!(
        "{place}: {}, width {width}, batch {batch}",
        task_name(figure.task)
    )
}

fn colour(engine: Engine) -> RGBColor {
    match engine {
        Engine::Ours => RGBColor(196, 78, 32),
        Engine::Stock => RGBColor(128, 128, 140),
        Engine::Pytorch => RGBColor(90, 120, 170),
        Engine::Tfjs => RGBColor(170, 150, 70),
        Engine::Ort => RGBColor(90, 150, 120),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::bench::figures::tests::figure;

    #[test]
    fn cases_with_an_opponent_are_drawn_and_longer_times_are_longer_bars() {
        let report = Report {
            figures: vec![
                figure(Engine::Ours, Place::Cpu, 1, 10.0),
                figure(Engine::Stock, Place::Cpu, 1, 75.0),
                figure(Engine::Ours, Place::Browser, 4, 80.0),
            ],
            ..Report::default()
        };
        let svg = chart(&report).unwrap();
        assert!(svg.contains("CPU: draw, width 16, batch 1") && !svg.contains("browser:"));
        assert!(svg.contains("75.0 ms, 7.5×"));
        let widths: Vec<u32> = svg
            .split("<rect ")
            .skip(2)
            .map(|bar| bar.split("width=\"").nth(1).unwrap())
            .map(|rest| rest.split('"').next().unwrap().parse().unwrap())
            .collect();
        assert_eq!(widths.len(), 2, "{svg}");
        assert!(widths[1] > widths[0]);
    }
}
