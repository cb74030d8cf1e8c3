//! `exec --all` and `--each`: the command once for each profile, some at a time, each line with the
//! profile's name in front.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use glob::Pattern;

use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::label::sanitize;
use crate::domain::names::ProfileName;
use crate::domain::on_top::OnTop;
use crate::domain::speech;
use crate::domain::{Error, Kind, Result};
use crate::identity::Policy;
use crate::io::{App, files};

use crate::commands::shared::guard::{self, Consent, Permit};
use crate::commands::shared::switch;

use super::start::{self, missing, variables};
use super::words::Words;

/// A profile and the code with which its command ended.
type Ended = (ProfileName, u8);

/// Runs the command for every profile; gives the worst code.
pub fn run(
    app: &App,
    config: &Config,
    settings: &Settings,
    policy: &Policy,
    words: &Words,
    on_top: Option<&OnTop>,
    command: &[OsString],
) -> Result<u8> {
    let profiles = match (&words.all, &words.each) {
        (Some(glob), _) => matching(config, glob)?,
        (None, Some(file)) => listed(app, config, file)?,
        (None, None) => Vec::new(),
    };
    if let Some(code) = missing(app, "PROFILE", command) {
        return Ok(code);
    }
    // All questions come before the first command starts.
    let mut waiting = VecDeque::new();
    for name in &profiles {
        let permit = config
            .target(name)
            .and_then(|target| match on_top {
                Some(on_top) => target.with(on_top.clone()),
                None => Ok(target),
            })
            .and_then(|target| guard::permit(app, settings, target, Consent::Asked, Some("exec")));
        match permit {
            Err(error) if error.kind == Kind::Interrupted => return Err(error),
            permit => waiting.push_back((name.clone(), permit)),
        }
    }
    let many = Many {
        config,
        policy,
        words,
        command,
        waiting: Mutex::new(waiting),
        ended: Mutex::new(Vec::new()),
        stopped: AtomicBool::new(false),
        width: profiles.iter().map(|name| sanitize(name.as_str()).len()).max().unwrap_or(0),
    };
    let workers = usize::from(words.parallel.max(1)).min(profiles.len());
    let all = &many;
    thread::scope(|scope| {
        for _ in 0..workers {
            // Each has connections of its own.
            let own = App::new(app.env.clone(), app.term, app.assume_yes);
            scope.spawn(move || all.work(&own));
        }
    });
    let ended = many.ended.into_inner().unwrap_or_else(PoisonError::into_inner);
    summarize(app, &profiles, &ended);
    if many.stopped.into_inner() {
        return Err(Error::interrupted());
    }
    Ok(ended.iter().map(|(_, code)| *code).max().unwrap_or(0))
}

fn matching(config: &Config, glob: &str) -> Result<Vec<ProfileName>> {
    let pattern = Pattern::new(glob).map_err(|error| {
        Error::usage(format!("pattern `{glob}` is not valid"))
            .cause(error)
            .hint("write it like `dev-*`")
    })?;
    let fits = |name: &ProfileName| pattern.matches(name.as_str());
    let mut names: Vec<_> = config.profile_names().into_iter().filter(fits).collect();
    names.sort();
    if names.is_empty() {
        return Err(Error::config(format!("no profile matches `{glob}`"))
            .hint("run `ssoenv list` to see the profiles, and quote the pattern"));
    }
    Ok(names)
}

/// One name a line; blank lines and comments do not count. A name that is no profile is told at once,
/// with its line; it fails like any other, and stops none of them.
fn listed(app: &App, config: &Config, file: &Path) -> Result<Vec<ProfileName>> {
    let wrong = |why: String| {
        Error::config(format!("the list `{}` cannot be used", file.display()))
            .cause(why)
            .hint("write one profile on each line")
    };
    let bytes = if file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).map(|_| Some(bytes))
    } else {
        files::read(file)
    };
    let bytes = bytes.map_err(|error| wrong(error.to_string()))?;
    let bytes = bytes.ok_or_else(|| wrong("there is no such file".to_owned()))?;
    let text = String::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8".to_owned()))?;
    let mut names: Vec<ProfileName> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        let name = ProfileName::new(line);
        if line.is_empty() || line.starts_with('#') || names.contains(&name) {
            continue;
        }
        if let Err(error) = config.target(&name) {
            app.term.report(&at_line(error, file, number + 1));
        }
        names.push(name);
    }
    if names.is_empty() {
        return Err(wrong("it names no profile".to_owned()));
    }
    Ok(names)
}

