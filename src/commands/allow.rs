//! `allow`: a directory's `.ssoenv` file counts.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use std::path::{Path, PathBuf};

use clap::Args;

use super::shared::dotfile::{FileTarget, named};
use super::shared::guard::{self, Consent};
use crate::config::trust;
use crate::domain::Result;
use crate::domain::label::sanitize;
use crate::io::App;

/// Trust the `.ssoenv` file of a directory
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv allow                       Trust the file of this directory
  ssoenv allow ../api --production   Trust one that asks for production
  ssoenv allow --list                List what is trusted")]
pub struct Words {
    /// Directory or `.ssoenv` file; the current directory when left out
    path: Option<PathBuf>,
    /// Also if the profile is of class `production`
    #[arg(long)]
    production: bool,
    /// List what is trusted
    #[arg(long, conflicts_with_all = ["path", "production"])]
    list: bool,
}

/// Trusts the file, or lists what is trusted.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    if words.list {
        return list(app);
    }
    allow(app, words.path.as_deref(), words.production)
}

/// The file as it is now counts from now on.
fn allow(app: &App, path: Option<&Path>, production: bool) -> Result<u8> {
    let file = trust::read(&named(path)?)?;
    let asked = FileTarget::of(app, &file)?;
    if !production {
        let consent = Consent::Plain(&file.path);
        // Nothing is fetched that would say whose it is.
        guard::permit(app, &asked.settings, asked.target, consent, None)?.look_again(app, None)?;
    }
    trust::allow(app, &file, production)?;
    app.term.say(&format!("allowed: `{}` asks for `{}`", file.path.display(), asked.label));
    Ok(0)
}

fn list(app: &App) -> Result<u8> {
    let entries = trust::list(app)?;
    if entries.is_empty() {
        app.term.say("no directory was allowed or denied");
    }
    let width = entries.iter().map(|entry| entry.state.len()).max().unwrap_or(0);
    let lines = entries.iter().map(|entry| {
        format!("{:width$}  {}\n", entry.state, sanitize(&entry.path.display().to_string()))
    });
    app.term.out(&lines.collect::<String>())?;
    Ok(0)
}
