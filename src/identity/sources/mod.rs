//! Credentials for whatever a profile's source is: the one door for `use`, `exec`, `credentials`,
//! `serve`, `console` and `whoami`.

pub mod ambient;
pub mod assume_role;
pub mod process;
pub mod request;
pub mod sso;
mod stale;

use std::cell::RefCell;

use crate::domain::arn;
use crate::domain::credentials::{Credentials, Freshness};
use crate::domain::names::{ProfileName, Region};
use crate::domain::partition::{self, Partition};
use crate::domain::plan::Cache;
use crate::domain::profile::{AssumeRole, Source, Target};
use crate::domain::saved::Saved;
use crate::domain::switch::own_region;
use crate::domain::timestamp::Timestamp;
use crate::domain::{Error, Result};
use crate::identity::policy::Policy;
use crate::identity::sources::request::{NewLogin, Request};
use crate::identity::store::roles::{self, Cached};
use crate::identity::store::{assumed_roles, keyring};
use crate::io::App;

/// The credentials of a target; cached ones without any network while they are fresh. Beside them,
/// or beside the error, the login that a person made on the way.
///
/// # Errors
/// `LoginRequired`, `Denied`, `Service`, `Config` for a profile that has no credentials, leads back
/// to itself through `credential_process`, or whose credentials live shorter than asked for.
pub fn credentials<'a>(
    app: &'a App,
    target: &'a Target,
    policy: &'a Policy,
) -> (Result<Credentials>, Option<NewLogin<'a>>) {
    let request = Request { app, target, policy, login: RefCell::default() };
    let credentials = request.credentials();
    (credentials, request.login.into_inner())
}

/// The hash that names the cache entry, lock and stamp of what a source gives; `None` for sources
/// that are asked each time.
pub fn key_hash(app: &App, source: &Source) -> Option<String> {
    match source {
        Source::Sso(role) => Some(roles::key_hash(role)),
        other => assumed_roles::key_hash(app, other),
    }
}

/// Whether what the source gives is kept.
fn is_cached(source: &Source) -> bool {
    matches!(source, Source::Sso(_) | Source::AssumeRole(_) | Source::WebIdentity { .. })
}

/// What the caches hold for a source.
pub fn cached(app: &App, source: &Source) -> Result<Option<Cached>> {
    match source {
        Source::Sso(role) => roles::load(app, role),
        other => match assumed_roles::key_hash(app, other) {
            Some(hash) => assumed_roles::load(app, &hash),
            None => Ok(None),
        },
    }
}

/// The cache that has that entry as a file, if the configuration alone decides both.
pub fn cache(app: &App, source: &Source) -> Option<Cache> {
    if keyring::is_chosen(app).unwrap_or(true) {
        return None;
    }
    match source {
        Source::Sso(_) => Some(Cache::Shared),
        Source::AssumeRole(assume) if is_configured(&assume.source) => Some(Cache::Own),
        _ => None,
    }
}

/// Whether the root of the chain stands in the AWS files, not in the environment or on the machine.
fn is_configured(source: &Source) -> bool {
    match source {
        Source::Sso(_) | Source::Static { .. } | Source::Process(_) => true,
        Source::AssumeRole(assume) => is_configured(&assume.source),
        _ => false,
    }
}

/// Seconds until the end; `None` for credentials without one.
fn left(credentials: &Credentials, now: Timestamp) -> Option<i64> {
    credentials.expiration.map(|end| end.seconds() - now.seconds())
}

impl<'a> Request<'a> {
    fn credentials(&self) -> Result<Credentials> {
        let Self { app, target, policy, .. } = *self;
        if let Some(profile) = &target.profile {
            process::refuse_loop(&app.env, profile)?;
        }
        if is_cached(&target.source) {
            keyring::unlock(app, &policy.login)?;
        }
        let credentials = self.get(&target.source, target.profile.as_ref(), true)?;
        let left = left(&credentials, app.clock.now());
        // With nothing asked for, keys that look dead are given out: it may be the clock that is wrong.
        if policy.min_ttl > 0 && left.is_some_and(|left| left < policy.min_ttl) {
            let label = target.label();
            return Err(Error::config(format!(
                "the credentials of `{label}` do not live long enough"
            ))
            .cause(format!(
                "new ones live for {} minutes, and {} are wanted",
                left.unwrap_or(0) / 60,
                policy.min_ttl / 60
            ))
            .hint("ask for less with `--min-ttl`, or use `exec --serve`, which renews them"));
        }
        Ok(credentials)
    }

