//! Versions, as tools print them and as Cargo.lock pins them.

use std::path::Path;

use semver::Version;
use serde::Deserialize;

use crate::failure::Failure;

/// The first version number in what a tool prints for `--version`.
///
/// Knows "trunk 0.21.14", "v20.20.2" and "rustc 1.95.0 (59807616e 2026-04-14)".
pub(crate) fn printed(output: &str) -> Option<Version> {
    output
        .split_whitespace()
        .find_map(|word| Version::parse(word.trim_start_matches('v')).ok())
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: Version,
}

/// The version of `package` in the lock file.
///
/// # Errors
/// If the file cannot be read, is no lock file, or does not hold the package.
pub(crate) fn locked(lock_file: &Path, package: &str) -> Result<Version, Failure> {
    let unreadable = |reason: String| Failure::Unreadable {
        path: lock_file.to_owned(),
        reason,
    };
    let text = std::fs::read_to_string(lock_file).map_err(|error| unreadable(error.to_string()))?;
    let lock: Lock =
        toml::from_str(&text).map_err(|error| unreadable(error.message().to_owned()))?;
    lock.package
        .into_iter()
        .find(|entry| entry.name == package)
        .map(|entry| entry.version)
        .ok_or_else(|| unreadable(format!("it does not name `{package}`")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn versions_are_found_in_what_tools_print() {
        assert_eq!(printed("trunk 0.21.14\n"), Some(Version::new(0, 21, 14)));
        assert_eq!(printed("v20.20.2\n"), Some(Version::new(20, 20, 2)));
        assert_eq!(
            printed("rustc 1.95.0 (59807616e 2026-04-14)"),
            Some(Version::new(1, 95, 0))
        );
        assert_eq!(printed("command not found"), None);
    }

    #[test]
    fn the_lock_file_names_a_packages_version() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Cargo.lock");
        std::fs::write(
            &path,
            "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.2.3\"\n",
        )
        .unwrap();
        assert_eq!(locked(&path, "a").unwrap(), Version::new(1, 2, 3));
        assert!(
            locked(&path, "b")
                .unwrap_err()
                .to_string()
                .contains("does not name `b`")
        );
        assert!(locked(&folder.path().join("none"), "a").is_err());
    }
}
