//! The Credential Manager of Windows: open as long as the user is logged in, with small entries.

use std::sync::Arc;

use keyring_core::CredentialStore;

pub use crate::io::keyring::no_door::Door;

/// `CRED_MAX_CREDENTIAL_BLOB_SIZE`.
pub const LIMIT: Option<usize> = Some(5 * 512);
pub const ASKS_BY_ITSELF: bool = false;
/// Not carried to other machines of the domain.
pub const MODIFIERS: &[(&str, &str)] = &[("persistence", "Local")];

/// Targets are named `NAME.SERVICE`.
pub fn search(service: &str) -> (&'static str, String) {
    ("pattern", format!("\\.{service}$"))
}

pub fn entries() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}
