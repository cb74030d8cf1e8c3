//! `whoami`: who AWS says the credentials are, and what would win over them.

use serde_json::json;

use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::active::{Active, Mode};
use crate::domain::credentials::Credentials;
use crate::domain::label::sanitise;
use crate::domain::names::AccountId;
use crate::domain::profile::{Connection, Source, Target};
use crate::domain::secret::Secret;
use crate::domain::timestamp::Timestamp;
use crate::domain::{Result, segment};
use crate::identity::directory;
use crate::identity::sts::{CallerIdentity, Sts};
use crate::io::App;

use super::switch::{self, Request};
use super::target::{self, Choice};

/// Any Region of the partition answers; this one is always there.
const FALLBACK_REGION: &str = "us-east-1";

/// The words of `whoami`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// PROFILE, or account and role; what this shell has where nothing is said.
    pub choice: Choice,
    /// `--json`.
    pub json: bool,
}

/// Credentials, and where they come from.
struct Held {
    credentials: Credentials,
    profile: Option<String>,
    role: Option<String>,
    source: &'static str,
    region: String,
    connection: Connection,
}

/// Asks STS, and prints the answer.
pub fn run(app: &App, options: &Options) -> Result<u8> {
    let config = Config::load(app)?;
    let held = match environment(app, &config).filter(|_| options.choice.is_empty()) {
        Some(held) => held?,
        None => of_target(app, &config, &options.choice)?,
    };
    let sts = Sts::new(app, &held.connection, &held.region)?;
    let identity =
        sts.get_caller_identity(&held.credentials)?.map_err(|failure| sts.error(failure))?;
    let name = directory::account_name(app, &identity.account_id);
    let shadowed = shadowed(app, &held);
    let text = if options.json {
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
        format!("{document}\n")
    } else {
        words(app, &held, &identity, name.as_deref(), &shadowed)
    };
    app.term.out(&text)?;
    Ok(0)
}

/// The keys in the environment: AWS tools take them first, so they are who this shell is.
fn environment(app: &App, config: &Config) -> Option<Result<Held>> {
    let access_key_id = app.env.non_empty("AWS_ACCESS_KEY_ID")?;
    let secret_access_key = Secret::new(app.env.non_empty("AWS_SECRET_ACCESS_KEY")?);
    let active =
        Active::read(|name| app.env.get(name)).filter(|active| active.key_id == access_key_id);
    let expiration = app.env.get("AWS_CREDENTIAL_EXPIRATION");
    let credentials = Credentials {
        access_key_id,
        secret_access_key,
        session_token: app.env.non_empty("AWS_SESSION_TOKEN").map(Secret::new),
        expiration: expiration.and_then(|text| Timestamp::parse(&text)),
        account_id: None,
    };
    let text = |name: Option<&str>| name.map(str::to_owned);
    Some(config.connection(None).map(|connection| Held {
        credentials,
        profile: text(active.as_ref().and_then(|a| a.profile.as_ref()).map(AsRef::as_ref)),
        role: text(active.as_ref().and_then(|a| a.role.as_ref()).map(AsRef::as_ref)),
        source: if active.is_some() { "use" } else { "environment" },
        region: region(app, None),
        connection,
    }))
}

fn of_target(app: &App, config: &Config, choice: &Choice) -> Result<Held> {
    let policy = switch::login_policy(&Settings::load_warning(app)?);
    let target = target::required(app, config, choice, &policy)?;
    let request = Request { mode: Mode::Keys, region: None, fresh: false, policy: &policy };
    let credentials = switch::credentials(app, &target, &request)?;
    Ok(Held {
        credentials,
        profile: target.profile.as_ref().map(ToString::to_string),
        role: target.role_name().map(|role| role.to_string()),
        source: target.source.word(),
        region: region(app, Some(&target)),
        connection: target.connection,
    })
}

fn region(app: &App, target: Option<&Target>) -> String {
    let own = target.and_then(|target| target.region.as_ref()).map(ToString::to_string);
    let sso = match target.map(|target| &target.source) {
        Some(Source::Sso(role)) => Some(role.session.region.to_string()),
        _ => None,
    };
    own.or_else(|| app.env.non_empty("AWS_REGION"))
        .or_else(|| app.env.non_empty("AWS_DEFAULT_REGION"))
        .or(sso)
        .unwrap_or_else(|| FALLBACK_REGION.to_owned())
}

/// Variables of this shell that AWS tools prefer to what was asked about.
fn shadowed(app: &App, held: &Held) -> Vec<String> {
    let key = app.env.non_empty("AWS_ACCESS_KEY_ID");
    let mut found = Vec::new();
    if key.is_some_and(|key| key != held.credentials.access_key_id) {
        found.push("AWS_ACCESS_KEY_ID");
    }
    if app.env.get("AWS_SECURITY_TOKEN").is_some() {
        found.push("AWS_SECURITY_TOKEN");
    }
    for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
        if app.env.get(name).is_some_and(|value| Some(value) != held.profile) {
            found.push(name);
        }
    }
    for name in ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"] {
        if app.env.get(name).is_some() {
            found.push(name);
        }
    }
    found.into_iter().map(str::to_owned).collect()
}

fn words(
    app: &App,
    held: &Held,
    identity: &CallerIdentity,
    name: Option<&str>,
    shadowed: &[String],
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
    if !shadowed.is_empty() {
        rows.push(("shadowed", format!("{} win over it in this shell", shadowed.join(", "))));
    }
    rows.iter().map(|(title, text)| format!("{title:9} {}\n", sanitise(text))).collect()
}

fn account(id: &AccountId, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{id} {name}"),
        None => id.to_string(),
    }
}
