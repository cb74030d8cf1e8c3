//! `settings get|set|list|path`: ssoenv's own settings.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Subcommand;
use serde_json::{Map, Value as Json, json};

use crate::config::settings::key::{self, Key};
use crate::config::settings::{General, Origin, Settings, edit};
use crate::domain::words::Storage;
use crate::domain::{Error, Result};
use crate::identity::store::keyring;
use crate::io::unwritable::cannot_write;
use crate::io::{App, files};

use super::shared::{Completes, region};

/// Read or change ssoenv's own settings
#[derive(Clone, Debug, Subcommand)]
#[command(after_help = "\
Examples:
  ssoenv settings list                          Print all settings
  ssoenv settings set browser_command firefox   Change one
  ssoenv settings get mode                      Print one")]
pub enum Words {
    /// Print a setting
    #[command(after_help = "\
Examples:
  ssoenv settings get mode             Print what `use` exports
  ssoenv settings get default_region   Print the Region, if one is set")]
    Get {
        /// Setting
        #[arg(add = Completes::Setting)]
        key: String,
    },
    /// Change a setting
    #[command(after_help = "\
Examples:
  ssoenv settings set mode profile   Let `use` export AWS_PROFILE
  ssoenv settings set mode           Go back to the default")]
    Set {
        /// Setting
        #[arg(add = Completes::Setting)]
        key: String,
        /// Value; nothing to go back to the default
        #[arg(add = Completes::SettingValue)]
        value: Option<String>,
    },
    /// Print all settings
    #[command(after_help = "\
Examples:
  ssoenv settings list          Print all settings
  ssoenv settings list --json   Print them for scripts")]
    List {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Print where they are kept
    #[command(after_help = "\
Examples:
  ssoenv settings path   Print where the file is")]
    Path,
}

/// Reads or changes settings.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    match words {
        Words::Get { key } => get(app, key),
        Words::Set { key, value } => set(app, key, value.as_deref()),
        Words::List { json } => list(app, *json),
        Words::Path => path(app),
    }
}

/// Prints a setting; an empty line where nothing is set.
fn get(app: &App, name: &str) -> Result<u8> {
    let key = known(name)?;
    let settings = Settings::load_warning(app)?;
    app.term.out(&format!("{}\n", key.text(&settings.general)))?;
    Ok(0)
}

/// Sets a setting, or goes back to its default. Comments and all other lines of the file stay.
fn set(app: &App, name: &str, value: Option<&str>) -> Result<u8> {
    let key = known(name)?;
    let mut wanted = General::default();
    if let Some(value) = value {
        let wrong =
            |cause: &str| Error::usage(format!("`{name}` cannot be `{value}`")).cause(cause);
        if name == "default_region" && !value.is_empty() {
            region::check(app, Some(value))?;
        }
        (key.set)(&mut wanted, value)
            .map_err(|expected| wrong("it has no such value").hint(format!("write {expected}")))?;
        if value.contains(['\n', '\r', '\0']) {
            return Err(wrong("a value is one line"));
        }
        if wanted.storage == Storage::Keyring {
            keyring::check_built()?;
        }
    }
    let path = Settings::file(app)?;
    let failed = |error: std::io::Error| cannot_write(&path, &error);
    let lock = app.paths.state_dir()?.join("locks").join("settings.lock");
    let _lock = app.lock_or_fail(&lock, "another ssoenv that writes the settings")?;
    // What is not readable is not edited either.
    let settings = Settings::load(app)?;
    let system = app.paths.system_config().display();
    if key.is_systems() {
        return Err(Error::denied(format!("`{name}` cannot be set by a user"))
            .hint(format!("write it into `{system}` as root")));
    }
    if value.is_some() && settings.holds(key, &settings.system, &wanted) {
        return Err(Error::denied(format!("`{name}` cannot be changed here"))
            .cause(format!("`{system}` says `{name} = {}`", key.text(&settings.system))));
    }
    let before = files::read(&path).map_err(failed)?.unwrap_or_default();
    let before = String::from_utf8_lossy(&before).into_owned();
    let after = edit::edited(&before, name, value);
    let read = Settings::parse(&after, &path)?;
    if key.text(&read.general) != key.text(&wanted) {
        return Err(Error::config(format!("`{}` is left as it is", path.display()))
            .cause(format!("`{name}` would not be read back as it was given"))
            .hint(format!("edit `{}` by hand", path.display())));
    }
    if after != before {
        files::write_in_place(&path, after.as_bytes()).map_err(failed)?;
    }
    Ok(0)
}

/// Prints all settings, defaults included, and where each comes from.
fn list(app: &App, json: bool) -> Result<u8> {
    let settings = Settings::load_warning(app)?;
    if json {
        let matches = settings.matches.iter().map(|section| {
            let mut fields = members(section.said(), section.rules());
            fields.insert("match".to_owned(), json!(section.pattern()));
            fields.insert("origin".to_owned(), place(section.origin()));
            Json::Object(fields)
        });
        let origins = General::KEYS
            .iter()
            .map(|key| (key.name.to_owned(), settings.origin(key.name).map_or(Json::Null, place)));
        let mut all = members(General::KEYS, &settings.general);
        all.insert("match".to_owned(), matches.collect());
        all.insert("origins".to_owned(), origins.collect());
        app.term.out_json(&Json::Object(all).to_string())?;
        return Ok(0);
    }
    let general = General::KEYS.iter().map(|key| {
        let origin = settings.origin(key.name).map_or("default".to_owned(), Origin::to_string);
        let lock = if settings.is_locked(key.name) { ", locked" } else { "" };
        let line = format!("{} = {}", key.name, key.text(&settings.general));
        format!("{line:<32}  # {origin}{lock}\n")
    });
    let sections = settings.matches.iter().map(|section| {
        let (pattern, origin) = (section.pattern(), section.origin());
        let lines = lines(section.said(), section.rules());
        format!("\n[match \"{pattern}\"]  # {origin}\n{lines}")
    });
    let text: String = general.chain(sections).collect();
    app.term.out(&text)?;
    Ok(0)
}

fn place(origin: &Origin) -> Json {
    json!({ "file": origin.path.display().to_string(), "line": origin.line })
}

fn members<S: 'static>(
    keys: impl IntoIterator<Item = &'static Key<S>>,
    values: &S,
) -> Map<String, Json> {
    keys.into_iter().map(|key| (key.name.to_owned(), (key.json)(values))).collect()
}

fn lines<S: 'static>(keys: impl IntoIterator<Item = &'static Key<S>>, values: &S) -> String {
    keys.into_iter().map(|key| format!("{} = {}\n", key.name, key.text(values))).collect()
}

/// Prints where the settings are kept.
fn path(app: &App) -> Result<u8> {
    app.term.out(&format!("{}\n", Settings::file(app)?.display()))?;
    Ok(0)
}

fn known(name: &str) -> Result<&'static Key<General>> {
    key::find(General::KEYS, name)
        .map_err(|hint| Error::usage(format!("the setting `{name}` is not known")).hint(hint))
}
