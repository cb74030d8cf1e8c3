//! Signature Version 4 for the one request that is signed here: a POST of a form to STS, without a
//! query. What is signed is what botocore signs.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use url::Url;

use crate::domain::credentials::Credentials;
use crate::domain::percent;
use crate::domain::timestamp::Timestamp;
use crate::identity::wire::json::hex;

/// `Content-Type` of every STS request.
pub const CONTENT_TYPE: &str = "application/x-www-form-urlencoded; charset=utf-8";

/// The service in the credential scope.
const SERVICE: &str = "sts";
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// A request to be signed.
#[derive(Clone, Copy, Debug)]
pub struct Form<'a> {
    /// Where it goes; no query.
    pub url: &'a Url,
    /// The endpoint's Region.
    pub region: &'a str,
    pub body: &'a str,
}

/// The headers that a signed request has besides `Host`, in the order in which they are sent.
pub fn headers(
    form: &Form,
    credentials: &Credentials,
    now: Timestamp,
) -> Vec<(&'static str, String)> {
    let time = now.to_basic();
    let scope = format!("{}/{}/{SERVICE}/aws4_request", &time[..8], form.region);
    let (canonical, signed) = canonical(form, credentials, &time);
    let string = format!("{ALGORITHM}\n{time}\n{scope}\n{}", sha256(&canonical));
    let secret = format!("AWS4{}", credentials.secret_access_key.expose());
    let key = [&time[..8], form.region, SERVICE, "aws4_request"]
        .into_iter()
        .fold(secret.into_bytes(), |key, part| hmac(&key, part));
    let signature = hex(&hmac(&key, &string));
    let id = &credentials.access_key_id;
    let authorization = format!(
        "{ALGORITHM} Credential={id}/{scope}, SignedHeaders={signed}, Signature={signature}"
    );
    let mut headers = vec![("content-type", CONTENT_TYPE.to_owned()), ("x-amz-date", time)];
    if let Some(token) = &credentials.session_token {
        headers.push(("x-amz-security-token", token.expose().to_owned()));
    }
    headers.push(("authorization", authorization));
    headers
}

/// The canonical request, and the names of the signed headers.
fn canonical(form: &Form, credentials: &Credentials, time: &str) -> (String, String) {
    let host = form.url.host_str().unwrap_or_default();
    // A port that is not the scheme's own is part of `Host`.
    let host = form.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let mut headers = vec![("content-type", CONTENT_TYPE), ("host", &host), ("x-amz-date", time)];
    if let Some(token) = &credentials.session_token {
        headers.push(("x-amz-security-token", token.expose()));
    }
    let lines: String =
        headers.iter().flat_map(|(name, value)| [*name, ":", *value, "\n"]).collect();
    let signed = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    // Encoded once more for the canonical request.
    let path = percent::path(form.url.path());
    (format!("POST\n{path}\n\n{lines}\n{signed}\n{}", sha256(form.body)), signed)
}

fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::secret::Secret;
    use serde_json::Value;

    #[test]
    fn signed_as_botocore_signs() {
        let all: Value = serde_json::from_str(include_str!("../../../tests/data/credentials.json"))
            .expect("the vectors are JSON");
        for vector in all["sigv4_sts"]["vectors"].as_array().expect("a list") {
            let text = |name: &str| vector[name].as_str().expect("a text");
            let credentials = Credentials {
                access_key_id: text("access_key_id").to_owned(),
                secret_access_key: Secret::new(text("secret_access_key")),
                session_token: vector["session_token"].as_str().map(Secret::new),
                expiration: None,
                account_id: None,
            };
            let url = Url::parse(text("url")).expect("a URL");
            let form = Form { url: &url, region: text("region"), body: text("body") };
            let (canonical, _) = canonical(&form, &credentials, "20250102T030405Z");
            assert_eq!(canonical, text("canonical_request"));
            let headers = headers(&form, &credentials, Timestamp::from_seconds(1_735_787_045));
            let expected = vector["headers"].as_object().expect("a map");
            assert_eq!(headers.len(), expected.len());
            for (name, value) in expected {
                let found = headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
                assert_eq!(found.map(|(_, v)| v.as_str()), value.as_str(), "{name}");
            }
        }
    }

    #[test]
    fn a_path_in_front_of_a_custom_endpoint_is_signed() {
        let url = Url::parse("https://vpce.example.com/a%20b/sts/").expect("a URL");
        let credentials = Credentials {
            access_key_id: "AKID".to_owned(),
            secret_access_key: Secret::new("SECRET"),
            session_token: None,
            expiration: None,
            account_id: None,
        };
        let form = Form { url: &url, region: "us-east-1", body: "" };
        let (canonical, signed) = canonical(&form, &credentials, "20250102T030405Z");
        assert!(canonical.starts_with("POST\n/a%2520b/sts/\n\n"), "{canonical}");
        assert_eq!(signed, "content-type;host;x-amz-date");
    }
}
