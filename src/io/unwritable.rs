//! The error for a file that the system does not let us write or remove, and what mends it.

use std::io;
use std::path::Path;

use crate::domain::Error;

/// The file cannot be written.
pub fn cannot_write(path: &Path, error: &io::Error) -> Error {
    Error::config(format!("`{}` cannot be written", path.display()))
        .cause(error)
        .hint(way_out(path, error))
}

/// The file cannot be removed.
pub fn cannot_remove(path: &Path, error: &io::Error) -> Error {
    Error::config(format!("`{}` cannot be removed", path.display()))
        .cause(error)
        .hint(way_out(path, error))
}

fn way_out(path: &Path, error: &io::Error) -> String {
    let folder = path.parent().unwrap_or(path).display();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            format!("make room on the disk of `{folder}`, then run the command again")
        }
        _ => format!("make `{folder}` and the file yours and writable"),
    }
}
