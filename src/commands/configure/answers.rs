//! What is known so far: flags, answers of an earlier run that failed, answers of this one.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use std::path::PathBuf;

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::commands::shared::Completes;
use crate::domain::Result;
use crate::domain::names::{AccountId, RoleName};
use crate::domain::profile::SsoSession;
use crate::io::App;
use crate::io::files::{self, Durability};
use crate::io::own;

/// Answers by question; absent ones are still to be asked. An empty Region or format is none.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// Session name
    #[arg(long = "sso-session", value_name = "SESSION", add = Completes::Session)]
    pub session: Option<String>,
    /// Start URL of the access portal
    #[arg(long, value_name = "URL")]
    pub start_url: Option<String>,
    /// Region of the Identity Center instance; found automatically when left out
    #[arg(long, value_name = "REGION", add = Completes::Region)]
    pub sso_region: Option<String>,
    /// OAuth scopes, separated by commas; `sso:account:access` when left out
    #[arg(long, value_name = "LIST")]
    pub scopes: Option<String>,
    /// Account, by ID or name
    #[arg(long, value_name = "ID|NAME", add = Completes::Account)]
    pub account: Option<String>,
    /// Role
    #[arg(long, add = Completes::Role)]
    pub role: Option<String>,
    /// Region of the profile
    #[arg(long, add = Completes::Region)]
    pub region: Option<String>,
    /// Output format of the AWS CLI
    #[arg(long, add = Completes::Output)]
    pub output: Option<String>,
    /// Profile name
    #[arg(long, value_name = "NAME", add = Completes::Profile)]
    pub profile: Option<String>,
}

/// All answers, checked.
#[derive(Clone, Debug)]
pub struct Complete {
    pub session: SsoSession,
    /// `sso_registration_scopes` as text, where it is to be written.
    pub scopes: Option<String>,
    pub account: AccountId,
    pub role: RoleName,
    pub region: Option<String>,
    pub output: Option<String>,
    pub profile: String,
}

/// Answers in a file, with the time at which they were given.
#[derive(Deserialize, Serialize)]
struct Saved {
    at: i64,
    answers: Answers,
}

/// Answers older than this are forgotten, in seconds.
const KEPT_SECONDS: i64 = 24 * 60 * 60;

impl Answers {
    /// These answers, and `other`'s where there is none.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            session: self.session.or(other.session),
            start_url: self.start_url.or(other.start_url),
            sso_region: self.sso_region.or(other.sso_region),
            scopes: self.scopes.or(other.scopes),
            account: self.account.or(other.account),
            role: self.role.or(other.role),
            region: self.region.or(other.region),
            output: self.output.or(other.output),
            profile: self.profile.or(other.profile),
        }
    }

    /// What a person is told about them: `session corp, start URL https://…`.
    pub fn words(&self) -> String {
        let all = [
            ("session", &self.session),
            ("start URL", &self.start_url),
            ("SSO Region", &self.sso_region),
            ("account", &self.account),
            ("role", &self.role),
            ("Region", &self.region),
            ("profile", &self.profile),
        ];
        let said = all.iter().filter_map(|(what, answer)| {
            answer.as_ref().filter(|answer| !answer.is_empty()).map(|a| format!("{what} `{a}`"))
        });
        said.collect::<Vec<_>>().join(", ")
    }

    /// The answers of an earlier run that failed.
    pub fn load(app: &App) -> Option<Self> {
        let bytes = own::read(&path(app).ok()?).ok()??;
        let saved: Saved = serde_json::from_slice(&bytes).ok()?;
        let age = app.clock.now().seconds() - saved.at;
        ((0..KEPT_SECONDS).contains(&age) && saved.answers != Self::default())
            .then_some(saved.answers)
    }

    /// Keeps the answers for the next run. Where that is not possible they are given again.
    pub fn save(&self, app: &App) {
        let saved = Saved { at: app.clock.now().seconds(), answers: self.clone() };
        let (Ok(path), Ok(text)) = (path(app), serde_json::to_vec(&saved)) else { return };
        if let Err(error) = own::write(&path, &text, Durability::Cached) {
            log::debug!("{}: not written: {error}", path.display());
        }
    }

    /// Forgets what was kept.
    pub fn forget(app: &App) {
        if let Ok(path) = path(app) {
            drop(files::remove(&path));
        }
    }
}

fn path(app: &App) -> Result<PathBuf> {
    Ok(app.paths.state_dir()?.join("configure.json"))
}
