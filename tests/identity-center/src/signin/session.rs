//! A finished console login without the login: the cache file that the AWS CLI would have written.

use super::{Grant, SAME_DEVICE, token};
use crate::arn;
use crate::center::IdentityCenter;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// A file of `~/.aws/login/cache`.
#[derive(Clone, Debug)]
pub struct ConsoleSession {
    /// Its name.
    pub file_name: String,
    /// Its fields.
    pub fields: Value,
}

impl IdentityCenter {
    /// A login of the identity in a Region, whose credentials look as if `left` were left of them; below zero they
    /// have expired.
    pub fn console_session(&self, identity: &str, region: &str, left: i64) -> ConsoleSession {
        let (key, thumbprint) = key();
        let mut state = self.shared.state();
        let grant = Grant {
            client_id: SAME_DEVICE.to_owned(),
            thumbprint,
            region: region.to_owned(),
            identity: identity.to_owned(),
            expires: state.now() + state.lifetimes.console_session,
            used: false,
        };
        let (keys, refresh) = token::issue(&mut state, &grant);
        let id = token::id_token(&mut state, identity);
        state.secrets.issued.push(key.clone());
        let end = state.shown(state.now()) + jiff::SignedDuration::from_secs(left);
        let fields = json!({
            "accessToken": {
                "accessKeyId": keys.access_key,
                "secretAccessKey": keys.secret,
                "sessionToken": keys.session_token,
                "accountId": arn::account(identity),
                "expiresAt": end.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            },
            "tokenType": "aws_sigv4",
            "clientId": grant.client_id,
            "refreshToken": refresh,
            "idToken": id,
            "dpopKey": key,
        });
        ConsoleSession { file_name: file_name(identity), fields }
    }
}

impl ConsoleSession {
    /// The same with another value of a field.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields[name] = value.into();
        self
    }

    /// Its text.
    pub fn text(&self) -> String {
        self.fields.to_string()
    }
}

fn file_name(identity: &str) -> String {
    let mut name = String::new();
    for byte in Sha256::digest(identity.as_bytes()) {
        let _ = write!(name, "{byte:02x}");
    }
    name + ".json"
}

/// A new key: its SEC1 text (RFC 5915) and its thumbprint (RFC 7638).
fn key() -> (String, String) {
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).expect("the key");
    let point = pair.public_key().as_ref();
    let scalar = &pkcs8.as_ref()[36..68];
    let der = [
        &[0x30, 0x77, 2, 1, 1, 4, 32][..],
        scalar,
        &[0xA0, 10, 6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7, 0xA1, 0x44, 3, 0x42, 0],
        point,
    ]
    .concat();
    let mut pem = "-----BEGIN EC PRIVATE KEY-----\n".to_owned();
    for line in BASE64_STANDARD.encode(der).as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str("-----END EC PRIVATE KEY-----\n");
    let (x, y) = (&point[1..33], &point[33..]);
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let canonical = json!({"crv": "P-256", "kty": "EC", "x": encode(x), "y": encode(y)});
    (pem, encode(&Sha256::digest(canonical.to_string().as_bytes())))
}
