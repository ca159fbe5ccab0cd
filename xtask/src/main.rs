//! `cargo xtask`: sets the machine up, then serves, builds or checks Saganscope.
//!
//! [`setup`] brings what is missing and says why; [`checks`] is everything that CI runs;
//! [`web`] builds, serves and photographs the page; [`bench`] measures against others;
//! [`curves`] draws what trainings logged; [`step`] runs commands and times them.

mod bench;
mod browser;
mod checks;
mod circles;
mod curves;
mod failure;
mod names;
mod room;
mod rust_tools;
mod setup;
mod step;
mod system;
mod version;
mod vulkan;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;

/// Set up, serve, build and check Saganscope.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what building and testing need, and say what and why.
    Setup,
    /// Set up, then serve the page and rebuild it on every change (quick profile).
    Serve {
        /// Handed to `trunk serve`, for example `-- --port 9000 --open`.
        #[arg(last = true)]
        trunk: Vec<String>,
    },
    /// Set up, then build the static site into `dist/` (release profile).
    Build,
    /// Set up, then run every check that CI runs, cheap ones first.
    Test,
    /// Run only the end-to-end tests, on the `dist/` and `sagan` that are already built.
    E2e {
        /// Handed to `node --test`, for example `-- --test-name-pattern=keyboard`.
        #[arg(last = true)]
        node: Vec<String>,
    },
    /// Train for long in the browser, on the `dist/` that is already built, and watch its memory.
    Soak {
        /// How many steps, on the CPU and on the software GPU.
        #[arg(long, default_value_t = 2000)]
        steps: u32,
    },
    /// Set up, build, and photograph the page into `docs/`.
    Screenshot,
    /// Time drawing and training beside Burn's own operations, and beside the peers asked for.
    Bench(bench::Arguments),
    /// Draw the curves of training runs, from their logs, as an SVG.
    Curves(curves::Arguments),
}

fn run(task: Task) -> Result<(), Failure> {
    match task {
        Task::Setup => setup::all(),
        Task::Serve { trunk } => web::serve(&trunk),
        Task::Build => web::build(),
        Task::Test => checks::all(),
        Task::E2e { node } => checks::end_to_end(&node),
        Task::Soak { steps } => checks::soak(steps),
        Task::Screenshot => web::screenshot(),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Curves(arguments) => curves::run(&arguments),
    }
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}
