//! One process at a time does what many want. The others wait for it, and what it did is theirs: what
//! it wrote they find, and a failure stands in a note beside the lock, so that they do not fail one
//! after the other. Whoever comes after the failure tries anew.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use crate::domain::fingerprint::fingerprint;
use crate::domain::profile::SsoSession;
use crate::domain::{Error, Kind, Result};
use crate::identity::policy;
use crate::identity::store::{cache_file, tokens};
use crate::identity::wire::json::sha1_hex;
use crate::io::files::{self, Durability};
use crate::io::lock::Lock;
use crate::io::{App, own};

/// How long somebody who may not log in waits for somebody who does.
const WITHOUT_LOGIN: Duration = Duration::from_secs(30);

/// How long somebody waits for credentials that another process fetches, whose calls have deadlines:
/// then it has been stopped.
const FETCHING: Duration = Duration::from_secs(30);

/// The kinds of failures that are no different for those who wait, unless they are a process's own.
const SHARED: [Kind; 3] = [Kind::Service, Kind::Denied, Kind::Failed];

/// What decides where a call goes, and whom it trusts there: with another of these another process
/// may have an answer.
const WAYS: [&str; 16] = [
    "https_proxy",
    "HTTPS_PROXY",
    "no_proxy",
    "NO_PROXY",
    "AWS_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_SSO",
    "AWS_ENDPOINT_URL_SSO_OIDC",
    "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL_SIGNIN",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
];

/// What ends the name of a note.
const FAILED: &str = "failed";

/// A note is read by those who wait, for minutes at most.
const OLD: Duration = Duration::from_secs(24 * 3600);

/// The turn of this process, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    lock: Option<Lock>,
    note: PathBuf,
    /// The way that the calls of this process take, as a number.
    way: u64,
    failure: Option<Error>,
}

impl Turn {
    /// The turn at the session: read, refresh or login, and write.
    ///
    /// # Errors
    /// Kind `LoginRequired` for a caller that may not log in, when the holder takes long: it waits
    /// for a person.
    pub fn at_session(app: &App, session: &SsoSession, may_log_in: bool) -> Result<Self> {
        Self::at_login(app, &sha1_hex(tokens::key(session)), session.label(), may_log_in)
    }

    /// [`Turn::at_session`] for any kind of login, named by a hash.
    pub fn at_login(app: &App, hash: &str, label: &str, may_log_in: bool) -> Result<Self> {
        let what = format!("another ssoenv that logs in to `{label}`");
        let patience =
            if may_log_in { policy::patience(app) + WITHOUT_LOGIN } else { WITHOUT_LOGIN };
        let turn = Self::wait(app, hash, |lock| app.lock(lock, patience, &what))?;
        if turn.lock.is_some() {
            return Ok(turn);
        }
        Err(Error::login_required(format!("another ssoenv is still logging in to `{label}`"))
            .cause(format!("this one has waited {} seconds for it", patience.as_secs()))
            .hint("finish that login in the browser, then run this again")
            .hint("if that ssoenv was stopped with Ctrl-Z, continue it with `fg`"))
    }

    /// The turn to fetch what the hash names. Where nothing can be written, or the one before has
    /// been stopped, each fetches.
    pub fn at_role(app: &App, hash: &str) -> Result<Self> {
        let what = "another ssoenv that fetches the same credentials";
        Self::wait(app, hash, |lock| app.lock_to_share(lock, FETCHING, what))
    }

    fn wait(
        app: &App,
        hash: &str,
        lock: impl FnOnce(&std::path::Path) -> Result<Option<Lock>>,
    ) -> Result<Self> {
        let path = locks(app)?.join(format!("{hash}.lock"));
        let note = path.with_extension(FAILED);
        let before = files::stamp(&note);
        let lock = lock(&path)?;
        let now = files::stamp(&note);
        let failure = (now != before).then(|| own::read(&note).ok().flatten());
        let way = way(app);
        let failure = failure.flatten().and_then(|bytes| parse(&bytes, way));
        if now.is_some() && now == before && lock.is_some() {
            // It was for those who waited then.
            let _ = files::remove(&note);
        }
        if let Some(error) = &failure {
            log::info!("another ssoenv has failed while this one waited: {error}");
        }
        Ok(Self { lock, note, way, failure })
    }

    /// How the one failed for whom this process waited.
    pub fn failure(&self) -> Option<Error> {
        self.failure.clone()
    }

    /// What comes of `work`, unless it has just failed for the one before. Its failure is shared.
    pub fn work<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        if let Some(error) = self.failure() {
            return Err(error);
        }
        work().inspect_err(|error| self.share(error))
    }

    /// Lets this failure be that of all who wait now.
    pub fn share(&self, error: &Error) {
        if error.is_own || !SHARED.contains(&error.kind) {
            return;
        }
        let Error { kind, what, causes, hints, .. } = error;
        let text = json!([kind.exit_code(), what, causes, hints, self.way]).to_string();
        own::remove_older(files::folder_of(&self.note), OLD, Some(FAILED));
        if let Err(error) = own::write(&self.note, text.as_bytes(), Durability::Cached) {
            log::info!("the failure is not shared: {error}");
        }
    }
}

/// Removes the note of a failure at what the hash names.
pub fn forget_failure(app: &App, hash: &str) -> Result<()> {
    cache_file::remove(&locks(app)?.join(hash).with_extension(FAILED)).map(drop)
}

/// Removes the notes of all failures.
pub fn forget_failures(app: &App) -> Result<()> {
    for path in files::list(&locks(app)?).unwrap_or_default() {
        if path.extension().is_some_and(|extension| extension == FAILED) {
            cache_file::remove(&path)?;
        }
    }
    Ok(())
}

fn locks(app: &App) -> Result<PathBuf> {
    Ok(app.paths.state_dir()?.join("locks"))
}

fn way(app: &App) -> u64 {
    let values = WAYS.map(|name| format!("{:?}", app.env.get_os(name)));
    fingerprint(&values.join(" "))
}

/// The failure in a note, if it is that of a process whose calls take the same way.
fn parse(note: &[u8], way: u64) -> Option<Error> {
    let Ok(Value::Array(parts)) = serde_json::from_slice(note) else { return None };
    let [code, what, causes, hints, its_way] = <[Value; 5]>::try_from(parts).ok()?;
    if its_way != way {
        return None;
    }
    let kind = SHARED.into_iter().find(|kind| code == kind.exit_code())?;
    let texts = |value| serde_json::from_value(value).ok();
    let what = what.as_str()?.to_owned();
    Some(Error { kind, what, causes: texts(causes)?, hints: texts(hints)?, is_own: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn garbage_is_no_failure() {
        for text in [
            "",
            "[]",
            "{}",
            "[6, \"a\", [], [], 7]",
            "[5, \"a\", [], [1], 7]",
            "[5, 1, [], [], 7]",
            "[5, \"a\", [], []]",
        ] {
            assert_eq!(parse(text.as_bytes(), 7), None, "{text}");
        }
        let note = br#"[5, "a", ["b"], [], 7]"#;
        let error = parse(note, 7).expect("a failure");
        assert_eq!(error, Error::service("a").cause("b"));
        // The proxy of another shell is its own.
        assert_eq!(parse(note, 8), None);
    }
}
