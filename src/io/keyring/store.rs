//! The keyring of the platform, by `keyring-core` and the platform's store.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use keyring_core::{CredentialStore, Entry, Error};

use super::{Bytes, Trouble};

/// An open keyring.
pub struct Store {
    entries: Arc<CredentialStore>,
    door: system::Door,
}

impl Store {
    pub const BUILT: bool = true;
    /// Whether any call may bring up a dialog, and there is no way to know before.
    pub const ASKS_BY_ITSELF: bool = cfg!(target_os = "macos");

    pub fn open() -> Result<Self, Trouble> {
        let door = system::Door::open()?;
        Ok(Self { entries: system::entries().map_err(|error| trouble(&error))?, door })
    }

    /// Unlocks it, and waits for the person at its dialog.
    pub fn unlock(&self) -> Result<(), Trouble> {
        self.door.unlock()
    }

    pub fn get(&self, service: &str, name: &str) -> Result<Option<Bytes>, Trouble> {
        match self.entry(service, name)?.get_secret() {
            Ok(bytes) => Ok(Some(Bytes::new(bytes))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(trouble(&error)),
        }
    }

    pub fn put(&self, service: &str, name: &str, bytes: &[u8]) -> Result<(), Trouble> {
        let entry = self.entry(service, name)?;
        match entry.set_secret(bytes) {
            Err(Error::Ambiguous(several)) => {
                remove_all(&several)?;
                entry.set_secret(bytes).map_err(|error| trouble(&error))
            }
            done => done.map_err(|error| trouble(&error)),
        }
    }

    pub fn remove(&self, service: &str, name: &str) -> Result<bool, Trouble> {
        match self.entry(service, name)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(Error::Ambiguous(several)) => remove_all(&several).map(|()| true),
            Err(error) => Err(trouble(&error)),
        }
    }

    pub fn names(&self, service: &str) -> Result<Vec<String>, Trouble> {
        self.door.check()?;
        let found = self.entries.search(&HashMap::from([("service", service)]));
        let found = found.map_err(|error| trouble(&error))?;
        Ok(found.iter().filter_map(Entry::get_specifiers).map(|(_, name)| name).collect())
    }

    fn entry(&self, service: &str, name: &str) -> Result<Entry, Trouble> {
        self.door.check()?;
        self.entries.build(service, name, None).map_err(|error| trouble(&error))
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

/// A name that several collections have: none of them is the one.
fn remove_all(entries: &[Entry]) -> Result<(), Trouble> {
    entries.iter().try_for_each(|entry| match entry.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(trouble(&error)),
    })
}

fn trouble(error: &Error) -> Trouble {
    match error {
        Error::NoStorageAccess(_) => Trouble::Locked,
        other => Trouble::Failed(other.to_string()),
    }
}

/// The Secret Service. Its store would bring up the dialog in any call, so that each of ours looks
/// first whether the collection is locked.
#[cfg(target_os = "linux")]
mod system {
    use std::sync::Arc;

    use keyring_core::CredentialStore;
    use secret_service::blocking::{Collection, SecretService};
    use secret_service::{EncryptionType, Error};

    use super::Trouble;

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
}

/// The login keychain, which asks by itself.
#[cfg(target_os = "macos")]
mod system {
    use std::sync::Arc;

    use keyring_core::CredentialStore;

    use super::Trouble;

    pub struct Door;

    pub fn entries() -> keyring_core::Result<Arc<CredentialStore>> {
        Ok(apple_native_keyring_store::keychain::Store::new()?)
    }

    impl Door {
        pub fn open() -> Result<Self, Trouble> {
            Ok(Self)
        }

        pub fn check(&self) -> Result<(), Trouble> {
            Ok(())
        }

        pub fn unlock(&self) -> Result<(), Trouble> {
            Ok(())
        }
    }
}
