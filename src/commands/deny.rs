//! `deny`: a directory's `.ssoenv` file no longer counts.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use std::path::PathBuf;

use clap::Args;

use super::shared::dotfile::named;
use crate::config::trust;
use crate::domain::Result;
use crate::io::App;

/// No longer trust the `.ssoenv` file of a directory
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv deny          Ignore the file of this directory
  ssoenv deny ../api   Ignore the file of another one")]
pub struct Words {
    /// Directory or `.ssoenv` file; the current directory when left out
    path: Option<PathBuf>,
}

/// No content of the file counts from now on, and nothing is said about it.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let path = trust::canonical(&named(words.path.as_deref())?)?;
    trust::deny(app, &path)?;
    app.term.say(&format!("denied: `{}`", path.display()));
    Ok(0)
}
