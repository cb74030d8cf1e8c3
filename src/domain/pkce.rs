//! Proof Key for Code Exchange (RFC 7636), method `S256`.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::secret::Secret;

/// The unreserved characters of RFC 3986, of which a verifier is made.
const ALPHABET: &[u8; 66] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

/// How many characters the AWS CLI's verifiers have.
const VERIFIER_LENGTH: usize = 64;

/// A code verifier and its challenge.
#[derive(Debug)]
pub struct Pkce {
    /// Sent with the code, never before.
    pub verifier: Secret,
    /// Sent with the browser.
    pub challenge: String,
}

impl Pkce {
    /// Makes a verifier from random bytes: two per character, so that the bias is far below what
    /// matters.
    pub fn new(random: &[u8; 2 * VERIFIER_LENGTH]) -> Self {
        let character = |pair: &[u8]| {
            let number = usize::from(pair[0]) << 8 | usize::from(pair[1]);
            char::from(ALPHABET[number % ALPHABET.len()])
        };
        Self::from_verifier(random.chunks_exact(2).map(character).collect::<String>())
    }

    /// The pair of a given verifier.
    fn from_verifier(verifier: impl Into<String>) -> Self {
        let verifier = Secret::new(verifier);
        let digest = Sha256::digest(verifier.expose().as_bytes());
        Self { challenge: BASE64_URL_SAFE_NO_PAD.encode(digest), verifier }
    }
}

#[cfg(test)]
mod tests {
    use super::{Pkce, VERIFIER_LENGTH};

    #[test]
    fn challenges_of_the_aws_cli() {
        let all: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/data/identity.json"))
                .expect("the vectors are JSON");
        for vector in all["pkce"]["vectors"].as_array().expect("a list") {
            let verifier = vector["verifier"].as_str().expect("a text");
            let expected = vector["sent_in_authorize_url"].as_str().expect("a text");
            assert_eq!(Pkce::from_verifier(verifier).challenge, expected, "{vector}");
        }
    }

    #[test]
    fn verifiers_have_the_right_form() {
        let mut random = [0; 2 * VERIFIER_LENGTH];
        for (i, byte) in random.iter_mut().enumerate() {
            *byte = u8::try_from(i * 7 % 256).expect("below 256");
        }
        let pkce = Pkce::new(&random);
        let verifier = pkce.verifier.expose();
        assert_eq!(verifier.len(), VERIFIER_LENGTH);
        assert!(verifier.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b)));
        assert!(!format!("{pkce:?}").contains(verifier));
    }
}
