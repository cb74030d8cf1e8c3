//! Temporary files, which are renamed over the file that they become.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use tempfile::NamedTempFile;

/// The names of temporary files: this, and so many random letters and digits.
const TEMPORARY: (&str, usize) = (".ssoenv.tmp.", 6);
/// A temporary file lives for milliseconds: one of this age was left by a killed process.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 3600);

/// A temporary file, 0600 from the first byte.
pub(super) fn make(folder: &Path) -> io::Result<NamedTempFile> {
    let (prefix, random) = TEMPORARY;
    tempfile::Builder::new().prefix(prefix).rand_bytes(random).tempfile_in(folder)
}

fn is_temporary(name: &OsStr) -> bool {
    let (prefix, random) = TEMPORARY;
    let name = name.to_str().and_then(|name| name.strip_prefix(prefix));
    name.is_some_and(|name| {
        name.len() == random && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// Removes what killed processes have left in the folder.
pub(super) fn sweep(folder: &Path) {
    remove_older(folder, LEFT_BEHIND, is_temporary);
}

/// Removes the files of a folder that have such names and were not written for so long.
pub(super) fn remove_older(folder: &Path, age: Duration, named: impl Fn(&OsStr) -> bool) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_old = |meta: fs::Metadata| {
            let past = meta.modified().ok().and_then(|time| time.elapsed().ok());
            meta.is_file() && past.is_some_and(|past| past > age)
        };
        if named(&entry.file_name()) && entry.metadata().is_ok_and(is_old) {
            // Another process may be at it, too.
            let _ = fs::remove_file(entry.path());
        }
    }
}
