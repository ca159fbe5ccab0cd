//! `cargo xtask bench`: Saganscope beside Burn's own operations, PyTorch, TensorFlow.js and ONNX
//! Runtime Web, on this machine in one run.
//!
//! The measuring is done by `sagan bench`, `tests/bench/pytorch_step.py` and
//! `tests/bench/browser.mjs`; each writes its figures as JSON. Here they are run in turn, and
//! brought into one [`table`] and one [`chart`].

mod chart;
mod figures;
mod load;
mod markdown;
mod profile;
mod table;

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use saganscope_figures::{Place, Report};

use crate::checks::sagan_of;
use crate::failure::Failure;
use crate::setup::{self, Scope};
use crate::step::{cargo, command, output, root, step};
use crate::{vulkan, web};

/// What `cargo xtask bench` takes.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Also write every figure here.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Also compare with TensorFlow.js and ONNX Runtime Web, in a browser on its software GPU and on
    /// the CPU.
    #[arg(long)]
    browser: bool,
    /// Also compare with PyTorch, where Python can import it.
    #[arg(long)]
    pytorch: bool,
    /// Write the table and the chart that the README shows, docs/bench.md and docs/bench.svg.
    #[arg(long)]
    docs: bool,
    /// Seconds for each measurement, after its first run.
    #[arg(long, default_value_t = 8.0)]
    seconds: f64,
    /// Measure on the CPU only.
    #[arg(long)]
    cpu_only: bool,
    /// Measure on the GPU only.
    #[arg(long, conflicts_with_all = ["browser", "cpu_only"])]
    gpu_only: bool,
    /// Measure nothing: take the figures that an earlier run wrote with --json, here or elsewhere.
    #[arg(long, conflicts_with_all = ["browser", "pytorch", "cpu_only", "gpu_only"])]
    from: Option<PathBuf>,
}

/// Cases in the words of `sagan bench`: widths, pictures drawn at once, pictures a training step.
type Cases = &'static [(&'static str, &'static str, &'static str)];

const ON_CPU: Cases = &[
    ("16,32,64", "1,16", "0"),
    ("16", "0", "4"),
    ("32", "0", "32"),
];
/// Small enough for a software adapter.
const ON_SOFTWARE: Cases = &[("16", "1,16", "4"), ("32", "1", "16"), ("64", "1", "0")];
const ON_GPU: Cases = &[("32", "1,16", "24"), ("64", "1,64", "64")];

/// With the shipped models' options and without; and a checkpoint that has them.
const OPTIONS: Cases = &[("32", "1", "24")];
const OPTIONS_OF: &str = "www/checkpoints/faces.safetensors";

/// What was measured on a real GPU, by `cargo xtask bench --gpu-only --pytorch --json` with this file's
/// name: the machine that writes the docs has none.
const ON_A_REAL_GPU: &str = "docs/bench-gpu.json";

/// The cases that are profiled.
const PROFILED_ON_SOFTWARE: Cases = &[("32", "16", "16")];
const PROFILED_ON_GPU: Cases = &[("32", "1", "24"), ("64", "64", "64")];

/// What was found by changing something stands in a file of its own, which nothing here writes.
const DOCS_HEAD: &str = "# How fast it is\n\nMade by `cargo xtask bench --docs`, which writes all \
                         of this file. What made it faster, with before and after: \
                         [faster.md](faster.md).\n\n";

/// Measures, prints one table, and writes what was asked for.
///
/// # Errors
/// If something needed is missing, or a measuring program fails.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let report = match &arguments.from {
        Some(path) => figures::read(path)?,
        None => measure(arguments)?,
    };
    publish(arguments, &report)
}

fn measure(arguments: &Arguments) -> Result<Report, Failure> {
    // Before the build, which would be taken for somebody else's work.
    let mut report = Report {
        notes: load::note().into_iter().collect(),
        ..Report::default()
    };
    let mut build = cargo();
    build.args(["build", "--package", "saganscope-model"]);
    if let Some(profile) = profile() {
        build.args(["--profile", profile]);
    }
    step("Building the native command", &mut build)?;
    let scratch = root().join("target/bench");
    std::fs::create_dir_all(&scratch).map_err(|error| unwritable(&scratch, &error))?;
    let python = arguments.pytorch.then(python);
    let seconds = arguments.seconds.to_string();

    if !arguments.gpu_only {
        native(&mut report, Place::Cpu, ON_CPU, &scratch, &seconds)?;
        options(&mut report, Place::Cpu, &scratch, &seconds)?;
        if let Some(Some(python)) = &python {
            pytorch(&mut report, Place::Cpu, ON_CPU, python, &scratch, &seconds)?;
        }
    }
    if arguments.cpu_only {
    } else if !vulkan::present() {
        report
            .notes
            .push("No graphics adapter was found, so the GPU is not measured.".into());
    } else {
        let (cases, profiled) = if vulkan::has_gpu() {
            (ON_GPU, PROFILED_ON_GPU)
        } else {
            (ON_SOFTWARE, PROFILED_ON_SOFTWARE)
        };
        native(&mut report, Place::Gpu, cases, &scratch, &seconds)?;
        options(&mut report, Place::Gpu, &scratch, &seconds)?;
        profile_gpu(&mut report, profiled, &scratch)?;
        if let Some(Some(python)) = &python
            && cuda(python)
        {
            pytorch(&mut report, Place::Gpu, cases, python, &scratch, &seconds)?;
        }
    }
    if arguments.browser {
        browser(&mut report, &scratch, &seconds)?;
    }
    if let Some(None) = python {
        report.notes.push(
            "PyTorch is not measured: Python cannot import it. `python3 -m pip install torch` \
             brings it, then run this again."
                .into(),
        );
    }
    Ok(report)
}

