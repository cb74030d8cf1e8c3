//! Questions to a person, on the terminal whatever the standard streams are.
//!
//! Esc and Ctrl-C are `Error::interrupted`. Where nobody can be asked, the error names what to pass
//! instead. Texts are made fit for a terminal here.

use std::fs::File;
use std::io::Write;

use super::app::App;
use super::picker;
use super::term::{tty, unusable};
use super::typed::{self, Asked};
use crate::domain::label::{cell_width, clean, sanitize};
use crate::domain::rank::Ranking;
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

/// Lets a person choose one of `options`; the place of the chosen one. `instead` is what to pass where
/// nobody can be asked.
pub fn select(app: &App, title: &str, options: &[String], instead: &str) -> Result<usize> {
    let mut tty = terminal(app, instead)?;
    let ranking = Ranking::new(options.iter().map(|option| ([option.as_str()], 0.0)));
    let hint = pass(instead);
    let chosen = picker::choose(app, &mut Options { title, options }, ranking, "", &hint)?;
    // What was chosen stays in sight, like any other answer.
    let said = format!("? {}: {}\n", sanitize(title), sanitize(&options[chosen]));
    tty.write_all(said.as_bytes()).map_err(unusable)?;
    Ok(chosen)
}

/// Options as rows: one text each.
struct Options<'a> {
    title: &'a str,
    options: &'a [String],
}

impl picker::Rows for Options<'_> {
    fn title(&self) -> Option<&str> {
        Some(self.title)
    }

    fn cells(&mut self, row: usize) -> Vec<String> {
        vec![self.options[row].clone()]
    }

    fn widths(&self) -> Vec<usize> {
        vec![self.options.iter().map(|option| cell_width(&clean(option))).max().unwrap_or(0)]
    }

    fn preview(&mut self, row: usize) -> String {
        self.options[row].clone()
    }
}

/// The terminal, if a person can be asked at it.
fn terminal(app: &App, instead: &str) -> Result<File> {
    tty().filter(|_| app.term.can_ask()).ok_or_else(|| nobody(instead))
}

fn nobody(instead: &str) -> Error {
    Error::usage("there is no terminal to ask on").hint(pass(instead))
}

fn pass(instead: &str) -> String {
    format!("pass `{instead}`")
}
