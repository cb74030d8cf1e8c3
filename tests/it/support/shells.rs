//! Real shells with the built program on their path.

use std::path::Path;
use std::process::Command;

use super::{World, find};

/// Whether a shell may be used: if it is not installed, a line says so, and a shell that
/// `SSOENV_TEST_SHELLS` names must be there.
pub fn have(shell: &str) -> bool {
    find(shell, "SSOENV_TEST_SHELLS").is_some()
}

/// `PATH` with the built program first.
pub fn path() -> String {
    let bin = Path::new(env!("CARGO_BIN_EXE_ssoenv")).parent().expect("a folder");
    format!("{}:{}", bin.display(), super::world::path())
}

/// A shell that reads no start files and runs a script.
pub fn script(world: &World, shell: &str, options: &[&str], script: &str) -> Command {
    let mut command = world.command(shell);
    command.env("PATH", path()).args(no_start_files(shell)).args(options).args(["-c", script]);
    command
}

/// The options that keep a shell from reading start files.
pub fn no_start_files(shell: &str) -> &'static [&'static str] {
    match shell {
        "bash" => &["--norc", "--noprofile"],
        "zsh" => &["--no-rcs"],
        "fish" => &["--no-config"],
        _ => &[],
    }
}
