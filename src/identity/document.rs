//! Where documents with secrets live: in files that are shared with the AWS CLI, or, with
//! `storage = keyring`, in the system's keyring alone. They are the same JSON under the same names.
//!
//! What holds no secret (locks, stamps, records) stays in files.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::cache_file::{self, Found};
use super::json::spaced;
use super::login::{self, LoginPolicy};
use crate::config::setting_keys::Storage;
use crate::config::settings::Settings;
use crate::domain::{Error, Result};
use crate::io::files::{self, Durability};
use crate::io::keyring::{self, PATIENCE, Trouble};
use crate::io::{App, browser};

/// The service under which the keyring has our entries.
const SERVICE: &str = "ssoenv";

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

/// Whether documents are in the keyring.
///
/// # Errors
/// Kind `Config` for settings that cannot be read: nobody knows then.
pub fn in_keyring(app: &App) -> Result<bool> {
    let version = files::stamp(&Settings::file(app)?);
    app.keyring.is_chosen(version, || Ok(Settings::load(app)?.storage == Storage::Keyring))
}

/// Takes it for this process that documents are in files, though the settings cannot be read.
pub fn assume_files(app: &App) -> Result<()> {
    let version = files::stamp(&Settings::file(app)?);
    app.keyring.is_chosen(version, || Ok(false)).map(drop)
}

/// Unlocks the keyring where documents are in it and a person may be asked: as for a login.
pub fn unlock(app: &App, policy: &LoginPolicy) -> Result<()> {
    let somebody = || app.term.can_ask() || browser::is_available(app, policy.browser.as_deref());
    if !policy.allow_login || !in_keyring(app)? || !somebody() {
        return Ok(());
    }
    let tell = || app.term.say("waiting for the keyring to be unlocked");
    let unlocked = app.keyring.unlock(login::patience(app), tell, |time| app.pause(time))?;
    unlocked.map_err(|trouble| refused(&trouble))
}

/// Fails if the keyring could not be used now; [`check_built`] included.
pub fn check(app: &App) -> Result<()> {
    app.keyring.get(SERVICE, "check").map(drop).map_err(|trouble| refused(&trouble))
}

/// Fails if this program was built without a keyring.
pub fn check_built() -> Result<()> {
    if keyring::BUILT { Ok(()) } else { Err(refused(&Trouble::NotBuilt)) }
}

/// The names of all documents in the keyring, and what they hold.
pub fn entries(app: &App) -> Result<Vec<(String, Found)>> {
    let names = app.keyring.names(SERVICE).map_err(|trouble| refused(&trouble))?;
    names.into_iter().map(|name| entry(app, &name).map(|found| (name, found))).collect()
}

/// Removes a document from the keyring; whether it was there.
pub fn remove_entry(app: &App, name: &str) -> Result<bool> {
    app.keyring.remove(SERVICE, name).map_err(|trouble| refused(&trouble))
}

fn entry(app: &App, name: &str) -> Result<Found> {
    match app.keyring.get(SERVICE, name) {
        Ok(Some(bytes)) => Ok(Found::parse(&bytes)),
        Ok(None) => Ok(Found::Absent),
        Err(trouble) => Err(refused(&trouble)),
    }
}

impl<'a> Document<'a> {
    /// The document whose file is this one in a cache of the AWS CLI.
    pub fn shared(app: &'a App, path: PathBuf) -> Result<Self> {
        let home = if in_keyring(app)? { Home::Keyring } else { Home::Shared };
        Ok(Self { app, path, home })
    }

    /// The document whose file is this one of ssoenv's own.
    pub fn own(app: &'a App, path: PathBuf) -> Result<Self> {
        let home = if in_keyring(app)? { Home::Keyring } else { Home::Own };
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
            Home::Keyring => entry(self.app, self.name()),
        }
    }

    fn read_own(&self) -> Result<Found> {
        let bytes = files::read_own(&self.path).map_err(|error| {
            Error::config(format!("the cached credentials {self} are refused"))
                .cause(error)
                .hint(format!("remove {self}"))
        })?;
        Ok(bytes.map_or(Found::Absent, |bytes| Found::parse(&bytes)))
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
            Home::Shared | Home::Own => cache_file::save(&self.path, &text, durability),
            Home::Keyring => self.put(text.as_bytes()),
        }
    }

    /// Fails now if it could not be written later.
    pub fn try_write(&self) -> Result<()> {
        if self.home != Home::Keyring {
            return cache_file::try_save(&self.path);
        }
        let kept = self.app.keyring.get(SERVICE, self.name()).map_err(|t| refused(&t))?;
        if let Some(bytes) = kept {
            return self.put(&bytes);
        }
        self.put(b"{}")?;
        remove_entry(self.app, self.name()).map(drop)
    }

    /// Removes it, and a file of before it lived in the keyring; whether there was any.
    pub fn remove(&self) -> Result<bool> {
        let file = cache_file::remove(&self.path)?;
        Ok(match self.home {
            Home::Shared | Home::Own => file,
            Home::Keyring => remove_entry(self.app, self.name())? || file,
        })
    }

    /// Removes a file of before it lived in the keyring.
    pub fn remove_left_file(&self) -> Result<()> {
        self.left_file().map_or(Ok(()), |path| cache_file::remove(path).map(drop))
    }

    fn put(&self, bytes: &[u8]) -> Result<()> {
        self.app.keyring.put(SERVICE, self.name(), bytes).map_err(|trouble| refused(&trouble))
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

fn refused(trouble: &Trouble) -> Error {
    const FILES: &str = "or keep secrets in files: `ssoenv settings set storage files`";
    let unlock = "unlock it in the desktop, or run `ssoenv login`, which asks for it";
    let start = "start a keyring (such as gnome-keyring) in this session";
    let (what, cause, hint) = match trouble {
        Trouble::NotBuilt => (
            "this ssoenv cannot use a keyring",
            "it was built without the feature `keyring`, and `storage = keyring` is set".to_owned(),
            "build it with `cargo install --path . --locked --features keyring`",
        ),
        Trouble::Absent(why) => ("there is no keyring in this session", why.clone(), start),
        Trouble::Locked => ("the keyring is locked", "nobody has unlocked it".to_owned(), unlock),
        Trouble::Silent => {
            let why = format!("it has been silent for {} seconds", PATIENCE.as_secs());
            ("the keyring does not answer", why, start)
        }
        Trouble::Failed(why) => ("the keyring refused", why.clone(), "run `ssoenv doctor`"),
    };
    Error::config(what).cause(cause).hint(hint).hint(FILES)
}

/// Puts what there was beyond `ours` behind the new fields.
pub fn keep_unknown(fields: &mut Map<String, Value>, old: Map<String, Value>, ours: &[&str]) {
    for (name, value) in old {
        if !ours.contains(&name.as_str()) && !fields.contains_key(&name) {
            fields.insert(name, value);
        }
    }
}
