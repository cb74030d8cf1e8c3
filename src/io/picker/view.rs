//! What the picker shows, and what keys do to it: text in, text out, no terminal.
//!
//! From top to bottom: what was typed, the rows that match, the row under the bar in full, the
//! keys.

use std::ops::Range;

use super::{Rows, columns};
use crate::domain::label::{cell_width, cut, label, sanitise};
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
        let query = sanitise(query).chars().take(QUERY_CHARS).collect();
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
                let shown = sanitise(c.encode_utf8(&mut [0; 4]));
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
        let (first, cursor) = self.typed(width);
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

    /// The first line: the end of what was typed, and how many rows match; the cursor's column.
    fn typed(&self, width: usize) -> (String, usize) {
        let more = if self.is_growing { " .." } else { "" };
        let count = format!("{}/{}{more}", self.ranking.matches().len(), self.ranking.len());
        let room = width.saturating_sub(PROMPT.len() + SPACE + count.len());
        let mut ends = self.query.char_indices().map(|(at, _)| &self.query[at..]);
        let end = ends.find(|end| cell_width(end) <= room).unwrap_or_default();
        let cells = cell_width(end);
        let blanks = " ".repeat(room - cells + SPACE);
        let line = format!("{PROMPT}{end}{blanks}{count}");
        (cut(&line, width).to_owned(), PROMPT.len() + cells)
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Emphasis, Key, Ranking, Rows, View};
    use crate::domain::label::{cell_width, sanitise};

    struct Names(Vec<&'static str>);

    impl Rows for Names {
        fn cells(&mut self, row: usize) -> Vec<String> {
            vec![self.0[row].to_owned(), "second".to_owned()]
        }

        fn widths(&self) -> Vec<usize> {
            vec![self.0.iter().map(|name| cell_width(&sanitise(name))).max().unwrap_or(0), 6]
        }

        fn preview(&mut self, row: usize) -> String {
            format!("all about {}", self.0[row])
        }
    }

    fn view(names: &Names) -> View {
        View::new(Ranking::new(names.0.iter().map(|name| ([*name], 0.0))), names.widths(), "")
    }

    fn lines(view: &mut View, rows: &mut Names, width: usize, height: usize) -> Vec<String> {
        view.frame(rows, width, height).lines.into_iter().map(|line| line.text).collect()
    }

    fn numbers() -> Names {
        Names((0..100).map(|n| &*Box::leak(format!("row-{n:02}").into_boxed_str())).collect())
    }

    #[test]
    fn a_screen() {
        let mut rows = Names(vec!["prod", "dev", "d\u{1b}[31m\u{202e}n", "日本語"]);
        let mut view = view(&rows);
        assert_eq!(
            lines(&mut view, &mut rows, 40, 8),
            [
                ">                                   4/4",
                "> prod    second",
                "  dev     second",
                "  d[31mn  second",
                "  日本語  second",
                "",
                "all about prod",
                "type to search, up/down to move, ente..",
            ]
        );
        view.press(Key::Text('d'));
        view.press(Key::Text('v'));
        let frame = view.frame(&mut rows, 40, 8);
        assert_eq!(frame.lines[0].text, "> dv                                1/4");
        assert_eq!(frame.lines[1].text, "> dev     second");
        assert_eq!(frame.lines[1].emphasis, Emphasis::Chosen);
        assert_eq!(frame.cursor, 4);
        view.press(Key::Text('x'));
        assert_eq!(lines(&mut view, &mut rows, 40, 8)[6], "nothing matches");
        assert_eq!(view.press(Key::Choose), Answer::None);
        view.press(Key::EraseAll);
        assert_eq!(view.press(Key::Choose), Answer::Chosen(0));
        assert_eq!(view.press(Key::Leave), Answer::Left);
    }

    #[test]
    fn the_bar_is_always_shown() {
        let mut rows = numbers();
        let mut view = view(&rows);
        for (key, expected) in [
            (Key::Up(1), 0),
            (Key::Down(1), 1),
            (Key::Last, 99),
            (Key::Down(5), 99),
            (Key::PageUp, 82),
            (Key::First, 0),
            (Key::PageDown, 17),
            (Key::PageDown, 34),
            (Key::Up(20), 14),
            (Key::Other, 14),
        ] {
            lines(&mut view, &mut rows, 80, 20);
            view.press(key);
            let screen = lines(&mut view, &mut rows, 80, 20);
            assert_eq!(screen.len(), 20);
            let bar = format!("> row-{expected:02}  second");
            assert_eq!(screen.iter().filter(|line| **line == bar).count(), 1, "{key:?} {screen:?}");
        }
    }

    #[test]
    fn words_are_erased_one_by_one() {
        let rows = numbers();
        let mut view = view(&rows);
        for c in "row 1  0 ".chars() {
            view.press(Key::Text(c));
        }
        for left in ["row 1  ", "row ", "", ""] {
            view.press(Key::EraseWord);
            assert_eq!(view.query, left);
        }
        view.press(Key::Text('\u{1b}'));
        view.press(Key::Text('\u{202e}'));
        assert_eq!(view.query, "");
    }

    /// Whatever the names, the keys and the size: nothing steers the terminal, nothing wraps.
    #[test]
    fn every_screen_is_clean_and_fits() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut below = |bound: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 16).expect("48 bits fit") % bound
        };
        let parts = [
            "a",
            "$(touch x)",
            "`x`",
            "\u{1b}]52;c;eA==\u{7}",
            "\u{9b}31m",
            "\u{202e}",
            "\n",
            "\t",
            "\r",
            "%n",
            "日本",
            "😀",
            "e\u{301}",
            "\u{200b}",
            "\0",
            "\u{7f}",
            " ",
            "\u{2028}",
            "ß",
            "\u{e0041}",
        ];
        for _ in 0..300 {
            let names: Vec<&'static str> = (0..below(40))
                .map(|_| {
                    let text: String = (0..below(30)).map(|_| parts[below(parts.len())]).collect();
                    &*Box::leak(text.into_boxed_str())
                })
                .collect();
            let mut rows = Names(names);
            let mut view = view(&rows);
            for _ in 0..20 {
                let (width, height) = (below(100), below(30));
                let frame = view.frame(&mut rows, width, height);
                assert!(frame.lines.len() <= height.max(1));
                for line in &frame.lines {
                    assert_eq!(sanitise(&line.text), line.text);
                    assert!(cell_width(&line.text) < width.max(1), "{width}: {:?}", line.text);
                }
                let text = parts[below(parts.len())].chars().next().unwrap_or(' ');
                view.press(match below(8) {
                    0 => Key::Down(below(9)),
                    1 => Key::Up(below(9)),
                    2 => Key::Erase,
                    3 => Key::EraseWord,
                    4 => Key::Last,
                    5 => Key::PageDown,
                    _ => Key::Text(text),
                });
            }
        }
    }
}
