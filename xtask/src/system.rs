//! What comes from the system: Node, a browser, a Vulkan driver.
//!
//! On Debian-like Linux as root they are installed; elsewhere the one command is named.

use semver::Version;

use crate::failure::Failure;
use crate::step::{command, output, step};
use crate::{browser, version, vulkan};

/// The oldest Node whose test runner knows `--test-concurrency`.
const NODE: Version = Version::new(20, 10, 0);

/// Where Node's makers publish a version that is new enough, signed and with checksums.
const NODE_DOWNLOADS: &str = "https://nodejs.org/dist/latest-v22.x/";

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
    let offered = output(command("apt-cache").args(["show", "--no-all-versions", "nodejs"]))
        .as_deref()
        .and_then(packaged);
    Err(without_node(offered))
}

/// The one thing to do where Node is missing or too old; `offered` is the version that Debian's
/// packages have, which may be too old itself.
fn without_node(offered: Option<Version>) -> Failure {
    let what = format!("Node {NODE} or newer, with npm,");
    let why = "to drive the browser in the end-to-end tests".into();
    let command = if cfg!(target_os = "macos") {
        "brew install node"
    } else if cfg!(windows) {
        "winget install OpenJS.NodeJS.LTS"
    } else if has("dnf") {
        "sudo dnf install nodejs npm"
    } else if has("pacman") {
        "sudo pacman -S nodejs npm"
    } else if offered.is_some_and(|offered| offered >= NODE) {
        "sudo apt-get update && sudo apt-get install nodejs npm"
    } else {
        let from = NODE_DOWNLOADS.into();
        return Failure::Download { what, why, from };
    };
    let command = command.into();
    Failure::Missing { what, why, command }
}

/// The version in what `apt-cache show` prints: of "Version: 18.20.4+dfsg-1~deb12u2", 18.20.4.
fn packaged(shown: &str) -> Option<Version> {
    let version = shown
        .lines()
        .find_map(|line| line.strip_prefix("Version: "))?;
    let version = version
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .next()?;
    Version::parse(version).ok()
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
    fn debian_says_which_node_it_has() {
        let shown = |version: &str| packaged(&format!("Package: nodejs\nVersion: {version}\n"));
        assert_eq!(
            shown("18.20.4+dfsg-1~deb12u2"),
            Some(Version::new(18, 20, 4))
        );
        assert_eq!(shown("12.22.9~dfsg-1"), Some(Version::new(12, 22, 9)));
        assert_eq!(packaged("N: Unable to locate package nodejs"), None);
    }

    /// What it names is either a package of the system's own or something to check before it runs.
    #[test]
    fn no_advice_runs_what_it_downloads() {
        let offers = [
            None,
            Some(Version::new(18, 20, 4)),
            Some(Version::new(20, 19, 2)),
        ];
        for advice in offers.map(without_node) {
            let advice = advice.to_string();
            for unsafe_part in ["curl", "wget", "|", "bash"] {
                assert!(!advice.contains(unsafe_part), "{advice}");
            }
            assert!(
                advice.contains("install") || advice.contains("SHASUMS256"),
                "{advice}"
            );
        }
    }

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
