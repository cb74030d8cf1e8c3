//! `directory`: what the hook calls when a tree with a `.ssoenv` file was entered or left.
//!
//! Entering switches, leaving restores, and a `use` by hand stays. Nobody is asked anything here,
//! and no browser is opened: this runs before a prompt.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use std::cell::Cell;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use crate::config::Config;
use crate::config::settings::Settings;
use crate::config::trust::{self, Verdict};
use crate::domain::active::{Active, Mode, Recall};
use crate::domain::env_delta::EnvDelta;
use crate::domain::profile::Target;
use crate::domain::{Error, Result};
use crate::identity::LoginPolicy;
use crate::io::App;
use crate::shell::Dialect;

use super::clear;
use super::shared::choice::Choice;
use super::shared::dotfile::FileTarget;
use super::shared::guard::{self, Consent, Permit};
use super::shared::switch::{self, Request};
use super::shared::tree::{DIRECTORY, OUTSIDE, Outside, Standing, Step};
use super::shared::{after_login, plan, shell_code, target, word};

/// What the directory asks for (called by the hook)
#[derive(Args, Clone, Debug)]
#[command(hide = true)]
pub struct Words {
    /// The `.ssoenv` file that the hook found; nothing when a tree was left
    file: Option<PathBuf>,
    /// Shell to print for
    #[arg(long, value_parser = word::<Dialect>())]
    shell: Option<Dialect>,
    /// Wait as long as it takes
    #[arg(long, hide = true)]
    foreground: bool,
}

/// How long a prompt is held up by others: the network, and whoever has a lock.
const PATIENCE: Duration = Duration::from_secs(2);

/// The one wait of a call: everything that may take long is done in a process of its own, which goes
/// on where it was not done in time.
struct Hook<'a> {
    words: &'a Words,
    has_waited: Cell<bool>,
}

impl Hook<'_> {
    /// The exit code, where all was done and printed in time; `None` where it takes longer, or has
    /// before.
    fn wait(&self, app: &App) -> Result<Option<u8>> {
        if self.has_waited.replace(true) {
            return Ok(None);
        }
        let mut words: Vec<OsString> = vec!["directory".into(), "--foreground".into()];
        words.extend(self.words.shell.map(|shell| format!("--shell={}", shell.name()).into()));
        words.push("--".into());
        words.extend(self.words.file.as_ref().map(|file| file.as_os_str().to_owned()));
        let Some(done) = app.beside(words, PATIENCE)? else { return Ok(None) };
        app.term.out_bytes(&done.stdout)?;
        Ok(Some(done.code))
    }

    /// Whether a switch to the target may take longer than a prompt may.
    fn may_wait(
        &self,
        app: &App,
        settings: &Settings,
        target: &Target,
        mode: Mode,
        consent: Consent,
    ) -> Result<bool> {
        let may_learn = guard::may_wait(app, settings, target, consent)?;
        // A process of its own would not know for which shell it is.
        let knows_shell = self.words.shell.is_some() || app.env.get("SSOENV_SHELL").is_some();
        Ok(!self.words.foreground
            && knows_shell
            && (may_learn || !switch::is_at_hand(app, target, mode)))
    }
}

/// Prints the switch, or the way back, for the file that was found.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let (file, shell) = (words.file.as_deref(), words.shell);
    let hook = Hook { words, has_waited: Cell::new(false) };
    shell_code::check_reader(app, "directory", None)?;
    let standing = Standing::read(app);
    match (standing.step(file), file) {
        (Step::Nothing, _) => Ok(0),
        (Step::Enter, Some(file)) => enter(app, &standing, file, &hook),
        (Step::Forget, _) => forget(app, shell),
        (Step::Leave | Step::Enter, _) => leave(app, &standing, &hook),
    }
}

fn enter(app: &App, standing: &Standing, file: &Path, hook: &Hook) -> Result<u8> {
    let error = match switch(app, standing, file, hook) {
        Ok(Some(code)) => return Ok(code),
        Ok(None) => None,
        Err(error) => Some(error),
    };
    // A file that has changed in the tree takes nothing away: back to what was used outside, perhaps
    // production, would be a switch that nobody asked for.
    if standing.tree.as_deref() == Some(file)
        && let Some(error) = error
    {
        return Err(error.cause("this shell keeps what it uses until you leave the directory"));
    }
    // The other tree is left, whatever is wrong with this one's file.
    if standing.tree.is_none() {
        return error.map_or(Ok(0), Err);
    }
    if let Some(error) = error {
        app.term.report(&error);
    }
    match standing.step(None) {
        Step::Leave => leave(app, standing, hook),
        _ => forget(app, hook.words.shell),
    }
}

