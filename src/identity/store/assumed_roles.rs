//! Credentials of assumed roles in ssoenv's own cache, or in the keyring. The AWS CLI's cache names such a file after
//! the role alone, so that it may hold a session that another source has made; here the source is
//! part of the name. Synchronous, no network.

use std::path::PathBuf;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::domain::Result;
use crate::domain::credentials::Credentials;
use crate::domain::profile::{AssumeRole, Source, SsoSession};
use crate::identity::sources::ambient;
use crate::identity::store::cache_file::{self, Found};
use crate::identity::store::document::Document;
use crate::identity::store::roles::{self, Cached};
use crate::identity::store::{session_state, stamps};
use crate::identity::wire::json::{hex, sha1_hex, spaced};
use crate::io::App;
use crate::io::files::{self, Durability};

/// The hash that names the cache file, locks and stamps of what a source gives; `None` for sources
/// that are not cached here.
pub fn key_hash(app: &App, source: &Source) -> Option<String> {
    match source {
        Source::AssumeRole(assume) => Some(assumed(app, assume)),
        Source::WebIdentity { token_file, role_arn, role_session_name } => {
            // A token of somebody else in the same place makes another session.
            let token = files::read(token_file.as_ref()).ok().flatten().unwrap_or_default();
            Some(sha1_hex(&spaced(&json!({
                "RoleArn": role_arn,
                "RoleSessionName": role_session_name,
                "WebIdentityToken": hex(&Sha256::digest(&token)),
            }))))
        }
        _ => None,
    }
}

fn assumed(app: &App, assume: &AssumeRole) -> String {
    let mut key = arguments(assume);
    key.insert("Source".into(), identity(app, &assume.source));
    sha1_hex(&spaced(&Value::Object(key)))
}

/// The arguments of `AssumeRole` that the configuration gives, in the order of their names: the
/// text of which the AWS CLI takes the hash.
pub fn arguments(assume: &AssumeRole) -> Map<String, Value> {
    let text = |value: &Option<String>| value.clone().map(Value::from);
    let all = [
        ("DurationSeconds", assume.duration_seconds.map(Value::from)),
        ("ExternalId", text(&assume.external_id)),
        ("RoleArn", Some(assume.role_arn.clone().into())),
        ("RoleSessionName", text(&assume.role_session_name)),
        ("SerialNumber", text(&assume.mfa_serial)),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// Whose credentials assume the role. Only hashed, never written.
fn identity(app: &App, source: &Source) -> Value {
    match source {
        Source::Sso(role) => json!([roles::key_hash(role), role.session.start_url]),
        Source::AssumeRole(_) | Source::WebIdentity { .. } => json!(key_hash(app, source)),
        Source::Process(line) => json!({ "process": line }),
        Source::Static { access_key_id, .. } => json!({ "accessKeyId": access_key_id }),
        Source::Environment => json!({ "accessKeyId": ambient::access_key_id(app) }),
        Source::InstanceMetadata => json!({ "instance": ambient::instance_endpoint(app) }),
        Source::Container => json!({ "container": ambient::container_uri(app).ok() }),
        Source::Other(_) => Value::Null,
    }
}

/// The entry with this hash, wherever it lives.
pub fn document<'a>(app: &'a App, hash: &str) -> Result<Document<'a>> {
    Document::own(app, path(app, hash)?)
}

/// Where the entry with this hash is, if it is a file.
pub fn path(app: &App, hash: &str) -> Result<PathBuf> {
    Ok(app.paths.cache_dir()?.join("roles").join(format!("{hash}.json")))
}

/// The cached credentials, dead ones too; `None` where there are none that can be read.
///
/// # Errors
/// Kind `Config` where a link or somebody else's file is in its place.
pub fn load(app: &App, hash: &str) -> Result<Option<Cached>> {
    let document = document(app, hash)?;
    let fields = match document.read()? {
        Found::Object(fields) => fields,
        Found::Absent => return Ok(None),
        Found::Broken(why) => {
            log::info!("ignored: {document} {why}");
            return Ok(None);
        }
    };
    Ok(roles::judge(app, &fields, hash))
}

/// Writes credentials, the stamp that tells running shells of them, and, where a session is at the
/// root of the chain, that its end is theirs too.
pub fn store(app: &App, hash: &str, source: &Source, credentials: &Credentials) -> Result<()> {
    let root = source.sso_root().map(|role| &role.session);
    let fields = json!({
        "Credentials": roles::keys_of(credentials),
        "Session": root.map(SsoSession::label),
    });
    document(app, hash)?.save(&fields, Durability::Cached)?;
    if let Some(session) = root {
        session_state::note_role(app, session, hash)?;
    }
    stamps::write(&stamps::path_of_key(app, hash)?, credentials)
}

/// Removes an entry and its stamp; whether there was one.
pub fn remove(app: &App, hash: &str) -> Result<bool> {
    cache_file::remove(&stamps::path_of_key(app, hash)?)?;
    document(app, hash)?.remove()
}

/// The hashes of the files that have a session at the root of their chains.
pub fn files_of_sessions(app: &App) -> Result<Vec<String>> {
    let folder = app.paths.cache_dir()?.join("roles");
    let of_session = |path: &PathBuf| {
        let bytes = files::read_own(path).ok().flatten().unwrap_or_default();
        let entry: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        entry.get("Session").is_some_and(Value::is_string)
    };
    let paths = files::list(&folder).unwrap_or_default().into_iter().filter(of_session);
    Ok(paths.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::profile::SsoRole;
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
        }
    }

    #[test]
    fn arguments_are_what_the_aws_cli_hashes() {
        let all: Value = serde_json::from_str(include_str!("../../../tests/data/credentials.json"))
            .expect("the vectors are JSON");
        for vector in all["assume_role_cache_file_names"]["vectors"].as_array().expect("a list") {
            let extra = &vector["extra_args"];
            let text = |name: &str| extra[name].as_str().map(str::to_owned);
            let seconds = extra["DurationSeconds"].as_u64().and_then(|n| u32::try_from(n).ok());
            let assume = AssumeRole {
                role_arn: vector["role_arn"].as_str().expect("an ARN").to_owned(),
                external_id: text("ExternalId"),
                role_session_name: text("RoleSessionName"),
                duration_seconds: seconds,
                mfa_serial: text("SerialNumber"),
                ..role(Source::Environment)
            };
            let hashed = spaced(&Value::Object(arguments(&assume)));
            assert_eq!(hashed, vector["hashed_text"].as_str().expect("a text"));
            assert_eq!(roles::assume_role_file_name(&assume), vector["file_name"]);
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
