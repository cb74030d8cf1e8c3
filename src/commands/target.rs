//! Which profile, or account and role, a command is about.

use crate::config::Config;
use crate::domain::active::{Active, Recall};
use crate::domain::label::sanitise;
use crate::domain::names::{AccountId, ProfileName, RoleName, SessionName};
use crate::domain::profile::{Source, SsoRole, SsoSession, Target};
use crate::domain::{Error, Result};
use crate::io::App;

/// The words that name a profile, or an account and role.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// PROFILE.
    pub profile: Option<String>,
    /// `--account`, an ID or a name.
    pub account: Option<String>,
    /// `--role`.
    pub role: Option<String>,
    /// `--sso-session`.
    pub session: Option<String>,
}

impl Choice {
    /// A profile by its name.
    pub fn profile(name: impl Into<String>) -> Self {
        Self { profile: Some(name.into()), ..Self::default() }
    }

    /// What `SSOENV_PREV` holds.
    pub fn recalled(recall: &Recall) -> Self {
        match recall {
            Recall::Profile(name) => Self::profile(name.as_str()),
            Recall::Role { account_id, role, session } => Self {
                profile: None,
                account: Some(account_id.to_string()),
                role: Some(role.to_string()),
                session: session.as_ref().map(ToString::to_string),
            },
        }
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.profile.is_none() && self.account.is_none() && self.role.is_none()
    }
}

/// Resolves the choice. With nothing said: what this shell uses, `AWS_PROFILE`,
/// `AWS_DEFAULT_PROFILE`, `default`; `None` where there is none of these.
pub fn resolve(app: &App, config: &Config, choice: &Choice) -> Result<Option<Target>> {
    match (&choice.profile, &choice.account, &choice.role) {
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
            Err(Error::usage("a profile and `--account` with `--role` exclude each other"))
        }
        (Some(name), None, None) => config.target(&ProfileName::new(name.clone())).map(Some),
        (None, Some(account), Some(role)) => {
            by_role(config, account, role, choice.session.as_deref()).map(Some)
        }
        (None, Some(_), None) => Err(Error::usage("`--account` needs `--role`")),
        (None, None, Some(_)) => Err(Error::usage("`--role` needs `--account`")),
        (None, None, None) => current(app, config),
    }
}

/// [`resolve`], where a profile must be found.
pub fn required(app: &App, config: &Config, choice: &Choice) -> Result<Target> {
    resolve(app, config, choice)?.ok_or_else(|| {
        Error::usage("no profile was named, and this shell uses none")
            .hint("name a profile: `ssoenv list` shows them")
    })
}

fn current(app: &App, config: &Config) -> Result<Option<Target>> {
    let active = Active::read(|name| app.env.get(name));
    if let Some(recall) = active.as_ref().and_then(Active::recall) {
        return resolve(app, config, &Choice::recalled(&recall));
    }
    // An empty variable counts as set, as for the AWS CLI.
    for variable in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
        if let Some(name) = app.env.get(variable) {
            return config.target(&ProfileName::new(name)).map(Some);
        }
    }
    if config.has_profile("default") {
        return config.target(&ProfileName::new("default")).map(Some);
    }
    Ok(None)
}

/// The sessions that count: the named ones, or the legacy portals where there is none.
pub fn sessions(config: &Config) -> Result<Vec<SsoSession>> {
    let named: Vec<_> =
        config.session_names().iter().map(|name| config.session(name)).collect::<Result<_>>()?;
    Ok(if named.is_empty() { config.legacy_sessions() } else { named })
}

fn by_role(config: &Config, account: &str, role: &str, session: Option<&str>) -> Result<Target> {
    let candidates = match session {
        Some(name) => vec![config.session(&SessionName::new(name))?],
        None => sessions(config)?,
    };
    if candidates.is_empty() {
        return Err(Error::config("there is no SSO session in the configuration")
            .hint("run `ssoenv configure`"));
    }
    let fitting = fitting(&candidates, account);
    let (session, account_id) = match fitting.as_slice() {
        [one] => one.clone(),
        [] => return Err(unknown_account(account)),
        several => {
            let list = several
                .iter()
                .map(|(session, id)| format!("{id} in `{}`", sanitise(session.label())))
                .collect::<Vec<_>>()
                .join(", ");
            return Err(Error::usage(format!("`{account}` is not one account: {list}"))
                .hint("add `--sso-session SESSION`, or give the account's ID"));
        }
    };
    let role = RoleName::new(role);
    let name = session.name.as_ref().map(SessionName::as_str);
    let profiles = config.profiles_for(account_id.as_str(), role.as_str(), name);
    if let [profile] = profiles.as_slice() {
        return config.target(profile);
    }
    Ok(Target {
        profile: None,
        source: Source::Sso(SsoRole { session, account_id, role_name: role }),
        region: None,
        connection: config.connection(None)?,
    })
}

/// Sessions and accounts that the words fit.
fn fitting(sessions: &[SsoSession], account: &str) -> Vec<(SsoSession, AccountId)> {
    if !AccountId::is_valid(account) {
        return Vec::new();
    }
    sessions.iter().map(|session| (session.clone(), AccountId::new(account))).collect()
}

fn unknown_account(account: &str) -> Error {
    Error::denied(format!("there is no account `{account}` for you"))
        .hint("run `ssoenv accounts --refresh`")
}
