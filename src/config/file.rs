//! One of the two AWS files: where it is, which version was read, what it says.

use std::path::{Path, PathBuf};

use super::syntax::{Parsed, Refusal, Section};
use crate::domain::speech;
use crate::domain::{Error, Result};
use crate::io::files::{self, Stamp};
use crate::io::unwritable::way_in;

/// A file of the AWS CLI, read and accepted.
#[derive(Debug, Default)]
pub struct AwsFile {
    /// Where it is, or would be.
    pub path: PathBuf,
    /// The version that was read; `None` where there is none.
    pub stamp: Option<Stamp>,
    /// What it says; empty where there is no file.
    pub parsed: Parsed,
}

impl AwsFile {
    /// Reads the file; one that is absent (or a folder) is empty, as for the AWS CLI.
    pub fn load(path: PathBuf) -> Result<Self> {
        let stamp = files::stamp(&path);
        let bytes = files::read(&path).map_err(|error| {
            Error::config(format!("`{}` cannot be read", path.display()))
                .cause(error)
                .hint(way_in(&path))
        })?;
        let Some(bytes) = bytes else { return Ok(Self { path, ..Self::default() }) };
        let parsed = Parsed::read(bytes).map_err(|refusal| refused(&path, &refusal))?;
        Ok(Self { path, stamp, parsed })
    }

    /// The value of a key of this section, or of `[DEFAULT]`.
    pub fn value(&self, section: &Section, key: &str) -> Option<&super::syntax::Entry> {
        self.parsed
            .entry(section, key)
            .or_else(|| self.parsed.defaults().find(|e| self.parsed.str(e.key) == key))
    }
}

/// A file that the AWS CLI refuses: exit 6, with path and line.
fn refused(path: &Path, refusal: &Refusal) -> Error {
    let place = format!("{}:{}", path.display(), refusal.line);
    Error::config(format!("`{place}` is not readable for any AWS tool"))
        .cause(&refusal.what)
        .hint(format!("edit `{place}`: {}", refusal.hint))
}

/// A path as a word for the reader's shell.
pub fn shown(path: &Path) -> String {
    speech::word(&path.display().to_string())
}
