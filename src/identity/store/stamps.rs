//! Refresh stamps: what a running shell looks at to see that there are newer credentials for its
//! role, without reading a secret. The text is `GENERATION EXPIRES`, both digits.

use std::path::{Path, PathBuf};

use crate::domain::credentials::Credentials;
use crate::domain::fingerprint::fingerprint;
use crate::domain::timestamp::Timestamp;
use crate::domain::{Error, Result};
use crate::identity::store::cache_file;
use crate::io::App;
use crate::io::files::{self, Durability};
use crate::io::own;

/// Where the stamp of a cache entry with this hash is.
pub fn path_of_key(app: &App, hash: &str) -> Result<PathBuf> {
    let mut path = app.paths.state_dir()?;
    path.extend(["stamps", hash]);
    Ok(path)
}

/// A number that follows from the credentials and changes with them: at most twelve digits.
pub fn generation(credentials: &Credentials) -> u64 {
    fingerprint(&credentials.access_key_id) % 1_000_000_000_000
}

/// The stamp's text.
pub fn text(credentials: &Credentials) -> String {
    let expires = credentials.expiration.map_or(0, Timestamp::seconds);
    format!("{} {expires}\n", generation(credentials))
}

/// Writes the stamp of these credentials, unless it is there already. A link, or somebody else's
/// file in its place, is refused.
pub fn write(path: &Path, credentials: &Credentials) -> Result<()> {
    let text = text(credentials);
    match own::read(path) {
        Ok(Some(old)) if old == text.as_bytes() => Ok(()),
        Ok(_) => cache_file::save(path, &text, Durability::Cached),
        Err(error) => Err(Error::config(format!("the stamp `{}` is refused", path.display()))
            .cause(error)
            .hint(format!("remove `{}`", path.display()))),
    }
}

/// When these credentials were fetched, if it was ssoenv that fetched them: the age of their stamp.
pub fn issued(path: &Path, credentials: &Credentials) -> Option<Timestamp> {
    let stamped = own::read(path).ok()??;
    if stamped != text(credentials).as_bytes() {
        return None;
    }
    let seconds = files::stamp(path)?.modified.div_euclid(1_000_000_000);
    i64::try_from(seconds).ok().map(Timestamp::from_seconds)
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::domain::credentials::Credentials;
    use crate::domain::secret::Secret;
    use crate::domain::timestamp::Timestamp;

    #[test]
    fn stamps_are_two_numbers() {
        let mut credentials = Credentials {
            access_key_id: "ASIAEXAMPLE".to_owned(),
            secret_access_key: Secret::new("SECRET"),
            session_token: None,
            expiration: Some(Timestamp::from_seconds(1_735_790_645)),
            account_id: None,
        };
        let first = text(&credentials);
        let words: Vec<_> = first.trim_end().split(' ').collect();
        assert!(words.iter().all(|w| w.len() <= 12 && w.bytes().all(|b| b.is_ascii_digit())));
        assert_eq!(words[1], "1735790645");
        credentials.access_key_id.push('2');
        assert_ne!(text(&credentials), first);
    }
}
