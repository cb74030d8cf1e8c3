//! What a cache entry holds: the JSON of the AWS CLI.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::domain::credentials::Credentials;
use crate::domain::names::AccountId;
use crate::domain::profile::{SsoRole, SsoSession};
use crate::domain::secret::Secret;
use crate::domain::timestamp::Timestamp;

/// An entry as nearly all are: what counts is text.
#[derive(Deserialize)]
struct Plain<'a> {
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
pub(super) fn plain(bytes: &[u8]) -> Option<Credentials> {
    // A list would do for the keys here, and not for [`credentials_of`].
    if memchr::memchr(b'[', bytes).is_some() {
        return None;
    }
    let Plain { keys } = serde_json::from_slice(bytes).ok()?;
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

pub(super) fn shared_fields(role: &SsoRole, credentials: &Credentials) -> Map<String, Value> {
    let mut keys = keys_of(credentials);
    keys.insert("AccountId".into(), role.account_id.as_str().into());
    let mut fields = Map::new();
    fields.insert("ProviderType".into(), "sso".into());
    fields.insert("Credentials".into(), Value::Object(keys));
    fields
}

pub(super) fn own_fields(session: Option<&SsoSession>, credentials: &Credentials) -> Value {
    json!({ "Credentials": keys_of(credentials), "Session": session.map(SsoSession::label) })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::wire::json::spaced;

    #[test]
    fn files_hold_the_bytes_of_the_aws_cli() {
        let all: Value = serde_json::from_str(include_str!("../../../tests/data/identity.json"))
            .expect("the vectors are JSON");
        for vector in all["role_credential_fetch"]["vectors"].as_array().expect("a list") {
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
                    session: SsoSession {
                        name: None,
                        start_url: String::new(),
                        region: "us-east-1".into(),
                        scopes: None,
                    },
                    account_id: credentials.account_id.clone().expect("an account"),
                    role_name: "Admin".into(),
                };
                assert_eq!(spaced(&Value::Object(shared_fields(&role, &credentials))), file);
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
