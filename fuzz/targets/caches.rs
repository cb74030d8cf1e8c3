//! Cache files that other tools write too: whatever stands in them, they are read without a panic,
//! what is written is read back, unknown fields stay, and nothing shows a secret.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};
use ssoenv::domain::credentials::freshness;
use ssoenv::domain::names::SessionName;
use ssoenv::domain::profile::SsoSession;
use ssoenv::domain::secret::Secret;
use ssoenv::domain::timestamp::Timestamp;
use ssoenv::identity::instance::start_url::same_portal;
use ssoenv::identity::store::{document, entry_json, tokens};
use ssoenv::identity::wire::json::{compact, object, spaced};

fuzz_target!(|bytes: &[u8]| {
    let Some(fields) = object(bytes) else { return };
    let text = spaced(&Value::Object(fields.clone()));
    for text in [&text, &compact(&Value::Object(fields.clone()))] {
        assert!(text.is_ascii(), "as Python writes it");
        assert_eq!(object(text.as_bytes()).as_ref(), Some(&fields), "it is read back");
    }
    token(&fields);
    if let Some(client) = tokens::registration_of(&fields) {
        let mut open = vec![&*client.client_id];
        open.extend(client.grant_types.iter().chain(client.scopes.iter().flatten()).map(|x| &**x));
        hidden(&client.client_secret, &format!("{client:?}"), &open);
        let written = tokens::fields_of_registration(&client);
        let mut read = tokens::registration_of(&written).expect("it was just written");
        // A time that no calendar has is written as none.
        if read.expires_at.is_none() {
            read.expires_at = client.expires_at;
        }
        assert_eq!(read, client);
    }
    if let Some(credentials) = entry_json::credentials_of(&fields) {
        let shown = format!("{credentials:?}");
        hidden(&credentials.secret_access_key, &shown, &[&credentials.access_key_id]);
        let end = credentials.expiration.expect("an entry has an end");
        for now in [0, 1_800_000_000, i64::from(i32::MAX)].map(Timestamp::from_seconds) {
            freshness(end, None, now);
            freshness(end, Some(now), now);
        }
        let mut entry = Map::new();
        entry.insert("Credentials".into(), entry_json::keys_of(&credentials).into());
        assert_eq!(entry_json::credentials_of(&entry).as_ref(), Some(&credentials));
    }
});

fn token(fields: &Map<String, Value>) {
    let Some(token) = tokens::token_of(fields) else { return };
    let shown = format!("{token:?}");
    let open = [token.start_url.as_deref(), token.region.as_deref()].map(Option::unwrap_or_default);
    let client_id = token.client.as_ref().map_or("", |client| &client.client_id);
    let open = [open[0], open[1], client_id];
    hidden(&token.access_token, &shown, &open);
    token.refresh_token.iter().for_each(|secret| hidden(secret, &shown, &open));
    let now = Timestamp::from_seconds(1_800_000_000);
    token.state(now);
    token.state_known(now, Some(now), true);
    let session = SsoSession {
        name: Some(SessionName::from("corp")),
        start_url: token.start_url.clone().unwrap_or_default(),
        region: token.region.as_deref().unwrap_or("us-east-1").into(),
        scopes: None,
    };
    assert!(same_portal(&session.start_url, &session.start_url));
    let mut written = tokens::fields_of(&session, &token);
    document::keep_unknown(&mut written, fields.clone(), &tokens::TOKEN_FIELDS);
    let read = tokens::token_of(&written).expect("it was just written");
    assert_eq!(
        (&read.access_token, &read.refresh_token, read.expires_at),
        (&token.access_token, &token.refresh_token, token.expires_at)
    );
    assert_eq!(
        read.client.map(|client| (client.client_id, client.client_secret)),
        token.client.map(|client| (client.client_id, client.client_secret))
    );
    for (name, value) in fields {
        if !tokens::TOKEN_FIELDS.contains(&&**name) {
            assert_eq!(written.get(name), Some(value), "`{name}` stays");
        }
    }
}

/// Whether a secret that is long enough to be told from other text is not in what is shown.
fn hidden(secret: &Secret, shown: &str, open: &[&str]) {
    let secret = secret.expose();
    let told_apart = secret.len() >= 16
        && secret.bytes().all(|b| b.is_ascii_alphanumeric())
        && !open.iter().any(|text| text.contains(secret));
    assert!(!told_apart || !shown.contains(secret), "a secret is shown");
}
