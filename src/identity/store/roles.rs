//! Credentials of SSO roles in `~/.aws/cli/cache`, shared with the AWS CLI in both directions, or in
//! the keyring. Everything here is synchronous and needs no network: the fast path reads through it.

use std::borrow::Cow;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::domain::Result;
use crate::domain::credentials::{Credentials, FRESH_SECONDS, Freshness, freshness};
use crate::domain::names::{AccountId, SessionName};
use crate::domain::plan::Cache;
use crate::domain::profile::{AssumeRole, SsoRole};
use crate::domain::secret::Secret;
use crate::domain::timestamp::Timestamp;
use crate::identity::store::cache_file::Found;
use crate::identity::store::document::Document;
use crate::identity::store::{assumed_roles, session_state, stamps};
use crate::identity::wire::json::{compact, sha1_hex, spaced};
use crate::io::App;
use crate::io::files::{self, Durability};

/// Credentials from the cache, and whether they should be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cached {
    /// As the file has them.
    pub credentials: Credentials,
    /// By the 15-minute rule.
    pub freshness: Freshness,
}

/// The hash that names the role's cache file, locks and stamps.
pub fn key_hash(role: &SsoRole) -> String {
    let session = role.session.name.as_ref().map(SessionName::as_str);
    // An empty session name means the legacy form here, though not for tokens.
    let (last, value) = match session.filter(|name| !name.is_empty()) {
        Some(name) => ("sessionName", name),
        None => ("startUrl", role.session.start_url.as_str()),
    };
    sha1_hex(&compact(&json!({
        "accountId": role.account_id.as_str(),
        "roleName": role.role_name.as_str(),
        last: value,
    })))
}

/// The role's credentials, wherever they live.
pub fn document<'a>(app: &'a App, role: &SsoRole) -> Result<Document<'a>> {
    document_of_key(app, &key_hash(role))
}

fn document_of_key<'a>(app: &'a App, hash: &str) -> Result<Document<'a>> {
    Document::shared(app, path(app, hash)?)
}

fn path(app: &App, hash: &str) -> Result<PathBuf> {
    let mut path = app.paths.cli_cache()?;
    path.push(format!("{hash}.json"));
    Ok(path)
}

/// The role's cached credentials, dead ones too; `None` where there are none that can be read.
pub fn load(app: &App, role: &SsoRole) -> Result<Option<Cached>> {
    let Found::Object(fields) = document(app, role)?.read()? else { return Ok(None) };
    Ok(judge(app, &fields, &key_hash(role)))
}

/// The credentials of an entry in a file, where it is as nearly all are. What is not is for [`load`]
/// and [`assumed_roles::load`] to judge. A link is followed only in the cache
/// that is shared, not in ssoenv's own.
pub fn load_plain(app: &App, cache: Cache, hash: &str) -> Option<Cached> {
    let bytes = match cache {
        Cache::Shared => files::read(&path(app, hash).ok()?),
        Cache::Own => files::read_own(&assumed_roles::path(app, hash).ok()?),
    };
    judged(app, plain(&bytes.ok()??)?, hash)
}

/// The credentials in the entry with this hash, and how fresh they are.
pub(super) fn judge(app: &App, fields: &Map<String, Value>, hash: &str) -> Option<Cached> {
    let Some(credentials) = credentials_of(fields) else {
        log::info!("ignored: an entry lacks credentials");
        return None;
    };
    judged(app, credentials, hash)
}

fn judged(app: &App, credentials: Credentials, hash: &str) -> Option<Cached> {
    let (expires, now) = (credentials.expiration?, app.clock.now());
    // How long they live in all matters only for short lives, and is known only for our own.
    let left = expires.seconds() - now.seconds();
    let short = (1..FRESH_SECONDS).contains(&left);
    let issued = if short {
        stamps::issued(&stamps::path_of_key(app, hash).ok()?, &credentials)
    } else {
        None
    };
    Some(Cached { freshness: freshness(expires, issued, now), credentials })
}

