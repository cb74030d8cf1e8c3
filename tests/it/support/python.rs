//! The Python in which boto3 is installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{run, skip};

/// Where `.ci/run` installs clients.
pub fn installed() -> PathBuf {
    let binary = Path::new(env!("CARGO_BIN_EXE_ssoenv"));
    binary.ancestors().nth(2).expect("target").join("clients")
}

/// Says that a client is not there; a failure where `SSOENV_TEST_CLIENTS` names it.
pub fn missing(client: &str) {
    let required = std::env::var("SSOENV_TEST_CLIENTS").unwrap_or_default();
    assert!(!required.split(',').any(|name| name.trim() == client), "{client} is not installed");
    skip(format_args!("{client} is not installed"));
}

/// Every program of this name.
pub fn on_path(name: &str) -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let usual = ["/usr/bin", "/usr/local/bin"].map(PathBuf::from);
    let folders = std::env::split_paths(&path).chain(usual);
    folders.map(|folder| folder.join(name)).filter(|path| path.is_file()).collect()
}

/// A Python that has these modules; its own name, and nothing of a version manager's.
pub fn having(modules: &str) -> Option<PathBuf> {
    let script = format!("import {modules}, sys; print(sys.executable)");
    let mut pythons = vec![installed().join("python/bin/python3")];
    pythons.extend(on_path("python3"));
    pythons.into_iter().find_map(|python| {
        let output = run::try_output(Command::new(python).args(["-c", &script]))?;
        let name = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| PathBuf::from(name.trim()))
    })
}

/// A Python that has boto3.
pub fn boto3() -> Option<PathBuf> {
    let found = having("boto3");
    if found.is_none() {
        missing("boto3");
    }
    found
}
