//! Signature Version 4, from the specification, for checking what a client signed.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// A request as it came over the wire. Header names are in lower case.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// HTTP method
    pub method: &'a str,
    /// Path as sent
    pub path: &'a str,
    /// Query as sent, without `?`
    pub query: &'a str,
    /// Headers as sent
    pub headers: &'a [(String, String)],
    /// Body as sent
    pub body: &'a [u8],
}

/// The parts of an `Authorization: AWS4-HMAC-SHA256 …` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// Access key id
    pub access_key: String,
    /// `YYYYMMDD`
    pub date: String,
    /// Region of the scope
    pub region: String,
    /// Service of the scope
    pub service: String,
    /// Names in the order given
    pub signed_headers: Vec<String>,
    /// Hexadecimal
    pub signature: String,
}

impl Authorization {
    /// Reads the header; `None` if it is malformed.
    pub fn parse(header: &str) -> Option<Self> {
        let rest = header.strip_prefix("AWS4-HMAC-SHA256 ")?;
        let (mut credential, mut signed, mut signature) = (None, None, None);
        for part in rest.split(',') {
            let (name, value) = part.trim().split_once('=')?;
            let slot = match name {
                "Credential" => &mut credential,
                "SignedHeaders" => &mut signed,
                "Signature" => &mut signature,
                _ => return None,
            };
            if slot.replace(value).is_some() {
                return None;
            }
        }
        let scope: Vec<&str> = credential?.split('/').collect();
        let [access_key, date, region, service, "aws4_request"] = scope[..] else {
            return None;
        };
        Some(Self {
            access_key: access_key.to_owned(),
            date: date.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            signed_headers: signed?.split(';').map(ToOwned::to_owned).collect(),
            signature: signature?.to_owned(),
        })
    }

    fn scope(&self) -> String {
        format!("{}/{}/{}/aws4_request", self.date, self.region, self.service)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn hmac(key: &[u8], data: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(data.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// The canonical request over the headers that were signed.
pub fn canonical_request(request: &Request, signed_headers: &[String]) -> String {
    let mut query: Vec<(String, String)> = crate::call::decode_pairs(request.query)
        .into_iter()
        .map(|(n, v)| (crate::call::encode(&n), crate::call::encode(&v)))
        .collect();
    query.sort();
    let query: Vec<String> = query.iter().map(|(n, v)| format!("{n}={v}")).collect();
    let mut text = format!("{}\n{}\n{}\n", request.method, request.path, query.join("&"));
    for name in signed_headers {
        let values: Vec<String> = request
            .headers
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, v)| v.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        let _ = writeln!(text, "{name}:{}", values.join(","));
    }
    let _ = write!(text, "\n{}\n{}", signed_headers.join(";"), hex(&Sha256::digest(request.body)));
    text
}

/// The string to sign for a canonical request.
pub fn string_to_sign(authorization: &Authorization, amz_date: &str, canonical: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256\n{amz_date}\n{}\n{}",
        authorization.scope(),
        hex(&Sha256::digest(canonical.as_bytes()))
    )
}

/// The signature that the owner of `secret` would have made.
pub fn signature(request: &Request, authorization: &Authorization, secret: &str) -> String {
    let amz_date = crate::call::find(request.headers, "x-amz-date").unwrap_or_default();
    let canonical = canonical_request(request, &authorization.signed_headers);
    let mut key = hmac(format!("AWS4{secret}").as_bytes(), &authorization.date);
    for part in [authorization.region.as_str(), &authorization.service, "aws4_request"] {
        key = hmac(&key, part);
    }
    hex(&hmac(&key, &string_to_sign(authorization, amz_date, &canonical)))
}
