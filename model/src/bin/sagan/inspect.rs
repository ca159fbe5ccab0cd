//! `sagan inspect`.

use std::path::PathBuf;

use clap::Args;
use saganscope_model::checkpoint::largest_singular_value;

use crate::files::{self, Error};

#[derive(Args)]
pub(crate) struct Arguments {
    /// A checkpoint of ours, or a PyTorch `.pth` state dict.
    file: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let checkpoint = files::read_checkpoint(&arguments.file)?;
    let header = &checkpoint.header;
    let config = &header.config;
    println!("{}", arguments.file.display());
    println!(
        "size {}  z_dim {}  conv_dim {}  energy {}",
        config.size,
        config.z_dim,
        config.conv_dim,
        config.energy.name()
    );
    if let Some(step) = header.step {
        println!("step {step}");
    }
    if let Some(run) = &header.training {
        println!(
            "batch {}  seed {}  rates G {} D {}  average {}",
            run.batch, run.seed, run.generator.rate, run.discriminator.rate, run.average_decay
        );
    }
    println!(
        "\n{:<44} {:>20} {:>10} {:>12}",
        "tensor", "shape", "numbers", "largest σ"
    );
    let mut parameters = 0;
    for (name, tensor) in &checkpoint.tensors {
        // A weight's matrix form is [shape[0], rest]; vectors have no spectrum worth printing.
        let sigma = if name.ends_with("weight") && tensor.shape.len() > 1 {
            format!("{:.4}", largest_singular_value(tensor))
        } else {
            String::new()
        };
        let shape = format!("{:?}", tensor.shape);
        println!(
            "{name:<44} {shape:>20} {:>10} {sigma:>12}",
            tensor.values.len()
        );
        let optimised = ["generator.", "discriminator."]
            .iter()
            .any(|prefix| name.starts_with(prefix));
        let buffer = name.contains(".sigma.") || name.contains(".running_");
        if optimised && !buffer {
            parameters += tensor.values.len();
        }
    }
    println!("\n{parameters} parameters");
    for (name, tensor) in &checkpoint.tensors {
        if name.ends_with(".gamma")
            && let Some(gamma) = tensor.values.first()
        {
            println!("γ {name} = {gamma:.5}");
        }
    }
    Ok(())
}
