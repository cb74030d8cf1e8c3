//! The proof that a client holds a private key.

use super::origin;
use crate::answer::{Answer, signin_error};
use crate::call::Call;
use crate::fields::Fields;
use crate::state::State;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Seconds that a proof's time may be off.
const TOLERANCE: i64 = 120;

/// The thumbprint of the key that signed the request's proof.
pub(super) fn thumbprint(state: &mut State, call: &Call) -> Result<String, Answer> {
    let (claims, thumbprint) =
        read(call).map_err(|what| super::refuse(state, call, &format!("DPoP: {what}")))?;
    let (jti, iat) = (claims["jti"].as_str().unwrap_or_default(), claims["iat"].as_i64());
    if !state.signin.proofs.insert(jti.to_owned()) {
        return Err(super::refuse(state, call, "DPoP: a proof sent twice"));
    }
    let now = state.shown(state.now()).as_second();
    if iat.is_none_or(|iat| (iat - now).abs() > TOLERANCE) {
        return Err(signin_error(400, "INVALID_REQUEST", "The DPoP proof is not current"));
    }
    Ok(thumbprint)
}

/// The claims and the thumbprint (RFC 7638), if all but the time is right.
fn read(call: &Call) -> Result<(Fields, String), String> {
    let mut headers = call.headers.iter().filter(|(name, _)| name == "dpop");
    let (Some((_, proof)), None) = (headers.next(), headers.next()) else {
        return Err("there is not one header".to_owned());
    };
    let parts: Vec<&str> = proof.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        return Err("the proof has not three parts".to_owned());
    };
    let jwk = jwk(&object(header, &["typ", "alg", "jwk"])?)?;
    let claims = object(claims, &["htm", "htu", "iat", "jti"])?;
    if claims["htm"] != "POST" {
        return Err("htm is not POST".to_owned());
    }
    let place = format!("{}/v1/token", origin(call));
    if claims["htu"] != place.as_str() {
        return Err(format!("htu is {}, not {place}", claims["htu"]));
    }
    if !claims["iat"].is_i64() {
        return Err("iat is not an integer".to_owned());
    }
    if claims["jti"].as_str().is_none_or(str::is_empty) {
        return Err("jti is not a text".to_owned());
    }
    let (x, y) = (coordinate(&jwk, "x")?, coordinate(&jwk, "y")?);
    let point = [&[4][..], &x, &y].concat();
    let signed = proof.rsplit_once('.').map_or("", |(signed, _)| signed);
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point)
        .verify(signed.as_bytes(), &decode(signature)?)
        .map_err(|_| "the signature is wrong".to_owned())?;
    let canonical = json!({"crv": "P-256", "kty": "EC", "x": jwk["x"], "y": jwk["y"]});
    let digest = Sha256::digest(canonical.to_string().as_bytes());
    Ok((claims, BASE64_URL_SAFE_NO_PAD.encode(digest)))
}

fn jwk(header: &Fields) -> Result<Fields, String> {
    if header["typ"] != "dpop+jwt" || header["alg"] != "ES256" {
        return Err("typ or alg is wrong".to_owned());
    }
    let Value::Object(jwk) = &header["jwk"] else { return Err("jwk is no object".to_owned()) };
    only(jwk, &["kty", "crv", "x", "y"])?;
    if jwk["kty"] != "EC" || jwk["crv"] != "P-256" {
        return Err("the key is not one of P-256".to_owned());
    }
    Ok(jwk.clone())
}

fn coordinate(jwk: &Fields, name: &str) -> Result<Vec<u8>, String> {
    let bytes = decode(jwk[name].as_str().unwrap_or_default())?;
    if bytes.len() == 32 { Ok(bytes) } else { Err(format!("{name} has not 32 bytes")) }
}

fn object(part: &str, names: &[&str]) -> Result<Fields, String> {
    match serde_json::from_slice(&decode(part)?) {
        Ok(Value::Object(fields)) => only(&fields, names).map(|()| fields),
        _ => Err("a part is not a JSON object".to_owned()),
    }
}

/// Has it these members and no others?
fn only(fields: &Fields, names: &[&str]) -> Result<(), String> {
    let same = fields.len() == names.len() && names.iter().all(|name| fields.contains_key(*name));
    if same { Ok(()) } else { Err(format!("an object has not exactly {}", names.join(", "))) }
}

fn decode(text: &str) -> Result<Vec<u8>, String> {
    BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| "not base64url without padding".to_owned())
}
