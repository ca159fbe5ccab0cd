//! Our operations beside Burn's own, each case with both in turn.

use saganscope_figures::{Figure, Place, Report};

use super::{
    arguments::{Arguments, Case},
    contestant::Contestant,
    turns::{in_turn, median, millis},
};
use crate::{device::Opened, files::Error};

/// Times every case.
pub(super) fn compare(
    arguments: &Arguments,
    opened: &Opened,
    report: &mut Report,
) -> Result<(), Error> {
    println!(
        "{:<9} {:>8} {:>5} {:<6} {:>11} {:>11} {:>5} {:>10} {:>10} {:>12}",
        "task",
        "conv_dim",
        "batch",
        "ops",
        "first, ms",
        "median, ms",
        "runs",
        "dispatches",
        "in use, MB",
        "reserved, MB"
    );
    for case in arguments.cases() {
        for figure in measure(arguments, opened, case)? {
            let usage = |value: Option<u64>, write: fn(u64) -> String| {
                value.map_or_else(|| "-".to_owned(), write)
            };
            let megabytes = |bytes: u64| format!("{:.1}", bytes as f64 / 1e6);
            println!(
                "{:<9} {:>8} {:>5} {:<6} {:>11.2} {:>11.2} {:>5} {:>10} {:>10} {:>12}",
                format!("{:?}", case.task).to_lowercase(),
                case.conv_dim,
                case.batch,
                format!("{:?}", figure.engine).to_lowercase(),
                figure.first_ms,
                figure.median_ms,
                figure.runs,
                usage(figure.usage.dispatches, |count| count.to_string()),
                usage(figure.usage.memory, megabytes),
                usage(figure.usage.reserved, megabytes)
            );
            report.figures.push(figure);
        }
    }
    Ok(())
}

/// One case with each of the wanted operations.
fn measure(arguments: &Arguments, opened: &Opened, case: Case) -> Result<Vec<Figure>, Error> {
    let mut contestants = Vec::new();
    for &engine in arguments.ops.engines() {
        contestants.extend(Contestant::new(engine, case, case.plain(), opened)?);
    }
    in_turn(arguments, &mut contestants, |contestant| {
        let time = contestant.run()?;
        contestant.times.push(time);
        Ok(())
    })?;
    contestants
        .into_iter()
        .map(|contestant| figure(contestant, opened, case))
        .collect()
}

fn figure(mut contestant: Contestant, opened: &Opened, case: Case) -> Result<Figure, Error> {
    // Of one more run, whose time does not count.
    let usage = contestant.usage()?;
    let (first, rest) = contestant.times.split_at(1);
    Ok(Figure {
        place: if opened.gpu { Place::Gpu } else { Place::Cpu },
        engine: contestant.engine,
        device: opened.name.clone(),
        software: opened.software,
        task: case.task,
        conv_dim: case.conv_dim,
        batch: case.batch,
        first_ms: millis(first[0]),
        median_ms: millis(median(rest)),
        runs: rest.len(),
        appeared_ms: None,
        processor_ms: None,
        usage,
    })
}
