//! Access tokens and client registrations in `~/.aws/sso/cache`, shared with the AWS CLI and the
//! SDKs in both directions: the same names, the same bytes. Or in the keyring ([`document`]).
//!
//! [`document`]: crate::identity::store::document

use serde_json::{Map, Value, json};

use crate::domain::Result;
use crate::domain::profile::SsoSession;
use crate::domain::secret::Secret;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::{AccessToken, ClientRegistration};
use crate::identity::instance::start_url::same_portal;
use crate::identity::store::cache_file::{self, Found};
use crate::identity::store::document::Document;
use crate::identity::wire::json::{sha1_hex, spaced};
use crate::io::App;
use crate::io::files::Durability;

/// The fields of a token file that are ours to write, in the AWS CLI's order.
pub const TOKEN_FIELDS: [&str; 8] = [
    "startUrl",
    "region",
    "accessToken",
    "expiresAt",
    "clientId",
    "clientSecret",
    "registrationExpiresAt",
    "refreshToken",
];

/// The fields of a registration file that are ours to write.
const REGISTRATION_FIELDS: [&str; 5] =
    ["clientId", "clientSecret", "expiresAt", "scopes", "grantTypes"];

/// Seconds that a registration must still live to be used for a login.
const REGISTRATION_MARGIN: i64 = 15 * 60;

/// The text whose hash names the token file: the session's name, or the start URL as written.
pub fn key(session: &SsoSession) -> &str {
    session.label()
}

/// The session's token, wherever it lives.
pub fn document<'a>(app: &'a App, session: &SsoSession) -> Result<Document<'a>> {
    Document::shared(app, app.paths.sso_cache()?.join(file_name(session)))
}

fn file_name(session: &SsoSession) -> String {
    format!("{}.json", sha1_hex(key(session)))
}

/// The session's client registration, wherever it lives; both flows share the name.
pub fn registration<'a>(app: &'a App, session: &SsoSession) -> Result<Document<'a>> {
    Document::shared(app, app.paths.sso_cache()?.join(registration_file_name(session)))
}

fn registration_file_name(session: &SsoSession) -> String {
    let key = json!({
        "region": session.region.as_str(),
        "scopes": session.scopes,
        "session_name": session.name.as_ref().map(AsRef::<str>::as_ref),
        "startUrl": session.start_url,
        "tool": "botocore",
    });
    format!("{}.json", sha1_hex(&spaced(&key)))
}

/// A session's token, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// A token, of whatever age.
    Token(AccessToken),
    /// No file.
    Absent,
    /// A file that cannot be used: why.
    Broken(String),
    /// The token of another portal: this session's start URL has changed since.
    OtherPortal(String),
}

impl Stored {
    /// The token, if there is one.
    pub fn token(self) -> Option<AccessToken> {
        match self {
            Self::Token(token) => Some(token),
            _ => None,
        }
    }
}

/// Reads the session's token, whatever its age.
pub fn find(app: &App, session: &SsoSession) -> Result<Stored> {
    let document = document(app, session)?;
    let fields = match document.read()? {
        Found::Object(fields) => fields,
        Found::Absent => return Ok(Stored::Absent),
        Found::Broken(why) => return Ok(Stored::Broken(format!("{document} {why}"))),
    };
    let Some(token) = token_of(&fields) else {
        let why = format!("{document} lacks a usable `accessToken` or `expiresAt`");
        log::info!("ignored: {why}");
        return Ok(Stored::Broken(why));
    };
    match &token.start_url {
        Some(url) if !same_portal(url, &session.start_url) => {
            log::info!("ignored: {document} is of `{url}`");
            Ok(Stored::OtherPortal(url.clone()))
        }
        _ => Ok(Stored::Token(token)),
    }
}

/// The session's token, whatever its age; `None` where there is none that can be used.
pub fn load(app: &App, session: &SsoSession) -> Result<Option<AccessToken>> {
    find(app, session).map(Stored::token)
}

/// The session's token in a file of before it lived in the keyring.
pub fn left(app: &App, session: &SsoSession) -> Result<Option<AccessToken>> {
    let left = document(app, session)?.left_file().map(cache_file::read);
    Ok(left.and_then(|found| match found {
        Found::Object(fields) => token_of(&fields),
        _ => None,
    }))
}

/// The token in a file; `None` where there is none that can be used.
pub fn token_of(fields: &Map<String, Value>) -> Option<AccessToken> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
    let client = || {
        Some(ClientRegistration {
            client_id: text("clientId")?.to_owned(),
            client_secret: Secret::new(text("clientSecret")?),
            expires_at: text("registrationExpiresAt").and_then(Timestamp::parse),
            grant_types: Vec::new(),
            scopes: None,
        })
    };
    Some(AccessToken {
        access_token: Secret::new(text("accessToken")?),
        expires_at: Timestamp::parse(text("expiresAt")?)?,
        refresh_token: text("refreshToken").map(Secret::new),
        client: client(),
        start_url: text("startUrl").map(ToOwned::to_owned),
        region: text("region").map(ToOwned::to_owned),
    })
}

/// Writes the session's token, flushed to the disk.
pub fn save(app: &App, session: &SsoSession, token: &AccessToken) -> Result<()> {
    let fields = fields_of(session, token);
    document(app, session)?.write(fields, &TOKEN_FIELDS, Durability::Synced)
}

