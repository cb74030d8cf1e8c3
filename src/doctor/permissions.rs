//! Files with secrets: readable for their owner, closed to everybody else.

use std::path::{Path, PathBuf};

#[cfg(unix)]
use super::mend::Mend;
use super::patient::Patient;
use super::problem::Problem;
use crate::config::file::shown;
use crate::domain::Result;
use crate::io::files;
use crate::io::own;
#[cfg(unix)]
use crate::io::unwritable::chown;
use crate::io::unwritable::{obstacle, obstacles};

/// Files with secrets that others can read, and files that cannot be read.
pub fn permissions(patient: &Patient) -> Vec<Problem> {
    let paths = &patient.app.paths;
    let mut found = Vec::new();
    let mut look = |path: Result<PathBuf>| {
        if let Ok(path) = path {
            found.extend(open(&path));
        }
    };
    look(paths.aws_credentials());
    for folder in [paths.sso_cache(), paths.cli_cache()].into_iter().flatten() {
        for file in files::list(&folder).unwrap_or_default() {
            if file.extension().is_some_and(|extension| extension == "json") {
                look(Ok(file));
            }
        }
    }
    found.extend(paths.state_dir().iter().flat_map(|folder| foreign(folder)));
    let own = [paths.state_dir(), paths.cache_dir(), paths.sso_cache(), paths.cli_cache()];
    let probes = own.into_iter().flatten().flat_map(|folder| {
        let below = ["locks", "roles", "plans"].map(|name| folder.join(name).join("x"));
        below.into_iter().chain([folder.join("x")])
    });
    found.extend(obstacles(probes).into_iter().map(|(path, fix)| {
        let what = format!("`{}` cannot be written", files::folder_of(&path).display());
        let why = "tokens and credentials cannot be kept there";
        Problem::fail(what, why, fix).at(files::folder_of(&path), None)
    }));
    found
}

/// Folders of trust, locks and stamps in which others could put their files.
fn foreign(state: &Path) -> Vec<Problem> {
    let folders = [state.to_owned(), state.join("locks"), state.join("stamps")];
    let refused = folders.iter().filter(|folder| folder.is_dir()).filter_map(|folder| {
        let error = own::check_folder(folder).err()?;
        let fix = obstacle(&folder.join("x"), true);
        let fix = fix.unwrap_or_else(|| format!("chmod go-w {}", shown(folder)));
        Some(Problem::fail(error.to_string(), "ssoenv refuses what is in it", fix).at(folder, None))
    });
    refused.collect()
}

#[cfg(unix)]
fn open(path: &Path) -> Option<Problem> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let meta = std::fs::metadata(path).ok()?;
    let mode = meta.permissions().mode() & 0o777;
    let name = path.display();
    if let Some(fix) = obstacle(path, false) {
        let what = format!("`{name}` cannot be read");
        return Some(Problem::fail(what, "it counts as absent", fix).at(path, None));
    }
    let user = rustix::process::geteuid();
    if meta.uid() != user.as_raw() && !user.is_root() {
        let what = format!("`{name}` belongs to another user");
        let why = "it cannot be changed, and may change at any time";
        return Some(Problem::warn(what, why, chown(path, &meta)).at(path, None));
    }
    if mode & 0o077 == 0 {
        return None;
    }
    let what = format!("`{name}` is open to others (mode {mode:o})");
    let fix = format!("chmod 600 {}", shown(path));
    let mend = Mend::Close(path.to_owned());
    Some(Problem::warn(what, "it holds secrets", fix).at(path, None).mended_by(mend))
}

/// Windows folders of the user are closed to others by their own access lists.
#[cfg(not(unix))]
fn open(path: &Path) -> Option<Problem> {
    let error = files::read(path).err()?;
    let what = format!("`{}` cannot be read", path.display());
    let fix = format!("make {} readable", shown(path));
    Some(Problem::fail(what, error.to_string(), fix).at(path, None))
}
