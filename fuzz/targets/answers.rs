//! Answers of the portal, of OIDC and of STS. The first line is `STATUS CONTENT-TYPE`, then come
//! header lines, an empty line, and the body. Nothing panics; of the body nothing comes into an error
//! but the code and the words that a service puts there for the user, and those are bounded.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};
use ssoenv::domain::arn;
use ssoenv::domain::Error;
use ssoenv::domain::names::AccountId;
use ssoenv::domain::timestamp::Timestamp;
use ssoenv::identity::wire::json::{object, spaced};
use ssoenv::identity::wire::refusal::{Failure, ServiceError};
use ssoenv::identity::wire::xml::Xml;
use ssoenv::identity::wire::{oidc, portal, sts};
use ssoenv::io::http::Response;

/// Where services put codes and words.
const SPOKEN: [&str; 7] =
    ["code", "Code", "__type", "error", "error_description", "message", "Message"];

/// More than any error of AWS needs, hints included.
const LONGEST: usize = 4096;

fuzz_target!(|bytes: &[u8]| {
    let split = bytes.windows(2).position(|two| two == b"\n\n");
    let (head, body) = split.map_or((bytes, &b""[..]), |at| (&bytes[..at], &bytes[at + 2..]));
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let (status, kind) = lines.next().unwrap_or_default().split_once(' ').unwrap_or_default();
    let mut headers = vec![("content-type".to_owned(), kind.to_owned())];
    headers.extend(lines.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    }));
    let response = |body: &[u8]| Response {
        status: status.parse().unwrap_or(200),
        headers: headers.clone(),
        body: body.to_vec(),
    };
    successes(body);
    let answer = response(body);
    let failed = error(&answer);
    // What is no answer of AWS at all: only its size is told.
    let other = response(&vec![b'~'; body.len()]);
    assert_eq!(foreign(&answer), foreign(&other), "the body has no say");
    // Of the rest of the body nothing is told.
    if let Some(fields) = object(body) {
        let spoken: Map<_, _> =
            fields.into_iter().filter(|(name, _)| SPOKEN.contains(&&**name)).collect();
        let spoken = response(spaced(&Value::Object(spoken)).as_bytes());
        assert_eq!(decoded(&answer), decoded(&spoken));
    } else if Xml::parse(body).is_none() {
        assert_eq!(decoded(&answer), decoded(&response(b"")));
    }
    let length = failed.what.len()
        + failed.causes.iter().map(String::len).sum::<usize>()
        + failed.hints.iter().map(String::len).sum::<usize>();
    let told: usize = headers.iter().map(|(_, value)| value.len()).sum();
    assert!(length <= LONGEST + told, "{length} bytes of error");
});

fn decoded(answer: &Response) -> ServiceError {
    ServiceError::decode("CreateToken", "portal.example", answer)
}

fn error(answer: &Response) -> Error {
    let failure = Failure::of_answer("CreateToken", "portal.example", answer);
    if let Some(error) = failure.service() {
        assert!(!error.code.is_empty() && !error.describe().is_empty());
        error.is_throttling();
        error.is_empty_invalid_request();
    }
    failure.into_error()
}

fn foreign(answer: &Response) -> Error {
    Failure::foreign("CreateToken", "portal.example", answer).into_error()
}

/// Every reader of a success, with what is made of the numbers in it.
fn successes(body: &[u8]) {
    let now = Timestamp::from_seconds(1_800_000_000);
    if let Some(token) = oidc::token_of(body) {
        now.plus(token.expires_in).to_rfc3339();
        assert!(!format!("{token:?}").contains("aSecretOfTheSeeds"));
    }
    if let Some(client) = oidc::client_of(body) {
        client.expires_at.map(Timestamp::to_rfc3339);
        assert!(!format!("{client:?}").contains("aSecretOfTheSeeds"));
    }
    if let Some(device) = oidc::device_authorization_of(body) {
        assert!(!format!("{device:?}").contains("aSecretOfTheSeeds"));
    }
    let account = AccountId::from("123456789012");
    for credentials in [portal::credentials_of(body, &account), sts::credentials_of(body)] {
        let Some(credentials) = credentials else { continue };
        credentials.expiration.map(Timestamp::to_rfc3339);
        assert!(!format!("{credentials:?}").contains("aSecretOfTheSeeds"));
    }
    if let Some(caller) = sts::caller_of(body) {
        arn::account(&caller.arn);
    }
    let accounts = portal::accounts_of(body).map(|page| page.next);
    let roles = portal::roles_of(body).map(|page| page.next);
    for next in [accounts, roles].into_iter().flatten() {
        assert!(next.is_none_or(|token| !token.is_empty()), "a page that never ends");
    }
}
