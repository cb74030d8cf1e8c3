//! A line typed at the terminal, drawn below what is there: the question, what was typed, and under
//! it help, proposals, or why the answer will not do. A refused answer stays, to be edited.

use std::fs::File;
use std::io::{self, Write};

use crossterm::event::{self, Event};
use crossterm::{QueueableCommand, cursor, terminal};

use super::line::{Line, Press};
use super::modes::Kept;
use super::term::size;
use crate::domain::label::{cell_width, cut, sanitize};

/// How many proposals are shown.
const PROPOSALS: usize = 5;
/// Cells that what is typed has at least.
const ROOM: usize = 16;

/// What is asked. Texts need not be fit for a terminal.
#[derive(Debug, Default)]
pub struct Asked<'a> {
    /// The question, with its mark.
    pub text: &'a str,
    /// The answer to an empty line.
    pub default: Option<&'a str>,
    /// One line of explanation.
    pub help: Option<&'a str>,
    /// Answers that are proposed, by Tab too.
    pub proposals: &'a [String],
    /// Whether there is color.
    pub color: bool,
}

/// The line that was typed, without blanks around it, once `judge` is content; `None` where the
/// person left.
pub fn line(
    tty: File,
    asked: &Asked,
    judge: &dyn Fn(&str) -> Result<(), String>,
) -> io::Result<Option<String>> {
    let mut screen = Screen::enter(tty, asked)?;
    let mut line = Line::default();
    let mut refused = None;
    // What was typed before proposals took its place, and how many there were.
    let mut stem: Option<(String, usize)> = None;
    loop {
        let typed = stem.as_ref().map_or_else(|| line.text(), |(typed, _)| typed.clone());
        let fitting = fitting(asked.proposals, &typed);
        screen.draw(&line, refused.as_deref(), &fitting)?;
        let Event::Key(key) = event::read()? else { continue };
        if key.is_release() {
            continue;
        }
        let press = line.press(key);
        if press != Press::Propose {
            stem = None;
        }
        match press {
            Press::None => refused = None,
            Press::Left => {
                screen.close(&line.text())?;
                return Ok(None);
            }
            Press::Propose => {
                let (typed, turn) = stem.take().unwrap_or((typed, 0));
                if let Some(next) = fitting.get(turn % fitting.len().max(1)) {
                    line.replace(next);
                }
                stem = Some((typed, turn + 1));
            }
            Press::Done => {
                let answer = line.text().trim().to_owned();
                match judge(&answer) {
                    Ok(()) => {
                        let given = if answer.is_empty() { asked.default } else { None };
                        screen.close(given.unwrap_or(&answer))?;
                        return Ok(Some(given.map_or(answer, str::to_owned)));
                    }
                    Err(why) => refused = Some(why),
                }
            }
        }
    }
}

/// A line that is not shown; `None` where the person left.
#[cfg(not(unix))]
pub fn hidden() -> io::Result<Option<String>> {
    let mut line = Line::default();
    terminal::enable_raw_mode()?;
    let answer = loop {
        match event::read() {
            Ok(Event::Key(key)) if !key.is_release() => match line.press(key) {
                Press::Done => break Ok(Some(line.text())),
                Press::Left => break Ok(None),
                Press::None | Press::Propose => {}
            },
            Ok(_) => {}
            Err(error) => break Err(error),
        }
    };
    // The terminal may be gone; then there is nothing to give back.
    drop(terminal::disable_raw_mode());
    answer
}

fn fitting<'a>(proposals: &'a [String], typed: &str) -> Vec<&'a str> {
    let typed = typed.trim().to_lowercase();
    let fits = |known: &&String| !typed.is_empty() && known.to_lowercase().contains(&typed);
    proposals.iter().filter(fits).map(String::as_str).collect()
}

/// A clean text in lines of so many cells, parted at blanks where there are any.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    while cell_width(rest) > width.max(1) {
        let start = cut(rest, width.max(1));
        let whole = rest[start.len()..].starts_with(' ');
        let blank = start.rfind(' ').filter(|end| *end > 0 && !whole);
        let end = blank.unwrap_or(start.len());
        lines.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
    }
    lines.push(rest.to_owned());
    lines
}

