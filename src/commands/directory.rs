//! `directory`: what the hook calls when a tree with a `.ssoenv` file was entered or left.
//!
//! Entering switches, leaving restores, and a `use` by hand stays. Nobody is asked anything here,
//! and no browser is opened: this runs before a prompt.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use std::path::{Path, PathBuf};

use clap::Args;

use crate::config::Config;
use crate::config::settings::Settings;
use crate::config::trust::{self, Verdict};
use crate::domain::active::{Active, Mode, Recall};
use crate::domain::env_delta::EnvDelta;
use crate::domain::{Error, Result};
use crate::identity::LoginPolicy;
use crate::io::App;
use crate::shell::Dialect;

use super::clear;
use super::shared::choice::Choice;
use super::shared::dotfile::FileTarget;
use super::shared::guard::{self, Consent};
use super::shared::switch::{self, Request};
use super::shared::tree::{DIRECTORY, OUTSIDE, Outside, Standing, Step};
use super::shared::{shell_code, target, word};

/// What the directory asks for (called by the hook)
#[derive(Args, Clone, Debug)]
#[command(hide = true)]
pub struct Words {
    /// The `.ssoenv` file that the hook found; nothing when a tree was left
    file: Option<PathBuf>,
    /// Shell to print for
    #[arg(long, value_parser = word::<Dialect>())]
    shell: Option<Dialect>,
}

/// Prints the switch, or the way back, for the file that was found.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let (file, shell) = (words.file.as_deref(), words.shell);
    shell_code::check_reader(app, "directory", None)?;
    let standing = Standing::read(app);
    match (standing.step(file), file) {
        (Step::Nothing, _) => Ok(0),
        (Step::Enter, Some(file)) => enter(app, &standing, file, shell),
        (Step::Forget, _) => forget(app, shell),
        (Step::Leave | Step::Enter, _) => leave(app, &standing, shell),
    }
}

fn enter(app: &App, standing: &Standing, file: &Path, shell: Option<Dialect>) -> Result<u8> {
    let error = match switch(app, standing, file, shell) {
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
        Step::Leave => leave(app, standing, shell),
        _ => forget(app, shell),
    }
}

/// Switches to what the file asks for; `None` where the user has denied it.
fn switch(
    app: &App,
    standing: &Standing,
    file: &Path,
    shell: Option<Dialect>,
) -> Result<Option<u8>> {
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
    if guard::is_guarded(&asked.plan) && !production {
        return Err(asked.needs_production(&read.path));
    }
    let outside = match &standing.outside {
        Some(outside) => outside.clone(),
        None => Outside::now(app),
    };
    let mode = asked.plan.mode;
    let policy = LoginPolicy::never();
    let request = Request { mode, region: None, fresh: false, policy: &policy };
    let consent = if production { Consent::Given } else { Consent::Kept };
    let mut permit = guard::permit(app, &asked.settings, asked.target, consent, Some("directory"))?;
    let mut delta = switch::delta(app, &mut permit, &request)?;
    delta.set(DIRECTORY, name);
    delta.set(OUTSIDE, outside.text());
    shell_code::emit(app, permit.plan(), delta, shell).map(Some)
}

/// Gives the shell what it had outside: what was used there, or what the user had before all.
fn leave(app: &App, standing: &Standing, shell: Option<Dialect>) -> Result<u8> {
    let get = |name: &str| app.env.get(name);
    let changed = Active::read(get).is_some_and(|active| active.is_shadowed(get));
    // What the user has set since is theirs, so nothing is put in its place.
    if let Some(Outside::Used { mode, region, recall }) = standing.outside.as_ref()
        && !changed
    {
        match back(app, *mode, region.as_deref(), recall, shell) {
            Ok(code) => return Ok(code),
            Err(error) => app.term.report(&error),
        }
    }
    clear::give_back(app, shell)
}

fn back(
    app: &App,
    mode: Mode,
    region: Option<&str>,
    recall: &Recall,
    shell: Option<Dialect>,
) -> Result<u8> {
    let config = Config::load(app)?;
    let settings = Settings::load(app)?;
    let policy = LoginPolicy::never();
    let target = target::required(app, &config, &Choice::recalled(recall), &policy)?;
    let mut permit = guard::permit(app, &settings, target, Consent::Given, Some("directory"))?;
    let request = Request { mode, region, fresh: false, policy: &policy };
    let delta = switch::delta(app, &mut permit, &request)?;
    shell_code::emit(app, permit.plan(), delta, shell)
}

fn forget(app: &App, shell: Option<Dialect>) -> Result<u8> {
    let mut delta = EnvDelta::new();
    delta.unset(DIRECTORY);
    shell_code::print(app, &delta, shell)
}
