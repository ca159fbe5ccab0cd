//! Running commands: each step says what it does, then how long it took.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest
        .parent()
        .map_or_else(|| manifest.clone(), PathBuf::from)
}

/// A command in the root of the workspace, found as the shell would find it (`npm` is a `.cmd`
/// file on Windows, which the standard library alone does not look for).
pub(crate) fn command(program: &str) -> Command {
    let found = which::which(program).unwrap_or_else(|_| program.into());
    let mut command = Command::new(found);
    command.current_dir(root());
    command
}

/// The cargo that runs xtask.
pub(crate) fn cargo() -> Command {
    command(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
}

/// The command as one would type it.
pub(crate) fn typed(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program
        .file_stem()
        .unwrap_or(command.get_program())
        .to_string_lossy();
    let arguments = command
        .get_args()
        .map(|argument| argument.to_string_lossy());
    std::iter::once(name)
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs the command to its end, its output going where ours goes.
///
/// # Errors
/// If it does not start or exits with anything but 0.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let text = typed(command);
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|reason| Failure::Start {
            command: text.clone(),
            reason,
        })?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Failed {
            command: text,
            status,
        })
    }
}

/// What the command prints, or nothing where it is missing or fails.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Announces a step, runs the command and says how long it took.
///
/// # Errors
/// As [`run`].
pub(crate) fn step(title: &str, command: &mut Command) -> Result<(), Failure> {
    println!("\n==> {title}\n    {}", typed(command));
    let start = Instant::now();
    let result = run(command);
    let verb = if result.is_ok() {
        "done in"
    } else {
        "failed after"
    };
    println!("    {verb} {}", clock(start.elapsed()));
    result
}

/// "1.2 s" or "3 min 04 s".
fn clock(time: Duration) -> String {
    if time.as_secs() < 60 {
        return format!("{:.1} s", time.as_secs_f64());
    }
    format!("{} min {:02} s", time.as_secs() / 60, time.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_read_as_typed() {
        let mut command = Command::new("/usr/bin/cargo");
        command.args(["test", "--workspace"]);
        assert_eq!(typed(&command), "cargo test --workspace");
    }

    #[test]
    fn times_read_as_spoken() {
        assert_eq!(clock(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(clock(Duration::from_secs(184)), "3 min 04 s");
    }

    #[test]
    fn a_command_that_is_not_there_is_named() {
        let failure = run(&mut command("no-such-program-anywhere"));
        assert!(
            failure.is_err_and(|failure| failure.to_string().contains("no-such-program-anywhere"))
        );
    }
}
