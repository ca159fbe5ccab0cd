//! Everything that CI runs, cheap checks first.
//!
//! Every cargo call names the same packages and features (`--workspace --all-features`), so that
//! Burn is checked once and built once, whatever the step.

use std::path::PathBuf;

use crate::failure::Failure;
use crate::setup::{self, Scope};
use crate::step::{cargo, root, run, step};
use crate::{vulkan, web};

const WORKSPACE: [&str; 2] = ["--workspace", "--all-features"];

/// Sets up and passes every check; the end-to-end tests' summary comes last.
///
/// # Errors
/// At the first check that fails.
pub(crate) fn all() -> Result<(), Failure> {
    setup::ensure(Scope::Test)?;
    step(
        "Checking the layout of the code",
        cargo().args(["fmt", "--all", "--check"]),
    )?;
    step(
        "Checking the code for mistakes",
        cargo()
            .arg("clippy")
            .args(WORKSPACE)
            .args(["--all-targets", "--", "-D", "warnings"]),
    )?;
    for part in ["page", "engine"] {
        step(
            &format!("Checking the {part} for mistakes, as built for the browser"),
            cargo()
                .args([
                    "clippy",
                    "--package",
                    "saganscope-app",
                    "--target",
                    "wasm32-unknown-unknown",
                ])
                .args(["--no-default-features", "--features", part, "--bin", part])
                .args(["--", "-D", "warnings"]),
        )?;
    }
    step(
        "Checking the documentation",
        cargo()
            .arg("doc")
            .args(WORKSPACE)
            .arg("--no-deps")
            .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    step(
        "Building the native command",
        cargo()
            .arg("build")
            .args(WORKSPACE)
            .args(["--bin", "sagan"]),
    )?;
    step(
        "Running the native tests",
        cargo()
            .arg("test")
            .args(WORKSPACE)
            .envs(vulkan::environment()),
    )?;
    web::build_only()?;
    end_to_end(&[])
}

/// Runs the end-to-end tests in a real browser on what is built.
///
/// # Errors
/// If the site or the native command is not built, or a test fails.
pub(crate) fn end_to_end(arguments: &[String]) -> Result<(), Failure> {
    let mut node = web::node()?;
    node.env("SAGAN", sagan()?)
        // One browser at a time: two software GPUs on a small machine only time each other out.
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .args(arguments)
        .args(test_files()?);
    println!("\n==> Running the end-to-end tests in a real browser");
    // No closing line of ours, so that the test runner's summary stays the last.
    run(&mut node)
}

/// The native command; cargo puts it beside xtask, both being built in the dev profile.
fn sagan() -> Result<PathBuf, Failure> {
    let own = std::env::current_exe().map_err(|reason| Failure::Start {
        command: "cargo xtask".into(),
        reason,
    })?;
    let path = own.with_file_name(format!("sagan{}", std::env::consts::EXE_SUFFIX));
    if path.is_file() {
        return Ok(path);
    }
    Err(Failure::NotBuilt {
        path,
        command: "cargo build --package saganscope-model".into(),
    })
}

/// The test files by name: Node's own search for them changed between its versions.
fn test_files() -> Result<Vec<PathBuf>, Failure> {
    let folder = root().join("tests/e2e");
    let unreadable = |reason: String| Failure::Unreadable {
        path: folder.clone(),
        reason,
    };
    let entries = std::fs::read_dir(&folder).map_err(|error| unreadable(error.to_string()))?;
    let mut files: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    files.sort();
    if files.is_empty() {
        Err(unreadable("it holds no test".into()))
    } else {
        Ok(files)
    }
}
