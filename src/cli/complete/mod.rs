//! Completion: what may stand at the cursor.
//!
//! The scripts in `completions/` call the program with `SSOENV_COMPLETE` set to the shell's name and
//! the words up to the cursor, and get lines: first `:ok WORD`, or `:delegate N` where the shell
//! shall complete the command that begins at word N by itself (`exec PROFILE --`), then one
//! `VALUE<TAB>DESCRIPTION` for each candidate. Values are raw; for bash they are what is to be
//! inserted, because only the line that it hands over tells how. Nothing is ever said on standard
//! error, and nothing is asked of the network.
//!
//! Profile names, which are many, are found before clap is there; the rest comes from its engine.

pub mod candidates;
mod engine;
pub mod line;
mod values;

use std::fmt::Write as _;
use std::process::ExitCode;

use candidates::Candidate;
use engine::Found;
use line::Current;

use crate::commands::shared::Completes;
use crate::domain::label::sanitize;
use crate::io::App;
use crate::io::env::Env;
use crate::io::term::{ColorChoice, Term};
use crate::shell::Dialect;
use crate::shell::entry::{Completion, Typed};

/// Commands whose first word is a profile.
const OF_A_PROFILE: [&str; 9] =
    ["use", "list", "exec", "credentials", "console", "whoami", "login", "logout", "serve"];

/// Those of them that take parts of names.
const OF_PARTS: [&str; 5] = ["use", "list", "console", "whoami", "login"];

/// Options of `exec` that take the next word; what follows the profile is the command.
const OPTIONS_OF_EXEC: [&str; 14] = [
    "--account",
    "--role",
    "--sso-session",
    "--region",
    "--min-ttl",
    "--mfa-token",
    "--port",
    "--policy",
    "--policy-arn",
    "--role-arn",
    "--all",
    "--each",
    "--parallel",
    "--color",
];

/// What is asked for.
struct Question {
    /// How the shell asks.
    shell: &'static Completion,
    /// All words before the cursor's; the program's name is the first.
    words: Vec<String>,
    current: Current,
    /// How many pieces bash has of each word.
    pieces: Vec<usize>,
}

/// What the shell is to do.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    /// Offer these.
    Offer(Vec<Candidate>),
    /// Complete the command that begins at this word.
    Delegate(usize),
}

/// The words of the short command are those of `ssoenv use`.
fn long(mut question: Question, env: &Env) -> Question {
    let cmd = env.non_empty("SSOENV_COMPLETE_CMD");
    if cmd.is_some() && question.words.first() == cmd.as_ref() {
        question.words.splice(0..1, ["ssoenv".to_owned(), "use".to_owned()]);
        question.pieces.insert(0, 0);
    }
    question
}

/// Answers a completion script; `None` if none is asking.
pub fn try_run(env: &Env) -> Option<ExitCode> {
    let name = env.non_empty("SSOENV_COMPLETE")?;
    let app = App::new(env.clone(), Term::new(env, ColorChoice::Never), false);
    let shell = Dialect::from_name(&name).and_then(Dialect::hook);
    if let Some(question) = shell.and_then(|hook| ask(&hook.completion, env)) {
        // A shell that has gone away needs no answer.
        let question = long(question, env);
        drop(app.term.out(&question.print(question.answer(&app))));
    }
    Some(ExitCode::SUCCESS)
}

fn ask(shell: &'static Completion, env: &Env) -> Option<Question> {
    let mut args = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    let mut words: Vec<String> = match shell.typed {
        Typed::Line => {
            let breaks = env.get("SSOENV_COMPLETE_BREAKS").unwrap_or_default();
            let line::Typed { words, pieces, current } = line::read(&args.next()?, &breaks)?;
            return Some(Question { shell, words, current, pieces });
        }
        Typed::Variable => {
            env.get("SSOENV_COMPLETE_WORDS")?.split('\n').map(str::to_owned).collect()
        }
        Typed::Words | Typed::WordsLastQuoted => args.collect(),
    };
    let mut text = (shell.unquote)(&words.pop()?);
    words = words.iter().map(|word| (shell.unquote)(word)).collect();
    if shell.typed == Typed::WordsLastQuoted {
        text = line::read(&format!("x {text}"), "")?.current.text;
    }
    let pieces = vec![1; words.len()];
    Some(Question { shell, words, current: Current { text, ..Current::default() }, pieces })
}

