//! The page: built, served, photographed. All through trunk, which reads `Trunk.toml`.

use std::process::Command;

use crate::browser;
use crate::failure::Failure;
use crate::names;
use crate::setup::{self, Scope};
use crate::step::{command, root, run, step, typed};

/// Serves the page, rebuilt on every change in the quick `web-dev` profile, until interrupted.
///
/// # Errors
/// If set-up fails or trunk does.
pub(crate) fn serve(arguments: &[String]) -> Result<(), Failure> {
    setup::ensure(Scope::Build)?;
    let mut trunk = trunk();
    trunk
        .args(["serve", "--cargo-profile", "web-dev"])
        .args(arguments);
    println!(
        "\n==> Serving the page; the first build takes minutes, later ones seconds\n    {}",
        typed(&trunk)
    );
    run(&mut trunk)
}

/// Builds the static site into `dist/`.
///
/// # Errors
/// If set-up fails or trunk does.
pub(crate) fn build() -> Result<(), Failure> {
    setup::ensure(Scope::Build)?;
    build_only()
}

/// As [`build`], where set-up was done before.
///
/// # Errors
/// If trunk fails, or what it built cannot be read.
pub(crate) fn build_only() -> Result<(), Failure> {
    step(
        "Building the page into dist/",
        trunk().args(["build", "--release"]),
    )?;
    names::take_out(&root().join("dist"))
}

/// Builds the page and photographs both of its rooms into `docs/`.
///
/// # Errors
/// If set-up, the build or the browser fails.
pub(crate) fn screenshot() -> Result<(), Failure> {
    setup::ensure(Scope::Browser)?;
    build_only()?;
    step(
        "Photographing the page into docs/",
        node()?.arg("tests/screenshot.mjs"),
    )
}

/// Node with what its scripts need to know: the browser and the site.
///
/// # Errors
/// If the site is not built.
pub(crate) fn node() -> Result<Command, Failure> {
    let dist = root().join("dist");
    if !dist.join("index.html").is_file() {
        return Err(Failure::NotBuilt {
            path: dist,
            command: "cargo xtask build".into(),
        });
    }
    let mut node = command("node");
    node.env("DIST", dist);
    if let Some(browser) = browser::find() {
        node.env("CHROME", browser);
    }
    Ok(node)
}

fn trunk() -> Command {
    let mut trunk = command("trunk");
    trunk.env("TRUNK_SKIP_VERSION_CHECK", "true");
    // trunk takes only "true" or "false" here, while the convention is any value.
    if std::env::var_os("NO_COLOR").is_some() {
        trunk.env("NO_COLOR", "true");
    }
    trunk
}
