//! What is known so far: flags, answers of an earlier run that failed, answers of this one.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::domain::Result;
use crate::io::App;
use crate::io::files::{self, Durability};

/// Answers by question; absent ones are still to be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// `--sso-session`.
    pub session: Option<String>,
    /// `--start-url`.
    pub start_url: Option<String>,
    /// `--sso-region`.
    pub sso_region: Option<String>,
    /// `--scopes`.
    pub scopes: Option<String>,
    /// `--account`, ID or name.
    pub account: Option<String>,
    /// `--role`.
    pub role: Option<String>,
    /// `--region`; empty for none.
    pub region: Option<String>,
    /// `--output`; empty for none.
    pub output: Option<String>,
    /// `--profile`.
    pub profile: Option<String>,
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
        let bytes = files::read_own(&path(app).ok()?).ok()??;
        let saved: Saved = serde_json::from_slice(&bytes).ok()?;
        let age = app.clock.now().seconds() - saved.at;
        ((0..KEPT_SECONDS).contains(&age) && saved.answers != Self::default())
            .then_some(saved.answers)
    }

    /// Keeps the answers for the next run. Where that is not possible they are given again.
    pub fn save(&self, app: &App) {
        let saved = Saved { at: app.clock.now().seconds(), answers: self.clone() };
        let (Ok(path), Ok(text)) = (path(app), serde_json::to_vec(&saved)) else { return };
        if let Err(error) = files::write_state(&path, &text, Durability::Cached) {
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
