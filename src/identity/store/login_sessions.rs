//! Console logins in `~/.aws/login/cache`, shared with the AWS CLI and the SDKs in both directions,
//! or in the keyring. Synchronous, no network: the fast path reads through it.

use std::path::PathBuf;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::domain::Result;
use crate::domain::credentials::Credentials;
use crate::domain::login_session::LoginSession;
use crate::domain::names::AccountId;
use crate::domain::secret::Secret;
use crate::domain::timestamp::Timestamp;
use crate::identity::store::cache_file::{self, Found};
use crate::identity::store::document::Document;
use crate::identity::store::stamps;
use crate::identity::wire::json::hex;
use crate::identity::wire::proof::ProofKey;
use crate::identity::wire::signin::Token;
use crate::io::App;
use crate::io::files::Durability;
use crate::io::own;

/// A login as its file has it.
#[derive(Debug)]
pub struct Login {
    /// Good for some minutes.
    pub credentials: Credentials,
    /// Works once.
    pub refresh_token: Secret,
    /// The client that the refresh token is of.
    pub client_id: String,
    /// The key that the refresh token is bound to.
    pub key: ProofKey,
    /// `signInRegion`: where the login was made. Not every client writes it.
    pub region: Option<String>,
    fields: Map<String, Value>,
}

/// A login, or why there is none.
#[derive(Debug)]
pub enum Stored {
    /// A login, of whatever age.
    Login(Box<Login>),
    /// No file.
    Absent,
    /// A file that cannot be used: why.
    Broken(String),
}

/// The hash that names the file, locks and stamps of a login.
pub fn key_hash(session: &LoginSession) -> String {
    hex(&Sha256::digest(session.arn.as_bytes()))
}

/// The login, wherever it lives.
pub fn document<'a>(app: &'a App, session: &LoginSession) -> Result<Document<'a>> {
    Document::shared(app, path(app, &key_hash(session))?)
}

/// Where the file with this hash is, if it is one.
pub fn path(app: &App, hash: &str) -> Result<PathBuf> {
    Ok(app.paths.login_cache(&app.env)?.join(format!("{hash}.json")))
}

/// Reads the login, whatever its age.
pub fn find(app: &App, session: &LoginSession) -> Result<Stored> {
    let document = document(app, session)?;
    let fields = match document.read()? {
        Found::Object(fields) => fields,
        Found::Absent => return Ok(Stored::Absent),
        Found::Broken(why) => return Ok(Stored::Broken(format!("{document} {why}"))),
    };
    let broken = |what: &str| Stored::Broken(format!("{document} {what}"));
    let text = |name: &str| text(&fields, name).map(str::to_owned);
    let Some(credentials) = credentials_of(&fields) else {
        return Ok(broken("lacks credentials"));
    };
    let (Some(refresh_token), Some(client_id)) = (text("refreshToken"), text("clientId")) else {
        return Ok(broken("lacks `refreshToken` or `clientId`"));
    };
    let Some(key) = text("dpopKey").and_then(|pem| ProofKey::read(&pem)) else {
        return Ok(broken("lacks a `dpopKey` that can be read"));
    };
    let region = text("signInRegion");
    let refresh_token = Secret::new(refresh_token);
    Ok(Stored::Login(Box::new(Login {
        credentials,
        refresh_token,
        client_id,
        key,
        region,
        fields,
    })))
}

