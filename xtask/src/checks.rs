//! Everything that CI runs, cheap checks first.
//!
//! Cargo builds a dependency once for each set of features that it is asked for with. So the
//! packages are always named in the same groups, and Burn is checked once and built once natively,
//! whatever the step, and shared with a plain `cargo build`.

use std::path::PathBuf;
use std::process::Command;

use crate::circles;
use crate::failure::Failure;
use crate::room;
use crate::setup::{self, Scope};
use crate::step::{cargo, root, run, step};
use crate::{vulkan, web};

/// The two libraries, with the native command.
const LIBRARIES: &[&str] = &[
    "--package",
    "saganscope-shaders",
    "--package",
    "saganscope-model",
];

/// The workspace natively, in the groups that share features. The engine is for the browser alone.
const NATIVE: [&[&str]; 3] = [
    &[
        "--package",
        "xtask",
        "--package",
        "saganscope-figures",
        "--package",
        "saganscope-distance",
    ],
    &["--package", "saganscope-app", "--features", "page"],
    LIBRARIES,
];

/// Page and engine for the browser, together since their documentation refers to each other.
const BROWSER: &[&str] = &[
    "--package",
    "saganscope-app",
    "--features",
    "page,engine",
    "--target",
    "wasm32-unknown-unknown",
];

/// What only lints and documentation are made of, in cargo's target folder.
const CHECKED: &[&str] = &[
    "doc",
    "wasm32-unknown-unknown/debug",
    "wasm32-unknown-unknown/doc",
];

/// What only the native tests are made of; the command and this program stand beside it.
const TESTED: &[&str] = &[
    "debug/.fingerprint",
    "debug/build",
    "debug/deps",
    "debug/incremental",
];

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
    circles::refuse()?;
    let lints = ["--", "-D", "warnings"];
    for part in NATIVE {
        step(
            "Checking the code for mistakes",
            cargo()
                .arg("clippy")
                .args(part)
                .arg("--all-targets")
                .args(lints),
        )?;
    }
    step(
        "Checking the code for mistakes, as built for the browser",
        cargo()
            .arg("clippy")
            .args(BROWSER)
            .args(["--bins", "--lib"])
            .args(lints),
    )?;
    step("Checking the documentation", doc().args(LIBRARIES))?;
    step(
        "Checking the documentation of the page and its engine",
        doc().args(BROWSER),
    )?;
    room::make(CHECKED)?;
    for part in NATIVE {
        step(
            "Running the native tests",
            cargo().arg("test").args(part).envs(vulkan::environment()),
        )?;
    }
    room::make(TESTED)?;
    web::build_only()?;
    end_to_end(&[])
}

/// Links must lead somewhere; one to a private item is for the reader of the source.
fn doc() -> Command {
    let mut doc = cargo();
    doc.args(["doc", "--no-deps"]).env(
        "RUSTDOCFLAGS",
        "-D warnings -A rustdoc::private-intra-doc-links",
    );
    doc
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

/// What `training_speed.test.mjs` does in a hundred steps, in so many.
///
/// # Errors
/// If the site or the native command is not built, or memory grows.
pub(crate) fn soak(steps: u32) -> Result<(), Failure> {
    let mut node = web::node()?;
    node.env("SOAK", steps.to_string())
        .env("SAGAN", sagan()?)
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .arg(root().join("tests/e2e/training_speed.test.mjs"));
    println!("\n==> Training for {steps} steps in a real browser, and weighing its memory");
    run(&mut node)
}

/// The native command; cargo puts it beside xtask, both being built in the dev profile.
///
/// # Errors
/// If it is not built.
pub(crate) fn sagan() -> Result<PathBuf, Failure> {
    sagan_of(None)
}

/// The native command of another profile, whose folder cargo puts beside the dev profile's.
///
/// # Errors
/// If it is not built.
pub(crate) fn sagan_of(profile: Option<&str>) -> Result<PathBuf, Failure> {
    let own = std::env::current_exe().map_err(|reason| Failure::Start {
        command: "cargo xtask".into(),
        reason,
    })?;
    let beside = own.with_file_name(format!("sagan{}", std::env::consts::EXE_SUFFIX));
    let (path, option) = match (profile, beside.file_name()) {
        (Some(profile), Some(name)) => (
            own.with_file_name("..").join(profile).join(name),
            format!(" --profile {profile}"),
        ),
        _ => (beside, String::new()),
    };
    if path.is_file() {
        return Ok(path);
    }
    Err(Failure::NotBuilt {
        path,
        command: format!("cargo build --package saganscope-model{option}"),
    })
}

/// The test files: those of the tests' own tools, quick and without a browser, then the browser's.
fn test_files() -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for folder in ["tests/support", "tests/e2e"] {
        files.extend(test_files_in(root().join(folder))?);
    }
    Ok(files)
}

/// The test files by name: Node's own search for them changed between its versions.
fn test_files_in(folder: PathBuf) -> Result<Vec<PathBuf>, Failure> {
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
