//! What the picker shows, and what keys do to it: text in, text out, no terminal.
//!
//! From top to bottom: what was typed, the rows that match, the row under the bar in full, the
//! keys.

use std::ops::Range;

use super::columns;
use super::rows::Rows;
use crate::domain::label::{cell_width, cut, label, sanitize};
use crate::domain::rank::Ranking;

const PROMPT: &str = "> ";
const HELP: &str = "type to search, up/down to move, enter to choose, esc to leave";
/// Blanks between cells.
const SPACE: usize = 2;
/// The bar at the left of every row.
const BAR: usize = 2;
const CHOSEN: &str = "> ";
const OTHER: &str = "  ";
/// What is typed beyond this is not taken.
const QUERY_CHARS: usize = 200;

/// A key, by what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character of the query.
    Text(char),
    /// Takes the last character away.
    Erase,
    /// Takes the last word away.
    EraseWord,
    /// Takes everything away.
    EraseAll,
    /// The bar goes up.
    Up(usize),
    /// The bar goes down.
    Down(usize),
    /// By what is shown.
    PageUp,
    /// By what is shown.
    PageDown,
    /// To the best row.
    First,
    /// To the last row.
    Last,
    /// The row under the bar it is.
    Choose,
    /// No row.
    Leave,
    /// Nothing.
    Other,
}

/// What a key led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// On with it.
    None,
    /// This row.
    Chosen(usize),
    /// No row.
    Left,
}

/// How a line is shown where there is color.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emphasis {
    /// As it is.
    Plain,
    /// The row under the bar.
    Chosen,
    /// Not a row.
    Aside,
}

/// A line of the screen, fit for a terminal and no wider than it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Without an end.
    pub text: String,
    /// How it is shown.
    pub emphasis: Emphasis,
}

/// All that is shown.
#[derive(Clone, Debug)]
pub struct Frame {
    /// From the top.
    pub lines: Vec<Line>,
    /// The cursor's column in the first line.
    pub cursor: usize,
}

/// The state of a picker.
#[derive(Debug)]
pub struct View {
    ranking: Ranking,
    widths: Vec<usize>,
    query: String,
    /// Place of the bar among the matches.
    at: usize,
    /// Place of the first match that is shown.
    top: usize,
    /// Rows that were shown last.
    page: usize,
    /// Whether more rows are to come.
    is_growing: bool,
}

impl View {
    /// The rows that match what is typed already, the bar on the first.
    pub fn new(ranking: Ranking, widths: Vec<usize>, query: &str) -> Self {
        let query = sanitize(query).chars().take(QUERY_CHARS).collect();
        let mut view = Self { ranking, widths, query, at: 0, top: 0, page: 1, is_growing: false };
        view.search();
        view
    }

    /// The row under the bar.
    pub fn chosen(&self) -> Option<usize> {
        self.ranking.matches().get(self.at).map(|&row| row as usize)
    }

    /// Goes on with other rows, the bar on the row `chosen`, unless it is still where it was first.
    pub fn replace(&mut self, ranking: Ranking, widths: Vec<usize>, chosen: Option<usize>) {
        (self.ranking, self.widths) = (ranking, widths);
        self.ranking.search(&self.query);
        let place = |row| self.ranking.matches().iter().position(|&at| at as usize == row);
        self.at = if self.at == 0 { 0 } else { chosen.and_then(place).unwrap_or(0) };
    }

    /// Whether more rows are to come.
    pub fn grows(&mut self, is_growing: bool) {
        self.is_growing = is_growing;
    }

