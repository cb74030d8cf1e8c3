//! The audit log: it can be written, and by nobody else.

use std::path::Path;

use super::patient::Patient;
use super::problem::Problem;
use crate::io::own;
use crate::io::unwritable::way_out;

/// An audit log that cannot be written, or that others can change.
pub fn audit(patient: &Patient) -> Vec<Problem> {
    let Some(settings) = &patient.settings else { return Vec::new() };
    let path = match settings.audit_file(patient.app) {
        Ok(Some(path)) => path,
        Ok(None) => return Vec::new(),
        Err(error) => return vec![Problem::of_error(&error)],
    };
    let Err(error) = own::try_append(&path) else {
        return others_can_write(&path).into_iter().collect();
    };
    let (what, why) = (format!("`{}` cannot be written", path.display()), error.to_string());
    let fix = way_out(&path, &error);
    let problem = if settings.general.audit_required {
        Problem::fail(what, why, fix)
    } else {
        Problem::warn(what, why, fix)
    };
    vec![problem.at(path, None)]
}

#[cfg(unix)]
fn others_can_write(path: &Path) -> Option<Problem> {
    use std::os::unix::fs::MetadataExt;

    use crate::config::file::shown;

    let mode = std::fs::metadata(path).ok()?.mode() & 0o777;
    if mode & 0o022 == 0 {
        return None;
    }
    let what = format!("`{}` can be written by others (mode {mode:o})", path.display());
    let fix = format!("chmod go-w {}", shown(path));
    Some(Problem::warn(what, "its lines prove nothing then", fix).at(path, None))
}

#[cfg(not(unix))]
fn others_can_write(_: &Path) -> Option<Problem> {
    None
}
