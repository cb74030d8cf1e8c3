//! Where documents with secrets live: in files that are shared with the AWS CLI, or, with
//! `storage = keyring`, in the system's keyring alone. They are the same JSON under the same names.
//!
//! What holds no secret (locks, stamps, records) stays in files.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::domain::{Error, Result};
use crate::identity::store::cache_file::{self, Found};
use crate::identity::store::keyring;
use crate::identity::wire::json::spaced;
use crate::io::App;
use crate::io::files::Durability;
use crate::io::own;

/// A document with secrets, there or not.
pub struct Document<'a> {
    app: &'a App,
    path: PathBuf,
    home: Home,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Home {
    /// A file in a cache of the AWS CLI, which may be a link that the user made.
    Shared,
    /// A file of ssoenv's own: a link, or somebody else's file in its place, is refused.
    Own,
    /// An entry of the keyring, named after the file.
    Keyring,
}

impl<'a> Document<'a> {
    /// The document whose file is this one in a cache of the AWS CLI.
    pub fn shared(app: &'a App, path: PathBuf) -> Result<Self> {
        let home = if keyring::is_chosen(app)? { Home::Keyring } else { Home::Shared };
        Ok(Self { app, path, home })
    }

    /// The document whose file is this one of ssoenv's own.
    pub fn own(app: &'a App, path: PathBuf) -> Result<Self> {
        let home = if keyring::is_chosen(app)? { Home::Keyring } else { Home::Own };
        Ok(Self { app, path, home })
    }

    /// Whether its file is there, though it lives in the keyring.
    pub fn left_file(&self) -> Option<&Path> {
        (self.home == Home::Keyring && self.path.is_file()).then_some(&*self.path)
    }

    /// What it holds.
    pub fn read(&self) -> Result<Found> {
        match self.home {
            Home::Shared => Ok(cache_file::read(&self.path)),
            Home::Own => self.read_own(),
            Home::Keyring => {
                let bytes = keyring::get(self.app, self.name())?;
                Ok(bytes.map_or(Found::Absent, |bytes| Found::parse(&bytes)))
            }
        }
    }

    fn read_own(&self) -> Result<Found> {
        let bytes = own::read(&self.path).map_err(|error| {
            Error::config(format!("the cached credentials {self} are refused"))
                .cause(error)
                .hint(format!("remove {self}"))
        })?;
        let found = bytes.map_or(Found::Absent, |bytes| Found::parse(&bytes));
        if let Found::Broken(why) = &found {
            log::info!("ignored: {self} {why}");
        }
        Ok(found)
    }

    /// Writes `fields` as the AWS CLI would. What it holds beyond `ours` comes behind them.
    pub fn write(
        &self,
        mut fields: Map<String, Value>,
        ours: &[&str],
        durability: Durability,
    ) -> Result<()> {
        if let Found::Object(old) = self.read()? {
            keep_unknown(&mut fields, old, ours);
        }
        self.save(&Value::Object(fields), durability)
    }

    /// Writes it whole.
    pub fn save(&self, document: &Value, durability: Durability) -> Result<()> {
        let text = Zeroizing::new(spaced(document));
        match self.home {
            Home::Shared => cache_file::save_shared(&self.path, &text, durability),
            Home::Own => cache_file::save(&self.path, &text, durability),
            Home::Keyring => keyring::put(self.app, self.name(), text.as_bytes()),
        }
    }

    /// Fails now if it could not be written later.
    pub fn try_write(&self) -> Result<()> {
        match self.home {
            Home::Shared | Home::Own => cache_file::try_save(&self.path),
            Home::Keyring => keyring::try_put(self.app, self.name()),
        }
    }

    /// Removes it, and a file of before it lived in the keyring; whether there was any.
    pub fn remove(&self) -> Result<bool> {
        let file = cache_file::remove(&self.path)?;
        Ok(match self.home {
            Home::Shared | Home::Own => file,
            Home::Keyring => keyring::remove(self.app, self.name())? || file,
        })
    }

    /// Removes a file of before it lived in the keyring.
    pub fn remove_left_file(&self) -> Result<()> {
        self.left_file().map_or(Ok(()), |path| cache_file::remove(path).map(drop))
    }

    fn name(&self) -> &str {
        self.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
    }
}

/// Where it lives, for messages.
impl fmt::Display for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.home {
            Home::Shared | Home::Own => write!(f, "`{}`", self.path.display()),
            Home::Keyring => write!(f, "the entry `{}` of the keyring", self.name()),
        }
    }
}

/// Puts what there was beyond `ours` behind the new fields.
pub fn keep_unknown(fields: &mut Map<String, Value>, old: Map<String, Value>, ours: &[&str]) {
    for (name, value) in old {
        if !ours.contains(&name.as_str()) && !fields.contains_key(&name) {
            fields.insert(name, value);
        }
    }
}
