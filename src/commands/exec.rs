//! `exec`: one command with a profile's credentials, in this process's place.

use std::ffi::OsString;
use std::io;
use std::time::Duration;

use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::active::Mode;
use crate::domain::credentials::Credentials;
use crate::domain::env_delta::EnvDelta;
use crate::domain::plan::Plan;
use crate::domain::profile::Target;
use crate::domain::{Error, Result};
use crate::identity::LoginPolicy;
use crate::io::{App, process};

use super::switch::{self, Request};
use super::target::{self, Choice};
use super::{directory, plan};

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
}

/// Runs the command; comes back only where it could not be started, or on Windows.
pub fn run(app: &App, options: &Options) -> Result<u8> {
    let Some((program, arguments)) = options.command.split_first() else {
        return Err(
            Error::usage("`exec` needs a command").hint("run `ssoenv exec PROFILE -- COMMAND …`")
        );
    };
    let config = Config::load(app)?;
    let settings = Settings::load_warning(app)?;
    let policy = LoginPolicy { allow_login: !options.no_login, ..switch::login_policy(&settings) };
    let target = target::required(app, &config, &options.choice, &policy)?;
    let plan = plan::make(app, &settings, &target);
    let credentials = lasting(app, &target, &plan, &policy, options)?;
    let mut delta = switch::keys(app, &plan, options.region.as_deref(), &credentials);
    directory::stay(app, &mut delta);
    let mut command = process::command(program);
    command.args(arguments);
    apply(&mut command, &delta);
    let error = match process::replace(command) {
        Ok(code) => return Ok(code),
        Err(error) => error,
    };
    let (code, why) = match error.kind() {
        io::ErrorKind::NotFound => (NOT_FOUND, "was not found"),
        _ => (NOT_EXECUTABLE, "cannot be run"),
    };
    let name = program.to_string_lossy();
    app.term.report(&Error::failed(format!("the command `{name}` {why}")).cause(error));
    Ok(code)
}

/// Puts the variables of a switch into a command's environment.
pub fn apply(command: &mut std::process::Command, delta: &EnvDelta) {
    for (name, value) in delta.changes() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
}

/// Credentials that live as long as was asked for: cached ones if they do, else new ones.
fn lasting(
    app: &App,
    target: &Target,
    plan: &Plan,
    policy: &LoginPolicy,
    options: &Options,
) -> Result<Credentials> {
    let request = |fresh| Request { mode: Mode::Keys, region: None, fresh, policy };
    let credentials = switch::credentials(app, target, &request(false))?;
    let Some(wanted) = options.min_ttl else { return Ok(credentials) };
    let wanted = i64::try_from(wanted.as_secs()).unwrap_or(i64::MAX);
    let lasts = |credentials: &Credentials| {
        let now = app.clock.now().seconds();
        credentials.expiration.is_none_or(|end| end.seconds() - now >= wanted)
    };
    if lasts(&credentials) {
        return Ok(credentials);
    }
    let credentials = switch::credentials(app, target, &request(true))?;
    if lasts(&credentials) {
        return Ok(credentials);
    }
    Err(Error::failed(format!(
        "the credentials of `{}` do not live as long as `--min-ttl` asks",
        plan.profile.as_deref().unwrap_or("this role")
    ))
    .hint("ask for less, or for a longer session of the permission set"))
}
