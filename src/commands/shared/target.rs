//! Which profile, or account and role, a command is about.

use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::active::Active;
use crate::domain::label::sanitize;
use crate::domain::names::{AccountId, ProfileName, RoleName, SessionName};
use crate::domain::nearest::nearest;
use crate::domain::profile::{Source, SsoRole, SsoSession, Target};
use crate::domain::region::ProfileRegion;
use crate::domain::speech;
use crate::domain::{self, Error, Result};
use crate::identity::LoginPolicy;
use crate::identity::accounts::{self, Accounts, Wanted};
use crate::identity::session::request::SessionRequest;
use crate::io::App;

use super::choice::{ByRole, Choice};
use super::session::sessions;
use super::{after_login, pick};

/// Resolves the choice. With nothing said: what this shell uses, `AWS_PROFILE`,
/// `AWS_DEFAULT_PROFILE`, `default`; `None` where there is none of these. `policy` is for a
/// directory that has to be asked for first, to know an account by its name. What the choice lays on
/// top is part of the target.
pub fn resolve(
    app: &App,
    config: &Config,
    choice: &Choice,
    policy: &LoginPolicy,
) -> Result<Option<Target>> {
    let target = below(app, config, choice, policy)?;
    match (target, &choice.on_top) {
        (Some(target), Some(on_top)) => target.with(on_top.clone()).map(Some),
        (target, _) => Ok(target),
    }
}

fn below(
    app: &App,
    config: &Config,
    choice: &Choice,
    policy: &LoginPolicy,
) -> Result<Option<Target>> {
    let ByRole { account, role, session } = &choice.by_role;
    match (&choice.profile, account, role) {
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
            Err(Error::usage("a profile and `--account` with `--role` exclude each other")
                .hint("name the profile alone, or leave it out: `--account ACCOUNT --role ROLE`"))
        }
        (Some(name), None, None) => config.target(&ProfileName::new(name.clone())).map(Some),
        (None, Some(account), Some(role)) => {
            by_role(app, config, account, role, session.as_deref(), policy).map(Some)
        }
        (None, Some(_), None) => Err(Error::usage("`--account` needs `--role`")),
        (None, None, Some(_)) => Err(Error::usage("`--role` needs `--account`")),
        (None, None, None) => current(app, config, policy),
    }
}

/// [`resolve`], where a profile must be found: with nothing said and nothing in use, a person
/// chooses.
pub fn required(
    app: &App,
    config: &Config,
    settings: &Settings,
    choice: &Choice,
    policy: &LoginPolicy,
) -> Result<Target> {
    if let Some(target) = resolve(app, config, choice, policy)? {
        return Ok(target);
    }
    let only = choice.by_role.session.as_deref();
    let chosen = pick::choose(app, config, settings, only, policy)?.with(choice.on_top.clone())?;
    resolve(app, config, &chosen, policy)?
        .ok_or_else(|| Error::usage("no profile was named, and this shell uses none"))
}

fn current(app: &App, config: &Config, policy: &LoginPolicy) -> Result<Option<Target>> {
    let active = Active::read(|name| app.env.get(name));
    if let Some(recall) = active.as_ref().and_then(Active::recall) {
        return resolve(app, config, &Choice::recalled(&recall), policy);
    }
    of_variables(app, config)
}

/// The profile that `AWS_PROFILE` or `AWS_DEFAULT_PROFILE` names, else `default`.
pub fn of_variables(app: &App, config: &Config) -> Result<Option<Target>> {
    // An empty variable counts as set, as for the AWS CLI.
    for variable in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
        if let Some(name) = app.env.get(variable) {
            let target = config.target(&ProfileName::new(name.clone()));
            return target.map(Some).map_err(|error| {
                if config.has_profile(&name) { error } else { named_by(error, variable, &name) }
            });
        }
    }
    if config.has_profile("default") {
        return config.target(&ProfileName::new("default")).map(Some);
    }
    Ok(None)
}

