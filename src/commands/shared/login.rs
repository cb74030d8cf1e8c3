//! Whether anybody is asked to log in: decided here alone, by the flags of the call, `SSOENV_LOGIN`, the
//! setting `login`, and who calls. And the option that every command has where a login can start.

use std::sync::Arc;

use clap::Args;

use crate::config::settings::Settings;
use crate::domain::speech;
use crate::domain::words::Login;
use crate::domain::{Error, Result};
use crate::identity::LoginPolicy;
use crate::identity::policy::Refusal;
use crate::io::{App, browser};

/// The variable that decides for one shell.
pub const VARIABLE: &str = "SSOENV_LOGIN";
/// Its value that forbids logins.
const NEVER: &str = Login::Never.name();
/// Its value for callers without a terminal who want one where it is needed.
const ALWAYS: &str = "always";

/// Where the browser comes back to: for every command in which a login can start.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Redirect {
    /// Port of the local redirect listener, for SSH forwarding
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
}

impl Redirect {
    /// The same policy with this port.
    pub fn of(self, policy: LoginPolicy) -> LoginPolicy {
        LoginPolicy { port: self.port, ..policy }
    }
}

/// What the call says about a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Nothing: somebody has to be there.
    Implied,
    /// It asks for one, or names a way: `login`, `--login`, `--device-code`.
    Told,
    /// It forbids one: `--no-login`.
    Unwanted,
}

impl Wish {
    /// Told where this holds.
    pub const fn told_if(told: bool) -> Self {
        if told { Self::Told } else { Self::Implied }
    }

    /// Unwanted where this holds.
    #[must_use]
    pub const fn unless(self, unwanted: bool) -> Self {
        if unwanted { Self::Unwanted } else { self }
    }
}

/// What is allowed of a login, with what the settings say about its way.
///
/// # Errors
/// `Config` for a value of `SSOENV_LOGIN` that is none: it may have been meant to forbid.
pub fn policy(app: &App, settings: &Settings, wish: Wish) -> Result<LoginPolicy> {
    let refusal = match forbidden(app, settings)? {
        None if wish == Wish::Implied => nobody(app, settings).map(Refusal::Nobody),
        None if wish == Wish::Unwanted => Some(Refusal::Unwanted),
        forbidden => forbidden,
    };
    Ok(LoginPolicy {
        refusal,
        flow: settings.general.login_flow,
        browser: settings.general.browser.clone(),
        settings: Some(Arc::new(settings.clone())),
        ..LoginPolicy::allowed()
    })
}

fn forbidden(app: &App, settings: &Settings) -> Result<Option<Refusal>> {
    let value = app.env.non_empty(VARIABLE).unwrap_or_default();
    if value.eq_ignore_ascii_case(NEVER) {
        return Ok(Some(Refusal::Forbidden {
            why: format!("`{VARIABLE}={NEVER}` forbids logins"),
            instead: format!("{}, and log in", speech::unset(&[VARIABLE])),
        }));
    }
    if !value.is_empty() && value != ALWAYS {
        return Err(Error::config(format!("`{VARIABLE}={value}` is not a value")).hint(format!(
            "set it to `{NEVER}` or `{ALWAYS}`, or {}",
            speech::unset(&[VARIABLE])
        )));
    }
    if settings.general.login != Login::Never {
        return Ok(None);
    }
    let place = settings.origin("login").map(|origin| format!(" in `{origin}`"));
    Ok(Some(Refusal::Forbidden {
        why: format!("`login = {NEVER}`{} forbids logins", place.unwrap_or_default()),
        instead: "log in where that setting does not hold".to_owned(),
    }))
}

/// Why nobody is there who could log in.
fn nobody(app: &App, settings: &Settings) -> Option<String> {
    if app.env.get(VARIABLE).is_some_and(|value| value == ALWAYS) {
        return None;
    }
    let set =
        |name: &str, who: &str| format!("`{name}` is set: {who}, and nobody is asked to log in");
    if let Some(name) = browser::build_machine(&app.env) {
        return Some(set(name, "this is a build machine"));
    }
    if let Some(name) = app.env.first_set(&settings.agent_markers()) {
        return Some(set(name, "a coding agent runs this"));
    }
    (!app.term.can_ask()).then(|| "there is no terminal, so nobody is asked to log in".to_owned())
}
