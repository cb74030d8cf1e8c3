//! The Secret Service of Linux. Its store would bring up the dialog in any call, so that each of
//! ours looks first whether the collection is locked.

use std::sync::Arc;

use keyring_core::CredentialStore;
use secret_service::blocking::{Collection, SecretService};
use secret_service::{EncryptionType, Error};

use crate::io::keyring::answer::Trouble;

/// Bytes that an entry may have.
pub const LIMIT: Option<usize> = None;
pub const ASKS_BY_ITSELF: bool = false;
/// How entries are made.
pub const MODIFIERS: &[(&str, &str)] = &[];

/// What finds the entries of a service.
pub fn search(service: &str) -> (&'static str, String) {
    ("service", service.to_owned())
}

pub struct Door(SecretService<'static>);

pub fn entries() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

impl Door {
    pub fn open() -> Result<Self, Trouble> {
        let service = SecretService::connect(EncryptionType::Plain);
        service.map(Self).map_err(|error| Trouble::Absent(error.to_string()))
    }

    pub fn check(&self) -> Result<(), Trouble> {
        let locked = self.collection()?.is_locked().map_err(|error| trouble(&error))?;
        if locked { Err(Trouble::Locked) } else { Ok(()) }
    }

    pub fn unlock(&self) -> Result<(), Trouble> {
        match self.check() {
            Err(Trouble::Locked) => {
                self.collection()?.unlock().map_err(|error| trouble(&error))?;
                self.check()
            }
            done => done,
        }
    }

    fn collection(&self) -> Result<Collection<'_>, Trouble> {
        self.0.get_default_collection().map_err(|error| match error {
            Error::NoResult => Trouble::Absent("it has no default collection".to_owned()),
            other => trouble(&other),
        })
    }
}

fn trouble(error: &Error) -> Trouble {
    match error {
        Error::Locked | Error::Prompt | Error::PromptDisconnected => Trouble::Locked,
        Error::Unavailable => Trouble::Absent(error.to_string()),
        other => Trouble::Failed(other.to_string()),
    }
}
