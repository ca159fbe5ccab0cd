//! `sagan`: train, draw with and look into Self-Attention GANs, natively.
#![forbid(unsafe_code)]

mod ahead;
mod bench;
mod device;
mod edits;
mod export;
mod files;
mod generate;
mod inspect;
mod judge;
mod measure;
mod moves;
mod options;
mod pictures;
mod source;
mod train;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(version, about = "Train, draw with and look into Self-Attention GANs.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Train both networks on a procedural world or on a folder of pictures.
    Train(train::Arguments),
    /// Draw the pictures of a procedural world, as a run learns from them.
    Pictures(pictures::Arguments),
    /// Draw pictures, and if wanted write their attention maps.
    Generate(generate::Arguments),
    /// Tell what a checkpoint holds.
    Inspect(inspect::Arguments),
    /// Measure how much attention matters in a generator and how specific its maps are.
    Measure(measure::Arguments),
    /// Tell what a discriminator says of pictures, and where it looked.
    Judge(judge::Arguments),
    /// Write a run's averaged generator as a small file for the page.
    Export(export::Arguments),
    /// Time drawing and training, with our operations and with Burn's own.
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Train(arguments) => train::run(&arguments),
        Command::Pictures(arguments) => pictures::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Measure(arguments) => measure::run(&arguments),
        Command::Judge(arguments) => judge::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sagan: {error}");
            ExitCode::from(2)
        }
    }
}
