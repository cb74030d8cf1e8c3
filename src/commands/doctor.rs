//! `doctor`: the checks, the report, and what is safe to mend.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use crate::doctor::{self, Patient, Problem, Row, Status, bundle, mend};
use crate::domain::label::sanitise;
use crate::domain::{Error, Result};
use crate::io::files::Durability;
use crate::io::own;
use crate::io::{App, ask};

/// The FILE of `--bundle` that stands for the output.
const STDOUT: &str = "-";

/// Find out what is wrong, and mend it
#[derive(Args, Clone, Debug)]
pub struct Words {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Mend what can safely be mended, after showing the change
    #[arg(long)]
    fix: bool,
    /// Write a redacted report to attach to an issue; `-` prints it
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Only checks that need no network
    #[arg(long)]
    offline: bool,
}

/// Examines, mends if that is asked for, and prints the report. The exit code is 1 if something
/// does not work.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    if let Some(path) = &words.bundle {
        check_bundle(app, path, words.json)?;
    }
    let mut patient = Patient::new(app);
    let mut rows = doctor::examine(&patient, words.offline)?;
    if words.fix {
        // What was hidden behind something else may show once that is mended.
        for _ in 0..3 {
            let problems: Vec<&Problem> = rows.iter().filter_map(|r| r.problem.as_ref()).collect();
            if !mend::make(app, &mend::of(&problems), agree)? {
                break;
            }
            patient = Patient::new(app);
            rows = doctor::examine(&patient, words.offline)?;
        }
    }
    let report = words.bundle.as_ref().map(|path| (path, bundle::report(&patient, &rows)));
    match report {
        Some((path, report)) if path == Path::new(STDOUT) => app.term.out(&report)?,
        report => {
            if let Some((path, report)) = report {
                write_bundle(app, path, &report)?;
            }
            if words.json {
                app.term.out_json(&document(&rows))?;
            } else {
                app.term.out(&table(&rows))?;
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
        return Err(Error::config(format!("there is no folder `{}`", folder.display()))
            .hint("make it, or name another file with `--bundle`"));
    }
    if path.is_dir() {
        return Err(Error::config(format!("`{}` is a folder", path.display()))
            .hint("name a file in it with `--bundle`"));
    }
    let question = format!("`{}` is there already. Replace it?", path.display());
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

fn document(rows: &[Row]) -> String {
    let rows: Vec<Value> = rows
        .iter()
        .map(|row| {
            let problem = row.problem.as_ref();
            let place = problem.and_then(|problem| problem.place.as_ref());
            let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
            json!({
                "check": row.check,
                "status": row.status(),
                "what": problem.map_or(row.about, |problem| &problem.what),
                "why": problem.map_or(Value::Null, |problem| text(&problem.why)),
                "fix": problem.map_or(Value::Null, |problem| text(&problem.fix)),
                "file": place.map(|(file, _)| file.display().to_string()),
                "line": place.and_then(|(_, line)| *line),
            })
        })
        .collect();
    Value::Array(rows).to_string()
}

fn table(rows: &[Row]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for row in rows {
        let Some(problem) = &row.problem else {
            lines.push(format!("ok    {}: {}", row.check, row.about));
            continue;
        };
        let word = if problem.status == Status::Fail { "FAIL" } else { "warn" };
        lines.push(format!("{word}  {}: {}", row.check, sanitise(&problem.what)));
        for (title, text) in [("why", &problem.why), ("fix", &problem.fix)] {
            if !text.is_empty() {
                lines.push(format!("      {title}: {}", sanitise(text)));
            }
        }
        if let Some((file, line)) = &problem.place {
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            let file = sanitise(&file.display().to_string());
            lines.push(format!("      at:  {file}{line}"));
        }
    }
    let count = |status| rows.iter().filter(|row| row.status() == status).count();
    let (warned, failed) = (count(Status::Warn), count(Status::Fail));
    let plural = if warned == 1 { "" } else { "s" };
    lines.push(format!("\n{failed} failed, {warned} warning{plural}\n"));
    lines.join("\n")
}
