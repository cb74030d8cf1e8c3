//! The error for a file that the system does not let us read, write or remove. The hint comes from
//! the cause: whose the file or folder is, which right is missing, what the disk says.

use std::io;
use std::path::{Path, PathBuf};

use super::files;
use crate::domain::{Error, speech};

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

/// What lets the file be written.
pub fn way_out(path: &Path, error: &io::Error) -> String {
    let target = files::resolve_link(path);
    let folder = shown(files::folder_of(&target));
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            return format!("make room on the disk of `{folder}`, then run the command again");
        }
        io::ErrorKind::NotFound if target != path => {
            return format!("make the folder: `mkdir -p {folder}`");
        }
        // Refused by ourselves: what stands there is named in the cause.
        io::ErrorKind::PermissionDenied if error.raw_os_error().is_none() => {
            return match obstacle(&target, true) {
                Some(fix) => fix,
                None => format!("remove it: `rm {}`", shown(path)),
            };
        }
        _ => {}
    }
    if target != path {
        return format!(
            "`{}` is a link: change `{}` where it is made, or put a file in the place of the link",
            path.display(),
            target.display()
        );
    }
    match (obstacle(&target, true), error.kind()) {
        (_, io::ErrorKind::ReadOnlyFilesystem) => {
            format!("`{folder}` is on a read-only disk: mount it writable")
        }
        (Some(fix), _) => fix,
        (None, _) => format!("look at `{folder}`: `ls -la {folder}`"),
    }
}

/// What lets the file be read.
pub fn way_in(path: &Path) -> String {
    let target = files::resolve_link(path);
    obstacle(&target, false).unwrap_or_else(|| format!("look at it: `ls -la {}`", shown(&target)))
}

/// The command that takes away what is in the way: of the folders that lead to the file, and the
/// file, the first that is closed to this user.
#[cfg(unix)]
pub fn obstacle(path: &Path, write: bool) -> Option<String> {
    use std::os::unix::fs::MetadataExt;

    use rustix::fs::{Access, access};

    let user = rustix::process::geteuid();
    let folder = files::folder_of(path);
    let mut steps: Vec<&Path> = path.ancestors().filter(|p| !p.as_os_str().is_empty()).collect();
    steps.reverse();
    for step in steps {
        let Ok(meta) = std::fs::metadata(step) else { return None };
        let mut needed = if meta.is_dir() { Access::EXEC_OK } else { Access::READ_OK };
        if write && (step == folder || step == path) {
            needed |= Access::WRITE_OK;
        }
        let yours = meta.uid() == user.as_raw();
        let closed = access(step, needed).is_err();
        // A folder in which somebody else's files are not taken for ours.
        let foreign = write && step == folder && !super::owner::is_own(&meta);
        if !closed && !foreign {
            continue;
        }
        let shown = shown(step);
        return Some(match (yours, meta.is_dir()) {
            (true, true) => format!("open the folder: `chmod u+rwx {shown}`"),
            (true, false) => format!("open the file: `chmod u+rw {shown}`"),
            // Made by `sudo`, most likely.
            (false, _) => format!("make it yours: `{}`", chown(step, &meta)),
        });
    }
    None
}

/// Gives a file to this user, by number: every shell writes the variable with the name another way.
#[cfg(unix)]
pub fn chown(path: &Path, meta: &std::fs::Metadata) -> String {
    let all = if meta.is_dir() { "-R " } else { "" };
    format!("sudo chown {all}{} {}", rustix::process::geteuid().as_raw(), shown(path))
}

/// Windows has no such modes.
#[cfg(not(unix))]
pub fn obstacle(_: &Path, _: bool) -> Option<String> {
    None
}

/// The obstacles before several files, each once.
pub fn obstacles(paths: impl IntoIterator<Item = PathBuf>) -> Vec<(PathBuf, String)> {
    let mut found: Vec<(PathBuf, String)> = Vec::new();
    for path in paths {
        if let Some(fix) = obstacle(&path, true)
            && !found.iter().any(|(_, known)| *known == fix)
        {
            found.push((path, fix));
        }
    }
    found
}

/// A path as a word for the reader's shell.
fn shown(path: &Path) -> String {
    speech::word(&path.display().to_string())
}