/// The profile of the command that is measured, unless it is dev. A real GPU is quick enough to wait for
/// the host, which puts each of the hundreds of kernels of a step together.
fn profile() -> Option<&'static str> {
    vulkan::has_gpu().then_some("native")
}

/// Prints the table and writes the files that were asked for.
fn publish(arguments: &Arguments, report: &Report) -> Result<(), Failure> {
    let path = root().join(ON_A_REAL_GPU);
    let gpu = path.exists().then(|| figures::read(&path)).transpose()?;
    let table = table::table(report, gpu.as_ref());
    println!("\n{table}");
    if let Some(path) = &arguments.json {
        let text = serde_json::to_string_pretty(report).map_err(|error| Failure::Unwritable {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        write(path, &text)?;
    }
    if arguments.docs {
        let path = root().join("docs/bench.svg");
        let chart = chart::chart(report).map_err(|reason| Failure::Unwritable {
            path: path.clone(),
            reason,
        })?;
        write(&path, &chart)?;
        write(
            &root().join("docs/bench.md"),
            &format!("{DOCS_HEAD}{table}"),
        )?;
    }
    Ok(())
}

/// Runs `sagan bench` once for each group of cases.
fn native(
    report: &mut Report,
    place: Place,
    cases: Cases,
    scratch: &Path,
    seconds: &str,
) -> Result<(), Failure> {
    let device = device(place);
    for case in cases {
        let file = scratch.join("sagan.json");
        let mut bench = sagan_bench(device, case, &file)?;
        bench.args(["--seconds", seconds]);
        step("Timing our operations and Burn's own", &mut bench)?;
        report.add(figures::read(&file)?);
    }
    Ok(())
}

fn options(
    report: &mut Report,
    place: Place,
    scratch: &Path,
    seconds: &str,
) -> Result<(), Failure> {
    for case in OPTIONS {
        let file = scratch.join("options.json");
        let mut bench = sagan_bench(device(place), case, &file)?;
        bench.args(["--options-of", OPTIONS_OF, "--seconds", seconds]);
        step("Timing what the shipped models' options cost", &mut bench)?;
        report.add(figures::read(&file)?);
    }
    Ok(())
}

/// As `sagan bench` calls it.
fn device(place: Place) -> &'static str {
    match place {
        Place::Cpu => "cpu",
        _ => "gpu",
    }
}

fn profile_gpu(report: &mut Report, cases: Cases, scratch: &Path) -> Result<(), Failure> {
    for case in cases {
        let file = scratch.join("profile.json");
        let mut bench = sagan_bench("gpu", case, &file)?;
        bench.args(["--profile", "--ops", "ours"]);
        step("Timing our kernels one by one", &mut bench)?;
        report.add(figures::read(&file)?);
    }
    Ok(())
}

fn sagan_bench(
    device: &str,
    (widths, batches, training): &(&str, &str, &str),
    file: &Path,
) -> Result<Command, Failure> {
    let mut bench = command(&sagan_of(profile())?.to_string_lossy());
    bench
        .args(["bench", "--device", device, "--conv-dim", widths])
        .args(["--batch", batches, "--train-batch", training, "--json"])
        .arg(file)
        .envs(vulkan::environment())
        // Mesa keeps compiled kernels on disk, and a first run would not be one.
        .env("MESA_SHADER_CACHE_DISABLE", "true");
    Ok(bench)
}

fn pytorch(
    report: &mut Report,
    place: Place,
    cases: Cases,
    python: &str,
    scratch: &Path,
    seconds: &str,
) -> Result<(), Failure> {
    let device = if place == Place::Cpu { "cpu" } else { "cuda" };
    for (widths, batches, training) in cases {
        let file = scratch.join("pytorch.json");
        step(
            "Timing PyTorch",
            command(python)
                .args(["tests/bench/pytorch_step.py", "--device", device])
                .args(["--conv-dim", widths, "--batch", batches])
                .args(["--train-batch", training, "--seconds", seconds, "--json"])
                .arg(&file),
        )?;
        report.add(figures::read(&file)?);
    }
    Ok(())
}

/// A Python that imports PyTorch.
fn python() -> Option<String> {
    let names = ["python3", "python"];
    let found = names
        .into_iter()
        .find(|name| output(command(name).args(["-c", "import torch"])).is_some());
    found.map(str::to_owned)
}

fn cuda(python: &str) -> bool {
    let question = "import torch, sys; sys.exit(not torch.cuda.is_available())";
    output(command(python).args(["-c", question])).is_some()
}

fn browser(report: &mut Report, scratch: &Path, seconds: &str) -> Result<(), Failure> {
    setup::ensure(Scope::Browser)?;
    let folder = root().join("tests/bench");
    step(
        "Installing the peers into tests/bench/node_modules",
        command("npm")
            .args(["ci", "--ignore-scripts", "--no-fund", "--no-audit"])
            .current_dir(folder),
    )?;
    web::build_only()?;
    let file = scratch.join("browser.json");
    step(
        "Timing the page and its peers in a browser",
        web::node()?
            .env("SAGAN", sagan_of(profile())?)
            .args(["tests/bench/browser.mjs", "--seconds", seconds, "--json"])
            .arg(&file),
    )?;
    report.add(figures::read(&file)?);
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    }
    std::fs::write(path, text).map_err(|error| unwritable(path, &error))?;
    println!("Wrote {}.", path.display());
    Ok(())
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Unwritable {
        path: path.to_path_buf(),
        reason: error.to_string(),
    }
}