impl Question {
    fn answer(&self, app: &App) -> Answer {
        if self.words.is_empty() {
            return Answer::Offer(Vec::new());
        }
        match self.verb() {
            Some((at, "exec")) if let Some(command) = self.command_of_exec(at) => {
                Answer::Delegate(command)
            }
            Some((at, verb))
                if OF_A_PROFILE.contains(&verb)
                    && at + 1 == self.words.len()
                    && !self.current.text.starts_with('-') =>
            {
                Answer::Offer(self.profiles(app, verb))
            }
            _ => Answer::Offer(self.engine(app)),
        }
    }

    /// The command's place and name, behind options of every command.
    fn verb(&self) -> Option<(usize, &str)> {
        let mut words = self.words.iter().enumerate().skip(1);
        while let Some((at, word)) = words.next() {
            if word == "--color" {
                words.next();
            } else if !word.starts_with('-') {
                return Some((at, word));
            }
        }
        None
    }

    /// Where the command begins that `exec` is to run, if the cursor is in it.
    fn command_of_exec(&self, verb: usize) -> Option<usize> {
        let mut profile = false;
        let mut at = verb + 1;
        while at < self.words.len() {
            let word = self.words[at].as_str();
            if word == "--" {
                return Some(at + 1);
            }
            let option = word.split('=').next().unwrap_or_default();
            if matches!(option, "--account" | "--all" | "--each") {
                profile = true;
            }
            if OPTIONS_OF_EXEC.contains(&word) {
                at += 1;
            } else if !word.starts_with('-') {
                if profile {
                    return Some(at);
                }
                profile = true;
            }
            at += 1;
        }
        let option = self.current.text.starts_with('-') || at > self.words.len();
        (profile && !option).then_some(self.words.len())
    }

    fn profiles(&self, app: &App, verb: &str) -> Vec<Candidate> {
        let typed = &self.current.text;
        let kind = if OF_PARTS.contains(&verb) { Completes::Word } else { Completes::Profile };
        let mut found = values::find(app, kind, typed, &self.words, self.shell.likeness);
        if verb == "use" && "-".starts_with(typed.as_str()) {
            let previous =
                app.env.get("SSOENV_PREV").unwrap_or_else(|| "the previous one".to_owned());
            found.extend(Candidate::new("-", &previous));
        }
        found
    }

    fn engine(&self, app: &App) -> Vec<Candidate> {
        let typed = &self.current.text;
        let mut words = self.words.clone();
        words.push(typed.clone());
        let mut all = Vec::new();
        for found in engine::find(&words) {
            match found {
                Found::Word(word) => all.push(word),
                Found::Names { kind: Completes::Word, joined, .. }
                    if joined.is_empty() && self.verb().is_some_and(|(_, verb)| verb == "use") =>
                {
                    all.extend(self.profiles(app, "use"));
                }
                Found::Names { kind, joined, typed } => {
                    let names = values::find(app, kind, &typed, &self.words, self.shell.likeness);
                    all.extend(
                        names.into_iter().map(|one| Candidate {
                            value: format!("{joined}{}", one.value),
                            ..one
                        }),
                    );
                }
            }
        }
        // Options among other things, or behind a whole name, only once a dash is typed.
        let is_option = |one: &Candidate| one.value.len() > 1 && one.value.starts_with('-');
        let behind = |(verb, _)| verb + 1 < self.words.len();
        let behind_name = self.verb().is_some_and(behind)
            && self.words.last().is_some_and(|word| !word.starts_with('-'));
        if typed.is_empty() && (behind_name || !all.iter().all(is_option)) {
            all.retain(|one| !is_option(one));
        }
        all
    }

    fn print(&self, answer: Answer) -> String {
        let candidates = match answer {
            Answer::Delegate(word) => {
                let word: usize = self.pieces[..word].iter().sum();
                return format!(":delegate {word}\n");
            }
            Answer::Offer(candidates) => candidates,
        };
        let mut text = format!(":ok {}\n", sanitize(&self.current.text));
        for Candidate { value, help } in candidates {
            let value = match self.shell.typed {
                Typed::Line => self.current.insertion(&value),
                _ => Some((self.shell.insert)(&value)),
            };
            if let Some(value) = value {
                // Writing to a String cannot fail.
                let _ = writeln!(text, "{value}\t{help}");
            }
        }
        text
    }
}

#[cfg(test)]
mod tests;
