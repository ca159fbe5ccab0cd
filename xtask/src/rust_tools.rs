//! What `cargo` and `rustup` can install: the wasm target, clippy, rustfmt, trunk, wasm-bindgen.
//!
//! The tools go where `cargo install` puts them, so that plain `trunk serve` works afterwards.

use semver::Version;

use crate::failure::Failure;
use crate::step::{cargo, command, output, root, step};
use crate::version;

/// The newest trunk that Rust 1.95 builds; anything newer that is already there serves too.
const TRUNK: Version = Version::new(0, 21, 14);

/// The target that browsers run.
const WASM: &str = "wasm32-unknown-unknown";

/// Adds a component of the Rust toolchain where `cargo NAME` does not answer.
///
/// # Errors
/// If it is missing and there is no rustup, or rustup fails.
pub(crate) fn component(subcommand: &str, name: &str, why: &str) -> Result<(), Failure> {
    if output(cargo().args([subcommand, "--version"])).is_some() {
        return Ok(());
    }
    rustup(&["component", "add", name], name, why)
}

/// Adds the standard library for wasm where the toolchain lacks it.
///
/// # Errors
/// If it is missing and there is no rustup, or rustup fails.
pub(crate) fn wasm_target() -> Result<(), Failure> {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let libraries = output(command(&rustc).args(["--print", "target-libdir", "--target", WASM]));
    let there = libraries
        .and_then(|folder| std::fs::read_dir(folder.trim()).ok())
        .is_some_and(|mut files| files.next().is_some());
    if there {
        return Ok(());
    }
    rustup(
        &["target", "add", WASM],
        &format!("Rust's {WASM} target"),
        "to build the page",
    )
}

/// Installs the wasm-bindgen command in the version that the lock file pins; the two must agree to
/// the last digit.
///
/// # Errors
/// If the lock file cannot be read or the installation fails.
pub(crate) fn wasm_bindgen() -> Result<(), Failure> {
    let wanted = version::locked(&root().join("Cargo.lock"), "wasm-bindgen")?;
    let present = installed("wasm-bindgen");
    if present.as_ref() == Some(&wanted) {
        return Ok(());
    }
    let instead = present.map_or_else(String::new, |old| format!(" in place of {old}"));
    let title = format!(
        "Installing wasm-bindgen-cli {wanted}{instead} with cargo, to join the wasm to the page"
    );
    // Not `--locked`: the published lock file of this version does not resolve.
    step(&title, install("wasm-bindgen-cli", &wanted).arg("--force"))
}

/// Installs trunk where there is none or an old one.
///
/// # Errors
/// If the installation fails.
pub(crate) fn trunk() -> Result<(), Failure> {
    if installed("trunk").is_some_and(|present| present >= TRUNK) {
        return Ok(());
    }
    let title = format!("Installing trunk {TRUNK} with cargo, to build and serve the page");
    step(
        &title,
        install("trunk", &TRUNK).args(["--locked", "--force"]),
    )
}

fn installed(tool: &str) -> Option<Version> {
    output(command(tool).arg("--version"))
        .as_deref()
        .and_then(version::printed)
}

/// `cargo install`, with a profile that builds in a fraction of the time: the tools run for seconds.
fn install(package: &str, version: &Version) -> std::process::Command {
    let mut command = cargo();
    command
        .args(["install", package, "--version", &version.to_string()])
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0");
    command
}

fn rustup(arguments: &[&str], what: &str, why: &str) -> Result<(), Failure> {
    if which::which("rustup").is_err() {
        return Err(Failure::Missing {
            what: what.into(),
            why: format!(
                "{why} (from your system's Rust packages, or with rustup from https://rustup.rs)"
            ),
            command: format!("rustup {}", arguments.join(" ")),
        });
    }
    step(
        &format!("Adding {what} with rustup, {why}"),
        command("rustup").args(arguments),
    )
}
