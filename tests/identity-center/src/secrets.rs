//! Random values. Every secret contains the word `SENTINEL`, so that a test can look for it in any output.

const TOKEN: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const KEY: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+";
const ID: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HEX: &[u8] = b"0123456789abcdef";
const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";

pub(crate) fn random(alphabet: &[u8], length: usize) -> String {
    let mut bytes = vec![0_u8; length];
    getrandom::fill(&mut bytes).expect("the system has random numbers");
    bytes.iter().map(|b| char::from(alphabet[usize::from(*b) % alphabet.len()])).collect()
}

fn hex(length: usize) -> String {
    random(HEX, length)
}

/// A random UUID in form.
pub(crate) fn request_id() -> String {
    format!("{}-{}-4{}-8{}-{}", hex(8), hex(4), hex(3), hex(3), hex(12))
}

/// `ASIA` or another prefix and 16 more.
pub(crate) fn access_key(prefix: &str) -> String {
    format!("{prefix}{}", random(ID, 16))
}

/// A unique id such as those of roles (`AROA…`).
pub(crate) fn unique_id(prefix: &str) -> String {
    format!("{prefix}{}", random(ID, 17))
}

/// `ABCD-EFGH`
pub(crate) fn user_code() -> String {
    format!("{}-{}", random(LETTERS, 4), random(LETTERS, 4))
}

/// Makes secrets and remembers them.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    pub issued: Vec<String>,
}

impl Secrets {
    fn keep(&mut self, secret: String) -> String {
        self.issued.push(secret.clone());
        secret
    }

    /// A token of about `length` characters that is safe in a URL.
    pub fn token(&mut self, prefix: &str, length: usize) -> String {
        let half = length.saturating_sub(prefix.len() + 8) / 2;
        let text = format!("{prefix}{}SENTINEL{}", random(TOKEN, half), random(TOKEN, half));
        self.keep(text)
    }

    /// A client secret as long as the service's, in the form of a JWT.
    pub fn client_secret(&mut self) -> String {
        let text = format!(
            "eyJraWQiOiJrZXktMTU2NDAyODA5OSIsImFsZyI6IkhTMzg0In0.{}SENTINEL{}.{}",
            random(TOKEN, 800),
            random(TOKEN, 800),
            random(TOKEN, 64)
        );
        self.keep(text)
    }

    /// A secret access key: 40 characters, with the two that need care.
    pub fn secret_key(&mut self) -> String {
        let text = format!("{}/SENTINEL+{}", random(KEY, 15), random(KEY, 15));
        self.keep(text)
    }

    /// A session token of realistic length.
    pub fn session_token(&mut self) -> String {
        let text = format!(
            "IQoJb3JpZ2luX2Vj{}SENTINEL{}+/{}==",
            random(KEY, 300),
            random(KEY, 300),
            random(KEY, 120)
        );
        self.keep(text)
    }
}
