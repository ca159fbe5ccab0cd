//! Room on the disk: what a whole test run builds for one step and no later one needs is given up
//! where there is little, so that a small disk is filled once and not twice.

use std::path::{Path, PathBuf};

use crate::failure::Failure;

const GIGABYTE: u64 = 1_000_000_000;

/// More than what any stretch between two calls fills: the native tests 5 GB, the site's release builds and
/// the browser's tests 1.5 GB, by `du` in a fresh clone.
const ENOUGH: u64 = 6 * GIGABYTE;

/// Removes these folders of cargo's target folder if there is not room enough on its disk for what
/// follows. Where that cannot be told, nothing is removed.
///
/// # Errors
/// If there is a folder that cannot be removed.
pub(crate) fn make(folders: &[&str]) -> Result<(), Failure> {
    // Cargo puts this program into a profile's folder there.
    let own = std::env::current_exe().ok();
    let profile = own.as_deref().and_then(Path::parent);
    let Some(target) = profile.and_then(Path::parent) else {
        return Ok(());
    };
    match fs4::available_space(target) {
        Ok(free) if free < ENOUGH => give_up(target, folders, free),
        _ => Ok(()),
    }
}

fn give_up(target: &Path, folders: &[&str], free: u64) -> Result<(), Failure> {
    let there: Vec<PathBuf> = folders
        .iter()
        .map(|folder| target.join(folder))
        .filter(|folder| folder.is_dir())
        .collect();
    if there.is_empty() {
        return Ok(());
    }
    println!(
        "\n==> {} GB are left on the disk; removing what no later step needs: {}",
        gigabytes(free),
        folders.join(", ")
    );
    for folder in there {
        std::fs::remove_dir_all(&folder).map_err(|reason| Failure::Unwritable {
            path: folder.clone(),
            reason: reason.to_string(),
        })?;
    }
    Ok(())
}

/// "1.2"
fn gigabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / GIGABYTE as f64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_what_is_named_goes() {
        let target = tempfile::tempdir().unwrap();
        for folder in ["debug/deps", "debug/incremental", "release"] {
            std::fs::create_dir_all(target.path().join(folder)).unwrap();
        }
        std::fs::write(target.path().join("debug/sagan"), "the command").unwrap();
        let folders = ["debug/deps", "debug/incremental", "doc"];
        give_up(target.path(), &folders, GIGABYTE).unwrap();
        let left = |path: &str| target.path().join(path).exists();
        assert!(!left("debug/deps") && !left("debug/incremental"));
        assert!(left("debug/sagan") && left("release"));
        // And a second time there is nothing to do.
        give_up(target.path(), &folders, 0).unwrap();
    }

    #[test]
    fn sizes_read_as_spoken() {
        assert_eq!(gigabytes(1_249_000_000), "1.2");
    }
}
