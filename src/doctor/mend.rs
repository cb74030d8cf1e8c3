//! What `--fix` may do: changes that no AWS tool reads differently, or that only make something
//! work that did not. Each is shown before it is made.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::config::edit::{Draft, Name};
use crate::config::header::{self, Header};
use crate::config::store::{Editing, backup_path};
use crate::domain::{Error, Result};
use crate::io::App;
use crate::io::files::{self, Durability};
use crate::io::own;
use crate::io::unwritable::way_out;

/// A safe change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mend {
    /// A key of an `[sso-session]`, or of a profile that has its portal's keys in itself.
    Set {
        /// The section.
        name: Name,
        key: String,
        /// Its new value.
        value: String,
    },
    /// A key that only repeats what the session says.
    RemoveKey {
        /// The profile's name.
        profile: String,
        key: String,
    },
    /// The usual header, once.
    Respell(Name),
    /// A header in the config file: what stands between the brackets, and what should.
    Retitle {
        /// As it is.
        old: String,
        /// As it should be.
        new: String,
    },
    /// Mode 0600.
    Close(PathBuf),
    /// The byte order mark at the start of a file.
    StripMark(PathBuf),
}

impl Mend {
    /// The header that a section without its prefix should have, if the profile is not there yet.
    pub fn prefix(config: &Config, path: &Path, line: usize) -> Option<Self> {
        let file = config.config_file();
        if path != file.path {
            return None;
        }
        let parsed = &file.parsed;
        let section = parsed.sections().iter().find(|s| s.line as usize == line)?;
        let title = parsed.str(section.name);
        let simple = header::is_portable(title) && !title.contains(char::is_whitespace);
        let reserved = ["plugins", "preview", "services"].contains(&title);
        if !simple
            || reserved
            || title.starts_with("profile")
            || title.starts_with("sso")
            || config.has_profile(title)
        {
            return None;
        }
        Some(Self::Retitle { old: title.to_owned(), new: header::profile_section(title) })
    }

    /// One `[default]`, unless a key would be lost with a section that goes.
    pub fn one_default(config: &Config) -> std::result::Result<Self, Vec<String>> {
        let parsed = &config.config_file().parsed;
        let is_default =
            |title| matches!(header::classify(title), Header::Profile(name) if name == "default");
        let mut sections: Vec<_> =
            parsed.sections().iter().filter(|s| is_default(parsed.str(s.name))).collect();
        // The last one counts for the AWS CLI, and stays.
        let kept = sections.pop();
        let value = |section, key| parsed.entry(section, key).map(|entry| parsed.str(entry.value));
        let entries = sections.iter().flat_map(|section| parsed.entries(section));
        let mut lost: Vec<String> = Vec::new();
        for entry in entries {
            let (key, ours) = (parsed.str(entry.key), parsed.str(entry.value));
            if kept.and_then(|kept| value(kept, key)) != Some(ours)
                && !lost.iter().any(|k| k == key)
            {
                lost.push(key.to_owned());
            }
        }
        if lost.is_empty() { Ok(Self::Respell(Name::profile("default"))) } else { Err(lost) }
    }

    fn is_edit(&self) -> bool {
        !matches!(self, Self::Close(_) | Self::StripMark(_))
    }

    fn apply(&self, draft: &mut Draft) -> Result<()> {
        match self {
            Self::Set { name, key, value } => draft.set(name, key, value),
            Self::RemoveKey { profile, key } => {
                draft.remove_key(&Name::profile(profile), key).map(drop)
            }
            Self::Respell(name) => draft.respell(name),
            Self::Retitle { old, new } => retitle(draft, old, new),
            Self::Close(_) | Self::StripMark(_) => Ok(()),
        }
    }
}

/// Changes what stands between the brackets of one section.
fn retitle(draft: &mut Draft, old: &str, new: &str) -> Result<()> {
    let parsed = draft.parsed();
    let Some(at) = parsed.sections().iter().position(|s| parsed.str(s.name) == old) else {
        return Ok(());
    };
    let section = parsed.sections()[at];
    let (start, end) = (section.header.start as usize, parsed.section_end(at));
    let keys = parsed.entries(&section).iter();
    let keys =
        keys.map(|entry| (parsed.str(entry.key).to_owned(), parsed.str(entry.value).to_owned()));
    let keys: Vec<_> = keys.collect();
    let text = draft.text()[start..end].replacen(&format!("[{old}]"), &format!("[{new}]"), 1);
    draft.replace_sections(start, end, &text, vec![(new.to_owned(), keys)])
}

/// Shows the changes, each once, asks `agree`, and makes them; whether anything was changed.
pub fn make<'a>(
    app: &App,
    mends: impl Iterator<Item = &'a Mend>,
    agree: impl FnOnce(&App) -> Result<bool>,
) -> Result<bool> {
    let mends = each_once(mends);
    let marked: Vec<&Path> = mends
        .iter()
        .filter_map(|mend| match mend {
            Mend::StripMark(path) => Some(path.as_path()),
            _ => None,
        })
        .collect();
    let closed: Vec<&Path> = mends
        .iter()
        .filter_map(|mend| match mend {
            Mend::Close(path) => Some(path.as_path()),
            _ => None,
        })
        .collect();
    // A file with a mark cannot be edited yet; the next run goes on.
    let editing = if marked.is_empty() { edited(app, &mends)? } else { None };
    let diff = editing.as_ref().map(Editing::diff).unwrap_or_default();
    let mut shown: Vec<String> = diff.lines().map(ToOwned::to_owned).collect();
    let mark = |path: &&Path| format!("remove the byte order mark of {}", path.display());
    shown.extend(marked.iter().map(mark));
    shown.extend(closed.iter().map(|path| format!("chmod 600 {}", path.display())));
    if shown.is_empty() {
        return Ok(false);
    }
    for line in &shown {
        app.term.say(line);
    }
    if !agree(app)? {
        return Err(Error::failed("nothing was changed"));
    }
    for path in marked {
        strip_mark(path).map_err(|error| failed(path, &error))?;
    }
    for path in closed {
        files::close(path).map_err(|error| failed(path, &error))?;
    }
    if let Some(editing) = editing {
        editing.finish(app, false)?;
    }
    Ok(true)
}

fn each_once<'a>(mends: impl Iterator<Item = &'a Mend>) -> Vec<&'a Mend> {
    let mut once: Vec<&Mend> = Vec::new();
    for mend in mends {
        if !once.contains(&mend) {
            once.push(mend);
        }
    }
    once
}

/// Both files with the edits made; those that are refused are said and left out.
fn edited(app: &App, mends: &[&Mend]) -> Result<Option<Editing>> {
    if !mends.iter().any(|mend| mend.is_edit()) {
        return Ok(None);
    }
    let mut editing = Editing::begin(app)?;
    for mend in mends.iter().filter(|mend| mend.is_edit()) {
        if let Err(error) = mend.apply(&mut editing.config) {
            app.term.warn(&format!("not changed: {error}"));
        }
    }
    Ok(Some(editing))
}

fn strip_mark(path: &Path) -> std::io::Result<()> {
    let bytes = files::read(path)?.unwrap_or_default();
    own::write_beside(&backup_path(path), &bytes, Durability::Synced)?;
    let rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    files::write_in_place(path, rest)
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    Error::config(format!("`{}` cannot be changed", path.display()))
        .cause(error)
        .hint(way_out(path, error))
}
