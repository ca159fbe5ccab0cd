//! What each task needs, brought in order: what Rust can install, then the system's part.

use std::path::Path;

use crate::failure::Failure;
use crate::step::{command, root, step};
use crate::{rust_tools, system};

/// How much must be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// To build and serve the page.
    Build,
    /// Also to drive it in a browser.
    Browser,
    /// Also to run every check.
    Test,
}

/// Installs everything that any task needs.
///
/// # Errors
/// As [`ensure`].
pub(crate) fn all() -> Result<(), Failure> {
    ensure(Scope::Test)?;
    println!(
        "Everything is here. `trunk serve` and `cargo xtask serve` serve the page, `cargo xtask test` checks it."
    );
    Ok(())
}

/// Installs what `scope` needs and is missing.
///
/// # Errors
/// If something is missing that cannot be installed from here, with the command that brings it.
pub(crate) fn ensure(scope: Scope) -> Result<(), Failure> {
    // First what only the user may be able to bring: better to hear of it before the long builds.
    if scope != Scope::Build {
        system::ensure(scope == Scope::Test)?;
        node_packages()?;
    }
    if scope == Scope::Test {
        rust_tools::component("fmt", "rustfmt", "to check the code's layout")?;
        rust_tools::component("clippy", "clippy", "to check the code for mistakes")?;
    }
    rust_tools::wasm_target()?;
    rust_tools::wasm_bindgen()?;
    rust_tools::trunk()
}

/// Installs the end-to-end tests' packages where the lock file is newer than they are.
fn node_packages() -> Result<(), Failure> {
    let modified = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    let tests = root().join("tests");
    let installed = modified(&tests.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= modified(&tests.join("package-lock.json")) {
        return Ok(());
    }
    step(
        "Installing the end-to-end tests' packages into tests/node_modules, to drive the browser",
        command("npm")
            .args(["ci", "--no-fund", "--no-audit"])
            .current_dir(tests),
    )
}
