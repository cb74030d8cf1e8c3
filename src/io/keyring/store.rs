//! The keyring of the platform, by `keyring-core` and the platform's store.

#[cfg_attr(target_os = "linux", path = "secret_service.rs")]
#[cfg_attr(target_os = "macos", path = "keychain.rs")]
#[cfg_attr(windows, path = "credential_manager.rs")]
mod system;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use keyring_core::{CredentialStore, Entry, Error};

use super::answer::{Bytes, Trouble};
use super::parts::{self, Entries};

/// An open keyring.
pub struct Store {
    entries: Arc<CredentialStore>,
    door: system::Door,
}

impl Store {
    pub const BUILT: bool = true;
    /// Whether any call may bring up a dialog, and there is no way to know before.
    pub const ASKS_BY_ITSELF: bool = system::ASKS_BY_ITSELF;

    pub fn open() -> Result<Self, Trouble> {
        let door = system::Door::open()?;
        Ok(Self { entries: system::entries().map_err(|error| trouble(&error))?, door })
    }

    /// Fails if it is locked.
    pub fn check(&self) -> Result<(), Trouble> {
        self.door.check()
    }

    /// Unlocks it, and waits for the person at its dialog.
    pub fn unlock(&self) -> Result<(), Trouble> {
        self.door.unlock()
    }

    pub fn get(&self, service: &str, name: &str) -> Result<Option<Bytes>, Trouble> {
        parts::get(&Of { store: self, service }, name)
    }

    pub fn put(&self, service: &str, name: &str, bytes: &[u8]) -> Result<(), Trouble> {
        let entries = Of { store: self, service };
        match system::LIMIT {
            Some(limit) => parts::put(&entries, name, bytes, limit),
            None => entries.put(name, bytes),
        }
    }

    /// Puts an entry beside the one of this name, and removes it.
    pub fn try_put(&self, service: &str, name: &str) -> Result<(), Trouble> {
        let (entries, probe) = (Of { store: self, service }, probe(name));
        entries.put(&probe, b"{}")?;
        entries.remove(&probe).map(drop)
    }

    pub fn remove(&self, service: &str, name: &str) -> Result<bool, Trouble> {
        let entries = Of { store: self, service };
        // Of one that died between putting and removing it.
        entries.remove(&probe(name))?;
        match system::LIMIT {
            Some(_) => parts::remove(&entries, name),
            None => entries.remove(name),
        }
    }

    pub fn names(&self, service: &str) -> Result<Vec<String>, Trouble> {
        self.door.check()?;
        let (key, value) = system::search(service);
        let found = self.entries.search(&HashMap::from([(key, &*value)]));
        let found = found.map_err(|error| trouble(&error))?;
        let names = found.iter().filter_map(Entry::get_specifiers).map(|(_, name)| name);
        Ok(names.filter(|name| !is_beside(name)).collect())
    }

    fn entry(&self, service: &str, name: &str) -> Result<Entry, Trouble> {
        self.door.check()?;
        let modifiers = system::MODIFIERS.iter().copied().collect();
        let entry = self.entries.build(service, name, Some(&modifiers));
        entry.map_err(|error| trouble(&error))
    }
}

/// The entry that is written to see whether another could be.
fn probe(name: &str) -> String {
    format!("{name}-probe")
}

/// Whether this is the name of a part or a probe: what is kept has a name without `-`.
fn is_beside(name: &str) -> bool {
    name.contains('-')
}

/// The entries of one service.
struct Of<'a> {
    store: &'a Store,
    service: &'a str,
}

impl Entries for Of<'_> {
    fn get(&self, name: &str) -> Result<Option<Bytes>, Trouble> {
        match self.store.entry(self.service, name)?.get_secret() {
            Ok(bytes) => Ok(Some(Bytes::new(bytes))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(trouble(&error)),
        }
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Trouble> {
        let entry = self.store.entry(self.service, name)?;
        match entry.set_secret(bytes) {
            Err(Error::Ambiguous(several)) => {
                remove_all(&several)?;
                entry.set_secret(bytes).map_err(|error| trouble(&error))
            }
            done => done.map_err(|error| trouble(&error)),
        }
    }

    fn remove(&self, name: &str) -> Result<bool, Trouble> {
        match self.store.entry(self.service, name)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(Error::Ambiguous(several)) => remove_all(&several).map(|()| true),
            Err(error) => Err(trouble(&error)),
        }
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
