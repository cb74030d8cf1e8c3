//! The AWS CLI that this shell would run: whether it knows what the configuration uses.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use super::patient::Patient;
use super::problem::Problem;
use crate::config::Config;
use crate::domain::Result;
use crate::io::captured::Captured;
use crate::io::{App, process};

/// The first that reads `[sso-session]`.
const SESSIONS: Version = (2, 9);
/// The first whose `aws sso login` uses the browser without a code to compare.
const BROWSER_LOGIN: Version = (2, 22);

const UPDATE: &str = "install the current version of the AWS CLI: \
     https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html";

/// Starting Python takes its time.
const PATIENCE: Duration = Duration::from_secs(5);

type Version = (u32, u32);

/// An AWS CLI that is too old for what is configured.
///
/// # Errors
/// Kind `Interrupted`.
pub fn version(patient: &Patient, config: &Config) -> Result<Vec<Problem>> {
    let name = format!("aws{}", std::env::consts::EXE_SUFFIX);
    let Some(path) = process::find(&patient.app.env, OsStr::new(&name)) else {
        return Ok(Vec::new());
    };
    let version = match of_path(&path) {
        Some(version) => version,
        None if patient.offline => return Ok(vec![Problem::skipped("`--offline`")]),
        None => match asked(patient.app, &path)? {
            Ok(version) => version,
            Err(why) => return Ok(vec![Problem::skipped(why)]),
        },
    };
    let what = format!("AWS CLI {}.{} is old", version.0, version.1);
    let why = if version.0 < 2 && !patient.sessions.is_empty() {
        "it has no `aws sso login`, which needs version 2"
    } else if version < SESSIONS && !config.session_names().is_empty() {
        "it does not read `[sso-session]` sections, which need 2.9"
    } else if version < BROWSER_LOGIN && !patient.sessions.is_empty() {
        "its `aws sso login` uses a device code; the browser login needs 2.22"
    } else {
        return Ok(Vec::new());
    };
    Ok(vec![Problem::warn(what, why, UPDATE).at(path, None)])
}

/// From where the program is installed, without starting it: `…/aws-cli/v2/2.15.0/dist/aws`.
fn of_path(path: &Path) -> Option<Version> {
    let real = std::fs::canonicalize(path).ok()?;
    let mut of_aws = false;
    real.iter().filter_map(OsStr::to_str).find_map(|part| {
        of_aws |= part.contains("aws");
        let digits = part.rsplit('-').next().filter(|text| text.split('.').count() == 3)?;
        parse(digits).filter(|_| of_aws)
    })
}

/// `aws-cli/2.15.0 Python/3.11 …`.
fn asked(app: &App, path: &Path) -> Result<std::result::Result<Version, String>> {
    let mut command = process::command(path);
    process::without_secrets(&mut command).arg("--version").stdin(Stdio::null());
    let captured = app.capture(command, PATIENCE, "`aws --version`")?;
    let why = match captured {
        Ok(Captured::Ended { stdout, .. }) => {
            let text = String::from_utf8_lossy(&stdout);
            match text.strip_prefix("aws-cli/").and_then(parse) {
                Some(version) => return Ok(Ok(version)),
                None => "does not print a version".to_owned(),
            }
        }
        Ok(Captured::TooMuch) => "does not print a version".to_owned(),
        Ok(Captured::Late) => "takes too long".to_owned(),
        Err(error) => error.to_string(),
    };
    Ok(Err(format!("`aws --version` {why}")))
}

fn parse(text: &str) -> Option<Version> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    let version = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    matches!(version.0, 1 | 2).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn versions_are_read() {
        assert_eq!(parse("2.15.30 Python/3.11.6 Linux"), Some((2, 15)));
        assert_eq!(parse("1.29.1"), Some((1, 29)));
        assert_eq!(parse("3.11.4"), None);
        assert_eq!(parse("two"), None);
    }
}