/// Switches to what the file asks for; `None` where the user has denied it.
fn switch(app: &App, standing: &Standing, file: &Path, hook: &Hook) -> Result<Option<u8>> {
    let name = file.to_str().ok_or_else(|| {
        Error::config(format!("`{}` is not used", file.display()))
            .cause("its path is not UTF-8, so no variable can hold it")
    })?;
    let read = trust::read(file)?;
    let production = match trust::verdict(app, &read)? {
        Verdict::Allowed { production } => production,
        Verdict::Denied => return Ok(None),
        Verdict::Unknown => {
            return Err(Error::failed(format!("`{}` is not allowed", read.path.display()))
                .hint("look at it, then run `ssoenv allow`, or `ssoenv deny` to hear no more"));
        }
    };
    log::info!("{}: allowed", read.path.display());
    let asked = FileTarget::of(app, &read)?;
    let outside = match &standing.outside {
        Some(outside) => outside.clone(),
        None => Outside::now(app),
    };
    let mode = plan::make(app, &asked.settings, &asked.target, None).mode;
    let consent = if production { Consent::Given } else { Consent::Plain(&read.path) };
    let is_late = hook.may_wait(app, &asked.settings, &asked.target, mode, consent)?;
    if is_late && let Some(code) = hook.wait(app)? {
        return Ok(Some(code));
    }
    if is_late && guard::may_wait(app, &asked.settings, &asked.target, consent)? {
        return Err(late(&asked.label));
    }
    let mut permit = guard::permit(app, &asked.settings, asked.target, consent, Some("directory"))?;
    let mut delta = if is_late {
        meanwhile(app, &mut permit, mode)?
    } else {
        let policy = LoginPolicy::never();
        let request = Request { mode, region: None, fresh: false, policy: &policy };
        switch::delta(app, &mut permit, &request)?
    };
    delta.set(DIRECTORY, name);
    delta.set(OUTSIDE, outside.text());
    shell_code::emit(app, permit.plan(), delta, hook.words.shell).map(Some)
}

/// What the shell has until there is more: credentials that live, else the profile's name.
fn meanwhile(app: &App, permit: &mut Permit, mode: Mode) -> Result<EnvDelta> {
    let label = permit.target().label();
    let living = match mode {
        Mode::Keys => after_login::living(app, permit)?,
        Mode::Profile => None,
    };
    let plan = permit.plan();
    if let Some(credentials) = living {
        let region = switch::region(app, plan, None)?;
        app.term.warn(&format!(
            "the credentials of `{label}` were not renewed in {} seconds: the request goes on in the \
             background",
            PATIENCE.as_secs()
        ));
        return switch::fitting(plan, switch::keys(app, plan, region, &credentials));
    }
    if plan.profile.is_none() {
        return Err(late(&label));
    }
    permit.note(app, None)?;
    app.term.warn(&format!(
        "`{label}` has no credentials after {} seconds: this shell has its name until they come",
        PATIENCE.as_secs()
    ));
    Ok(match mode {
        Mode::Keys => switch::awaiting(app, plan),
        Mode::Profile => switch::name_only(app, plan),
    })
}

fn late(label: &str) -> Error {
    Error::service(format!("`{label}` is not ready after {} seconds", PATIENCE.as_secs()))
        .cause("the request goes on in the background")
        .hint("enter the directory again in a moment")
}

/// Gives the shell what it had outside: what was used there, or what the user had before all.
fn leave(app: &App, standing: &Standing, hook: &Hook) -> Result<u8> {
    let get = |name: &str| app.env.get(name);
    let changed = Active::read(get).is_some_and(|active| active.is_shadowed(get));
    // What the user has set since is theirs, so nothing is put in its place.
    if let Some(Outside::Used { mode, region, recall }) = standing.outside.as_ref()
        && !changed
    {
        match back(app, *mode, region.as_deref(), recall, hook) {
            Ok(code) => return Ok(code),
            Err(error) => app.term.report(&error),
        }
    }
    clear::give_back(app, hook.words.shell)
}

fn back(app: &App, mode: Mode, region: Option<&str>, recall: &Recall, hook: &Hook) -> Result<u8> {
    let config = Config::load(app)?;
    let settings = Settings::load(app)?;
    let policy = LoginPolicy::never();
    let target = target::required(app, &config, &settings, &Choice::recalled(recall), &policy)?;
    if hook.may_wait(app, &settings, &target, mode, Consent::Given)? {
        return hook.wait(app)?.ok_or_else(|| late(&target.label()));
    }
    let mut permit = guard::permit(app, &settings, target, Consent::Given, Some("directory"))?;
    let request = Request { mode, region, fresh: false, policy: &policy };
    let delta = switch::delta(app, &mut permit, &request)?;
    shell_code::emit(app, permit.plan(), delta, hook.words.shell)
}

fn forget(app: &App, shell: Option<Dialect>) -> Result<u8> {
    let mut delta = EnvDelta::new();
    delta.unset(DIRECTORY);
    shell_code::print(app, &delta, shell)
}
