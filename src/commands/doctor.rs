//! `doctor`: the checks, the report, and what is safe to fix.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::doctor::patient::Patient;
use crate::doctor::problem::Status;
use crate::doctor::{self, bundle, mend, report};
use crate::domain::{Error, Result};
use crate::io::files::Durability;
use crate::io::own;
use crate::io::{App, ask};

/// The FILE of `--bundle` that stands for the output.
const STDOUT: &str = "-";

/// Diagnose and fix problems
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv doctor                       Show problems and how to fix them
  ssoenv doctor --fix                 Fix them after showing the change
  ssoenv doctor --bundle report.txt   Write a report to attach to an issue")]
pub struct Words {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Fix what can safely be fixed, after showing the change
    #[arg(long)]
    fix: bool,
    /// Write a redacted report to attach to an issue; `-` prints it
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Print every check and every finding
    #[arg(long)]
    all: bool,
    /// Only checks that need no network
    #[arg(long)]
    offline: bool,
}

/// Examines, fixes if that is asked for, and prints the report. The exit code is 1 if something
/// does not work.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    if let Some(path) = &words.bundle {
        check_bundle(app, path, words.json)?;
    }
    // Skip destructors: there may be a million profiles, and the process exits right after its report.
    let patient = || ManuallyDrop::new(Patient::new(app, words.offline));
    let mut read = patient();
    let mut rows = doctor::examine(&read)?;
    if words.fix {
        // What was hidden behind something else may show once that is fixed.
        for _ in 0..3 {
            let problems = rows.iter().filter_map(|row| row.problem.as_ref());
            if !mend::make(app, problems.filter_map(|problem| problem.mend.as_ref()), agree)? {
                break;
            }
            read = patient();
            rows = doctor::examine(&read)?;
        }
    }
    let bundle = words.bundle.as_ref().map(|path| (path, bundle::report(&read, &rows)));
    match bundle {
        Some((path, text)) if path == Path::new(STDOUT) => app.term.out(&text)?,
        bundle => {
            if let Some((path, text)) = bundle {
                write_bundle(app, path, &text)?;
            }
            if words.json {
                app.term.out_json(&report::document(&rows))?;
            } else {
                app.term.out(&report::text(&rows, words.all))?;
            }
        }
    }
    Ok(u8::from(rows.iter().any(|row| row.status() == Status::Fail)))
}

fn agree(app: &App) -> Result<bool> {
    ask::confirm(app, "Make these changes?", false)
}

/// Refuses a place for the report that is not there, and asks before a file is replaced.
fn check_bundle(app: &App, path: &Path, json: bool) -> Result<()> {
    if path == Path::new(STDOUT) && json {
        return Err(Error::usage("`--bundle -` and `--json` both want the output")
            .hint("name a file with `--bundle`"));
    }
    if path == Path::new(STDOUT) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(Error::config(format!("folder `{}` not found", folder.display()))
            .hint("create it, or name another file with `--bundle`"));
    }
    if path.is_dir() {
        return Err(Error::config(format!("`{}` is a folder", path.display()))
            .hint("name a file in it with `--bundle`"));
    }
    let question = format!("`{}` exists. Replace it?", path.display());
    if path.symlink_metadata().is_ok() && !ask::confirm(app, &question, false)? {
        return Err(Error::failed(format!("`{}` was not replaced", path.display()))
            .hint("name another file with `--bundle`"));
    }
    Ok(())
}

fn write_bundle(app: &App, path: &Path, text: &str) -> Result<()> {
    own::write_beside(path, text.as_bytes(), Durability::Cached).map_err(|error| {
        Error::config(format!("`{}` cannot be written", path.display()))
            .cause(error)
            .hint("name another file with `--bundle`")
    })?;
    app.term.say(&format!("Wrote {}. Look through it before you attach it.", path.display()));
    Ok(())
}
