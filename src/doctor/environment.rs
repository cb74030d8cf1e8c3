//! The environment and the shell.

use std::path::PathBuf;

use super::{Patient, Problem};
use crate::domain::active::Active;
use crate::domain::speech;
use crate::domain::timestamp::Timestamp;
use crate::io::files;
use crate::shell;
use crate::shell::entry::{Hook, Parts, StartFile};
use crate::shell::start_file::Found;

/// `AWS_PROFILE` and its like name a profile that is there.
pub fn active(patient: &Patient) -> Vec<Problem> {
    let Some(config) = &patient.config else { return Vec::new() };
    let mut found = Vec::new();
    for variable in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "SSOENV_PROFILE"] {
        let Some(name) = patient.app.env.get(variable) else { continue };
        if name.is_empty() {
            let what = format!("`{variable}` is set, and empty");
            let why = "AWS tools look for a profile without a name";
            found.push(Problem::fail(what, why, speech::unset(&[variable])));
        } else if !config.has_profile(&name) {
            let fix = match config.nearest_profile(&name) {
                Some(near) => format!("did you mean `{}`?", speech::word(near)),
                None => format!("{}, or run `ssoenv use`", speech::unset(&[variable])),
            };
            let what = format!("`{variable}` names the profile `{name}`, which does not exist");
            found.push(Problem::fail(what, "every AWS tool fails with it", fix));
        }
    }
    found
}

/// Variables that AWS tools take before a profile.
pub fn shadowing(patient: &Patient) -> Vec<Problem> {
    let env = &patient.app.env;
    let get = |name: &str| env.get(name);
    let ours = Active::read(get).is_some_and(|active| !active.is_shadowed(get));
    let profile = env.non_empty("AWS_PROFILE").or_else(|| env.non_empty("AWS_DEFAULT_PROFILE"));
    let mut found = Vec::new();
    let mut add = |name: &str, why: &str| {
        found.push(Problem::warn(format!("`{name}` is set"), why, speech::unset(&[name])));
    };
    if let (Some(profile), Some(_), false) = (&profile, env.get("AWS_ACCESS_KEY_ID"), ours) {
        let why = format!(
            "most AWS tools take the keys, and not the profile `{profile}`; JavaScript's does the opposite"
        );
        add("AWS_ACCESS_KEY_ID", &why);
    }
    if env.get("AWS_SECURITY_TOKEN").is_some() {
        add("AWS_SECURITY_TOKEN", "botocore takes it before `AWS_SESSION_TOKEN`");
    }
    if profile.is_some() {
        for name in ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"] {
            if env.get(name).is_some() {
                add(name, "it wins over an SSO profile");
            }
        }
    }
    if let (Some(first), Some(second)) = (env.get("AWS_PROFILE"), env.get("AWS_DEFAULT_PROFILE"))
        && first != second
    {
        add("AWS_DEFAULT_PROFILE", "boto3 takes it before `AWS_PROFILE`, the AWS CLI after it");
    }
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        if env.get(name).is_some_and(|value| value.is_empty()) {
            add(name, "it is empty, and wins over the profile's region all the same");
        }
    }
    found
}

/// A set of keys.
const KEYS: [&str; 3] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/// Expired keys, and half a pair.
pub fn keys(patient: &Patient) -> Vec<Problem> {
    let env = &patient.app.env;
    let mut found = Vec::new();
    let has = |name: &str| env.non_empty(name).is_some();
    if has("AWS_ACCESS_KEY_ID") != has("AWS_SECRET_ACCESS_KEY") {
        let what = "one of `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` is not set";
        let fix = speech::unset(&KEYS);
        found.push(Problem::fail(what, "AWS tools refuse half a pair", fix));
    }
    if let Some(text) = env.get("AWS_CREDENTIAL_EXPIRATION") {
        let expired = Timestamp::parse(&text).is_some_and(|end| end <= patient.app.clock.now());
        if expired {
            let what = format!("the keys in the environment expired at `{text}`");
            let why = "the AWS CLI refuses them without asking AWS";
            let fix = match env.non_empty("SSOENV_PROFILE") {
                Some(profile) => format!("ssoenv use {}", speech::word(&profile)),
                None => format!("ssoenv clear, or {}", speech::unset(&KEYS)),
            };
            found.push(Problem::fail(what, why, fix));
        }
    }
    found
}

/// Set by a hook for `doctor` alone, where it sees that.
const PROMPT_REPLACED: &str = "SSOENV_PROMPT_REPLACED";

/// Whether the shell that started this loads the hook.
pub fn hook(patient: &Patient) -> Vec<Problem> {
    let Some(shell) = shell::parent(&patient.app.env) else { return Vec::new() };
    let Some(hook) = shell.hook() else { return Vec::new() };
    let env = &patient.app.env;
    if env.non_empty(PROMPT_REPLACED).is_some() {
        let what = "another tool has replaced the prompt of the hook";
        let why = "there is no segment, nothing is refreshed, and no `.ssoenv` file is noticed";
        let fix = format!("load the hook last: move `{}` to the end of your start file", hook.line);
        return vec![Problem::warn(what, why, fix)];
    }
    let (name, line) = (shell.name(), hook.line);
    let path = match hook.start_file {
        StartFile::Line(path) => path(patient.app),
        StartFile::Whole(path) => {
            let Ok(path) = path(patient.app) else { return Vec::new() };
            return own_file(patient, name, hook, path);
        }
    };
    // An active profile came through the hook, or through `eval` by hand, which is as good.
    if env.non_empty("SSOENV_MODE").is_some() || shell::has_hook_above(env) {
        return Vec::new();
    }
    let Ok(path) = path else { return Vec::new() };
    let mut files = (hook.other_start_files)(patient.app);
    files.push(path.clone());
    let loads = |path: &PathBuf| {
        let found = files::read(path).ok().flatten().map(Found::new);
        let lines = |line: &str| line.contains("ssoenv init") || shell.loads(line);
        found.is_some_and(|found| found.text.lines().any(lines))
    };
    if files.iter().any(loads) {
        return Vec::new();
    }
    let fix = format!("run `ssoenv setup {name}`, or add `{line}` to `{}`", path.display());
    vec![Problem::warn(not_loaded(name), NOT_LOADED, fix).at(path, None)]
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
    let what = format!("the hook of {shell} is of another version of ssoenv");
    let why = "what it does not know of this version does not work";
    vec![Problem::warn(what, why, fix).at(path, None)]
}
