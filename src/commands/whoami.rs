//! `whoami`: who AWS says the credentials are, and what would win over them.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use serde_json::json;

use crate::commands::shared::after_login;
use clap::Args;

use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::active::Mode;
use crate::domain::credentials::Credentials;
use crate::domain::label::sanitize;
use crate::domain::names::AccountId;
use crate::domain::on_top::OnTop;
use crate::domain::profile::{Connection, Source, Target};
use crate::domain::region::ProfileRegion;
use crate::domain::timestamp::Timestamp;
use crate::domain::winner::Winner;
use crate::domain::{Error, Result, segment};
use crate::identity::sources::{self, ambient};
use crate::identity::wire::sts::{CallerIdentity, Sts};
use crate::identity::{LoginPolicy, Policy, accounts};
use crate::io::App;

use super::shared::choice::Choice;
use super::shared::guard::{self, Consent};
use super::shared::login::{self, Redirect, Wish};
use super::shared::sought::Sought;
use super::shared::target;

/// Show who AWS says you are
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv whoami          Show the identity of this shell
  ssoenv whoami prod     Show the identity of the profile prod
  ssoenv whoami --json   Print it for scripts")]
pub struct Words {
    /// Whose credentials; those that AWS tools use in this shell where nothing is said.
    #[command(flatten)]
    sought: Sought,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Where the browser comes back to.
    #[command(flatten)]
    redirect: Redirect,
}

/// Credentials, and where they come from.
struct Held {
    credentials: Credentials,
    profile: Option<String>,
    role: Option<String>,
    source: &'static str,
    is_narrowed: bool,
    region: String,
    connection: Connection,
}

/// Asks STS, and prints the answer.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let config = Config::load(app)?;
    let settings = Settings::load_warning(app)?;
    let login = words.redirect.of(login::policy(app, &settings, Wish::Implied)?);
    let policy = Policy::new(login);
    let choice = words.sought.find(app, &config, &settings)?.choice;
    let held = match wanted(app, &config, &choice, &policy.login)? {
        Some(target) => of_target(app, &settings, target, &policy)?,
        None => environment(app, &config)?,
    };
    let sts = Sts::new(app, &held.connection, &held.region)?;
    let identity = sts.get_caller_identity(&held.credentials)?.map_err(|failure| {
        let error = sts.error(failure);
        match held.profile {
            Some(_) => error,
            None => error.cause("AWS tools use the credentials that `AWS_ACCESS_KEY_ID` names"),
        }
    })?;
    let name = accounts::account_name(app, &identity.account_id);
    let shadowed = shadowed(app, &held);
    if words.json {
        let document = json!({
            "account_id": identity.account_id.as_str(),
            "account_name": name,
            "arn": identity.arn,
            "user_id": identity.user_id,
            "profile": held.profile,
            "role": held.role,
            "expires_at": held.credentials.expiration.map(Timestamp::to_rfc3339),
            "source": held.source,
            "shadowed": shadowed,
        });
        app.term.out_json(&document.to_string())?;
    } else {
        app.term.out(&lines(app, &held, &identity, name.as_deref(), &shadowed))?;
    }
    Ok(0)
}

/// The profile that is asked about: with nothing said the one that AWS tools use in this shell.
/// `None` where they use credentials in variables.
fn wanted(
    app: &App,
    config: &Config,
    choice: &Choice,
    policy: &LoginPolicy,
) -> Result<Option<Target>> {
    if choice.profile.is_some() || choice.by_role.account.is_some() || choice.by_role.role.is_some()
    {
        return target::resolve(app, config, choice, policy);
    }
    match Winner::of(|name| app.env.get(name)) {
        Winner::Keys => Ok(None),
        Winner::Use(_) => target::resolve(app, config, choice, policy),
        Winner::Profile { .. } | Winner::Default => target::of_variables(app, config),
    }
}

