//! What a shell's start costs with the hook, and with those of other tools.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::measure::{self, Subject};
use crate::programs;
use crate::stage::Home;

/// Medians of one shell, less those of the shell alone.
pub struct Start {
    pub shell: &'static str,
    pub plain: Duration,
    /// The tool, and what its hook adds; ours first.
    pub added: Vec<(&'static str, Duration)>,
}

impl Start {
    /// What the tool's hook adds.
    pub fn of(&self, tool: &str) -> Option<Duration> {
        self.added.iter().find(|(name, _)| *name == tool).map(|(_, time)| *time)
    }
}

/// What a shell is started with, and how it loads a hook.
const SHELLS: [(&str, &[&str], [&str; 2]); 3] = [
    ("bash", &["--noprofile", "--norc", "-i", "-c"], ["eval \"$(", ")\""]),
    ("zsh", &["-f", "-i", "-c"], ["eval \"$(", ")\""]),
    ("fish", &["--no-config", "-i", "-c"], ["", " | source"]),
];

/// Tools, and what prints their hook for a shell.
const TOOLS: [(&str, &str); 3] =
    [("ssoenv", "ssoenv init"), ("zoxide", "zoxide init"), ("direnv", "direnv hook")];

/// Starts every shell that is there, with each of the hooks in turn.
pub fn starts(binary: &Path, home: &Home, rounds: usize) -> Vec<Start> {
    SHELLS
        .iter()
        .filter(|(shell, ..)| programs::version(Path::new(shell)).is_some())
        .map(|(shell, words, around)| one(shell, words, around, binary, home, rounds))
        .collect()
}

fn one(
    shell: &'static str,
    words: &[&str],
    [before, behind]: &[&str; 2],
    binary: &Path,
    home: &Home,
    rounds: usize,
) -> Start {
    let folder = binary.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
    let start = |name: &str, load: &str| {
        let mut command: Command = home.command(shell, words);
        command.arg(format!("{load}\necho started")).env("PATH", &path);
        Subject::new(name, command, "started")
    };
    let there = |(name, _): &&(&str, &str)| {
        *name == "ssoenv" || programs::version(Path::new(name)).is_some()
    };
    let tools: Vec<_> = TOOLS.iter().filter(there).collect();
    let mut subjects = vec![start("plain", "")];
    subjects.extend(
        tools.iter().map(|(name, hook)| start(name, &format!("{before}{hook} {shell}{behind}"))),
    );
    let figures = measure::times(&mut subjects, rounds);
    let median = |at: usize| figures[at].median().unwrap_or_default();
    let plain = median(0);
    let added = tools
        .iter()
        .enumerate()
        .map(|(at, (name, _))| (*name, median(at + 1).saturating_sub(plain)));
    Start { shell, plain, added: added.collect() }
}