/// Nobody said that name on the command line.
fn named_by(error: Error, variable: &str, name: &str) -> Error {
    if name.is_empty() {
        return error
            .cause(format!("`{variable}` is set, and empty"))
            .hint(format!("run `{}`, or name a profile", speech::unset(&[variable])));
    }
    error.cause(format!("`{variable}` names it"))
}

fn by_role(
    app: &App,
    config: &Config,
    account: &str,
    role: &str,
    session: Option<&str>,
    policy: &LoginPolicy,
) -> Result<Target> {
    let candidates = match session {
        Some(name) => vec![config.session(&SessionName::new(name))?],
        None => sessions(config)?,
    };
    if candidates.is_empty() {
        return Err(Error::config("there is no SSO session in the configuration")
            .hint("run `ssoenv configure`"));
    }
    let fitting = fitting(app, config, &candidates, account, policy)?;
    let (session, account_id) = match fitting.as_slice() {
        [one] => one.clone(),
        [] => return Err(unknown_account(app, &candidates, account)),
        several => {
            let list = several
                .iter()
                .map(|(session, id)| format!("{id} in `{}`", sanitize(session.label())))
                .collect::<Vec<_>>()
                .join(", ");
            let one_id = several.iter().all(|(_, id)| *id == several[0].1);
            return Err(if one_id {
                Error::usage(format!("several sessions have the account `{account}`: {list}"))
                    .hint("say which: add `--sso-session SESSION`")
            } else {
                Error::usage(format!("`{account}` is not one account: {list}")).hint(
                    "give the account's ID, and `--sso-session SESSION` where several have it",
                )
            });
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
        region: ProfileRegion::NONE,
        connection: config.connection(None)?,
        on_top: None,
    })
}

/// Sessions and accounts that the words fit. An ID needs no directory where there is one session;
/// otherwise the sessions' directories decide, asked of the portal where they are not known.
fn fitting(
    app: &App,
    config: &Config,
    sessions: &[SsoSession],
    account: &str,
    policy: &LoginPolicy,
) -> Result<Vec<(SsoSession, AccountId)>> {
    if let ([session], true) = (sessions, AccountId::is_valid(account)) {
        return Ok(vec![(session.clone(), AccountId::new(account))]);
    }
    let mut known = Vec::new();
    for session in sessions {
        known.extend(accounts::load(app, session)?.map(|accounts| (session, accounts)));
    }
    let found = called(&known, account);
    if !found.is_empty() {
        return Ok(found);
    }
    let connection = config.connection(None)?;
    known.clear();
    for session in sessions {
        let request = SessionRequest { session, connection: &connection, policy, profile: None };
        let (listed, error) = after_login::accounts(app, Wanted::Accounts, request, true);
        if let Some(error) = error {
            return Err(error);
        }
        known.push((session, listed));
    }
    Ok(called(&known, account))
}

fn called(known: &[(&SsoSession, Accounts)], account: &str) -> Vec<(SsoSession, AccountId)> {
    let all = known.iter().flat_map(|(session, accounts)| {
        accounts.accounts.iter().map(move |entry| (*session, entry))
    });
    domain::called::called(all, account, |(_, entry)| entry.names())
        .into_iter()
        .map(|(session, entry)| (session.clone(), AccountId::new(entry.id.clone())))
        .collect()
}

fn unknown_account(app: &App, sessions: &[SsoSession], account: &str) -> Error {
    let error = Error::denied(format!("no account matches `{account}`"));
    let directories: Vec<_> =
        sessions.iter().filter_map(|session| accounts::load(app, session).ok().flatten()).collect();
    let names = directories.iter().flat_map(|d| &d.accounts).filter_map(|a| a.name.as_deref());
    match nearest(account, names) {
        Some(name) => error.hint(format!("did you mean `{name}`?")),
        None => error.hint("run `ssoenv accounts --refresh` to see your accounts"),
    }
}