    /// Credentials of one step of the chain; the outermost is the one that was asked for.
    pub(super) fn get(
        &self,
        source: &'a Source,
        profile: Option<&'a ProfileName>,
        outermost: bool,
    ) -> Result<Credentials> {
        let app = self.app;
        match source {
            Source::Sso(role) => {
                let cached = roles::load(app, role)?;
                let too_short = outermost && cached.is_some_and(|c| !self.has_enough_left(&c));
                let fresh =
                    outermost && (self.policy.fresh || too_short && self.policy.min_ttl > 0);
                sso::role_credentials(self, role, profile, fresh)
            }
            Source::AssumeRole(_) | Source::WebIdentity { .. } => {
                assume_role::credentials(self, source, outermost)
            }
            Source::Process(line) => process::credentials(app, profile, line),
            Source::Static { access_key_id, secret_access_key, session_token } => Ok(Credentials {
                access_key_id: access_key_id.clone(),
                secret_access_key: secret_access_key.clone(),
                session_token: session_token.clone(),
                expiration: None,
                account_id: None,
            }),
            Source::Environment => ambient::environment(app),
            Source::Container => ambient::container(app),
            Source::InstanceMetadata => ambient::instance(app),
            Source::Other(Some(lacking)) => Err(lacking.as_ref().clone()),
            Source::Other(None) => Err(self.nothing(profile)),
        }
    }

    /// What a role is assumed with.
    pub(super) fn source_of(&self, assume: &'a AssumeRole, fresh: bool) -> Result<Credentials> {
        match (&*assume.source, fresh) {
            (Source::Sso(role), true) => {
                sso::role_credentials(self, role, assume.source_profile.as_ref(), true)
            }
            (source, _) => self.get(source, assume.source_profile.as_ref(), false),
        }
    }

    /// Whether cached credentials serve this request.
    pub(super) fn will_do(&self, cached: &Cached, outermost: bool) -> bool {
        let fresh = cached.freshness == Freshness::Fresh;
        fresh && !(outermost && (self.policy.fresh || !self.has_enough_left(cached)))
    }

    /// Whether they are good, and live as long as is wanted.
    pub(super) fn has_enough_left(&self, cached: &Cached) -> bool {
        let left = left(&cached.credentials, self.app.clock.now());
        cached.freshness == Freshness::Fresh && left.is_none_or(|left| left >= self.policy.min_ttl)
    }

    /// The Region of STS: `--region`, the user's own variables, the profile's; else one that every
    /// account of the partition has.
    pub(super) fn sts_region(&self) -> String {
        sts_region(self.app, self.target, self.policy.region.as_deref())
    }

    fn nothing(&self, profile: Option<&ProfileName>) -> Error {
        let label = profile.map_or_else(|| self.target.label(), ToString::to_string);
        let name = shell_words::quote(&label).into_owned();
        Error::config(format!("the profile `{label}` has no credentials that ssoenv can get"))
            .cause("it names no SSO role, role, process or keys")
            .hint(format!("run `ssoenv profile show {name}` to see what the AWS CLI reads"))
    }
}

/// The Region in which STS is asked about a target.
pub fn sts_region(app: &App, target: &Target, asked: Option<&str>) -> String {
    let saved = Saved::capture(|name| app.env.get(name));
    let region = asked
        .or_else(|| own_region(&saved))
        .or_else(|| target.region.as_ref().map(Region::as_str))
        .unwrap_or_else(|| partition_of(&target.source).global_region);
    region.to_owned()
}

/// The partition that a source's credentials are of.
pub fn partition_of(source: &Source) -> &'static Partition {
    match source {
        Source::Sso(role) => Some(Partition::of(role.session.region.as_str())),
        Source::AssumeRole(assume) => arn::partition(&assume.role_arn),
        Source::WebIdentity { role_arn, .. } => arn::partition(role_arn),
        _ => None,
    }
    .unwrap_or(&partition::AWS)
}
