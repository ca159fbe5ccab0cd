//! What comes from the system: Node, a browser, a Vulkan driver.
//!
//! On Debian-like Linux as root they are installed; elsewhere the one command is named.

use semver::Version;

use crate::failure::Failure;
use crate::step::{command, output, step};
use crate::{browser, version, vulkan};

/// The oldest Node whose test runner knows `--test-concurrency`.
const NODE: Version = Version::new(20, 10, 0);

/// Something that the system's package manager has.
struct Need {
    what: &'static str,
    why: &'static str,
    /// Debian and Ubuntu.
    apt: &'static str,
    /// Fedora.
    dnf: &'static str,
    /// Arch.
    pacman: &'static str,
}

const BROWSER: Need = Need {
    what: "Chromium or Chrome",
    why: "to run the page in a real browser",
    apt: "chromium",
    dnf: "chromium",
    pacman: "chromium",
};

const VULKAN: Need = Need {
    what: "a Vulkan driver",
    why: "to test the GPU code without a browser",
    apt: "mesa-vulkan-drivers libvulkan1",
    dnf: "mesa-vulkan-drivers vulkan-loader",
    pacman: "vulkan-swrast vulkan-icd-loader",
};

/// Makes sure of Node, a browser and, where `vulkan` is asked for, a Vulkan driver.
///
/// # Errors
/// If one is missing and cannot be installed from here.
pub(crate) fn ensure(vulkan: bool) -> Result<(), Failure> {
    node()?;
    if browser::find().is_none() && std::env::var_os("CHROME").is_some() {
        return Err(Failure::Missing {
            what: "the browser that CHROME names".into(),
            why: "(any installed one is found without it)".into(),
            command: "unset CHROME".into(),
        });
    }
    let missing = || {
        let mut needs = Vec::new();
        if browser::find().is_none() {
            needs.push(BROWSER);
        }
        if vulkan && !vulkan::present() {
            needs.push(VULKAN);
        }
        needs
    };
    let needs = missing();
    if needs.is_empty() {
        return Ok(());
    }
    if has("apt-get") && is_root() {
        install_with_apt(&needs)?;
    }
    let still = missing();
    if still.is_empty() {
        Ok(())
    } else {
        Err(failure(&still))
    }
}

fn node() -> Result<(), Failure> {
    let present = output(command("node").arg("--version"))
        .as_deref()
        .and_then(version::printed);
    let new_enough = present.as_ref().is_some_and(|present| *present >= NODE);
    if new_enough && has("npm") {
        return Ok(());
    }
    let command = if cfg!(target_os = "macos") {
        "brew install node"
    } else if cfg!(windows) {
        "winget install OpenJS.NodeJS.LTS"
    } else if has("dnf") {
        "sudo dnf install nodejs npm"
    } else if has("pacman") {
        "sudo pacman -S nodejs npm"
    } else {
        // Debian's own may be too old.
        "curl -fsSL https://deb.nodesource.com/setup_22.x | sudo -E bash - && sudo apt-get install -y nodejs"
    };
    Err(Failure::Missing {
        what: format!("Node {NODE} or newer, with npm,"),
        why: "to drive the browser in the end-to-end tests".into(),
        command: command.into(),
    })
}

fn install_with_apt(needs: &[Need]) -> Result<(), Failure> {
    let names: Vec<_> = needs
        .iter()
        .map(|need| format!("{} ({})", need.what, need.why))
        .collect();
    step(
        "Bringing the list of Debian packages up to date",
        apt().arg("update"),
    )?;
    step(
        &format!("Installing {} with apt-get", names.join(" and ")),
        apt()
            .args(["install", "--yes", "--no-install-recommends"])
            .args(needs.iter().flat_map(|need| need.apt.split(' '))),
    )
}

fn apt() -> std::process::Command {
    let mut apt = command("apt-get");
    apt.arg("--quiet=2")
        .env("DEBIAN_FRONTEND", "noninteractive");
    apt
}

fn has(program: &str) -> bool {
    which::which(program).is_ok()
}

fn is_root() -> bool {
    output(command("id").arg("-u")).is_some_and(|id| id.trim() == "0")
}

fn failure(needs: &[Need]) -> Failure {
    let join = |part: fn(&Need) -> &'static str, with: &str| {
        needs.iter().map(part).collect::<Vec<_>>().join(with)
    };
    let command = if cfg!(target_os = "macos") {
        "brew install --cask google-chrome".into()
    } else if cfg!(windows) {
        "winget install Google.Chrome".into()
    } else if has("dnf") {
        format!("sudo dnf install {}", join(|need| need.dnf, " "))
    } else if has("pacman") {
        format!("sudo pacman -S {}", join(|need| need.pacman, " "))
    } else {
        format!(
            "sudo apt-get update && sudo apt-get install {}",
            join(|need| need.apt, " ")
        )
    };
    Failure::Missing {
        what: join(|need| need.what, " and "),
        why: join(|need| need.why, " and "),
        command,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_command_brings_all_that_is_missing() {
        let Failure::Missing { what, why, command } = failure(&[BROWSER, VULKAN]) else {
            panic!("another failure");
        };
        assert!(
            what.contains("Chromium") && what.contains("Vulkan"),
            "{what}"
        );
        assert!(why.contains(" and "), "{why}");
        assert!(
            !command.contains('\n') && command.contains("install") | command.contains("-S"),
            "{command}"
        );
    }
}
