//! Whether the shell that started this loads the hook.

use std::path::PathBuf;

use super::patient::Patient;
use super::problem::Problem;
use crate::domain::speech;
use crate::io::files;
use crate::shell;
use crate::shell::entry::{Hook, Parts, StartFile};
use crate::shell::loaded::is_loaded;

/// Set by a hook for `doctor` alone, where it sees that.
const PROMPT_REPLACED: &str = "SSOENV_PROMPT_REPLACED";

/// What keeps the hook from doing its work.
pub fn hook(patient: &Patient) -> Vec<Problem> {
    let env = &patient.app.env;
    let Some((shell, hook)) = shell::parent(env).and_then(|shell| Some((shell, shell.hook()?)))
    else {
        return vec![Problem::skipped("the shell that runs this is not known, or has no hook")];
    };
    if env.non_empty(PROMPT_REPLACED).is_some() {
        let what = "another tool has replaced the prompt of the hook";
        let why = "there is no segment, nothing is refreshed, and no `.ssoenv` file is noticed";
        let fix = format!("load the hook last: move `{}` to the end of your start file", hook.line);
        return vec![Problem::warn(what, why, fix)];
    }
    let name = shell.name();
    if let StartFile::Whole(path) = hook.start_file {
        let Ok(path) = path(patient.app) else { return Vec::new() };
        return own_file(patient, name, hook, path);
    }
    let StartFile::Line(path) = hook.start_file else { return Vec::new() };
    // An active profile came through the hook, or through `eval` by hand, which is as good.
    if env.non_empty("SSOENV_MODE").is_some() || is_loaded(patient.app, shell) {
        return Vec::new();
    }
    let Ok(path) = path(patient.app) else { return Vec::new() };
    let fix = format!("ssoenv setup {name}");
    vec![Problem::warn(not_loaded(name), NOT_LOADED, fix).at(path, None)]
}

/// A command that changes this shell, as it is typed here: with the hook it is enough by itself.
pub fn changing(patient: &Patient, command: &str) -> String {
    let hooked = shell::parent(&patient.app.env).is_some_and(|s| is_loaded(patient.app, s));
    if hooked { command.to_owned() } else { (speech::reader().evaluate)(command) }
}

/// `ssoenv clear`, as it is typed here.
pub fn clear(patient: &Patient) -> String {
    changing(patient, "ssoenv clear")
}

const NOT_LOADED: &str = "`ssoenv use` cannot change the shell, and there is no prompt segment";

fn not_loaded(shell: &str) -> String {
    format!("{shell} does not load the hook")
}

/// The same where the hook is a file of its own, which stays as it is when the program changes.
fn own_file(patient: &Patient, shell: &str, hook: &Hook, path: PathBuf) -> Vec<Problem> {
    let fix = format!("ssoenv setup {shell}");
    let Ok(Some(text)) = files::read(&path) else {
        return vec![Problem::warn(not_loaded(shell), NOT_LOADED, fix).at(path, None)];
    };
    if hook.text(patient.app, Parts::ALL).is_ok_and(|new| new.as_bytes() == text) {
        return Vec::new();
    }
    let what = format!("the hook of {shell} is from another version of ssoenv");
    let why = "features that this version added or changed do not work";
    vec![Problem::warn(what, why, fix).at(path, None)]
}
