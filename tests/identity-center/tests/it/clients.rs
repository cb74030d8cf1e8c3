//! Finding clients that others wrote.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// `None` after saying so, or a failure if `SSOENV_TEST_CLIENTS` names the client.
pub fn missing(client: &str) {
    let needed = std::env::var("SSOENV_TEST_CLIENTS").unwrap_or_default();
    assert!(!needed.split(',').any(|n| n.trim() == client), "{client} is wanted but not installed");
    let _ = writeln!(std::io::stdout(), "skipped: {client} is not installed");
}

/// A command without the caller's AWS and proxy settings.
pub fn command(program: &Path, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear();
    command.env("HOME", home).env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8");
    command.env("AWS_PAGER", "").env("AWS_EC2_METADATA_DISABLED", "true");
    command.stdin(Stdio::null()).current_dir(home);
    command
}

/// Runs it and returns standard output; anything but success is a failure.
pub fn run(command: &mut Command) -> String {
    let output = output(command);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{command:?}\n{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

pub fn output(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"))
}

/// Programs of this name on the path and in the usual places.
pub fn candidates(name: &str) -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<PathBuf> = ["/usr/bin", "/usr/local/bin"].map(PathBuf::from).to_vec();
    found.extend(std::env::split_paths(&path));
    found.into_iter().map(|d| d.join(name)).filter(|p| p.is_file()).collect()
}
