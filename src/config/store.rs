//! Both AWS files under change: read under a lock, written whole, the old version kept.

use std::path::{Path, PathBuf};

use diffy::DiffOptions;

use super::edit::{Draft, Place};
use super::file::AwsFile;
use super::profiles::Config;
use super::syntax::{Parsed, is_secret};
use crate::domain::{Error, Result};
use crate::io::App;
use crate::io::files::{self, Durability};
use crate::io::lock::Lock;
use crate::io::own;
use crate::io::unwritable::cannot_write;

/// Both files, and the lock that keeps other ssoenv processes from writing them.
#[derive(Debug)]
pub struct Editing {
    /// `~/.aws/config`.
    pub config: Draft,
    /// `~/.aws/credentials`.
    pub credentials: Draft,
    _lock: Lock,
}

impl Editing {
    /// Waits for other ssoenv writers, then reads both files. A file that the AWS CLI refuses is
    /// not edited.
    pub fn begin(app: &App) -> Result<Self> {
        let path = app.paths.state_dir()?.join("locks").join("aws-files.lock");
        let lock = app.lock_or_fail(&path, "another ssoenv that writes the AWS files")?;
        let config = AwsFile::load(app.paths.aws_config()?)?;
        let credentials = AwsFile::load(app.paths.aws_credentials()?)?;
        Ok(Self {
            config: Draft::new(Place::Config, config)?,
            credentials: Draft::new(Place::Credentials, credentials)?,
            _lock: lock,
        })
    }

    /// What the files mean as they are now, before they are written.
    pub fn preview(&self) -> Result<Config> {
        let file = |draft: &Draft| -> Result<AwsFile> {
            let path = draft.file().path.clone();
            let parsed = Parsed::parse(draft.text().to_owned()).map_err(|refusal| {
                Error::config(format!("`{}` would not be readable", path.display()))
                    .cause(refusal.what)
            })?;
            Ok(AwsFile { path, stamp: None, parsed })
        };
        Ok(Config::merge(file(&self.config)?, file(&self.credentials)?))
    }

    /// The changes as a unified diff; empty where there are none. Secret values are left out.
    pub fn diff(&self) -> String {
        [&self.config, &self.credentials].into_iter().map(diff).collect()
    }

    /// Writes what changed, or only prints the diff to standard output; whether anything changed.
    pub fn finish(self, app: &App, dry_run: bool) -> Result<bool> {
        if dry_run {
            app.term.out(&self.diff())?;
            return Ok(self.config.is_changed() || self.credentials.is_changed());
        }
        let config = write(&self.config)?;
        let credentials = write(&self.credentials)?;
        Ok(config || credentials)
    }
}

/// Where the previous version of a file is kept.
pub fn backup_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".ssoenv.bak");
    path.with_file_name(name)
}

fn write(draft: &Draft) -> Result<bool> {
    if !draft.is_changed() {
        return Ok(false);
    }
    let path = &draft.file().path;
    let failed = |error: std::io::Error| cannot_write(path, &error);
    let before = draft.file().parsed.text();
    let now = files::read(path).map_err(failed)?.unwrap_or_default();
    if now != before.as_bytes() {
        return Err(Error::failed(format!("`{}` was changed by another program", path.display()))
            .cause("it is not what it was when it was read; nothing was written")
            .hint("run the command again"));
    }
    keep(draft, path).map_err(|error| cannot_write(&backup_path(path), &error))?;
    if !before.is_empty() && adds_secret(draft) {
        // A file that held no secret may have been open to others.
        files::close(path).map_err(failed)?;
    }
    files::write_in_place(path, draft.text().as_bytes()).map_err(failed)?;
    log::info!("{}: written", path.display());
    Ok(true)
}

fn adds_secret(draft: &Draft) -> bool {
    let old = &draft.file().parsed;
    secrets(draft.parsed()).any(|secret| !secrets(old).any(|known| known == secret))
}

/// Keeps the previous version, unless that would keep secrets that the edit removes.
fn keep(draft: &Draft, path: &Path) -> std::io::Result<()> {
    let backup = backup_path(path);
    let old = &draft.file().parsed;
    let removed: Vec<&str> = secrets(old)
        .filter(|secret| !secrets(draft.parsed()).any(|kept| kept == *secret))
        .collect();
    if removed.is_empty() {
        if draft.file().stamp.is_none() {
            return Ok(());
        }
        return own::write_beside(&backup, old.text().as_bytes(), Durability::Synced);
    }
    let kept = files::read(&backup)?.unwrap_or_default();
    let kept = String::from_utf8_lossy(&kept);
    if removed.iter().any(|secret| kept.contains(secret)) {
        files::remove(&backup)?;
    }
    Ok(())
}

/// The values of secret keys; key IDs are none.
fn secrets(parsed: &Parsed) -> impl Iterator<Item = &str> {
    parsed
        .sections()
        .iter()
        .flat_map(|section| parsed.entries(section))
        .filter(|entry| {
            let key = parsed.str(entry.key);
            is_secret(key) && key != "aws_access_key_id"
        })
        .map(|entry| parsed.str(entry.value))
        .filter(|value| !value.is_empty())
}

fn diff(draft: &Draft) -> String {
    if !draft.is_changed() {
        return String::new();
    }
    let path = draft.file().path.display().to_string();
    let (old, new) = (redacted(&draft.file().parsed), redacted(draft.parsed()));
    let from = if draft.file().stamp.is_some() { path.clone() } else { "/dev/null".to_owned() };
    let mut options = DiffOptions::new();
    options.set_original_filename(from).set_modified_filename(path);
    options.create_patch(&old, &new).to_string()
}

/// The text with the values of secret keys left out.
fn redacted(parsed: &Parsed) -> String {
    let mut text = String::with_capacity(parsed.text().len());
    let mut at = 0;
    for section in parsed.sections() {
        for entry in parsed.entries(section) {
            if is_secret(parsed.str(entry.key)) {
                text.push_str(&parsed.text()[at..entry.first.start as usize]);
                text.push_str("[redacted]");
                at = entry.lines.end as usize;
                let lines = &parsed.text()[..at];
                text.push_str(&lines[lines.trim_end_matches(['\n', '\r']).len()..]);
            }
        }
    }
    text.push_str(&parsed.text()[at..]);
    text
}