/// An entry as nearly all are: what counts is text.
#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, rename = "Credentials")]
    keys: Keys<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys<'a> {
    #[serde(borrow)]
    access_key_id: Cow<'a, str>,
    #[serde(borrow)]
    secret_access_key: Cow<'a, str>,
    #[serde(borrow)]
    session_token: Cow<'a, str>,
    #[serde(borrow)]
    expiration: Cow<'a, str>,
    #[serde(borrow)]
    account_id: Option<Cow<'a, str>>,
}

/// Reads an entry without making a tree of it; `None` for what is not as it nearly always is.
fn plain(bytes: &[u8]) -> Option<Credentials> {
    // A list would do for the keys here, and not for [`credentials_of`].
    if memchr::memchr(b'[', bytes).is_some() {
        return None;
    }
    let Entry { keys } = serde_json::from_slice(bytes).ok()?;
    let texts = [&keys.access_key_id, &keys.secret_access_key, &keys.session_token];
    if texts.iter().any(|text| text.is_empty()) {
        return None;
    }
    Some(Credentials {
        access_key_id: keys.access_key_id.into_owned(),
        secret_access_key: Secret::new(keys.secret_access_key),
        session_token: Some(Secret::new(keys.session_token)),
        expiration: Some(Timestamp::parse(&keys.expiration)?),
        account_id: keys.account_id.filter(|id| !id.is_empty()).map(|id| AccountId::from(&*id)),
    })
}

/// The credentials in an entry; `None` where something of them is missing.
pub fn credentials_of(fields: &Map<String, Value>) -> Option<Credentials> {
    let keys = fields.get("Credentials")?;
    let text = |name: &str| keys.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
    Some(Credentials {
        access_key_id: text("AccessKeyId")?.to_owned(),
        secret_access_key: Secret::new(text("SecretAccessKey")?),
        session_token: Some(Secret::new(text("SessionToken")?)),
        expiration: Some(Timestamp::parse(text("Expiration")?)?),
        account_id: text("AccountId").map(AccountId::from),
    })
}

/// Writes the role's credentials, and the stamp that tells running shells of them.
pub fn store(app: &App, role: &SsoRole, credentials: &Credentials) -> Result<()> {
    let fields = fields_of(role, credentials);
    let ours = ["ProviderType", "Credentials"];
    document(app, role)?.write(fields, &ours, Durability::Cached)?;
    session_state::note_role(app, &role.session, &key_hash(role))?;
    stamps::write(&stamps::path(app, role)?, credentials)
}

fn fields_of(role: &SsoRole, credentials: &Credentials) -> Map<String, Value> {
    let mut keys = keys_of(credentials);
    keys.insert("AccountId".into(), role.account_id.as_str().into());
    let mut fields = Map::new();
    fields.insert("ProviderType".into(), "sso".into());
    fields.insert("Credentials".into(), Value::Object(keys));
    fields
}

/// `Credentials` as the AWS CLI writes them.
pub fn keys_of(credentials: &Credentials) -> Map<String, Value> {
    let mut keys = Map::new();
    keys.insert("AccessKeyId".into(), credentials.access_key_id.clone().into());
    keys.insert("SecretAccessKey".into(), credentials.secret_access_key.expose().into());
    if let Some(token) = &credentials.session_token {
        keys.insert("SessionToken".into(), token.expose().into());
    }
    if let Some(expiration) = credentials.expiration {
        keys.insert("Expiration".into(), expiration.to_rfc3339().into());
    }
    if let Some(account) = &credentials.account_id {
        keys.insert("AccountId".into(), account.as_str().into());
    }
    keys
}

/// Removes the role's credentials and their stamp; whether there were any.
pub fn remove(app: &App, role: &SsoRole) -> Result<bool> {
    remove_hash(app, &key_hash(role))
}

