//! The keyring as ssoenv uses it: whether it is chosen, when a person is asked to unlock it, and
//! what is said when it cannot be had. What its entries are is for [`document`].
//!
//! [`document`]: crate::identity::store::document

use crate::config::settings::Settings;
use crate::domain::words::Storage;
use crate::domain::{Error, Result};
use crate::identity::policy::{self, LoginPolicy};
use crate::io::keyring::{BUILT, Bytes, PATIENCE, Trouble};
use crate::io::{App, browser};

/// The service under which the keyring has our entries.
const SERVICE: &str = "ssoenv";

/// Whether documents with secrets are in the keyring.
///
/// # Errors
/// Kind `Config` for settings that cannot be read: nobody knows then.
pub fn is_chosen(app: &App) -> Result<bool> {
    let version = Settings::stamps(app)?;
    app.keyring.is_chosen(version, || Ok(Settings::load(app)?.general.storage == Storage::Keyring))
}

/// Takes it for this process that documents are in files, though the settings cannot be read.
pub fn assume_files(app: &App) -> Result<()> {
    let version = Settings::stamps(app)?;
    app.keyring.is_chosen(version, || Ok(false)).map(drop)
}

/// Unlocks the keyring where documents are in it and a person may be asked: as for a login.
pub fn unlock(app: &App, policy: &LoginPolicy) -> Result<()> {
    let somebody = || app.term.can_ask() || browser::is_available(app, policy.browser.as_deref());
    if !policy.allows() || !is_chosen(app)? || !somebody() {
        return Ok(());
    }
    let tell = || app.term.say("waiting for the keyring to be unlocked");
    let unlocked = app.keyring.unlock(policy::patience(app), tell, |time| app.pause(time))?;
    unlocked.map_err(|trouble| refused(&trouble))
}

/// Fails if the keyring could not be used now; [`check_built`] included.
pub fn check(app: &App) -> Result<()> {
    get(app, "check").map(drop)
}

/// Fails if this program was built without a keyring.
pub fn check_built() -> Result<()> {
    if BUILT { Ok(()) } else { Err(not_built()) }
}

/// The names of ssoenv's entries.
pub fn names(app: &App) -> Result<Vec<String>> {
    app.keyring.names(SERVICE).map_err(|trouble| refused(&trouble))
}

/// What an entry holds; `None` where there is none.
pub fn get(app: &App, name: &str) -> Result<Option<Bytes>> {
    app.keyring.get(SERVICE, name).map_err(|trouble| refused(&trouble))
}

/// Writes an entry whole.
pub fn put(app: &App, name: &str, bytes: &[u8]) -> Result<()> {
    app.keyring.put(SERVICE, name, bytes).map_err(|trouble| refused(&trouble))
}

/// Fails now if an entry could not be written later.
pub fn try_put(app: &App, name: &str) -> Result<()> {
    app.keyring.try_put(SERVICE, name).map_err(|trouble| refused(&trouble))
}

/// Removes an entry; whether it was there.
pub fn remove(app: &App, name: &str) -> Result<bool> {
    app.keyring.remove(SERVICE, name).map_err(|trouble| refused(&trouble))
}

const FILES: &str = "or keep secrets in files: `ssoenv settings set storage files`";

fn not_built() -> Error {
    Error::config("this ssoenv cannot use a keyring")
        .cause("it was built without the feature `keyring`")
        .hint("build it with `cargo install --path . --locked --features keyring`")
        .hint(FILES)
}

fn refused(trouble: &Trouble) -> Error {
    let unlock = "unlock it in the desktop, or run `ssoenv login`, which asks for it";
    let start = "start a keyring (such as gnome-keyring) in this session";
    let (what, cause, hint) = match trouble {
        Trouble::NotBuilt => return not_built().cause("`storage = keyring` is set"),
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
