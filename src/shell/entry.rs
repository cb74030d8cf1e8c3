//! What the table knows of a shell. An entry is all that a new shell needs, beside its files in
//! `shell/` and `completions/`.

use std::path::PathBuf;

use crate::domain::Result;
use crate::domain::env_delta::Change;
use crate::domain::speech::Say;
use crate::io::App;

/// One shell.
#[derive(Debug)]
pub struct Shell {
    /// Programs that are this shell, beside those that are called as it is.
    pub programs: &'static [&'static str],
    /// Quotes one value so that the shell reads back exactly that.
    pub quote: fn(&str) -> String,
    /// The text that makes the changes, for the shell's `eval`.
    pub changes: fn(&[Change]) -> String,
    /// The changes as the hook reads them.
    pub message: fn(&[Change]) -> String,
    /// The text where nothing changes.
    pub nothing: &'static str,
    /// How its prompt reads text.
    pub prompt: Prompt,
    /// How messages speak to its user.
    pub say: Say,
    /// What `init`, `setup` and `completions` give; `None` for a shell that gets text alone.
    pub hook: Option<Hook>,
}

/// How a prompt reads text.
#[derive(Debug)]
pub struct Prompt {
    /// Stands before what takes no room on the screen.
    pub open: &'static str,
    /// Stands behind it.
    pub close: &'static str,
    /// Characters that the prompt would read as something else, and what to write for them.
    pub instead: &'static [(char, &'static str)],
}

impl Prompt {
    /// A prompt that shows text as it is.
    pub const PLAIN: Self = Self { open: "", close: "", instead: &[] };

    /// The text so that the prompt shows it as it is.
    pub fn escape(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match self.instead.iter().find(|(from, _)| *from == c) {
                Some((_, to)) => out.push_str(to),
                None => out.push(c),
            }
        }
        out
    }
}

/// The hook and all that goes with it.
#[derive(Debug)]
pub struct Hook {
    /// What `init` prints.
    pub text: Text,
    /// The line of a start file that loads it.
    pub line: &'static str,
    /// What loads it in a shell that runs already, once the line is there.
    pub load_now: &'static str,
    /// Start files that may hold the line as well: `setup` writes into none of them.
    pub other_start_files: fn(&App) -> Vec<PathBuf>,
    /// Lines for the same that earlier versions have written.
    pub earlier_lines: &'static [&'static str],
    /// The file that an interactive shell of the user reads.
    pub start_file: StartFile,
    /// What takes the hook out of a running shell.
    pub removal: &'static str,
    /// The same as the hook itself reads it.
    pub removal_message: &'static str,
    /// How completion is asked for and answered.
    pub completion: Completion,
}

/// How the hook gets into every new shell.
#[derive(Debug)]
pub enum StartFile {
    /// By its line in this file, which is the user's.
    Line(fn(&App) -> Result<PathBuf>),
    /// By a file of its own, which holds the whole text.
    Whole(fn(&App) -> Result<PathBuf>),
}

/// Where the hook's text comes from.
#[derive(Debug)]
pub enum Text {
    /// A file of `shell/`, and behind it the completion script.
    Plain(&'static str),
    /// Such a file, and a short one that every shell reads at its start: it puts the other one in its
    /// place when there is something to do.
    Staged {
        /// Complete by itself, with its own completion.
        idle: &'static str,
        /// As `Plain`.
        whole: &'static str,
    },
    /// Put together for this machine.
    Made(fn(&App, Parts) -> Result<String>),
}

/// What of the hook is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts<'a> {
    /// Show the segment in the prompt.
    pub prompt: bool,
    /// Complete words.
    pub completions: bool,
    /// The hook itself, where `init` prints what loads it.
    pub full: bool,
    /// The name of a short `ssoenv use`.
    pub cmd: Option<&'a str>,
}

impl Parts<'_> {
    pub const ALL: Self = Self { prompt: true, completions: true, full: true, cmd: None };
}

/// How a completion script asks, and what its shell makes of the answer.
#[derive(Debug)]
pub struct Completion {
    /// The script of `completions/`, as packagers install it.
    pub script: &'static str,
    /// How it hands over what was typed.
    pub typed: Typed,
    /// A word as it was handed over, as the program would get it.
    pub unquote: fn(&str) -> String,
    /// A candidate as it is to be inserted.
    pub insert: fn(&str) -> String,
    /// Which candidates the shell can make use of.
    pub likeness: &'static [Likeness],
}

/// How a completion script hands over what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// The line up to the cursor as one argument; what is to be inserted comes back.
    Line,
    /// A word an argument, without quotes.
    Words,
    /// A word an argument, the last one as it was typed.
    WordsLastQuoted,
    /// A word a line of `SSOENV_COMPLETE_WORDS`.
    Variable,
}

/// How much like the typed text a value must be. The first that finds any value counts: zsh, fish
/// and PowerShell then filter by their own rules (upper and lower case, parts of words), which must
/// not be cut off here, and need not look at thousands of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// Starts with it.
    Prefix,
    /// Starts with it, whatever the case.
    Folded,
    /// Holds it, whatever the case.
    Inside,
    /// Holds its characters in their order.
    Scattered,
}

impl Likeness {
    /// From near to far.
    pub const ALL: [Self; 4] = [Self::Prefix, Self::Folded, Self::Inside, Self::Scattered];

    /// Whether `value` is like `typed`.
    pub fn fits(self, value: &str, typed: &str) -> bool {
        match self {
            Self::Prefix => value.starts_with(typed),
            Self::Folded => {
                let mut chars = value.chars().flat_map(char::to_lowercase);
                typed.chars().flat_map(char::to_lowercase).all(|c| chars.next() == Some(c))
            }
            Self::Inside => value.to_lowercase().contains(&typed.to_lowercase()),
            Self::Scattered => {
                let mut chars = value.chars().flat_map(char::to_lowercase);
                typed.chars().flat_map(char::to_lowercase).all(|c| chars.any(|d| d == c))
            }
        }
    }
}
