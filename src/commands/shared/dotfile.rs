//! The `.ssoenv` file of a directory: which one is meant, and what it asks for.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::config::settings::Settings;
use crate::config::trust::{self, File};
use crate::domain::dotfile::{Dotfile, FILE_NAME};
use crate::domain::profile::Target;
use crate::domain::speech;
use crate::domain::{Error, Result};
use crate::identity::LoginPolicy;
use crate::io::App;

use super::choice::Choice;
use super::target;

/// What a file asks for, and what the settings say about that.
#[derive(Clone, Debug)]
pub struct FileTarget {
    /// For messages.
    pub label: String,
    /// The target itself.
    pub target: Target,
    /// The settings that were read.
    pub settings: Settings,
}

impl FileTarget {
    /// Reads the file's bytes and looks up what they name. Never asks a person for anything.
    pub fn of(app: &App, file: &File) -> Result<Self> {
        let dotfile = Dotfile::parse(&file.bytes, &file.path.display().to_string())?;
        let label = dotfile.label();
        let choice = match dotfile {
            Dotfile::Profile(name) => Choice::profile(name),
            Dotfile::Role { account_id, role, session } => Choice::role(account_id, role, session),
        };
        let config = Config::load(app)?;
        let settings = Settings::load(app)?;
        let target = target::required(app, &config, &settings, &choice, &LoginPolicy::never())?;
        Ok(Self { label, target, settings })
    }
}

/// The error for a target that the plain `allow` is not enough for.
pub fn needs_production(path: &Path, label: &str, why: &str) -> Error {
    Error::usage(format!("`{}` asks for `{label}`, which {why}", path.display()))
        .hint(format!("run `ssoenv allow --production{}`", argument(path)))
}

/// The `.ssoenv` file that the words name: the file, or the one in the directory; left out, the
/// nearest one from the current directory upwards.
pub fn named(path: Option<&Path>) -> Result<PathBuf> {
    let Some(path) = path else { return nearest() };
    if path.is_dir() {
        return Ok(path.join(FILE_NAME));
    }
    if path.file_name().is_some_and(|name| name == FILE_NAME) {
        return Ok(path.to_owned());
    }
    Err(Error::usage(format!("`{}` is no directory and no `{FILE_NAME}` file", path.display()))
        .hint("run `ssoenv allow DIRECTORY`"))
}

/// The word that names the file, unless it is the one that counts here anyway.
fn argument(path: &Path) -> String {
    let here = nearest().and_then(|path| trust::canonical(&path));
    if here.is_ok_and(|here| here == path) {
        return String::new();
    }
    let folder = path.parent().unwrap_or(path).display().to_string();
    format!(" {}", speech::word(&folder))
}

fn nearest() -> Result<PathBuf> {
    let here = std::env::current_dir()
        .map_err(|error| Error::failed("the current directory is not known").cause(error))?;
    let found = here.ancestors().map(|folder| folder.join(FILE_NAME));
    let mut found = found.filter(|file| file.symlink_metadata().is_ok());
    found.next().ok_or_else(|| {
        Error::config(format!("there is no `{FILE_NAME}` here or above"))
            .hint(format!("write one with `profile = NAME`: `{}`", here.join(FILE_NAME).display()))
    })
}
