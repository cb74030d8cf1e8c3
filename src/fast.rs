//! Calls answered before clap, runtime or HTTP client exist; anything unknown falls through.
//!
//! Nothing is decided here: a fast answer is made by the same functions as the slow one, from a
//! plan that was kept and credentials that are cached. Where either is missing the slow path runs.

use std::ffi::OsString;
use std::mem::ManuallyDrop;
use std::process::ExitCode;

use crate::cli::complete;
use crate::commands::credentials::{self, Format};
use crate::commands::shared::{plan, shell_code, switch};
use crate::commands::{exec, prompt};
use crate::domain::active::Mode;
use crate::domain::credentials::{Credentials, Freshness};
use crate::domain::plan::Plan;
use crate::identity::sources::process::CHAIN;
use crate::identity::store::entry;
use crate::io::App;
use crate::io::env::Env;
use crate::io::term::{ColorChoice, Term};
use crate::shell::entry::Parts;
use crate::shell::{self, Dialect};

/// The longest call that can be a fast one: `use NAME --shell NAME`.
const WORDS: usize = 4;

/// Answers the call if it is one of the fast ones.
pub fn try_run() -> Option<ExitCode> {
    let env = Env::process();
    if let Some(code) = complete::try_run(&env) {
        return Some(code);
    }
    let mut words = std::env::args_os().skip(1);
    let first = words.next()?;
    if first == "exec" {
        return run(env, &words.collect::<Vec<_>>());
    }
    let words: Vec<OsString> = [first].into_iter().chain(words.take(WORDS)).collect();
    let words: Vec<&str> = words.iter().map(|word| word.to_str()).collect::<Option<_>>()?;
    match words.as_slice() {
        ["use", name] | ["use", name, "--no-login"] => switch_to(env, name, None),
        ["use", name, "--shell", shell] | ["use", "--shell", shell, name] => {
            switch_to(env, name, Some(Dialect::from_name(shell)?))
        }
        ["init", shell] => hook(env, Dialect::from_name(shell)?, false),
        ["init", shell, "--full"] => hook(env, Dialect::from_name(shell)?, true),
        ["prompt"] => segment(env, None),
        ["prompt", "--shell", shell] => segment(env, Some(Dialect::from_name(shell)?)),
        ["credentials", name] => print(env, name, Format::Process, false),
        ["credentials", name, "--format", word] => print(env, name, Format::from_name(word)?, true),
        _ => None,
    }
}

/// `init SHELL`, at the start of each shell, and `init SHELL --full` when it has something to do.
fn hook(env: Env, shell: Dialect, full: bool) -> Option<ExitCode> {
    let text = shell.shell().hook.as_ref()?.of_files(&env, Parts { full, ..Parts::ALL })?;
    app(env).term.out(&text).ok().map(|()| ExitCode::SUCCESS)
}

/// `prompt`: the environment and the clock have it all.
fn segment(env: Env, shell: Option<Dialect>) -> Option<ExitCode> {
    prompt::run(&app(env), &prompt::Words { shell, format: None }).ok().map(ExitCode::from)
}

/// `credentials NAME` from the caches.
fn print(env: Env, name: &str, format: Format, asked: bool) -> Option<ExitCode> {
    let app = app(env);
    if !asked && app.term.stdout_is_terminal() {
        return None;
    }
    let (plan, keys) = cached(&app, name)?;
    credentials::print(&app, format, &plan, &keys).ok().map(ExitCode::from)
}

/// `exec NAME [--no-login] [--] COMMAND …` with what the caches have.
fn run(env: Env, words: &[OsString]) -> Option<ExitCode> {
    let (name, rest) = words.split_first()?;
    // What that forbids is not done here.
    let rest = rest.strip_prefix(&["--no-login".into()]).unwrap_or(rest);
    let command = match rest.split_first()? {
        (word, command) if word == "--" => command,
        // Options of ours, which the slow path reads.
        (word, _) if word.as_encoded_bytes().starts_with(b"-") => return None,
        _ => rest,
    };
    let app = app(env);
    let (plan, credentials) = cached(&app, name.to_str()?)?;
    exec::at_once(&app, &plan, &credentials, command).map(ExitCode::from)
}

/// `use NAME` from the caches.
fn switch_to(env: Env, name: &str, shell: Option<Dialect>) -> Option<ExitCode> {
    let app = app(env);
    if app.term.stdout_is_terminal() || shell::is_bare_runspace(&app.env, shell) {
        return None;
    }
    let (plan, credentials) = cached(&app, name)?;
    if plan.mode != Mode::Keys {
        return None;
    }
    let region = switch::region(&app, &plan, None).ok()?;
    let delta = switch::keys(&app, &plan, region, &credentials);
    if !delta.has_room() {
        return None;
    }
    let code = shell_code::finish(&app, &plan, delta, shell).ok()?;
    Some(ExitCode::from(code))
}

/// The profile's plan and credentials, if both are there and good. A chain of processes is for the
/// slow path to follow.
fn cached(app: &App, name: &str) -> Option<(ManuallyDrop<Plan>, ManuallyDrop<Credentials>)> {
    if name.starts_with('-') || app.env.get(CHAIN).is_some() {
        return None;
    }
    let plan = ManuallyDrop::new(plan::load(app, name)?);
    if app.env.first_set(&plan.denied_with).is_some() {
        return None;
    }
    let cached = entry::load_plain(app, plan.cache?, plan.key.as_deref()?)?;
    let credentials = ManuallyDrop::new(cached.credentials);
    (cached.freshness == Freshness::Fresh).then_some((plan, credentials))
}

/// Skips destructors, as for plan and credentials: the process exits right after its answer.
fn app(env: Env) -> ManuallyDrop<App> {
    let term = Term::new(&env, ColorChoice::Auto);
    ManuallyDrop::new(App::new(env, term, false))
}
