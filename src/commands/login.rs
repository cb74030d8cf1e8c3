//! `ssoenv login`: a token for a session, by refresh or by a person.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Args;

use super::shared::login::{self, Redirect, Wish};
use super::shared::rows::Rows;
use super::shared::{Completes, after_login, console_login, region, session, sought};
use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::Result;
use crate::domain::names::{ProfileName, SessionName};
use crate::identity::LoginPolicy;
use crate::identity::session::access::{Obtained, Way};
use crate::identity::session::request::SessionRequest;
use crate::io::App;

/// Log in to IAM Identity Center, or to the console for a `login_session` profile
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv login                              Log in through the browser
  ssoenv login prod --device-code           Log in with a code
  ssoenv login --sso-session corp --force   Log in again")]
pub struct Words {
    /// Profile whose session to log in to, or parts of the names of profile, account and role
    #[arg(value_name = "WORD", conflicts_with = "session", add = Completes::Word)]
    typed: Vec<String>,
    /// Session to log in to
    #[arg(long = "sso-session", value_name = "SESSION", add = Completes::Session)]
    session: Option<SessionName>,
    /// Show a code to enter on any device
    #[arg(long)]
    device_code: bool,
    /// Do not open a browser: print the URL, paste the answer
    #[arg(long)]
    no_browser: bool,
    /// Where the browser comes back to.
    #[command(flatten)]
    redirect: Redirect,
    /// Region to sign in to the console in
    #[arg(long, conflicts_with = "session", add = Completes::Region)]
    region: Option<String>,
    /// Log in even if the token is good
    #[arg(long)]
    force: bool,
}

/// Logs in, and says on standard error how that ended. Nothing goes to standard output.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let config = Config::load(app)?;
    region::check(app, words.region.as_deref())?;
    let settings = Settings::load_warning(app)?;
    let (profile, named) = match words.typed.as_slice() {
        [] => (None, words.session.clone()),
        typed => session_of(app, &config, &settings, typed)?,
    };
    let policy = LoginPolicy {
        device_code: words.device_code,
        no_browser: words.no_browser,
        force: words.force,
        ..words.redirect.of(login::policy(app, &settings, Wish::Told)?)
    };
    if named.is_none()
        && let Some(chosen) = console_login::choose(app, &config, profile.as_ref())?
    {
        console_login::log_in(app, &config, &chosen, &policy, words.region.as_deref())?;
        return Ok(0);
    }
    let chosen = session::choose(app, &config, profile.as_ref(), named.as_ref())?;
    let (session, profile) = (&chosen.session, chosen.profile.as_ref());
    let request =
        SessionRequest { session, connection: &chosen.connection, policy: &policy, profile };
    let Obtained { token, way } = after_login::token(app, request)?;
    let label = session.label();
    let until = token.expires_at.to_rfc3339();
    app.term.say(&match way {
        Way::Kept => format!("Already logged in to `{label}` until {until}."),
        Way::Refreshed => format!("The session `{label}` was refreshed, until {until}."),
        Way::LoggedIn => format!("Logged in to `{label}` until {until}."),
    });
    Ok(0)
}

/// The profile, or the session, that words mean. Rows of one session need no choice.
fn session_of(
    app: &App,
    config: &Config,
    settings: &Settings,
    words: &[String],
) -> Result<(Option<ProfileName>, Option<SessionName>)> {
    let name = words.join(" ");
    if config.has_profile(&name) {
        return Ok((Some(ProfileName::new(name)), None));
    }
    let rows = Rows::load(app, config, None)?;
    if let Some(session) = sought::only_session(&rows.rows, words) {
        return Ok((None, Some(SessionName::new(session))));
    }
    let row = sought::row(app, config, settings, words, rows, None)?;
    Ok(match row.of_session {
        None => (Some(ProfileName::new(row.profile)), None),
        // A legacy portal has no name: it is chosen as without words.
        Some(_) => (None, (!row.session.is_empty()).then(|| SessionName::new(row.session))),
    })
}
