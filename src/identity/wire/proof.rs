//! Proofs of possession (`DPoP`, RFC 9449): the key of a console login, and what it signs for each
//! token request. In the login's cache file the key is a SEC1 text (RFC 5915), which every AWS
//! client reads; PKCS #8 is read too.

use std::fmt;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;
use zeroize::Zeroizing;

use crate::domain::secret::Secret;
use crate::domain::timestamp::Timestamp;
use crate::io::random;

/// Bytes of a coordinate, and of the private scalar.
const WIDTH: usize = 32;
const BEGIN: &str = "-----BEGIN EC PRIVATE KEY-----\n";
const END: &str = "-----END EC PRIVATE KEY-----\n";

/// What stands around scalar and point in the DER text of a P-256 key.
const BEFORE_SCALAR: [u8; 7] = [0x30, 0x77, 2, 1, 1, 4, 32];
const BEFORE_POINT: [u8; 17] =
    [0xa0, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 0xa1, 0x44, 3, 0x42, 0];

/// A private key on P-256.
pub struct ProofKey {
    pair: EcdsaKeyPair,
    pem: Secret,
}

impl fmt::Debug for ProofKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl ProofKey {
    /// A new key: each login has its own.
    ///
    /// # Panics
    /// When the operating system has no randomness.
    pub fn generate() -> Self {
        let random = SystemRandom::new();
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            .expect("the operating system gives random bytes");
        Self::from_der(der.as_ref()).expect("a new key can be read")
    }

    /// Reads the text of a cache file; `None` for what is not a key on P-256 with its public half.
    pub fn read(pem: &str) -> Option<Self> {
        let lines = pem.lines().map(str::trim).filter(|line| !line.is_empty());
        let base64: Zeroizing<String> = Zeroizing::new(
            lines
                .skip_while(|line| !line.starts_with("-----BEGIN"))
                .skip(1)
                .take_while(|line| !line.starts_with("-----END"))
                .collect(),
        );
        Self::from_der(&Zeroizing::new(BASE64_STANDARD.decode(base64.as_bytes()).ok()?))
    }

    fn from_der(der: &[u8]) -> Option<Self> {
        let (scalar, point) = halves(der)?;
        // One login in 256 of the AWS CLI leaves out the leading zero.
        let mut padded = Zeroizing::new([0; WIDTH]);
        padded[WIDTH.checked_sub(scalar.len())?..].copy_from_slice(scalar);
        let pair = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &*padded,
            point,
            &SystemRandom::new(),
        );
        Some(Self { pair: pair.ok()?, pem: pem(&*padded, point) })
    }

    /// The key as a cache file has it.
    pub fn pem(&self) -> &Secret {
        &self.pem
    }

    /// The proof for one request to `url`.
    ///
    /// # Panics
    /// When the operating system has no randomness.
    pub fn sign(&self, url: &str, now: Timestamp) -> String {
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(WIDTH);
        let header = json!({
            "typ": "dpop+jwt",
            "alg": "ES256",
            "jwk": {"kty": "EC", "x": encode(x), "y": encode(y), "crv": "P-256"},
        });
        let claims = json!({
            "htm": "POST", "htu": url, "iat": now.seconds(), "jti": random::uuid4().expect("the operating system gives random bytes"),
        });
        let signed = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        let signature = self
            .pair
            .sign(&SystemRandom::new(), signed.as_bytes())
            .expect("the operating system gives random bytes");
        format!("{signed}.{}", encode(signature))
    }
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn pem(scalar: &[u8], point: &[u8]) -> Secret {
    let der = Zeroizing::new([&BEFORE_SCALAR, scalar, &BEFORE_POINT, point].concat());
    let base64 = Zeroizing::new(BASE64_STANDARD.encode(&*der));
    let mut text = String::with_capacity(BEGIN.len() + base64.len() + 8 + END.len());
    text.push_str(BEGIN);
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, behind) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = behind;
    }
    text.push_str(END);
    Secret::new(text)
}

