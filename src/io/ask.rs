//! Questions to a person, on the terminal whatever the standard streams are.
//!
//! Esc and Ctrl-C are `Error::interrupted`. Where nobody can be asked, the error names what to pass
//! instead. Texts are made fit for a terminal here.

use std::fs::File;

use inquire::Select;
use inquire::error::InquireError;
use inquire::ui::RenderConfig;

use super::app::App;
use super::modes::{CURSOR, Kept};
use super::term::{tty, unusable};
use super::typed::{self, Asked};
use crate::domain::label::sanitise;
use crate::domain::{Error, Result};

/// A question with a line of text as its answer.
#[derive(Clone, Debug, Default)]
pub struct Question<'a> {
    /// What is asked, without a colon.
    pub text: &'a str,
    /// The answer to an empty line.
    pub default: Option<&'a str>,
    /// One line of explanation below.
    pub help: Option<&'a str>,
    /// What to pass where nobody can be asked: `--start-url URL`.
    pub instead: &'a str,
    /// Answers that are proposed while typing.
    pub suggestions: Vec<String>,
}

/// Judges an answer; `Err` says why it will not do, and what may have been meant.
pub type Check<'a> = &'a dyn Fn(&str) -> std::result::Result<(), String>;

/// Asks for a line of text until `check` is content. The answer comes without blanks around it.
pub fn text(app: &App, question: &Question, check: Check) -> Result<String> {
    let tty = terminal(app, question.instead)?;
    let text = format!("? {}:", question.text);
    let asked = Asked {
        text: &text,
        default: question.default,
        help: question.help,
        proposals: &question.suggestions,
        color: app.term.color_err(),
    };
    typed::line(tty, &asked, check).map_err(unusable)?.ok_or_else(Error::interrupted)
}

/// Asks yes or no; `--yes` answers yes.
pub fn confirm(app: &App, question: &str, default: bool) -> Result<bool> {
    if app.assume_yes {
        return Ok(true);
    }
    let tty = terminal(app, "--yes")?;
    let text = format!("? {question} {}", if default { "(Y/n)" } else { "(y/N)" });
    let asked = Asked { text: &text, color: app.term.color_err(), ..Asked::default() };
    let check = |answer: &str| match decided(answer, default) {
        Some(_) => Ok(()),
        None => Err("answer `y` or `n`".to_owned()),
    };
    let answer = typed::line(tty, &asked, &check).map_err(unusable)?;
    let answer = answer.ok_or_else(Error::interrupted)?;
    Ok(decided(&answer, default).unwrap_or(default))
}

fn decided(answer: &str, default: bool) -> Option<bool> {
    match answer.to_lowercase().as_str() {
        "" => Some(default),
        "y" | "yes" => Some(true),
        "n" | "no" => Some(false),
        _ => None,
    }
}

/// Lets a person choose one of `options` by typing parts of it; the place of the chosen one.
/// `instead` is what to pass where nobody can be asked.
pub fn select(app: &App, title: &str, options: &[String], instead: &str) -> Result<usize> {
    let _screen = screen(app, instead)?;
    let message = format!("{}:", sanitise(title));
    let options: Vec<String> = options.iter().map(|option| sanitise(option)).collect();
    let prompt = Select::new(&message, options)
        .with_page_size(12)
        .with_help_message("type to search, ↑↓ to move, enter to choose, esc to leave")
        .with_render_config(colors(app));
    prompt.raw_prompt().map(|chosen| chosen.index).map_err(failed)
}

fn colors(app: &App) -> RenderConfig<'static> {
    if app.term.color_err() { RenderConfig::default_colored() } else { RenderConfig::empty() }
}

fn failed(error: InquireError) -> Error {
    match error {
        InquireError::OperationCanceled | InquireError::OperationInterrupted => {
            Error::interrupted()
        }
        InquireError::NotTTY => nobody("an answer on the command line"),
        other => Error::failed("the terminal cannot be used").cause(other),
    }
}

/// The terminal, if a person can be asked at it.
fn terminal(app: &App, instead: &str) -> Result<File> {
    tty().filter(|_| app.term.can_ask()).ok_or_else(|| nobody(instead))
}

fn nobody(instead: &str) -> Error {
    Error::usage("there is no terminal to ask on").hint(format!("pass `{instead}`"))
}

/// The terminal as standard error, as long as a question is shown.
fn screen(app: &App, instead: &str) -> Result<Screen> {
    if !app.term.can_ask() {
        return Err(nobody(instead));
    }
    Ok(Screen::new(app))
}

/// What standard error was before, where it was no terminal: the question would have gone there.
struct Screen {
    #[cfg(unix)]
    before: Option<std::os::fd::OwnedFd>,
    #[allow(dead_code, reason = "it is there to be dropped")]
    kept: Kept,
}

#[cfg(unix)]
impl Screen {
    fn new(app: &App) -> Self {
        use std::os::fd::AsFd;
        let kept = Kept::drawn(CURSOR);
        if app.term.stderr_is_terminal() {
            return Self { before: None, kept };
        }
        let before = std::io::stderr().as_fd().try_clone_to_owned().ok();
        let taken = super::term::tty().is_some_and(|tty| rustix::stdio::dup2_stderr(tty).is_ok());
        Self { before: before.filter(|_| taken), kept }
    }
}

#[cfg(unix)]
impl Drop for Screen {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            // It was a good descriptor a moment ago; there is nothing else to be done.
            let _ = rustix::stdio::dup2_stderr(before);
        }
    }
}

#[cfg(not(unix))]
impl Screen {
    fn new(_: &App) -> Self {
        Self { kept: Kept::drawn(CURSOR) }
    }
}