/// Removes the credentials and the stamp with this hash, of an assumed role too; whether there were
/// any.
pub fn remove_hash(app: &App, hash: &str) -> Result<bool> {
    let assumed = assumed_roles::remove(app, hash);
    // Both are tried before the failure of either is told.
    let own = document_of_key(app, hash)?.remove()?;
    Ok(assumed? || own)
}

/// The name of the AWS CLI's cache file for an assumed role: the source is not part of it.
pub fn assume_role_file_name(assume: &AssumeRole) -> String {
    let key = Value::Object(assumed_roles::arguments(assume));
    format!("{}.json", sha1_hex(&spaced(&key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::profile::SsoSession;

    fn vectors(section: &str) -> Vec<Value> {
        let all: Value = serde_json::from_str(include_str!("../../../tests/data/identity.json"))
            .expect("the vectors are JSON");
        all[section]["vectors"].as_array().expect("a list").clone()
    }

    fn role(vector: &Value) -> SsoRole {
        let text = |name: &str| vector[name].as_str().unwrap_or_default();
        SsoRole {
            session: SsoSession {
                name: vector["session_name"].as_str().map(SessionName::from),
                start_url: text("start_url").to_owned(),
                region: "us-east-1".into(),
                scopes: None,
            },
            account_id: text("account_id").into(),
            role_name: text("role_name").into(),
        }
    }

    #[test]
    fn files_are_named_as_the_aws_cli_names_them() {
        for vector in vectors("sso_role_credential_cache_file_names") {
            assert_eq!(
                vector["file_name"],
                format!("{}.json", key_hash(&role(&vector))),
                "{vector}"
            );
        }
    }

    #[test]
    fn files_hold_the_bytes_of_the_aws_cli() {
        for vector in vectors("role_credential_fetch") {
            let Some((_, file)) = vector["files_written"].as_object().and_then(|f| f.iter().next())
            else {
                continue;
            };
            let file = file.as_str().expect("a text");
            let Ok(Value::Object(fields)) = serde_json::from_str(file) else {
                panic!("not an object: {file}")
            };
            let credentials = credentials_of(&fields).expect("credentials");
            if fields.contains_key("ProviderType") {
                let role = SsoRole {
                    account_id: credentials.account_id.clone().expect("an account"),
                    ..role(&Value::Null)
                };
                assert_eq!(spaced(&Value::Object(fields_of(&role, &credentials))), file);
            }
        }
    }

    #[test]
    fn read_plainly_an_entry_says_what_its_tree_does() {
        let good = r#"{"AccessKeyId": "A", "SecretAccessKey": "S\u00e9\"", "SessionToken": "T",
            "Expiration": "2025-01-02T03:04:05UTC", "AccountId": "111122223333"}"#;
        let entry = |keys: &str| format!(r#"{{"ProviderType": "sso", "Credentials": {keys}}}"#);
        let both = |text: &str| {
            let tree = match serde_json::from_str(text) {
                Ok(Value::Object(fields)) => credentials_of(&fields),
                _ => None,
            };
            (plain(text.as_bytes()), tree)
        };
        let (read, tree) = both(&entry(good));
        assert!(read.is_some() && read == tree);
        let list = r#"["A", "S", "T", "2025-01-02T03:04:05Z", "111122223333"]"#;
        assert_eq!(both(&entry(list)), (None, None));
        for (from, to) in [
            ("\"A\"", "\"\""),
            ("\"A\"", "7"),
            ("\"T\"", "null"),
            ("\"T\"", "\"T\", \"SessionToken\": \"U\""),
            ("\"111122223333\"", "\"\""),
            ("\"111122223333\"", "null"),
            ("\"111122223333\"", "12"),
            (", \"AccountId\": \"111122223333\"", ", \"More\": {\"a\": [1]}"),
            ("2025-01-02T03:04:05UTC", "soon"),
            ("}", ""),
        ] {
            let (read, tree) = both(&entry(&good.replacen(from, to, 1)));
            // Where it cannot tell, it leaves the word to the tree.
            assert!(read.is_none() || read == tree, "{to}");
        }
    }
}