    /// Does what a key does.
    pub fn press(&mut self, key: Key) -> Answer {
        let last = self.ranking.matches().len().saturating_sub(1);
        let page = self.page.max(1);
        match key {
            Key::Choose => {
                return self.chosen().map_or(Answer::None, Answer::Chosen);
            }
            Key::Leave => return Answer::Left,
            Key::Up(by) => self.at = self.at.saturating_sub(by),
            Key::Down(by) => self.at = (self.at + by).min(last),
            Key::PageUp => self.at = self.at.saturating_sub(page),
            Key::PageDown => self.at = (self.at + page).min(last),
            Key::First => self.at = 0,
            Key::Last => self.at = last,
            Key::Text(c) => {
                let shown = sanitize(c.encode_utf8(&mut [0; 4]));
                if !shown.is_empty() && self.query.chars().count() < QUERY_CHARS {
                    self.query.push_str(&shown);
                    self.search();
                }
            }
            Key::Erase => {
                self.query.pop();
                self.search();
            }
            Key::EraseWord => {
                let kept = self.query.trim_end();
                let end = kept.rfind(' ').map_or(0, |blank| blank + 1);
                self.query.truncate(end);
                self.search();
            }
            Key::EraseAll => {
                self.query.clear();
                self.search();
            }
            Key::Other => {}
        }
        Answer::None
    }

    fn search(&mut self) {
        self.ranking.search(&self.query);
        (self.at, self.top) = (0, 0);
    }

    /// The screen for a terminal of that size.
    pub fn frame(&mut self, rows: &mut dyn Rows, width: usize, height: usize) -> Frame {
        // Nothing goes into the last column: some terminals wrap there.
        let width = width.saturating_sub(1);
        let below = if height >= 6 { 2 } else { 0 };
        self.page = height.saturating_sub(1 + below);
        let shown = self.shown();
        let (first, cursor) = self.typed(rows.title(), width);
        let mut lines = vec![Line { text: first, emphasis: Emphasis::Plain }];
        let cells: Vec<_> =
            shown.clone().map(|place| rows.cells(self.ranking.matches()[place] as usize)).collect();
        let texts = columns::lay_out(&cells, &self.widths, width.saturating_sub(BAR));
        for (place, text) in shown.zip(texts) {
            let chosen = place == self.at;
            let (bar, emphasis) =
                if chosen { (CHOSEN, Emphasis::Chosen) } else { (OTHER, Emphasis::Plain) };
            lines.push(Line { text: cut(&format!("{bar}{text}"), width).to_owned(), emphasis });
        }
        if below > 0 {
            let aside = |text: &str| Line {
                text: cut(&label(text, width), width).to_owned(),
                emphasis: Emphasis::Aside,
            };
            lines.resize(height - below, Line { text: String::new(), emphasis: Emphasis::Plain });
            let preview = self.chosen().map(|row| rows.preview(row));
            let nothing =
                if self.is_growing { "asking for accounts and roles" } else { "nothing matches" };
            lines.push(aside(preview.as_deref().unwrap_or(nothing)));
            lines.push(aside(HELP));
        }
        lines.truncate(height);
        Frame { lines, cursor }
    }

    /// Places of the matches that are shown: always with the one under the bar.
    fn shown(&mut self) -> Range<usize> {
        let count = self.ranking.matches().len();
        let page = self.page;
        if page == 0 {
            return 0..0;
        }
        self.top = self.top.clamp((self.at + 1).saturating_sub(page), self.at);
        self.top = self.top.min(count.saturating_sub(page));
        self.top..count.min(self.top + page)
    }

    /// The first line: the title, where it leaves room, the end of what was typed, and how many rows
    /// match; the cursor's column.
    fn typed(&self, title: Option<&str>, width: usize) -> (String, usize) {
        let prompt = title
            .map_or_else(|| PROMPT.to_owned(), |title| format!("? {}: ", label(title, width / 2)));
        let prompt_width = cell_width(&prompt);
        let more = if self.is_growing { " .." } else { "" };
        let count = format!("{}/{}{more}", self.ranking.matches().len(), self.ranking.len());
        let room = width.saturating_sub(prompt_width + SPACE + count.len());
        let mut ends = self.query.char_indices().map(|(at, _)| &self.query[at..]);
        let end = ends.find(|end| cell_width(end) <= room).unwrap_or_default();
        let cells = cell_width(end);
        let blanks = " ".repeat(room - cells + SPACE);
        let line = format!("{prompt}{end}{blanks}{count}");
        (cut(&line, width).to_owned(), prompt_width + cells)
    }
}

#[cfg(test)]
mod tests;
