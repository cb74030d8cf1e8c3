//! Files that keep what was read from the configuration, so that the next call need not read it.
//!
//! Each set of configuration files has files of its own: whoever changes between two
//! `AWS_CONFIG_FILE` finds both kept. The name only tells the sets apart; whether the content is
//! still true is written in it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::Result;
use crate::domain::fingerprint::Fingerprint;
use crate::io::App;
use crate::io::files::{Durability, folder_of};
use crate::io::own;

/// What was not written again for this long is no longer needed, or soon made again.
const OLD: Duration = Duration::from_secs(30 * 24 * 3600);

/// Where `name` of the configuration in `files` is kept: in a folder of the cache.
pub fn path(app: &App, folder: &str, files: &[impl AsRef<Path>], name: &str) -> Result<PathBuf> {
    // Two texts with one number would only take turns.
    let mut number = Fingerprint::of(name.as_bytes());
    for file in files.iter().map(AsRef::as_ref) {
        if !file.is_absolute() {
            let here = std::env::current_dir().unwrap_or_default();
            number = number.and(here.as_os_str().as_encoded_bytes());
        }
        number = number.and(file.as_os_str().as_encoded_bytes());
    }
    let mut path = app.paths.cache_dir()?;
    path.extend([folder, &format!("{:016x}", number.value())]);
    Ok(path)
}

/// Keeps a file. Best effort: a failure is logged. With each new file old ones go.
pub fn write(path: &Path, text: &str) {
    let is_new = !path.exists();
    match own::write(path, text.as_bytes(), Durability::Cached) {
        Ok(()) if is_new => own::remove_older(folder_of(path), OLD, None),
        Ok(()) => {}
        Err(error) => log::debug!("`{}` is not kept: {error}", path.display()),
    }
}
