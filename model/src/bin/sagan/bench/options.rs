//! What the options of a checkpoint cost: the plain networks and those with its options, in turn.

use std::path::Path;

use saganscope_figures::{OptionsCost, Place, Report};
use saganscope_model::{config::SaganConfig, limits};
use saganscope_shaders::use_stock;

use super::{
    arguments::{Arguments, Case},
    turns::{in_turn, median, millis},
    work::{Work, Z_DIM},
};
use crate::{
    device::Opened,
    files::{self, Error},
};

/// Times every case with the plain networks and with this checkpoint's options.
pub(super) fn compare(
    path: &Path,
    arguments: &Arguments,
    opened: &Opened,
    report: &mut Report,
) -> Result<(), Error> {
    let options = of(path)?;
    println!(
        "{:<9} {:>8} {:>5} {:>11} {:>17} {:>6} {:>5}",
        "task", "conv_dim", "batch", "plain, ms", "with options, ms", "ratio", "runs"
    );
    for case in arguments.cases() {
        let cost = measure(&options, arguments, opened, case)?;
        println!(
            "{:<9} {:>8} {:>5} {:>11.2} {:>17.2} {:>6.2} {:>5}",
            format!("{:?}", case.task).to_lowercase(),
            case.conv_dim,
            case.batch,
            cost.plain_ms,
            cost.options_ms,
            cost.ratio(),
            cost.runs
        );
        report.options.push(cost);
    }
    Ok(())
}

/// The options of a checkpoint.
pub(super) fn of(path: &Path) -> Result<SaganConfig, Error> {
    Ok(files::read_checkpoint(path)?.header.config)
}

fn measure(
    options: &SaganConfig,
    arguments: &Arguments,
    opened: &Opened,
    case: Case,
) -> Result<OptionsCost, Error> {
    use_stock(false);
    let mut contestants = Vec::new();
    for config in pair(options, case.conv_dim) {
        let device = opened.fresh()?;
        limits::check_batch(&config, case.batch, &device)?;
        let work = Work::new(case.task, config, case.batch, &device)?;
        contestants.push((work, Vec::new()));
    }
    in_turn(arguments, &mut contestants, |(work, times)| {
        times.push(work.run()?);
        Ok(())
    })?;
    // The first run of each compiles.
    let [plain_ms, options_ms] =
        [0, 1].map(|which: usize| millis(median(&contestants[which].1[1..])));
    Ok(OptionsCost {
        place: if opened.gpu { Place::Gpu } else { Place::Cpu },
        device: opened.name.clone(),
        task: case.task,
        conv_dim: case.conv_dim,
        batch: case.batch,
        plain_ms,
        options_ms,
        runs: contestants[0].1.len() - 1,
    })
}

/// The plain form of this width, and the same with the options.
fn pair(options: &SaganConfig, conv_dim: usize) -> [SaganConfig; 2] {
    let plain = SaganConfig::sized(options.size, conv_dim, Z_DIM);
    [plain, with(options, conv_dim)]
}

/// Networks of this width with these options.
pub(super) fn with(options: &SaganConfig, conv_dim: usize) -> SaganConfig {
    SaganConfig {
        conv_dim,
        z_dim: Z_DIM,
        ..options.clone()
    }
}

#[cfg(test)]
mod tests {
    use saganscope_model::config::Energy;

    use super::*;

    #[test]
    fn both_have_the_same_sizes_and_the_one_has_the_options() {
        let options = SaganConfig {
            energy: Energy::Centred,
            query_width: Some(16),
            place: true,
            ..SaganConfig::sized(128, 32, 24)
        };
        let [plain, with_options] = pair(&options, 64);
        assert_eq!(plain, SaganConfig::sized(128, 64, Z_DIM));
        let differences = plain.differences(&with_options).into_iter();
        let names: Vec<_> = differences.map(|difference| difference.name).collect();
        assert_eq!(names, ["energy", "place", "query_width"]);
    }
}