/// The error with the line that it comes from.
fn at_line(error: Error, file: &Path, number: usize) -> Error {
    let place = match file.to_str() {
        Some("-") => format!("line {number}"),
        _ => format!("{}:{number}", file.display()),
    };
    Error { what: format!("{place}: {}", error.what), ..error }
}

fn summarize(app: &App, profiles: &[ProfileName], ended: &[Ended]) {
    let mut failed: Vec<_> = ended.iter().filter(|(_, code)| *code != 0).collect();
    failed.sort();
    let good = ended.len() - failed.len();
    let left = match profiles.len() - ended.len() {
        0 => String::new(),
        left => format!(", {left} not run"),
    };
    let all = match profiles.len() {
        1 => "1 profile".to_owned(),
        several => format!("{several} profiles"),
    };
    app.term.say(&format!("{all}: {good} done, {} failed{left}", failed.len()));
    for (name, code) in failed {
        app.term.say(&format!("  {name}: exit code {code}"));
    }
}

/// What the workers share.
struct Many<'a> {
    config: &'a Config,
    policy: &'a Policy,
    words: &'a Words,
    command: &'a [OsString],
    waiting: Mutex<VecDeque<(ProfileName, Result<Permit<'a>>)>>,
    ended: Mutex<Vec<Ended>>,
    stopped: AtomicBool,
    width: usize,
}

impl Many<'_> {
    fn work(&self, app: &App) {
        while !self.stopped.load(Ordering::Relaxed) {
            let next = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some((name, permit)) = next else { return };
            let code = match self.one(app, &name, permit) {
                Ok(code) => code,
                Err(error) => {
                    if error.kind == Kind::Interrupted {
                        self.stopped.store(true, Ordering::Relaxed);
                        return;
                    }
                    let error = Error { what: format!("{name}: {}", error.what), ..error };
                    app.term.report(&error);
                    error.kind.exit_code()
                }
            };
            if code == Kind::Interrupted.exit_code() {
                self.stopped.store(true, Ordering::Relaxed);
            }
            self.ended.lock().unwrap_or_else(PoisonError::into_inner).push((name, code));
        }
    }

    fn one(&self, app: &App, name: &ProfileName, permit: Result<Permit>) -> Result<u8> {
        if self.words.each.is_some()
            && let Err(error) = self.config.target(name)
        {
            // It was told when the list was read.
            return Ok(error.kind.exit_code());
        }
        let mut permit = permit?;
        let delta = variables(app, &mut permit, self.policy)?;
        let delta = switch::fitting(permit.plan(), delta)?;
        let mut command = start::command(self.command, &delta);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => {
                return Ok(start::not_started(
                    app,
                    &speech::word(name.as_str()),
                    self.command,
                    &error,
                ));
            }
        };
        let prefix = format!("{:width$} | ", sanitize(name.as_str()), width = self.width);
        let (out, err) = (child.stdout.take(), child.stderr.take());
        thread::scope(|scope| {
            if let Some(out) = out {
                scope.spawn(|| relay(out, &prefix, |line| app.term.out_bytes(line).is_ok()));
            }
            if let Some(err) = err {
                scope.spawn(|| relay(err, &prefix, |line| app.term.err_bytes(line)));
            }
        });
        let failed = |error| Error::failed(format!("{name}: the command was lost")).cause(error);
        Ok(code(child.wait().map_err(failed)?))
    }
}

/// Writes each line as it comes, whole, with the prefix in front.
fn relay(from: impl Read, prefix: &str, write: impl Fn(&[u8]) -> bool) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    loop {
        line.clear();
        line.extend_from_slice(prefix.as_bytes());
        match from.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        if line.last() != Some(&b'\n') {
            line.push(b'\n');
        }
        if !write(&line) {
            // Nobody reads any more; the command must not wait for that.
            drop(io::copy(&mut from, &mut io::sink()));
            return;
        }
    }
}

fn code(status: std::process::ExitStatus) -> u8 {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            return u8::try_from((128 + signal) & 0xff).unwrap_or(1);
        }
    }
    u8::try_from(status.code().unwrap_or(1) & 0xff).unwrap_or(1)
}
