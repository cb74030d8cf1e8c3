//! The login keychain of macOS, which asks by itself.

use std::sync::Arc;

use keyring_core::CredentialStore;

pub use crate::io::keyring::no_door::Door;

pub const LIMIT: Option<usize> = None;
pub const ASKS_BY_ITSELF: bool = true;
pub const MODIFIERS: &[(&str, &str)] = &[];

pub fn search(service: &str) -> (&'static str, String) {
    ("service", service.to_owned())
}

pub fn entries() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}