/// Scalar and public point of a DER key: `ECPrivateKey`, or `PrivateKeyInfo` around one.
fn halves(der: &[u8]) -> Option<(&[u8], &[u8])> {
    const INTEGER: u8 = 0x02;
    const BIT_STRING: u8 = 0x03;
    const OCTET_STRING: u8 = 0x04;
    const SEQUENCE: u8 = 0x30;
    const PUBLIC_KEY: u8 = 0xa1;
    let inner = |bytes, wanted| {
        let (tag, content, rest) = element(bytes)?;
        (tag == wanted).then_some((content, rest))
    };
    let (body, _) = inner(der, SEQUENCE)?;
    let (version, rest) = inner(body, INTEGER)?;
    if version == [0] {
        let (_algorithm, rest) = inner(rest, SEQUENCE)?;
        return halves(inner(rest, OCTET_STRING)?.0);
    }
    let (scalar, mut rest) = inner(rest, OCTET_STRING)?;
    while !rest.is_empty() {
        let (tag, content, behind) = element(rest)?;
        if tag == PUBLIC_KEY {
            // The first byte says how many bits of the last one do not count.
            return Some((scalar, inner(content, BIT_STRING)?.0.strip_prefix(&[0])?));
        }
        rest = behind;
    }
    None
}

/// The first element: tag, content, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, length, rest) = match *bytes {
        [tag, length @ ..=0x7f, ref rest @ ..] | [tag, 0x81, length, ref rest @ ..] => {
            (tag, usize::from(length), rest)
        }
        _ => return None,
    };
    let (content, behind) = rest.split_at_checked(length)?;
    Some((tag, content, behind))
}

#[cfg(test)]
mod tests {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    /// Keys made with OpenSSL, as SEC1 and as PKCS #8.
    const SEC1: &str = "-----BEGIN EC PRIVATE KEY-----\n\
        MHcCAQEEIAAHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQloAoGCCqGSM49\n\
        AwEHoUQDQgAEwQL6I72prANFK3WmMjaDRmmDh6zhzmwoxOrpnEtNGkPQcbXl4K/l\n\
        m0Sf2FruZnN21J4OML/LSzXLWcJqye4qAA==\n\
        -----END EC PRIVATE KEY-----\n";
    const PKCS8: &str = "-----BEGIN PRIVATE KEY-----\n\
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAcICQoLDA0ODxAR\n\
        EhMUFRYXGBkaGxwdHh8gISIjJCWhRANCAATBAvojvamsA0UrdaYyNoNGaYOHrOHO\n\
        bCjE6umcS00aQ9BxteXgr+WbRJ/YWu5mc3bUng4wv8tLNctZwmrJ7ioA\n\
        -----END PRIVATE KEY-----\n";
    /// The same key without the leading zero of its scalar.
    const SHORT: &str = "-----BEGIN EC PRIVATE KEY-----\n\
        MHYCAQEEHwcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCWgCgYIKoZIzj0D\n\
        AQehRANCAATBAvojvamsA0UrdaYyNoNGaYOHrOHObCjE6umcS00aQ9BxteXgr+Wb\n\
        RJ/YWu5mc3bUng4wv8tLNctZwmrJ7ioA\n\
        -----END EC PRIVATE KEY-----\n";

    #[test]
    fn keys_are_read_in_every_form_and_written_in_one() {
        for text in [SEC1, PKCS8, SHORT] {
            let key = ProofKey::read(text).expect("a key");
            assert_eq!(key.pem().expose(), SEC1);
            assert_eq!(format!("{key:?}"), "[redacted]");
        }
        let new = ProofKey::generate();
        assert_ne!(new.pem(), ProofKey::generate().pem());
        let again = ProofKey::read(new.pem().expose()).expect("a key");
        assert_eq!(again.pem(), new.pem());
        for wrong in ["", "-----BEGIN EC PRIVATE KEY-----\nMHc=\n-----END EC PRIVATE KEY-----", "x"]
        {
            assert!(ProofKey::read(wrong).is_none(), "{wrong}");
        }
        let cut = SEC1.replace("AwEHoUQDQgAE", "AwEHoUQDQgAF");
        assert!(ProofKey::read(&cut).is_none(), "a public half that is not one");
    }

    #[test]
    fn proofs_are_signed_over_both_parts() {
        let key = ProofKey::generate();
        let url = "https://us-east-1.signin.aws.amazon.com/v1/token";
        let proof = key.sign(url, Timestamp::from_seconds(1_735_787_045));
        let (signed, signature) = proof.rsplit_once('.').expect("three parts");
        let decode = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url");
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.pair.public_key())
            .verify(signed.as_bytes(), &decode(signature))
            .expect("a signature");
        let (header, claims) = signed.split_once('.').expect("two parts");
        let header = String::from_utf8(decode(header)).expect("UTF-8");
        assert!(header.starts_with(r#"{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","x":""#));
        let claims: serde_json::Value = serde_json::from_slice(&decode(claims)).expect("JSON");
        assert_eq!(claims["htu"], url);
        assert_eq!(claims["iat"], 1_735_787_045);
        assert_ne!(key.sign(url, Timestamp::from_seconds(0)), proof);
    }
}
