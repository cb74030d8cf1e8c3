//! `settings`: ssoenv's own settings, read and changed one at a time.

use serde_json::{Map, Value};

use crate::config::edit::{Draft, Name, Place};
use crate::config::file::AwsFile;
use crate::config::setting_keys::{GENERAL, check};
use crate::config::settings::{SECTION, Settings};
use crate::domain::nearest::nearest;
use crate::domain::{Error, Result};
use crate::io::App;
use crate::io::files::{self, Durability};

/// `settings path`.
pub fn path(app: &App) -> Result<u8> {
    app.term.out(&format!("{}\n", Settings::file(app)?.display()))?;
    Ok(0)
}

/// `settings list`: every setting with what counts now, defaults included.
pub fn list(app: &App, json: bool) -> Result<u8> {
    let settings = Settings::load_warning(app)?;
    let rows = GENERAL.iter().map(|key| (*key, settings.value(key)));
    let text = if json {
        let document: Map<String, Value> =
            rows.map(|(key, value)| (key.to_owned(), value.into())).collect();
        format!("{}\n", Value::Object(document))
    } else {
        rows.map(|(key, value)| format!("{key} = {}\n", value.unwrap_or_default())).collect()
    };
    app.term.out(&text)?;
    Ok(0)
}

/// `settings get KEY`.
pub fn get(app: &App, key: &str) -> Result<u8> {
    known(key)?;
    let settings = Settings::load_warning(app)?;
    app.term.out(&format!("{}\n", settings.value(key).unwrap_or_default()))?;
    Ok(0)
}

/// `settings set KEY [VALUE]`: nothing goes back to the default. All other bytes of the file stay.
pub fn set(app: &App, key: &str, value: Option<&str>) -> Result<u8> {
    known(key)?;
    let path = Settings::file(app)?;
    let section = Name::profile(SECTION);
    // The rules for its lines are those of the credentials file: names in brackets as they are.
    let mut draft = Draft::new(Place::Credentials, AwsFile::load(path.clone())?)?;
    match value {
        Some(value) => {
            check(key, value).map_err(|expected| {
                Error::usage(format!("`{value}` is not a value of `{key}`"))
                    .hint(format!("give {expected}"))
            })?;
            draft.set(&section, key, value)?;
        }
        None => {
            draft.remove_key(&section, key)?;
        }
    }
    if draft.is_changed() {
        files::write_private(&path, draft.text().as_bytes(), Durability::Synced).map_err(
            |error| Error::config(format!("`{}` cannot be written", path.display())).cause(error),
        )?;
    }
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