/// The credentials in a file; `None` where something of them is missing.
pub fn credentials_of(fields: &Map<String, Value>) -> Option<Credentials> {
    let keys = fields.get("accessToken")?.as_object()?;
    Some(Credentials {
        access_key_id: text(keys, "accessKeyId")?.to_owned(),
        secret_access_key: Secret::new(text(keys, "secretAccessKey")?),
        session_token: Some(Secret::new(text(keys, "sessionToken")?)),
        expiration: Some(Timestamp::parse(text(keys, "expiresAt")?)?),
        account_id: text(keys, "accountId").map(AccountId::from),
    })
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// Fails now if a login could not be written later.
pub fn check_writable(app: &App, session: &LoginSession) -> Result<()> {
    document(app, session)?.try_write()
}

impl Login {
    /// A new one.
    pub fn new(session: &LoginSession, made: Made, token: &Token, now: Timestamp) -> Self {
        let mut fields = Map::new();
        // Their order is the AWS CLI's; what is null is filled in when the login is written.
        for (name, value) in [
            ("accessToken", None),
            ("tokenType", Some(token.token_type.as_str())),
            ("clientId", Some(made.client_id)),
            ("refreshToken", None),
            ("idToken", token.id_token.as_ref().map(Secret::expose)),
            ("dpopKey", None),
            ("signInRegion", Some(made.region)),
        ] {
            fields.insert(name.to_owned(), value.map_or(Value::Null, Into::into));
        }
        Self {
            credentials: credentials(token, session.account_id(), now),
            refresh_token: token.refresh_token.clone(),
            client_id: made.client_id.to_owned(),
            key: made.key,
            region: Some(made.region.to_owned()),
            fields,
        }
    }

    /// The same login with the answer of a refresh. Other tools' fields stay.
    #[must_use]
    pub fn refreshed(self, token: &Token, now: Timestamp) -> Self {
        let credentials = credentials(token, self.credentials.account_id, now);
        Self { credentials, refresh_token: token.refresh_token.clone(), ..self }
    }

    /// Writes it, and the stamp that tells running shells of its credentials.
    pub fn save(&self, app: &App, session: &LoginSession) -> Result<()> {
        let mut fields = self.fields.clone();
        let keys = &self.credentials;
        let account = keys.account_id.as_ref().map(AsRef::<str>::as_ref);
        let old = fields.get("accessToken").and_then(Value::as_object).cloned();
        let mut inner = Map::new();
        let values = [
            ("accessKeyId", Some(keys.access_key_id.clone())),
            ("secretAccessKey", Some(keys.secret_access_key.expose().to_owned())),
            ("sessionToken", keys.session_token.as_ref().map(|token| token.expose().to_owned())),
            ("accountId", account.map(str::to_owned)),
            ("expiresAt", keys.expiration.map(Timestamp::to_rfc3339)),
        ];
        for (name, value) in values {
            inner.extend(value.map(|value| (name.to_owned(), value.into())));
        }
        for (name, value) in old.into_iter().flatten().filter(|(_, value)| !value.is_null()) {
            inner.entry(name).or_insert(value);
        }
        fields.insert("accessToken".into(), Value::Object(inner));
        fields.insert("refreshToken".into(), self.refresh_token.expose().into());
        fields.insert("dpopKey".into(), self.key.pem().expose().into());
        document(app, session)?.save(&Value::Object(fields), Durability::Synced)?;
        forget_spent(app, session)?;
        stamps::write(&stamps::path_of_key(app, &key_hash(session))?, keys)
    }
}

fn credentials(token: &Token, account_id: Option<AccountId>, now: Timestamp) -> Credentials {
    Credentials {
        access_key_id: token.access_key_id.clone(),
        secret_access_key: token.secret_access_key.clone(),
        session_token: Some(token.session_token.clone()),
        // Computed after the answer, so that the service's clock does not matter.
        expiration: Some(now.plus(token.expires_in)),
        account_id,
    }
}

/// Where and with what a login was made.
#[derive(Debug)]
pub struct Made<'a> {
    /// The client of the login.
    pub client_id: &'a str,
    /// The key that the refresh token is bound to.
    pub key: ProofKey,
    /// The Region that gave it.
    pub region: &'a str,
}

/// Removes a login and its stamp; whether there was one.
pub fn remove(app: &App, session: &LoginSession) -> Result<bool> {
    forget_spent(app, session)?;
    cache_file::remove(&stamps::path_of_key(app, &key_hash(session))?)?;
    document(app, session)?.remove()
}

/// Remembers that a refresh token must not be sent to this Region again: it was refused there, or
/// it was sent and no answer has come.
pub fn note_spent(app: &App, session: &LoginSession, token: &Secret, region: &str) -> Result<()> {
    let text = format!("spent {}\n", spent(token, region));
    cache_file::save(&spent_path(app, session)?, &text, Durability::Synced)
}

/// Whether that was remembered.
pub fn is_spent(app: &App, session: &LoginSession, token: &Secret, region: &str) -> Result<bool> {
    let bytes = own::read(&spent_path(app, session)?).ok().flatten().unwrap_or_default();
    Ok(bytes
        .strip_prefix(b"spent ")
        .is_some_and(|hash| hash.trim_ascii_end() == spent(token, region).as_bytes()))
}

/// Takes that back.
pub fn forget_spent(app: &App, session: &LoginSession) -> Result<()> {
    cache_file::remove(&spent_path(app, session)?).map(drop)
}

fn spent(token: &Secret, region: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(token.expose().as_bytes());
    digest.update(region.as_bytes());
    hex(&digest.finalize())
}

fn spent_path(app: &App, session: &LoginSession) -> Result<PathBuf> {
    Ok(app.paths.state_dir()?.join("sessions").join(key_hash(session)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::region::ProfileRegion;

    #[test]
    fn credentials_are_whole() {
        let text = r#"{"accessToken": {"accessKeyId": "ASIA", "secretAccessKey": "S",
            "sessionToken": "T", "accountId": "111122223333",
            "expiresAt": "2025-01-02T03:04:05.123456789Z"}}"#;
        let read = |text: &str| match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => credentials_of(&fields),
            _ => None,
        };
        let credentials = read(text).expect("credentials");
        assert_eq!(credentials.expiration, Some(Timestamp::from_seconds(1_735_787_045)));
        assert_eq!(credentials.account_id, Some("111122223333".into()));
        for (from, to) in [("\"S\"", "\"\""), ("sessionToken", "token"), ("2025", "at 2025")] {
            assert!(read(&text.replace(from, to)).is_none(), "{from}");
        }
    }

    #[test]
    fn the_file_is_named_after_the_identity() {
        let arn = "arn:aws:iam::111122223333:user/jane".to_owned();
        let hash = key_hash(&LoginSession { arn, region: ProfileRegion::NONE });
        assert_eq!(hash.len(), 64);
        assert!(hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)));
    }
}
