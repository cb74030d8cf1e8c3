//! One of many rows chosen by a person, on the terminal itself: standard output may be captured and
//! standard error redirected.
//!
//! Drawn on the alternate screen, so that the terminal is afterwards what it was before. What is
//! drawn stands in [`view`].

mod columns;
mod external;
mod rows;
mod view;

use std::fs::File;
use std::io::Write;
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyModifiers};
use crossterm::{QueueableCommand, cursor, terminal};

use self::view::View;
use super::App;
use super::modes::{self, Kept};
use super::term::{self, tty, unusable};
use crate::domain::rank::Ranking;
use crate::domain::{Error, Result};

pub use self::external::choose_with;
pub use self::rows::Rows;
pub use self::view::Key;

/// How often a list that grows is looked at.
const GROWTH: Duration = Duration::from_millis(200);

/// Lets a person choose a row; Esc and Ctrl-C are [`Error::interrupted`]. Where nobody can be asked
/// it is wrong usage, and `instead` is the hint.
/// `query` is there as if it had been typed.
pub fn choose(
    app: &App,
    rows: &mut dyn Rows,
    ranking: Ranking,
    query: &str,
    instead: &str,
) -> Result<usize> {
    let screen = terminal_for(app, instead)?;
    let mut screen = Screen::enter(screen, app.term.color_err()).map_err(unusable)?;
    let mut view = View::new(ranking, rows.widths(), query);
    loop {
        view.grows(rows.is_growing());
        screen.draw(&mut view, rows, term::size()).map_err(unusable)?;
        if rows.is_growing() && !event::poll(GROWTH).map_err(unusable)? {
            if let Some((ranking, chosen)) = rows.grown(view.chosen()) {
                view.replace(ranking, rows.widths(), chosen);
            }
            continue;
        }
        // Everything that is there already, then one drawing: pasted text and held keys.
        loop {
            match event::read().map_err(unusable)? {
                Event::Key(key) if !key.is_release() => match view.press(read_key(key)) {
                    view::Answer::Chosen(row) => return Ok(row),
                    view::Answer::Left => return Err(Error::interrupted()),
                    view::Answer::None => {}
                },
                _ => {}
            }
            if !event::poll(Duration::ZERO).map_err(unusable)? {
                break;
            }
        }
    }
}

/// Whether there is a terminal that can show a list, and a person at it.
pub fn is_possible(app: &App) -> bool {
    terminal_for(app, "").is_ok()
}

/// The terminal, if there is one that can show a list and a person at it.
fn terminal_for(app: &App, instead: &str) -> Result<File> {
    let nobody = |what: &str| Err(Error::usage(what).hint(instead));
    if app.env.get("TERM").is_some_and(|term| term == "dumb") {
        return nobody("this terminal (`TERM=dumb`) cannot show a list to choose from");
    }
    match tty().filter(|_| app.term.can_ask()) {
        Some(tty) => Ok(tty),
        None => nobody("no profile was named, and there is no terminal to choose one on"),
    }
}

/// The alternate screen and raw input; dropping it gives the terminal back as it was.
struct Screen {
    tty: File,
    color: bool,
    #[allow(dead_code, reason = "it is there to be dropped, behind the rest")]
    kept: Kept,
}

impl Screen {
    fn enter(mut tty: File, color: bool) -> std::io::Result<Self> {
        let kept = Kept::drawn(modes::SCREEN);
        terminal::enable_raw_mode()?;
        // From here on dropping undoes it, also when the next step fails.
        let entered = tty.queue(terminal::EnterAlternateScreen).and_then(Write::flush);
        let screen = Self { tty, color, kept };
        entered.map(|()| screen)
    }

    fn draw(
        &mut self,
        view: &mut View,
        rows: &mut dyn Rows,
        (width, height): (usize, usize),
    ) -> std::io::Result<()> {
        let frame = view.frame(rows, width, height);
        // One write, so that nothing half-drawn is ever seen.
        let mut bytes = Vec::with_capacity(8 * 1024);
        for (y, line) in (0..).zip(&frame.lines) {
            bytes.queue(cursor::MoveTo(0, y))?;
            match (line.emphasis, self.color) {
                (view::Emphasis::Chosen, true) => write!(bytes, "\x1b[1;7m{}\x1b[0m", line.text)?,
                (view::Emphasis::Aside, true) => write!(bytes, "\x1b[2m{}\x1b[0m", line.text)?,
                _ => bytes.write_all(line.text.as_bytes())?,
            }
            bytes.queue(terminal::Clear(terminal::ClearType::UntilNewLine))?;
        }
        bytes.queue(terminal::Clear(terminal::ClearType::FromCursorDown))?;
        let column = u16::try_from(frame.cursor).unwrap_or(u16::MAX);
        bytes.queue(cursor::MoveTo(column, 0))?;
        self.tty.write_all(&bytes)?;
        self.tty.flush()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // The terminal may be gone; then there is nothing to give back.
        drop(self.tty.queue(terminal::LeaveAlternateScreen).and_then(Write::flush));
        drop(terminal::disable_raw_mode());
    }
}

/// What a key means here.
fn read_key(key: KeyEvent) -> Key {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let alt = key.modifiers.contains(KeyModifiers::ALT);
    match key.code {
        KeyCode::Enter => Key::Choose,
        KeyCode::Esc => Key::Leave,
        KeyCode::Up | KeyCode::BackTab => Key::Up(1),
        KeyCode::Down | KeyCode::Tab => Key::Down(1),
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::First,
        KeyCode::End => Key::Last,
        KeyCode::Backspace if control || alt => Key::EraseWord,
        KeyCode::Backspace => Key::Erase,
        KeyCode::Char(c) if control && !alt => match c.to_ascii_lowercase() {
            // Ctrl-\ is read as Ctrl-4.
            'c' | 'g' | 'd' | '[' | '4' | '\\' => Key::Leave,
            'm' => Key::Choose,
            'p' | 'k' => Key::Up(1),
            'n' | 'j' => Key::Down(1),
            'b' => Key::PageUp,
            'f' => Key::PageDown,
            'u' => Key::EraseAll,
            'w' => Key::EraseWord,
            'h' => Key::Erase,
            _ => Key::Other,
        },
        // With both, a character of a keyboard layout (AltGr).
        KeyCode::Char(c) if control == alt => Key::Text(c),
        _ => Key::Other,
    }
}
