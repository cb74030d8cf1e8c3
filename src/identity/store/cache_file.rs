//! Cache files that other tools write too, some of them in place: read with patience, written
//! whole.

use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::domain::Result;
use crate::io::files::{self, Durability};
use crate::io::own;
use crate::io::unwritable::{cannot_remove, cannot_write};

/// Bytes that a token file may have: tokens and a client secret of some kilobytes.
const TOKEN_SIZE: usize = 16 * 1024;
/// How long another tool may take to fill a file that it has truncated.
const PATIENCE: Duration = Duration::from_millis(50);

/// What stands in a cache file.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// A JSON object.
    Object(Map<String, Value>),
    /// No such file.
    Absent,
    /// Not a JSON object even on the second look, or not readable: why.
    Broken(String),
}

impl Found {
    /// What these bytes are.
    pub fn parse(bytes: &[u8]) -> Self {
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(fields)) => Self::Object(fields),
            Ok(_) => Self::Broken("does not hold a JSON object".to_owned()),
            Err(_) => Self::Broken("is not valid JSON".to_owned()),
        }
    }
}

/// Reads a JSON object; what is half-written is read once more.
pub fn read(path: &Path) -> Found {
    match read_once(path) {
        Found::Broken(_) => {
            sleep(PATIENCE);
            let found = read_once(path);
            if let Found::Broken(why) = &found {
                log::info!("ignored: `{}` {why}", path.display());
            }
            found
        }
        found => found,
    }
}

fn read_once(path: &Path) -> Found {
    match files::read(path) {
        Ok(None) => Found::Absent,
        Ok(Some(bytes)) => Found::parse(&bytes),
        Err(error) => Found::Broken(format!("cannot be read: {error}")),
    }
}

/// Writes a file of ssoenv's own.
pub fn save(path: &Path, text: &str, durability: Durability) -> Result<()> {
    own::write(path, text.as_bytes(), durability).map_err(|error| cannot_write(path, &error))
}

/// Writes a file in a cache of the AWS CLI.
pub fn save_shared(path: &Path, text: &str, durability: Durability) -> Result<()> {
    files::write_shared(path, text.as_bytes(), durability)
        .map_err(|error| cannot_write(path, &error))
}

/// Fails now if a file of the size of a token could not be written later.
pub fn try_save(path: &Path) -> Result<()> {
    files::try_write(path, TOKEN_SIZE).map_err(|error| cannot_write(path, &error))
}

/// Removes a file; whether there was one.
pub fn remove(path: &Path) -> Result<bool> {
    files::remove(path).map_err(|error| cannot_remove(path, &error))
}
