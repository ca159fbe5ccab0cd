//! `sagan inspect`.

use std::{fmt::Write as _, io::Write as _, path::PathBuf};

use clap::Args;
use saganscope_model::{
    checkpoint::{Checkpoint, largest_singular_value},
    config::{Difference, SaganConfig},
};

use crate::files::{self, Error};

#[derive(Args)]
pub(crate) struct Arguments {
    /// A checkpoint of ours, or a PyTorch `.pth` state dict.
    file: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let checkpoint = files::read_checkpoint(&arguments.file)?;
    let text = describe(&checkpoint, &arguments.file.display().to_string()).unwrap_or_default();
    // A reader that has seen enough, such as `head`, closes the pipe: no error.
    std::io::stdout().write_all(text.as_bytes()).ok();
    Ok(())
}

fn describe(checkpoint: &Checkpoint, name: &str) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    let header = &checkpoint.header;
    let config = &header.config;
    writeln!(out, "{name}")?;
    writeln!(
        out,
        "size {}  z_dim {}  conv_dim {}  energy {}",
        config.size,
        config.z_dim,
        config.conv_dim,
        config.energy.name()
    )?;
    let plain = SaganConfig::sized(config.size, config.conv_dim, config.z_dim);
    for difference in plain.differences(config) {
        let Difference { name, theirs, .. } = difference;
        writeln!(out, "not as in the plain form: {name} {theirs}")?;
    }
    if let Some(step) = header.step() {
        writeln!(out, "step {step}")?;
    }
    if let Some(run) = &header.training {
        writeln!(
            out,
            "batch {}  seed {}  rates G {} D {}  average {:.5} a step",
            run.batch,
            run.seed,
            run.generator.rate,
            run.discriminator.rate,
            run.decay()
        )?;
    }
    writeln!(
        out,
        "\n{:<44} {:>20} {:>10} {:>12}",
        "tensor", "shape", "numbers", "largest σ"
    )?;
    let mut parameters = 0;
    for (name, tensor) in &checkpoint.tensors {
        // A weight's matrix form is [shape[0], rest]; vectors have no spectrum worth printing.
        let sigma = if name.ends_with("weight") && tensor.shape.len() > 1 {
            format!("{:.4}", largest_singular_value(tensor))
        } else {
            String::new()
        };
        let shape = format!("{:?}", tensor.shape);
        writeln!(
            out,
            "{name:<44} {shape:>20} {:>10} {sigma:>12}",
            tensor.values.len()
        )?;
        let optimised = ["generator.", "discriminator."]
            .iter()
            .any(|prefix| name.starts_with(prefix));
        let buffer = name.contains(".sigma.") || name.contains(".running_");
        if optimised && !buffer {
            parameters += tensor.values.len();
        }
    }
    writeln!(out, "\n{parameters} parameters")?;
    for (name, tensor) in &checkpoint.tensors {
        if name.ends_with(".gamma")
            && let Some(gamma) = tensor.values.first()
        {
            writeln!(out, "γ {name} = {gamma:.5}")?;
        }
    }
    Ok(out)
}