/// What a token file holds.
pub fn fields_of(session: &SsoSession, token: &AccessToken) -> Map<String, Value> {
    let mut fields = Map::new();
    let region = token.region.as_deref().unwrap_or(session.region.as_str());
    fields.insert("startUrl".into(), session.start_url.clone().into());
    fields.insert("region".into(), region.into());
    fields.insert("accessToken".into(), token.access_token.expose().into());
    fields.insert("expiresAt".into(), token.expires_at.to_rfc3339().into());
    if let Some(client) = &token.client {
        fields.insert("clientId".into(), client.client_id.clone().into());
        fields.insert("clientSecret".into(), client.client_secret.expose().into());
        if let Some(expires) = client.expires_at {
            fields.insert("registrationExpiresAt".into(), expires.to_rfc3339().into());
        }
    }
    if let Some(refresh) = &token.refresh_token {
        fields.insert("refreshToken".into(), refresh.expose().into());
    }
    fields
}

/// Fails if a token could not be written now: to be asked before one is spent for the next.
pub fn check_writable(app: &App, session: &SsoSession) -> Result<()> {
    document(app, session)?.try_write()
}

/// Removes the session's token; whether there was one.
pub fn remove(app: &App, session: &SsoSession) -> Result<bool> {
    document(app, session)?.remove()
}

/// The session's registration if it lives 15 minutes more and is of the kind that is needed.
pub fn load_registration(
    app: &App,
    session: &SsoSession,
    authorization_code: bool,
) -> Result<Option<ClientRegistration>> {
    let Found::Object(fields) = registration(app, session)?.read()? else {
        return Ok(None);
    };
    let usable = registration_of(&fields).filter(|registration| {
        let code = registration.grant_types.iter().any(|grant| grant == "authorization_code");
        let left = registration.expires_at.map(|at| at.seconds() - app.clock.now().seconds());
        code == authorization_code && left.is_some_and(|left| left >= REGISTRATION_MARGIN)
    });
    log::info!("client registration: cache {}", if usable.is_some() { "hit" } else { "miss" });
    Ok(usable)
}

/// When the session's registered client ends, whatever it was registered for.
pub fn registration_end(app: &App, session: &SsoSession) -> Result<Option<Timestamp>> {
    Ok(match registration(app, session)?.read()? {
        Found::Object(fields) => registration_of(&fields).and_then(|client| client.expires_at),
        _ => None,
    })
}

/// Removes the session's registration if it is of this client.
pub fn forget_client(app: &App, session: &SsoSession, client_id: &str) -> Result<()> {
    let document = registration(app, session)?;
    if let Found::Object(fields) = document.read()?
        && fields.get("clientId").and_then(Value::as_str) == Some(client_id)
    {
        log::info!("the service does not know the registered client: it is forgotten");
        document.remove()?;
    }
    Ok(())
}

/// The registration in a file, whatever it was made for.
pub fn registration_of(fields: &Map<String, Value>) -> Option<ClientRegistration> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let list = |name: &str| -> Option<Vec<String>> {
        let items = fields.get(name)?.as_array()?;
        Some(items.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect())
    };
    Some(ClientRegistration {
        client_id: text("clientId")?.to_owned(),
        client_secret: Secret::new(text("clientSecret")?),
        expires_at: text("expiresAt").and_then(Timestamp::parse),
        grant_types: list("grantTypes").unwrap_or_default(),
        scopes: list("scopes"),
    })
}

/// Writes the session's registration, flushed to the disk.
pub fn save_registration(
    app: &App,
    session: &SsoSession,
    client: &ClientRegistration,
) -> Result<()> {
    let fields = fields_of_registration(client);
    registration(app, session)?.write(fields, &REGISTRATION_FIELDS, Durability::Synced)
}

/// What a registration file holds.
pub fn fields_of_registration(client: &ClientRegistration) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("clientId".into(), client.client_id.clone().into());
    fields.insert("clientSecret".into(), client.client_secret.expose().into());
    if let Some(expires) = client.expires_at {
        fields.insert("expiresAt".into(), expires.to_rfc3339().into());
    }
    if let Some(scopes) = &client.scopes {
        fields.insert("scopes".into(), json!(scopes));
    }
    if !client.grant_types.is_empty() {
        fields.insert("grantTypes".into(), json!(client.grant_types));
    }
    fields
}

/// Removes the session's registration; whether there was one.
pub fn remove_registration(app: &App, session: &SsoSession) -> Result<bool> {
    registration(app, session)?.remove()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::names::SessionName;

    fn vectors(section: &str) -> Vec<Value> {
        let all: Value = serde_json::from_str(include_str!("../../../tests/data/identity.json"))
            .expect("the vectors are JSON");
        all[section]["vectors"].as_array().expect("a list").clone()
    }

    fn session(vector: &Value) -> SsoSession {
        let scopes = vector["scopes"]
            .as_array()
            .map(|list| list.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect());
        SsoSession {
            name: vector["session_name"].as_str().map(SessionName::from),
            start_url: vector["start_url"].as_str().unwrap_or_default().to_owned(),
            region: vector["region"].as_str().unwrap_or("us-east-1").into(),
            scopes,
        }
    }

    #[test]
    fn files_are_named_as_the_aws_cli_names_them() {
        for vector in vectors("token_cache_file_names") {
            assert_eq!(vector["file_name"], file_name(&session(&vector)), "{vector}");
        }
        for vector in vectors("registration_cache_file_names") {
            assert_eq!(vector["file_name"], registration_file_name(&session(&vector)), "{vector}");
        }
    }

    #[test]
    fn tokens_of_the_aws_cli_are_read() {
        for vector in vectors("token_load_and_refresh") {
            let Some(fields) = vector["cached_file"].as_object() else { continue };
            let token = token_of(fields);
            // What makes the AWS CLI fail on the file's form is no token here either.
            let class = vector["result"]["error"]["class"].as_str();
            let broken = matches!(class, Some("SSOTokenLoadError" | "TypeError"));
            assert_eq!(token.is_none(), broken, "{vector}");
        }
    }
}
