//! Curves as files: every number as a table, and what is seen as a picture.

use super::curves::{Axis, Frame, HEIGHT, WIDTH};
use super::panels::Panel;
use super::zoom::Stretch;
use crate::page::words;
use crate::protocol::{Progress, Vital};

/// Colours of lines on white, as in the style sheet.
const COLOURS: [&str; 5] = ["#0072b2", "#d55e00", "#009e73", "#b0477f", "#6a6a6a"];

/// Between plots, and around them.
const MARGIN: f64 = 36.0;

/// Every reading as a table: a row a step, in their order; empty where nothing was read then.
pub fn csv(history: &[Progress], names: &[String], vitals: &[Vital]) -> String {
    let layers = history
        .iter()
        .map(|point| point.gammas.len())
        .max()
        .unwrap_or(0);
    let mut heads: Vec<String> = ["step", "loss_d", "loss_g", "d_real", "d_fake", "millis"]
        .map(str::to_owned)
        .into();
    heads.extend((1..=layers).map(|layer| format!("gamma.{layer}")));
    heads.extend_from_slice(names);
    let mut text = heads.join(",") + "\n";
    let (mut history, mut vitals) = (history.iter().peekable(), vitals.iter().peekable());
    loop {
        let steps = [
            history.peek().map(|p| p.step),
            vitals.peek().map(|v| v.step),
        ];
        let Some(step) = steps.into_iter().flatten().min() else {
            return text;
        };
        let mut cells = vec![step.to_string()];
        let point = history.next_if(|point| point.step == step);
        let read = point.map(|point| {
            let losses = [point.discriminator_loss, point.generator_loss];
            let rest = [point.real, point.fake, point.millis as f32];
            let gammas = point.gammas.iter().copied();
            losses
                .into_iter()
                .chain(rest)
                .chain(gammas)
                .map(number)
                .collect()
        });
        cells.extend(padded(read, 5 + layers));
        let vital = vitals.next_if(|vital| vital.step == step);
        let read = vital.map(|vital| vital.values.iter().copied().map(number).collect());
        cells.extend(padded(read, names.len()));
        text += &cells.join(",");
        text.push('\n');
    }
}

fn number(value: f32) -> String {
    if value.is_finite() {
        value.to_string()
    } else {
        String::new()
    }
}

fn padded(cells: Option<Vec<String>>, count: usize) -> Vec<String> {
    let mut cells = cells.unwrap_or_default();
    cells.resize(count, String::new());
    cells
}

/// The plots as one picture, two in a row, with their titles, lines, ticks and what each line is: of
/// a whole run whose readings end at step `last`, or of a stretch of it.
pub fn svg(panels: &[Panel], axis: Axis, smooth: bool, shown: (Option<Stretch>, u64)) -> String {
    let (wide, high) = (WIDTH + MARGIN, HEIGHT + 2.0 * MARGIN);
    let rows = panels.len().div_ceil(2).max(1);
    let (width, height) = (2.0 * wide + MARGIN, rows as f64 * high + MARGIN);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"11\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
    );
    for (index, panel) in panels.iter().enumerate() {
        let left = MARGIN + wide * (index % 2) as f64;
        let top = MARGIN + high * (index / 2) as f64;
        text += &format!("<g transform=\"translate({left} {top})\">");
        text += &plot(panel, axis, smooth, shown);
        text += "</g>";
    }
    text + "</svg>\n"
}

fn plot(panel: &Panel, axis: Axis, smooth: bool, shown: (Option<Stretch>, u64)) -> String {
    let seen: Vec<f64> = panel.references.iter().map(|one| one.0).collect();
    let frame = Frame::around(&panel.lines, &seen, axis, shown);
    let [from, to] = frame.steps();
    let mut text = format!(
        "<text y=\"-18\" font-weight=\"600\">{}</text><rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"none\" stroke=\"#ddd\"/>",
        panel.title
    );
    let mut along = 0.0;
    for (line, colour) in panel.lines.iter().zip(COLOURS.iter().cycle()) {
        text += &format!(
            "<text x=\"{along}\" y=\"-5\" fill=\"{colour}\">{}</text>",
            line.name
        );
        along += 7.0 * line.name.chars().count() as f64 + 14.0;
    }
    for &(value, label) in &panel.references {
        let y = frame.y(value);
        text += &format!(
            "<line x2=\"{WIDTH}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#888\" stroke-dasharray=\"3 4\"/><text x=\"{WIDTH}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#666\">{label}</text>",
            y - 3.0
        );
    }
    for tick in frame.ticks() {
        text += &format!(
            "<text x=\"-4\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#666\">{}</text>",
            frame.y(tick) + 4.0,
            words::signed(tick)
        );
    }
    text += &format!(
        "<text y=\"{0}\" fill=\"#666\">{from}</text><text x=\"{WIDTH}\" y=\"{0}\" text-anchor=\"end\" fill=\"#666\">step {to}</text>\
         <svg width=\"{WIDTH}\" height=\"{HEIGHT}\" overflow=\"hidden\">",
        HEIGHT + 14.0,
    );
    let smooth = smooth && panel.jumpy;
    for (line, colour) in panel.lines.iter().zip(COLOURS.iter().cycle()) {
        if smooth {
            text += &stroke(&frame.path(line), colour, 0.3);
            text += &stroke(&frame.path(&line.smoothed()), colour, 1.0);
        } else {
            text += &stroke(&frame.path(line), colour, 1.0);
        }
    }
    text + "</svg>"
}

fn stroke(path: &str, colour: &str, opacity: f64) -> String {
    format!(
        "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\" opacity=\"{opacity}\"/>"
    )
}

#[cfg(test)]
mod tests {
    use super::super::curves::tests::reading;
    use super::super::panels::{
        panels,
        tests::{names, vital},
    };
    use super::*;

    #[test]
    fn a_table_has_a_row_for_each_step_of_either_kind() {
        let history = [reading(1, 2.0), reading(3, 1.5)];
        let text = csv(&history, &names(), &[vital(2), vital(3)]);
        let rows: Vec<_> = text.lines().collect();
        assert_eq!(
            rows,
            [
                "step,loss_d,loss_g,d_real,d_fake,millis,gamma.1,gamma.2,share.1,share.2,gradient.generator,sigma.generator.1",
                "1,2,-2,0.5,-0.5,20,0.1,-0.2,,,,",
                "2,,,,,,,,0.25,0.5,,2",
                "3,1.5,-1.5,0.5,-0.5,20,0.1,-0.2,0.25,0.5,,3",
            ]
        );
        assert_eq!(csv(&[], &[], &[]).lines().count(), 1);
    }

    #[test]
    fn a_picture_has_every_plot_and_line_and_is_well_formed() {
        let history = [reading(1, 2.0), reading(3, 1.5)];
        let panels = panels(&history, &names(), &[vital(2), vital(3)]);
        for (smooth, paths) in [(false, 10), (true, 14)] {
            let text = svg(&panels, Axis::Log, smooth, (None, 3));
            assert_eq!(text.matches("<g ").count(), panels.len());
            assert_eq!(text.matches("</g>").count(), panels.len());
            assert_eq!(text.matches("<path").count(), paths);
            assert!(!text.contains("NaN") && text.ends_with("</svg>\n"));
            assert!(text.contains("D(") || text.contains("discriminator"));
        }
    }
}
