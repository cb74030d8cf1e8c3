//! Everything that a person sees: standard output for data, standard error or the terminal for
//! words. What is printed as words is sanitized here, so that no caller can forget it.

use std::fs::File;
use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};

use super::env::Env;
use super::limits;
use crate::domain::label::sanitize;
use crate::domain::words::words;
use crate::domain::{Error, Kind, Result};

words! {
    /// `--color`.
    #[derive(Default)]
    pub enum ColorChoice {
        #[default]
        Auto = "auto": "On a terminal, unless the environment objects",
        Always = "always": "Always",
        Never = "never": "Never",
    }
}

/// Columns and rows of the terminal; those of the first terminals where it does not tell.
pub fn size() -> (usize, usize) {
    let (columns, rows) = crossterm::terminal::size().unwrap_or_default();
    let or = |number: u16, usual: usize| if number == 0 { usual } else { usize::from(number) };
    (or(columns, 80), or(rows, 24))
}

/// Streams and how to use them.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    color_err: bool,
    color_out: bool,
    questions: bool,
}

const RED: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red))).bold();
const YELLOW: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Yellow))).bold();
const CYAN: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Cyan))).bold();

impl Term {
    /// Decides about color: the flag, then `NO_COLOR`, `CLICOLOR_FORCE`, then the terminal.
    pub fn new(env: &Env, choice: ColorChoice) -> Self {
        let decide = |terminal: bool| match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                env.non_empty("NO_COLOR").is_none()
                    && (env.get("CLICOLOR_FORCE").is_some_and(|v| !v.is_empty() && v != "0")
                        || (terminal && env.get("TERM").is_none_or(|t| t != "dumb")))
            }
        };
        Self {
            color_err: decide(io::stderr().is_terminal()),
            color_out: decide(io::stdout().is_terminal()),
            questions: true,
        }
    }

    /// The same where nobody may be asked: what runs before a prompt must not wait for a person.
    #[must_use]
    pub const fn without_questions(self) -> Self {
        Self { questions: false, ..self }
    }

    /// Whether standard output is a terminal, where no secret may go.
    pub fn stdout_is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Whether standard error is a terminal, where progress may be drawn.
    pub fn stderr_is_terminal(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// Whether a person can be asked: standard input or error is a terminal.
    pub fn can_ask(&self) -> bool {
        self.questions
            && (io::stdin().is_terminal() || io::stderr().is_terminal())
            && tty().is_some()
    }

    /// Whether standard error gets color.
    pub fn color_err(&self) -> bool {
        self.color_err
    }

    /// Whether standard output gets color.
    pub fn color_out(&self) -> bool {
        self.color_out
    }

    /// Writes data or shell code to standard output as it is. A reader that has gone is no error.
    pub fn out(&self, text: &str) -> Result<()> {
        self.out_bytes(text.as_bytes())
    }

    /// [`Term::out`] for a JSON document and the end of its line. PowerShell on Windows decodes what a
    /// program prints by the console's code page: letters beyond ASCII are escaped for it.
    pub fn out_json(&self, document: &str) -> Result<()> {
        if cfg!(windows) && !self.stdout_is_terminal() && !document.is_ascii() {
            return self.out(&(ascii_json(document) + "\n"));
        }
        self.out(&format!("{document}\n"))
    }

    /// [`Term::out`] for bytes.
    pub fn out_bytes(&self, bytes: &[u8]) -> Result<()> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Error::failed("standard output cannot be written").cause(error))
            }
            _ => Ok(()),
        }
    }

    /// Writes another program's lines to standard error as they are; whether anybody reads them.
    pub fn err_bytes(&self, bytes: &[u8]) -> bool {
        io::stderr().lock().write_all(bytes).is_ok()
    }

    /// One line of words to standard error.
    pub fn say(&self, text: &str) {
        self.err_line(None, "", text);
    }

    /// `warning: …`.
    pub fn warn(&self, text: &str) {
        self.err_line(Some(YELLOW), "warning: ", text);
    }

    /// `hint: …`.
    pub fn hint(&self, text: &str) {
        self.err_line(Some(CYAN), "hint: ", text);
    }

    /// An error as the contract has it: `error:`, `cause:` and `hint:` lines.
    pub fn report(&self, error: &Error) {
        if error.kind == Kind::Interrupted && error.causes.is_empty() && error.hints.is_empty() {
            self.say(&error.what);
            return;
        }
        self.err_line(Some(RED), "error: ", &error.what);
        for cause in &error.causes {
            self.err_line(Some(YELLOW), "cause: ", cause);
        }
        // Whatever was being done: the limit is what there is to mend.
        let texts = error.causes.iter().chain([&error.what]);
        match texts.into_iter().find_map(|text| limits::hint(text)) {
            Some(hint) => self.hint(hint),
            None => error.hints.iter().for_each(|hint| self.hint(hint)),
        }
    }

    /// Text that was already made fit for the terminal (a QR code, a diff), to standard error.
    pub fn say_block(&self, text: &str) {
        drop(io::stderr().lock().write_all(text.as_bytes()));
    }

    fn err_line(&self, style: Option<Style>, prefix: &str, text: &str) {
        let text = sanitize(text);
        let line = match style {
            Some(style) if self.color_err => format!("{style}{prefix}{style:#}{text}\n"),
            _ => format!("{prefix}{text}\n"),
        };
        // Nobody is left to tell when standard error is closed.
        drop(io::stderr().lock().write_all(line.as_bytes()));
    }
}

/// The terminal itself, whatever the standard streams are.
pub fn tty() -> Option<File> {
    let name = if cfg!(windows) { "CONOUT$" } else { "/dev/tty" };
    File::options().read(true).write(true).open(name).ok()
}

/// Whether this process is in the terminal's foreground.
#[cfg(unix)]
pub fn is_ours(tty: &File) -> bool {
    rustix::termios::tcgetpgrp(tty).is_ok_and(|group| group == rustix::process::getpgrp())
}

/// Whether another job is (`bg`): who reads there, or changes the modes, is stopped.
#[cfg(unix)]
pub fn is_another_jobs(tty: &File) -> bool {
    rustix::termios::tcgetpgrp(tty).is_ok_and(|group| group != rustix::process::getpgrp())
}

/// The error where the terminal fails.
#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
pub fn unusable(error: io::Error) -> Error {
    Error::failed("the terminal cannot be used").cause(error)
}

/// The device of the terminal that one of the standard streams is, if one is.
pub fn device() -> Option<String> {
    #[cfg(unix)]
    {
        let name = |stream: &dyn std::os::fd::AsFd| rustix::termios::ttyname(stream, []).ok();
        let name = name(&io::stdin()).or_else(|| name(&io::stderr()))?;
        name.into_string().ok()
    }
    #[cfg(not(unix))]
    {
        io::stdin().is_terminal().then(|| "CONIN$".to_owned())
    }
}

/// The same JSON document in ASCII. Only texts hold anything else, and there every UTF-16 unit has an
/// escape.
pub fn ascii_json(document: &str) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(document.len());
    for c in document.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::ascii_json;

    #[test]
    fn json_in_ascii_is_the_same_document() {
        let document = serde_json::json!({"\u{fc}": ["\u{1f600}", "a\"\\", "\u{2028}"]});
        let text = ascii_json(&document.to_string());
        assert!(text.is_ascii() && text.contains("\\ud83d\\ude00"), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).expect("JSON"), document);
    }
}
