//! Which `.ssoenv` files the user has allowed or denied: `<state>/ssoenv/trust/`.
//!
//! An allowed file is known by a hash over its path and its content, so that one that was changed
//! or moved is unknown again; a denied one by its path. The bytes that are hashed are those that
//! are parsed: a file is read once.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::domain::dotfile::{FILE_NAME, MAX_BYTES};
use crate::domain::{Error, Result};
use crate::io::files::{self, Durability};
use crate::io::owner;
use crate::io::unwritable::{cannot_remove, cannot_write};
use crate::io::{App, own};

const ALLOWED: &str = "allow";
const DENIED: &str = "deny";
/// First lines of an entry; the path follows to the end.
const ORDINARY: &str = "ordinary";
const PRODUCTION: &str = "production";

/// A `.ssoenv` file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Canonical.
    pub path: PathBuf,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// What the user has said about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// This path with this content is allowed; `production` too if it was said.
    Allowed {
        /// `--production`.
        production: bool,
    },
    /// This path is denied.
    Denied,
    /// Nothing, or something about another content.
    Unknown,
}

/// One line of `allow --list`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Canonical, as it was when it was allowed or denied.
    pub path: PathBuf,
    /// `allowed`, `allowed for production`, `changed since`, `gone`, `denied`.
    pub state: &'static str,
}

/// The canonical path of a `.ssoenv` file. The file itself is not followed where it is a link.
pub fn canonical(file: &Path) -> Result<PathBuf> {
    let unusable = |error: io::Error| {
        Error::config(format!("`{}` cannot be used", file.display()))
            .cause(error)
            .hint("name a directory with a `.ssoenv` file")
    };
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    Ok(fs::canonicalize(folder).map_err(unusable)?.join(FILE_NAME))
}

/// Reads a `.ssoenv` file. A link, a pipe, a device, somebody else's file, or one of more than
/// 4 KiB is a configuration error.
pub fn read(file: &Path) -> Result<File> {
    let path = canonical(file)?;
    match own::read_limited(&path, MAX_BYTES) {
        Ok(Some(bytes)) => Ok(File { path, bytes }),
        Ok(None) => Err(Error::config(format!("there is no `{}`", path.display()))
            .hint("write one with `profile = NAME`")),
        Err(error) => Err(Error::config(format!("`{}` is not used", path.display()))
            .cause(error)
            .hint("make it a regular file of your own with at most 4 KiB")),
    }
}

/// What the user has said about the file.
pub fn verdict(app: &App, file: &File) -> Result<Verdict> {
    if entry(&denied(app, &file.path)?)?.is_some() {
        return Ok(Verdict::Denied);
    }
    Ok(match entry(&allowed(app, file)?)? {
        Some((production, _)) => Verdict::Allowed { production },
        None => Verdict::Unknown,
    })
}

/// Allows the file as it was read, for production profiles too if that is said.
pub fn allow(app: &App, file: &File, production: bool) -> Result<()> {
    let kind = if production { PRODUCTION } else { ORDINARY };
    write(&allowed(app, file)?, kind, &file.path)?;
    remove(&denied(app, &file.path)?)
}

/// Denies the path, and forgets every content of it that was allowed.
pub fn deny(app: &App, path: &Path) -> Result<()> {
    write(&denied(app, path)?, ORDINARY, path)?;
    for (place, _, known) in entries(app, ALLOWED)? {
        if known == path {
            remove(&place)?;
        }
    }
    Ok(())
}

/// All that was allowed or denied, by path.
pub fn list(app: &App) -> Result<Vec<Entry>> {
    let mut found = Vec::new();
    for (place, production, path) in entries(app, ALLOWED)? {
        let now = read(&path).ok();
        let state = match now {
            Some(file) if allowed(app, &file)? != place => "changed since",
            Some(_) if production => "allowed for production",
            Some(_) => "allowed",
            None => "gone",
        };
        found.push(Entry { path, state });
    }
    let denied = entries(app, DENIED)?.into_iter();
    found.extend(denied.map(|(_, _, path)| Entry { path, state: "denied" }));
    found.sort();
    Ok(found)
}

fn folder(app: &App, kind: &str) -> Result<PathBuf> {
    let trust = app.paths.state_dir()?.join("trust");
    for folder in [&trust, &trust.join(kind)] {
        // In somebody else's folder nothing can be believed, whoever owns the files.
        if let Ok(meta) = fs::symlink_metadata(folder)
            && !(meta.is_dir() && owner::is_own(&meta))
        {
            return Err(Error::config(format!("`{}` is not a folder of yours", folder.display()))
                .hint("remove it, and allow your directories again: `ssoenv allow`"));
        }
    }
    Ok(trust.join(kind))
}

fn allowed(app: &App, file: &File) -> Result<PathBuf> {
    Ok(folder(app, ALLOWED)?.join(hash(&file.path, Some(&file.bytes))))
}

fn denied(app: &App, path: &Path) -> Result<PathBuf> {
    Ok(folder(app, DENIED)?.join(hash(path, None)))
}

/// SHA-256 over the path's length (eight bytes, little endian), the path, and the content.
fn hash(path: &Path, content: Option<&[u8]>) -> String {
    let path = path_bytes(path);
    let mut sha = Sha256::new();
    sha.update(u64::try_from(path.len()).unwrap_or(u64::MAX).to_le_bytes());
    sha.update(&path);
    sha.update(content.unwrap_or_default());
    sha.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a string cannot fail");
        hex
    })
}

fn path_bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}

fn path_of(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
    }
    #[cfg(not(unix))]
    {
        PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
    }
}

/// Whether it is for production too, and the path; `None` where there is no such entry.
fn entry(place: &Path) -> Result<Option<(bool, PathBuf)>> {
    let unusable = |cause: String| {
        Error::config(format!("`{}` is not believed", place.display()))
            .cause(cause)
            .hint("remove it, and allow the directory again: `ssoenv allow`")
    };
    let bytes = own::read(place).map_err(|error| unusable(error.to_string()))?;
    let Some(bytes) = bytes else { return Ok(None) };
    let mut parts = bytes.splitn(2, |&b| b == b'\n');
    match (parts.next(), parts.next()) {
        (Some(kind), Some(path)) if kind == ORDINARY.as_bytes() => Ok(Some((false, path_of(path)))),
        (Some(kind), Some(path)) if kind == PRODUCTION.as_bytes() => {
            Ok(Some((true, path_of(path))))
        }
        _ => Err(unusable("it is not what ssoenv writes".to_owned())),
    }
}

fn entries(app: &App, kind: &str) -> Result<Vec<(PathBuf, bool, PathBuf)>> {
    let folder = folder(app, kind)?;
    let places = files::list(&folder).map_err(|error| {
        Error::config(format!("`{}` cannot be listed", folder.display()))
            .cause(error)
            .hint(format!("make `{}` yours and readable", folder.display()))
    })?;
    let mut found = Vec::new();
    for place in places {
        let is_hash = place.file_name().is_some_and(|name| name.len() == 64);
        if let Some((production, path)) = if is_hash { entry(&place)? } else { None } {
            found.push((place, production, path));
        }
    }
    Ok(found)
}

fn write(place: &Path, kind: &str, path: &Path) -> Result<()> {
    let text = [kind.as_bytes(), b"\n", &path_bytes(path)].concat();
    own::write(place, &text, Durability::Synced).map_err(|error| cannot_write(place, &error))
}

fn remove(place: &Path) -> Result<()> {
    files::remove(place).map(drop).map_err(|error| cannot_remove(place, &error))
}
