//! `ssoenv logout`: files and keyring first, then the portal.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Args;

use super::shared::{Completes, console_login, session};
use crate::config::Config;
use crate::domain::Result;
use crate::domain::names::{ProfileName, SessionName};
use crate::domain::profile::{AssumeRole, Source, SsoSession};
use crate::identity::accounts;
use crate::identity::session::logout::{Follows, Logout};
use crate::identity::store::keyring;
use crate::io::App;

/// Forget tokens and role credentials, and end the session at the portal
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv logout                      Log out of the sessions that ssoenv uses
  ssoenv logout --sso-session corp   Log out of one session
  ssoenv logout --all                Also forget the tokens of other tools")]
pub struct Words {
    /// Only the session, or the console login, of this profile
    #[arg(conflicts_with_all = ["session", "all"], add = Completes::Profile)]
    profile: Option<ProfileName>,
    /// Only this session
    #[arg(long = "sso-session", value_name = "SESSION", conflicts_with = "all", add = Completes::Session)]
    session: Option<SessionName>,
    /// Everything that `aws sso logout` removes, tokens of other tools too
    #[arg(long)]
    all: bool,
}

/// Logs out, and says on standard error of what.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let config = match Config::load(app) {
        Ok(config) => config,
        // A broken configuration must not keep anybody logged in.
        Err(error) if words.all => {
            app.term.warn(&error.to_string());
            Config::default()
        }
        Err(error) => return Err(error),
    };
    if let Err(error) = keyring::is_chosen(app) {
        // Nor must broken settings: files and keyring are both emptied all the same.
        if !words.all {
            return Err(error);
        }
        app.term.warn(&error.to_string());
        keyring::assume_files(app)?;
    }
    let mut logins = Vec::new();
    let sessions = if let Some(name) = &words.session {
        vec![named(&config, name)?]
    } else if let Some(profile) = &words.profile {
        match console_login::of_profile(&config, profile) {
            Some(chosen) => {
                logins.push(chosen.session);
                Vec::new()
            }
            None => vec![session::choose(app, &config, Some(profile), None)?.session],
        }
    } else {
        logins.extend(config.logins().into_iter().map(|(session, _)| session));
        let named = config.sessions().into_iter().flatten();
        named.chain(config.legacy_sessions()).collect()
    };
    let tell = |label: &str| app.term.say(&format!("Logged out of `{label}`."));
    let mut logout = Logout::begin(app)?;
    let mut none = true;
    for session in &sessions {
        if logout.forget(session, &follows(app, &config, session))? {
            none = false;
            tell(session.label());
        }
    }
    for session in &logins {
        let roles = console_login::roles_on_top(app, &config, session);
        if logout.forget_login(session, &roles)? {
            none = false;
            tell(&session.arn);
        }
    }
    if words.all {
        for label in logout.forget_all()? {
            none = false;
            tell(&label);
        }
    }
    if none && logout.is_complete() {
        app.term.say("Not logged in.");
    }
    logout.end(&config.active_connection(&app.env).unwrap_or_default())?;
    Ok(0)
}

/// A session by its name, even if a key is missing that a logout does not need.
fn named(config: &Config, name: &SessionName) -> Result<SsoSession> {
    match config.session(name) {
        Ok(session) => Ok(session),
        Err(_) if config.session_values(name.as_str()).is_some() => {
            let values = config.session_values(name.as_str());
            let text = |key: &str| values.and_then(|v| v.text(key)).unwrap_or_default().to_owned();
            Ok(SsoSession {
                name: Some(name.clone()),
                start_url: text("sso_start_url"),
                region: text("sso_region").into(),
                scopes: None,
            })
        }
        Err(error) => Err(error),
    }
}

/// What the profiles and the directory say that follows from the session.
fn follows(app: &App, config: &Config, session: &SsoSession) -> Follows {
    let directory = accounts::load(app, session).ok().flatten().unwrap_or_default();
    let mut follows = Follows { roles: directory.sso_roles(session), ..Follows::default() };
    for name in config.profile_names() {
        let Ok(target) = config.target(&name) else { continue };
        match &target.source {
            Source::Sso(role) if role.session == *session => follows.roles.push(role.clone()),
            source if source.sso_root().is_some_and(|role| role.session == *session) => {
                collect(source, &mut follows);
            }
            _ => {}
        }
    }
    follows
}

fn collect(source: &Source, follows: &mut Follows) {
    match source {
        Source::AssumeRole(assume) => {
            let assume: &AssumeRole = assume;
            follows.assumed.push(assume.clone());
            collect(&assume.source, follows);
        }
        Source::Sso(role) => follows.roles.push(role.clone()),
        _ => {}
    }
}
