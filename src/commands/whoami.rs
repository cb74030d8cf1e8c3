//! `whoami`: who AWS says the credentials are, and what would win over them.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use serde_json::json;

use crate::commands::shared::after_login;
use clap::Args;

use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::active::{Active, Mode};
use crate::domain::credentials::Credentials;
use crate::domain::label::sanitise;
use crate::domain::names::AccountId;
use crate::domain::profile::{Connection, Source, Target};
use crate::domain::timestamp::Timestamp;
use crate::domain::{Error, Result, segment};
use crate::identity::sources::{self, ambient};
use crate::identity::wire::sts::{CallerIdentity, Sts};
use crate::identity::{Policy, accounts};
use crate::io::App;

use super::shared::choice::Choice;
use super::shared::guard::{self, Consent};
use super::shared::{switch, target};

/// Show who AWS says you are
#[derive(Args, Clone, Debug)]
pub struct Words {
    /// Whose credentials; what this shell has where nothing is said.
    #[command(flatten)]
    choice: Choice,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
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

/// Variables that win over a profile, with AWS SDKs of one language at least.
const SHADOWS: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECURITY_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
];

impl Held {
    fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }
}

/// Asks STS, and prints the answer.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let config = Config::load(app)?;
    let settings = Settings::load_warning(app)?;
    let policy = Policy::new(switch::login_policy(&settings));
    let held = match target::resolve(app, &config, &words.choice, &policy.login)? {
        Some(target) => of_target(app, &settings, target, &policy)?,
        // No profile has a say in this shell.
        None => environment(app, &config)?,
    };
    let sts = Sts::new(app, &held.connection, &held.region)?;
    let identity =
        sts.get_caller_identity(&held.credentials)?.map_err(|failure| sts.error(failure))?;
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

fn of_target(app: &App, settings: &Settings, target: Target, policy: &Policy) -> Result<Held> {
    // Only what AWS answers about them is shown.
    let mut permit = guard::permit(app, settings, target, Consent::Inward)?;
    let credentials = after_login::credentials(app, &mut permit, policy)?;
    let target = permit.into_target();
    Ok(Held {
        credentials,
        profile: target.profile.as_ref().map(ToString::to_string),
        role: target.role_name().map(|role| role.to_string()),
        source: target.source.word(),
        region: sources::sts_region(app, &target, None),
        connection: target.connection,
    })
}

/// The keys that the user has set.
fn environment(app: &App, config: &Config) -> Result<Held> {
    let credentials = ambient::environment(app).map_err(|_| {
        Error::usage("no profile was named, and this shell has no credentials")
            .hint("name a profile: `ssoenv list` shows them")
    })?;
    let target = Target {
        profile: None,
        source: Source::Environment,
        region: None,
        connection: config.connection(None)?,
    };
    Ok(Held {
        credentials,
        profile: None,
        role: None,
        source: "environment",
        region: sources::sts_region(app, &target, None),
        connection: target.connection,
    })
}

/// Variables of this shell that AWS tools prefer to these credentials.
fn shadowed(app: &App, held: &Held) -> Vec<&'static str> {
    let active = Active::read(|name| app.env.get(name));
    // Keys that `use` has set for this very profile are not in its way.
    let ours = active.filter(|active| {
        active.mode == Mode::Keys && active.profile.as_ref().map(AsRef::as_ref) == held.profile()
    });
    let is_other = |name: &str| {
        let value = app.env.get(name);
        match name {
            "AWS_ACCESS_KEY_ID" => value.is_some_and(|key| {
                key != held.credentials.access_key_id
                    && ours.as_ref().is_none_or(|active| active.key_id != key)
            }),
            "AWS_PROFILE" | "AWS_DEFAULT_PROFILE" => {
                value.is_some_and(|name| Some(&*name) != held.profile())
            }
            _ => value.is_some(),
        }
    };
    SHADOWS.into_iter().filter(|name| is_other(name)).collect()
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
    if !shadowed.is_empty() {
        rows.push(("shadowed", format!("{} win over it in this shell", shadowed.join(", "))));
    }
    let line = |(title, text): &(&str, String)| format!("{title:9} {}\n", sanitise(text));
    rows.iter().map(line).fold(String::new(), |all, line| all + &line)
}

fn account(id: &AccountId, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{id} {name}"),
        None => id.to_string(),
    }
}
