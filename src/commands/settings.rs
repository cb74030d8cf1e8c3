//! `settings get|set|list|path`: ssoenv's own settings.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Subcommand;
use serde_json::{Map, Value as Json, json};

use crate::config::setting_edit;
use crate::config::setting_keys::{self as keys, GENERAL};
use crate::config::settings::Settings;
use crate::domain::nearest::nearest;
use crate::domain::words::Storage;
use crate::domain::{Error, Result};
use crate::identity::store::keyring;
use crate::io::unwritable::cannot_write;
use crate::io::{App, files};

use super::shared::{Completes, region};

/// Read or change ssoenv's own settings
#[derive(Clone, Debug, Subcommand)]
pub enum Words {
    /// Print a setting
    Get {
        /// Setting
        #[arg(add = Completes::Setting)]
        key: String,
    },
    /// Change a setting
    Set {
        /// Setting
        #[arg(add = Completes::Setting)]
        key: String,
        /// Value; nothing to go back to the default
        #[arg(add = Completes::SettingValue)]
        value: Option<String>,
    },
    /// Print all settings
    List {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Print where they are kept
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
fn get(app: &App, key: &str) -> Result<u8> {
    known(key)?;
    let settings = Settings::load_warning(app)?;
    let value = settings.value(key).unwrap_or_default();
    app.term.out(&format!("{value}\n"))?;
    Ok(0)
}

/// Sets a setting, or goes back to its default. Comments and all other lines of the file stay.
fn set(app: &App, key: &str, value: Option<&str>) -> Result<u8> {
    known(key)?;
    if let Some(value) = value {
        let wrong = |cause: &str| Error::usage(format!("`{key}` cannot be `{value}`")).cause(cause);
        if key == "default_region" && !value.is_empty() {
            region::check(app, Some(value))?;
        }
        keys::check(key, value)
            .map_err(|expected| wrong("it has no such value").hint(format!("write {expected}")))?;
        if value.contains(['\n', '\r', '\0']) {
            return Err(wrong("a value is one line"));
        }
        if (key, Storage::from_name(value)) == ("storage", Some(Storage::Keyring)) {
            keyring::check_built()?;
        }
    }
    let path = Settings::file(app)?;
    let failed = |error: std::io::Error| cannot_write(&path, &error);
    let lock = app.paths.state_dir()?.join("locks").join("settings.lock");
    let _lock = app.lock_or_fail(&lock, "another ssoenv that writes the settings")?;
    // What is not readable is not edited either.
    Settings::load(app)?;
    let before = files::read(&path).map_err(failed)?.unwrap_or_default();
    let before = String::from_utf8_lossy(&before).into_owned();
    let after = setting_edit::edited(&before, key, value);
    let read = Settings::parse(&after, &path)?;
    if value.is_some_and(|value| read.value(key).unwrap_or_default() != value) {
        return Err(Error::config(format!("`{}` is left as it is", path.display()))
            .cause(format!("`{key}` would not be read back as it was given"))
            .hint(format!("edit `{}` by hand", path.display())));
    }
    if after != before {
        files::write_in_place(&path, after.as_bytes()).map_err(failed)?;
    }
    Ok(0)
}

/// Prints all settings, defaults included.
fn list(app: &App, json: bool) -> Result<u8> {
    let settings = Settings::load_warning(app)?;
    if json {
        let value = |key: &str| match settings.value(key) {
            Some(text) if key.ends_with("_minutes") => json!(text.parse::<u32>().ok()),
            value => json!(value),
        };
        let mut all: Map<String, Json> =
            GENERAL.iter().map(|key| ((*key).to_owned(), value(key))).collect();
        let matches = settings.matches.iter().map(|section| {
            let fields = section.fields().into_iter();
            Json::Object(fields.map(|(key, value)| (key.to_owned(), json!(value))).collect())
        });
        all.insert("match".to_owned(), matches.collect());
        app.term.out_json(&Json::Object(all).to_string())?;
        return Ok(0);
    }
    let mut text = String::new();
    for key in GENERAL {
        let value = settings.value(key).unwrap_or_default();
        text.extend([key, " = ", &*value, "\n"]);
    }
    for section in &settings.matches {
        for (at, (key, value)) in section.fields().into_iter().enumerate() {
            match at {
                0 => text.extend(["\n[match \"", &*value, "\"]\n"]),
                _ => text.extend([key, " = ", &*value, "\n"]),
            }
        }
    }
    app.term.out(&text)?;
    Ok(0)
}

/// Prints where the settings are kept.
fn path(app: &App) -> Result<u8> {
    app.term.out(&format!("{}\n", Settings::file(app)?.display()))?;
    Ok(0)
}

fn known(key: &str) -> Result<()> {
    if GENERAL.contains(&key) {
        return Ok(());
    }
    let error = Error::usage(format!("the setting `{key}` is not known"));
    Err(match nearest(key, GENERAL) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("run `ssoenv settings list` to see all"),
    })
}
