//! Credentials for whatever a profile's source is: the one door for `use`, `exec`, `credentials`,
//! `serve`, `console` and `whoami`.

pub mod ambient;
mod assume_role;
mod entry;
mod login_session;
pub mod process;
pub mod request;
mod sso;
mod web_identity;

pub use self::entry::{cache, cached, entry, is_fresh, key_hash, living};

use std::cell::RefCell;

use crate::domain::arn;
use crate::domain::credentials::Credentials;
use crate::domain::names::ProfileName;
use crate::domain::partition::{self, Partition};
use crate::domain::profile::{Source, Target};
use crate::domain::saved::Saved;
use crate::domain::speech;
use crate::domain::switch::needed_own_region;
use crate::domain::{Error, Result};
use crate::identity::policy::Policy;
use crate::identity::sources::request::{NewLogin, Request};
use crate::identity::store::cached::Wanted;
use crate::identity::store::keyring;
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

impl<'a> Request<'a> {
    fn credentials(&self) -> Result<Credentials> {
        let Self { app, target, policy, .. } = *self;
        if let Some(profile) = &target.profile {
            process::refuse_loop(&app.env, profile)?;
        }
        if matches!(
            target.source,
            Source::Sso(_) | Source::Login(_) | Source::AssumeRole(_) | Source::WebIdentity { .. }
        ) {
            keyring::unlock(app, &policy.login)?;
        }
        let wanted = Wanted { fresh: policy.fresh, min_ttl: policy.min_ttl };
        let credentials = self.get(&target.source, target.profile.as_ref(), wanted)?;
        let left = credentials.left(app.clock.now());
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

    /// Credentials of one step of the chain.
    pub(super) fn get(
        &self,
        source: &'a Source,
        profile: Option<&'a ProfileName>,
        wanted: Wanted,
    ) -> Result<Credentials> {
        let app = self.app;
        match source {
            Source::Sso(role) => sso::credentials(self, source, role, profile, wanted),
            Source::AssumeRole(assume) => assume_role::credentials(self, source, assume, wanted),
            Source::WebIdentity { token_file, role_arn, role_session_name } => {
                let name = role_session_name.as_deref();
                web_identity::credentials(self, source, token_file, role_arn, name, wanted)
            }
            Source::Login(session) => {
                login_session::credentials(self, source, session, profile, wanted)
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
            Source::InstanceMetadata(metadata) => ambient::instance(app, metadata),
            Source::Other(Some(lacking)) => Err(lacking.as_ref().clone()),
            Source::Other(None) => Err(self.nothing(profile)),
        }
    }

    /// The Region of STS: `--region`, the user's own variables, the profile's; else one that every
    /// account of the partition has.
    pub(super) fn sts_region(&self) -> Result<String> {
        sts_region(self.app, self.target, self.policy.region.as_deref())
    }

    fn nothing(&self, profile: Option<&ProfileName>) -> Error {
        let label = profile.map_or_else(|| self.target.label(), ToString::to_string);
        let name = speech::word(&label);
        Error::config(format!("the profile `{label}` has no credentials that ssoenv can get"))
            .cause("it names no SSO role, role, process or keys")
            .hint(format!("run `ssoenv profile show {name}` to see what the AWS CLI reads"))
    }
}

/// The Region in which STS is asked about a target.
///
/// # Errors
/// Kind `Config` where the one that counts is wrong.
pub fn sts_region(app: &App, target: &Target, asked: Option<&str>) -> Result<String> {
    if let Some(asked) = asked {
        return Ok(asked.to_owned());
    }
    let saved = Saved::capture(|name| app.env.get(name));
    let region = match needed_own_region(&saved)? {
        Some(own) => Some(own),
        None => target.region.needed()?,
    };
    Ok(region.unwrap_or_else(|| partition_of(&target.source).global_region).to_owned())
}

/// The partition that a source's credentials are of.
pub fn partition_of(source: &Source) -> &'static Partition {
    match source {
        Source::Sso(role) => Some(Partition::of(role.session.region.as_str())),
        Source::AssumeRole(assume) => arn::partition(&assume.role_arn),
        Source::WebIdentity { role_arn, .. } => arn::partition(role_arn),
        Source::Login(session) => arn::partition(&session.arn),
        _ => None,
    }
    .unwrap_or(&partition::AWS)
}
