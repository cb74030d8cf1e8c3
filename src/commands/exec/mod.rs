//! `exec`: a command with a profile's credentials, in this process's place, beside an endpoint that
//! keeps them fresh, or once for each of several profiles.

mod many;
mod served;
mod start;
mod words;

pub use words::Words;

use std::ffi::OsString;
use std::time::Duration;

use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::credentials::Credentials;
use crate::domain::plan::Plan;
use crate::domain::secret::Secret;
use crate::domain::{Error, Result};
use crate::identity::Policy;
use crate::io::{App, process};

use crate::commands::shared::guard::{self, Consent};
use crate::commands::shared::login::{self, Wish};
use crate::commands::shared::plan::{self, Sources};
use crate::commands::shared::{duration, region, switch, target};
use start::{missing, not_started, variables};

/// Runs the command; comes back only where it was not put in this process's place.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let min_ttl = words.min_ttl.as_deref().map(duration::parse).transpose()?;
    let (choice, command) = words.choice_and_command()?;
    if command.is_empty() {
        return Err(
            Error::usage("`exec` needs a command").hint("run `ssoenv exec PROFILE -- COMMAND …`")
        );
    }
    region::check(app, words.region.as_deref())?;
    let sources = Sources::look(app)?;
    let config = Config::load(app)?;
    let settings = Settings::load_warning(app)?;
    let policy = policy(app, &settings, words, min_ttl.unwrap_or_default())?;
    let on_top = words.on_top.read(app)?;
    if words.all.is_some() || words.each.is_some() {
        return many::run(app, &config, &settings, &policy, words, on_top.as_ref(), &command);
    }
    let choice = choice.with(on_top)?;
    let target = target::required(app, &config, &settings, &choice, &policy.login)?;
    let who = start::typed(&target);
    if let Some(code) = missing(app, &who, &command) {
        return Ok(code);
    }
    let mut permit = guard::permit(app, &settings, target, Consent::Asked, Some("exec"))?;
    if words.serve {
        return served::run(app, &config, permit, policy, &command);
    }
    let delta = variables(app, &mut permit, &policy)?;
    let delta = switch::fitting(permit.plan(), delta)?;
    plan::keep(app, &sources, &settings, permit.plan());
    let error = match process::replace(start::command(&command, &delta)) {
        Ok(code) => return Ok(code),
        Err(error) => error,
    };
    Ok(not_started(app, &who, &command, &error))
}

/// The command with credentials that are there, for the fast path. `None` where it did not start:
/// the slow path tries again, and says why.
pub fn at_once(
    app: &App,
    plan: &Plan,
    credentials: &Credentials,
    command: &[OsString],
) -> Option<u8> {
    if process::is_powershell_script(command.first()?) {
        return None;
    }
    let delta = start::keys(app, plan, None, credentials).ok()?;
    let delta = switch::fitting(plan, delta).ok()?;
    process::replace(start::command(command, &delta)).ok()
}

fn policy(app: &App, settings: &Settings, words: &Words, min_ttl: Duration) -> Result<Policy> {
    let wish = Wish::Implied.unless(words.no_login);
    let login = words.redirect.of(login::policy(app, settings, wish)?);
    Ok(Policy {
        mfa_token: words.mfa_token.clone().map(Secret::new),
        min_ttl: i64::try_from(min_ttl.as_secs()).unwrap_or(i64::MAX),
        region: words.region.clone(),
        ..Policy::new(login)
    })
}