/// The terminal with raw input, given back when it is dropped.
struct Screen<'a> {
    tty: File,
    asked: &'a Asked<'a>,
    /// What stands before the answer: the question, where there is room for it.
    mark: String,
    #[allow(dead_code, reason = "it is there to be dropped, behind the rest")]
    kept: Kept,
}

impl<'a> Screen<'a> {
    fn enter(tty: File, asked: &'a Asked<'a>) -> io::Result<Self> {
        let kept = Kept::here();
        terminal::enable_raw_mode()?;
        let mut screen = Self { tty, asked, mark: sanitize(asked.text), kept };
        let width = size().0 - 1;
        if cell_width(&screen.mark) + ROOM > width {
            // Above the answer, whole.
            for text in wrapped(&screen.mark, width) {
                write!(screen.tty, "{text}\r\n")?;
            }
            ">".clone_into(&mut screen.mark);
        }
        Ok(screen)
    }

    fn draw(&mut self, line: &Line, refused: Option<&str>, fitting: &[&str]) -> io::Result<()> {
        let (width, height) = size();
        // Nothing goes into the last column: some terminals wrap there.
        let width = width - 1;
        let Asked { default, help, .. } = self.asked;
        let text = &self.mark;
        let default = default.map(sanitize).filter(|default| !default.is_empty());
        let whole = default.as_ref().map(|default| format!("{text} ({default}) "));
        let fits = |first: &String| cell_width(first) + ROOM <= width;
        let mut below: Vec<String> = Vec::new();
        let first = if let Some(first) = whole.filter(fits) {
            first
        } else {
            below.extend(default.map(|default| format!("default: {default}")));
            format!("{text} ")
        };
        below.extend(refused.map(|why| format!("# {}", sanitize(why))));
        if refused.is_none() {
            below.extend(help.map(sanitize));
            below.extend(
                fitting.iter().take(PROPOSALS).map(|known| format!("  {}", sanitize(known))),
            );
        }
        let first = cut(&first, width.saturating_sub(ROOM)).to_owned();
        let room = width.saturating_sub(cell_width(&first));
        let before = sanitize(&line.before());
        let mut ends = before.char_indices().map(|(at, _)| &before[at..]);
        let before = ends.find(|end| cell_width(end) <= room).unwrap_or_default();
        let typed = sanitize(&line.text());
        let after = typed.get(sanitize(&line.before()).len()..).unwrap_or_default();
        let after = cut(after, room - cell_width(before));
        let mut bytes = Vec::new();
        bytes.queue(cursor::MoveToColumn(0))?;
        bytes.queue(terminal::Clear(terminal::ClearType::FromCursorDown))?;
        write!(bytes, "{first}{before}{after}")?;
        let below: Vec<_> = below.iter().flat_map(|text| wrapped(text, width)).collect();
        let below = &below[..below.len().min(height.saturating_sub(1))];
        for text in below {
            let (dim, plain) = if self.asked.color { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
            write!(bytes, "\r\n{dim}{text}{plain}")?;
        }
        if !below.is_empty() {
            bytes.queue(cursor::MoveUp(u16::try_from(below.len()).unwrap_or(1)))?;
        }
        let column = cell_width(&first) + cell_width(before);
        bytes.queue(cursor::MoveToColumn(u16::try_from(column).unwrap_or(u16::MAX)))?;
        self.tty.write_all(&bytes)?;
        self.tty.flush()
    }

    /// Leaves the question with its answer, and nothing below.
    fn close(&mut self, answer: &str) -> io::Result<()> {
        self.tty.queue(cursor::MoveToColumn(0))?;
        self.tty.queue(terminal::Clear(terminal::ClearType::FromCursorDown))?;
        write!(self.tty, "{} {}\r\n", self.mark, sanitize(answer))?;
        self.tty.flush()
    }
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        // The terminal may be gone; then there is nothing to give back.
        drop(terminal::disable_raw_mode());
    }
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn long_lines_are_parted_at_blanks() {
        assert_eq!(wrapped("open it, choose AWS", 8), ["open it,", "choose", "AWS"]);
        assert_eq!(wrapped("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrapped("", 4), [""]);
    }
}
