//! Whether a shell loads the hook, as far as its start files tell.

use std::path::PathBuf;

use super::Dialect;
use super::entry::StartFile;
use super::start_file::Found;
use crate::io::{App, files};

/// Whether a start file loads the hook. Without a home folder nobody knows: then it is not missed.
pub fn is_loaded(app: &App, shell: Dialect) -> bool {
    let Some(hook) = shell.hook() else { return false };
    if super::has_hook_above(&app.env) {
        return true;
    }
    let own = match hook.start_file {
        StartFile::Line(path) => path(app),
        StartFile::Whole(path) => return path(app).is_ok_and(|path| path.exists()),
    };
    let Ok(own) = own else { return true };
    let mut files = (hook.other_start_files)(app);
    files.push(own);
    let loads = |path: &PathBuf| {
        let found = files::read(path).ok().flatten().map(Found::new);
        found.is_some_and(|found| found.text.lines().any(|line| may_load(shell, line)))
    };
    files.iter().any(loads)
}

/// Whether a line loads the hook, or some text around it that is not understood here.
fn may_load(shell: Dialect, line: &str) -> bool {
    shell.loads(line) || (line.contains("ssoenv init") && !line.trim_start().starts_with('#'))
}