fn of_target(app: &App, settings: &Settings, target: Target, policy: &Policy) -> Result<Held> {
    let region = sources::sts_region(app, &target, None)?;
    // Only what AWS answers about them is shown.
    let mut permit = guard::permit(app, settings, target, Consent::Inward, None)?;
    let credentials = after_login::credentials(app, &mut permit, policy)?;
    let target = permit.into_target();
    Ok(Held {
        credentials,
        profile: target.profile.as_ref().map(ToString::to_string),
        role: target.role_name().map(|role| role.to_string()),
        source: target.source.word(),
        is_narrowed: target.on_top.as_ref().is_some_and(OnTop::has_policies),
        region,
        connection: target.connection,
    })
}

/// The credentials that the user has set.
fn environment(app: &App, config: &Config) -> Result<Held> {
    let credentials = ambient::environment(app).map_err(|error| {
        if app.env.non_empty("AWS_ACCESS_KEY_ID").is_some() {
            return error;
        }
        Error::usage("no profile is named, and this shell has no credentials")
            .hint("name a profile: `ssoenv list` shows them")
    })?;
    let target = Target {
        profile: None,
        source: Source::Environment,
        region: ProfileRegion::NONE,
        connection: config.connection(None)?,
        on_top: None,
    };
    Ok(Held {
        credentials,
        profile: None,
        role: None,
        source: "environment",
        is_narrowed: false,
        region: sources::sts_region(app, &target, None)?,
        connection: target.connection,
    })
}

/// Variables for which AWS tools use something else in this shell.
fn shadowed(app: &App, held: &Held) -> Vec<&'static str> {
    let token = app.env.get("AWS_SECURITY_TOKEN").map(|_| "AWS_SECURITY_TOKEN");
    let first = match Winner::of(|name| app.env.get(name)) {
        Winner::Use(active) => {
            let same = active.profile.as_ref().map(AsRef::as_ref) == held.profile.as_deref();
            (!same).then_some(match active.mode {
                Mode::Keys => "AWS_ACCESS_KEY_ID",
                Mode::Profile => "AWS_PROFILE",
            })
        }
        Winner::Keys => {
            let key = app.env.get("AWS_ACCESS_KEY_ID");
            (key.as_ref() != Some(&held.credentials.access_key_id)).then_some("AWS_ACCESS_KEY_ID")
        }
        Winner::Profile { variable, name } => {
            (held.profile.as_ref() != Some(&name)).then_some(variable)
        }
        Winner::Default => None,
    };
    // It wins over an SSO profile, and not over credentials in variables.
    let web = "AWS_WEB_IDENTITY_TOKEN_FILE";
    let has_keys = app.env.non_empty("AWS_ACCESS_KEY_ID").is_some();
    let web = app.env.get(web).filter(|_| !has_keys).map(|_| web);
    first.into_iter().chain(token).chain(web).collect()
}

fn lines(
    app: &App,
    held: &Held,
    identity: &CallerIdentity,
    name: Option<&str>,
    shadowed: &[&str],
) -> String {
    let account = account(&identity.account_id, name);
    let mut rows = vec![("account", account), ("arn", identity.arn.clone())];
    rows.push(("user", identity.user_id.clone()));
    rows.extend(held.profile.clone().map(|profile| ("profile", profile)));
    rows.extend(held.role.clone().map(|role| ("role", role)));
    let now = app.clock.now();
    rows.extend(held.credentials.expiration.map(|end| {
        ("expires", format!("{} ({} left)", end.to_rfc3339(), segment::left(end, now)))
    }));
    rows.push(("source", held.source.to_owned()));
    if held.is_narrowed {
        rows.push(("policies", "session policies narrow it".to_owned()));
    }
    if !shadowed.is_empty() {
        rows.push(("shadowed", format!("AWS tools use {} in this shell", shadowed.join(", "))));
    }
    let line = |(title, text): &(&str, String)| format!("{title:9} {}\n", sanitize(text));
    rows.iter().map(line).fold(String::new(), |all, line| all + &line)
}

fn account(id: &AccountId, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{id} {name}"),
        None => id.to_string(),
    }
}
