//! Whether modules of a crate import each other in a circle. None of such modules can be read, moved
//! or taken away without the others, so there is to be none.
//!
//! [`modules`] reads what each module of a crate imports, [`graph`] finds the circles.

mod graph;
mod modules;

use std::path::PathBuf;

use serde::Deserialize;

use self::modules::Crate;
use crate::failure::Failure;
use crate::step::{cargo, output, root};

/// Refuses circles in each crate of the workspace, by the names of their modules.
///
/// # Errors
/// If there is one, or a source file cannot be read.
pub(crate) fn refuse() -> Result<(), Failure> {
    println!("\n==> Checking that no modules import each other in a circle");
    let mut circles = Vec::new();
    for (name, file) in targets()? {
        let found = graph::circles(Crate::read(&file)?.imports()).into_iter();
        circles.extend(found.map(|circle| format!("{name}: {}", circle.join(" → "))));
    }
    if circles.is_empty() {
        Ok(())
    } else {
        Err(Failure::Circles { circles })
    }
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
    src_path: PathBuf,
}

/// The libraries and programs of the workspace, by name and first file.
fn targets() -> Result<Vec<(String, PathBuf)>, Failure> {
    let mut metadata = cargo();
    metadata.args(["metadata", "--no-deps", "--format-version", "1"]);
    let unreadable = |reason: &dyn std::fmt::Display| Failure::Unreadable {
        path: root().join("Cargo.toml"),
        reason: reason.to_string(),
    };
    let text = output(&mut metadata).ok_or_else(|| unreadable(&"cargo metadata fails"))?;
    let Metadata { packages } = serde_json::from_str(&text).map_err(|error| unreadable(&error))?;
    let targets = packages.into_iter().flat_map(|package| package.targets);
    let ours = |kind: &String| matches!(kind.as_str(), "lib" | "bin");
    Ok(targets
        .filter(|target| target.kind.iter().any(ours))
        .map(|target| (target.name, target.src_path))
        .collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_workspace_has_none() {
        let refused = super::refuse().map_err(|failure| failure.to_string());
        assert_eq!(refused, Ok(()));
    }
}
