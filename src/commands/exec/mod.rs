//! `exec`: a command with a profile's credentials, in this process's place, beside an endpoint that
//! keeps them fresh, or once for each of several profiles.

mod many;
mod served;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::env_delta::EnvDelta;
use crate::domain::profile::Target;
use crate::domain::secret::Secret;
use crate::domain::{Error, Result};
use crate::identity::{LoginPolicy, Policy};
use crate::io::{App, process};

use crate::commands::shared::choice::Choice;
use crate::commands::shared::{after_login, plan, region, switch, target, tree};

/// The shell's code for a command that is not there.
const NOT_FOUND: u8 = 127;
/// The shell's code for a command that cannot be run.
const NOT_EXECUTABLE: u8 = 126;

/// The words of `exec`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// PROFILE, or account and role.
    pub choice: Choice,
    /// The command and its arguments, as they are.
    pub command: Vec<OsString>,
    /// `--no-login`.
    pub no_login: bool,
    /// `--region`.
    pub region: Option<String>,
    /// `--min-ttl`.
    pub min_ttl: Option<Duration>,
    /// `--mfa-token`.
    pub mfa_token: Option<String>,
    /// `--serve`.
    pub serve: bool,
    /// `--all GLOB`.
    pub all: Option<String>,
    /// `--each FILE`.
    pub each: Option<PathBuf>,
    /// `--parallel N`.
    pub parallel: u16,
}

/// Runs the command; comes back only where it was not put in this process's place.
pub fn run(app: &App, options: &Options) -> Result<u8> {
    if options.command.is_empty() {
        return Err(
            Error::usage("`exec` needs a command").hint("run `ssoenv exec PROFILE -- COMMAND …`")
        );
    }
    region::check(app, options.region.as_deref())?;
    let config = Config::load(app)?;
    let settings = Settings::load_warning(app)?;
    let policy = policy(&settings, options);
    if options.all.is_some() || options.each.is_some() {
        return many::run(app, &config, &settings, &policy, options);
    }
    let target = target::required(app, &config, &options.choice, &policy.login)?;
    if let Some(code) = missing(app, options) {
        return Ok(code);
    }
    if options.serve {
        return served::run(app, &config, &settings, target, policy, options);
    }
    let delta = variables(app, &settings, &target, &policy)?;
    let error = match process::replace(command(options, &delta)) {
        Ok(code) => return Ok(code),
        Err(error) => error,
    };
    Ok(not_started(app, options, &error))
}

fn policy(settings: &Settings, options: &Options) -> Policy {
    let login = LoginPolicy { allow_login: !options.no_login, ..switch::login_policy(settings) };
    let min_ttl = options.min_ttl.map_or(0, |time| time.as_secs());
    Policy {
        mfa_token: options.mfa_token.clone().map(Secret::new),
        min_ttl: i64::try_from(min_ttl).unwrap_or(i64::MAX),
        region: options.region.clone(),
        ..Policy::new(login)
    }
}

/// The variables of keys mode for a target. What `clear` and `use -` need is not among them.
fn variables(app: &App, settings: &Settings, target: &Target, policy: &Policy) -> Result<EnvDelta> {
    let credentials = after_login::credentials(app, target, policy)?;
    let plan = plan::make(app, settings, target);
    let mut delta = switch::keys(app, &plan, policy.region.as_deref(), &credentials);
    // A shell that is started is still in this tree, and what was named here wins.
    tree::stay(app, &mut delta);
    Ok(delta)
}

/// The command with its arguments as they are, in an environment changed by `delta`.
fn command(options: &Options, delta: &EnvDelta) -> Command {
    let mut command = process::command(&options.command[0]);
    command.args(&options.command[1..]);
    for (name, value) in delta.changes() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// The code of a command that is nowhere on the path: told before anybody has to log in for it.
fn missing(app: &App, options: &Options) -> Option<u8> {
    let program = &options.command[0];
    if !cfg!(unix) || process::find(&app.env, program).is_some() {
        return None;
    }
    Some(not_started(app, options, &io::ErrorKind::NotFound.into()))
}

/// Says why the command did not start; gives the code that a shell would give.
fn not_started(app: &App, options: &Options, error: &io::Error) -> u8 {
    let name = options.command[0].to_string_lossy();
    let (code, error) = match error.kind() {
        io::ErrorKind::NotFound => (
            NOT_FOUND,
            Error::failed(format!("the command `{name}` was not found"))
                .hint("check its spelling and `PATH`"),
        ),
        io::ErrorKind::ArgumentListTooLong => (
            NOT_EXECUTABLE,
            Error::failed(format!("the command `{name}` has too many arguments")).cause(error),
        ),
        _ => (
            NOT_EXECUTABLE,
            Error::failed(format!("the command `{name}` cannot be run"))
                .cause(error)
                .hint("check its mode and what its first line names"),
        ),
    };
    app.term.report(&error);
    code
}
