//! Which cache entry belongs to a source. The AWS CLI's cache names an assumed role after the role
//! alone, so that it may hold a session that another source has made; here the source is part of the
//! name.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::domain::Result;
use crate::domain::credentials::{Credentials, Freshness};
use crate::domain::plan::Cache;
use crate::domain::profile::{AssumeRole, Source};
use crate::identity::sources::ambient;
use crate::identity::store::entry::{Cached, Entry};
use crate::identity::store::{keyring, login_sessions, roles};
use crate::identity::wire::json::{hex, sha1_hex, spaced};
use crate::io::{App, files};

/// The entry of what a source gives; `None` for sources that are asked each time.
pub fn entry<'a>(app: &App, source: &'a Source) -> Option<Entry<'a>> {
    key_hash(app, source).map(|hash| Entry { source, hash })
}

/// The hash that names the cache entry, lock and stamp of what a source gives; `None` for sources
/// that are asked each time.
pub fn key_hash(app: &App, source: &Source) -> Option<String> {
    match source {
        Source::Sso(role) => Some(roles::key_hash(role)),
        Source::Login(session) => Some(login_sessions::key_hash(session)),
        Source::AssumeRole(assume) => Some(assumed(app, assume)),
        Source::WebIdentity { token_file, role_arn, role_session_name } => {
            Some(web_identity(token_file, role_arn, role_session_name.as_deref()))
        }
        _ => None,
    }
}

/// The hash for a role that is assumed with a web identity.
pub(super) fn web_identity(token_file: &str, role_arn: &str, name: Option<&str>) -> String {
    // A token of somebody else in the same place makes another session.
    let token = files::read(token_file.as_ref()).ok().flatten().unwrap_or_default();
    sha1_hex(&spaced(&json!({
        "RoleArn": role_arn,
        "RoleSessionName": name,
        "WebIdentityToken": hex(&Sha256::digest(&token)),
    })))
}

/// The hash for an assumed role.
pub(super) fn assumed(app: &App, assume: &AssumeRole) -> String {
    let mut key = roles::arguments(assume);
    key.insert("Source".into(), identity(app, &assume.source));
    sha1_hex(&spaced(&Value::Object(key)))
}

/// Whose credentials assume the role. Only hashed, never written.
fn identity(app: &App, source: &Source) -> Value {
    match source {
        Source::Sso(role) => json!([roles::key_hash(role), role.session.start_url]),
        Source::AssumeRole(_) | Source::WebIdentity { .. } => json!(key_hash(app, source)),
        Source::Login(session) => json!({ "login": session.arn }),
        Source::Process(line) => json!({ "process": line }),
        Source::Static { access_key_id, .. } => json!({ "accessKeyId": access_key_id }),
        Source::Environment => json!({ "accessKeyId": ambient::access_key_id(app) }),
        Source::InstanceMetadata(metadata) => {
            json!({ "instance": ambient::instance_endpoint(app, metadata) })
        }
        Source::Container => json!({ "container": ambient::container_uri(app).ok() }),
        Source::Other(_) => Value::Null,
    }
}

/// What the caches hold for a source.
pub fn cached(app: &App, source: &Source) -> Result<Option<Cached>> {
    entry(app, source).map_or(Ok(None), |entry| entry.load(app))
}

/// Whether the caches hold credentials that will do.
pub fn is_fresh(app: &App, source: &Source) -> Result<bool> {
    Ok(cached(app, source)?.is_some_and(|cached| cached.freshness == Freshness::Fresh))
}

/// What the caches hold for a source and lives, though it may have to be renewed.
pub fn living(app: &App, source: &Source) -> Result<Option<Credentials>> {
    let living = cached(app, source)?.filter(|cached| cached.freshness != Freshness::Expired);
    Ok(living.map(|cached| cached.credentials))
}

/// The cache that has that entry as a file, if the configuration alone decides both.
pub fn cache(app: &App, source: &Source) -> Option<Cache> {
    if keyring::is_chosen(app).unwrap_or(true) {
        return None;
    }
    match source {
        Source::Sso(_) => Some(Cache::Shared),
        Source::Login(_) => Some(Cache::Login),
        Source::AssumeRole(assume) if is_configured(&assume.source) => Some(Cache::Own),
        _ => None,
    }
}

/// Whether the root of the chain stands in the AWS files, not in the environment or on the machine.
fn is_configured(source: &Source) -> bool {
    match source {
        Source::Sso(_) | Source::Login(_) | Source::Static { .. } | Source::Process(_) => true,
        Source::AssumeRole(assume) => is_configured(&assume.source),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::profile::{SsoRole, SsoSession};
    use crate::domain::secret::Secret;
    use crate::io::env::Env;
    use crate::io::term::{ColorChoice, Term};

    fn app() -> App {
        let env = Env::fixed([("HOME", "/nowhere")]);
        let term = Term::new(&env, ColorChoice::Never);
        App::new(env, term, false)
    }

    fn keys(id: &str) -> Source {
        Source::Static {
            access_key_id: id.to_owned(),
            secret_access_key: Secret::new("S"),
            session_token: None,
        }
    }

    fn role(source: Source) -> AssumeRole {
        AssumeRole {
            role_arn: "arn:aws:iam::123456789012:role/Deploy".to_owned(),
            source_profile: None,
            source: Box::new(source),
            external_id: None,
            role_session_name: None,
            duration_seconds: None,
            mfa_serial: None,
            policy: None,
            policy_arns: Vec::new(),
        }
    }

    #[test]
    fn the_same_role_from_another_source_is_another_entry() {
        let app = app();
        let hash = |source: Source| {
            key_hash(&app, &Source::AssumeRole(Box::new(role(source)))).expect("a hash")
        };
        let sso = |url: &str| {
            Source::Sso(SsoRole {
                session: SsoSession {
                    name: Some("corp".into()),
                    start_url: url.to_owned(),
                    region: "us-east-1".into(),
                    scopes: None,
                },
                account_id: "111122223333".into(),
                role_name: "Admin".into(),
            })
        };
        let all = [
            hash(keys("AKIA1")),
            hash(keys("AKIA2")),
            hash(sso("https://a.awsapps.com/start")),
            hash(sso("https://b.awsapps.com/start")),
            hash(Source::Process("x".to_owned())),
            hash(Source::Environment),
            hash(Source::AssumeRole(Box::new(role(keys("AKIA1"))))),
            hash(Source::AssumeRole(Box::new(role(keys("AKIA2"))))),
        ];
        let different: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert_eq!(hash(keys("AKIA1")), all[0]);
        assert_eq!(key_hash(&app, &keys("AKIA1")), None);
    }
}
