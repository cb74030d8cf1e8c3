//! A line that is typed and edited: text and cursor, and what keys do to them. No terminal.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What is typed beyond this is not taken.
const MOST: usize = 4096;

/// What a key led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// On with it.
    None,
    /// The line is the answer.
    Done,
    /// No answer.
    Left,
    /// The next proposal is wanted.
    Propose,
}

/// The text, and the cursor's place in it.
#[derive(Clone, Debug, Default)]
pub struct Line {
    text: Vec<char>,
    at: usize,
}

impl Line {
    /// What was typed.
    pub fn text(&self) -> String {
        self.text.iter().collect()
    }

    /// What stands before the cursor.
    pub fn before(&self) -> String {
        self.text[..self.at].iter().collect()
    }

    /// Puts another text in place, the cursor behind it.
    pub fn replace(&mut self, text: &str) {
        self.text = text.chars().collect();
        self.at = self.text.len();
    }

    /// Does what a key does: the keys of readline.
    pub fn press(&mut self, key: KeyEvent) -> Press {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        match key.code {
            KeyCode::Enter => return Press::Done,
            KeyCode::Esc => return Press::Left,
            KeyCode::Tab => return Press::Propose,
            KeyCode::Char(c) if control && !alt => match c.to_ascii_lowercase() {
                // Ctrl-\ is read as Ctrl-4.
                'c' | 'g' | '[' | '4' | '\\' => return Press::Left,
                'd' if self.text.is_empty() => return Press::Left,
                'm' | 'j' => return Press::Done,
                'i' => return Press::Propose,
                'a' => self.at = 0,
                'e' => self.at = self.text.len(),
                'b' => self.left(),
                'f' => self.right(),
                'h' => self.erase(self.at.saturating_sub(1)),
                'd' => self.erase_next(),
                'k' => self.text.truncate(self.at),
                'u' => self.erase(0),
                'w' => self.erase(self.word()),
                _ => {}
            },
            // With both, a character of a keyboard layout (AltGr).
            KeyCode::Char(c) if control == alt && self.text.len() < MOST && !c.is_control() => {
                self.text.insert(self.at, c);
                self.at += 1;
            }
            KeyCode::Backspace if control || alt => self.erase(self.word()),
            KeyCode::Backspace => self.erase(self.at.saturating_sub(1)),
            KeyCode::Delete => self.erase_next(),
            KeyCode::Left => self.left(),
            KeyCode::Right => self.right(),
            KeyCode::Home => self.at = 0,
            KeyCode::End => self.at = self.text.len(),
            _ => {}
        }
        Press::None
    }

    fn left(&mut self) {
        self.at = self.at.saturating_sub(1);
    }

    fn right(&mut self) {
        self.at = self.text.len().min(self.at + 1);
    }

    /// From there to the cursor.
    fn erase(&mut self, from: usize) {
        self.text.drain(from..self.at);
        self.at = from;
    }

    fn erase_next(&mut self) {
        if self.at < self.text.len() {
            self.text.remove(self.at);
        }
    }

    /// Where the word before the cursor begins.
    fn word(&self) -> usize {
        let blank = |at: &usize| !self.text[at - 1].is_whitespace();
        let end = (1..=self.at).rev().find(blank).unwrap_or(0);
        (1..=end).rev().find(|at| !blank(at)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_readline() {
        let mut line = Line::default();
        let mut press = |keys: &str| {
            for word in keys.split(' ') {
                let (code, modifiers) = match word.strip_prefix('^') {
                    Some(key) => {
                        (KeyCode::Char(key.chars().next().expect("a key")), KeyModifiers::CONTROL)
                    }
                    None if word == "_" => (KeyCode::Char(' '), KeyModifiers::NONE),
                    None => {
                        (KeyCode::Char(word.chars().next().expect("a key")), KeyModifiers::NONE)
                    }
                };
                line.press(KeyEvent::new(code, modifiers));
            }
            (line.text(), line.before().chars().count())
        };
        assert_eq!(press("a b _ c d"), ("ab cd".to_owned(), 5));
        assert_eq!(press("^a x"), ("xab cd".to_owned(), 1));
        assert_eq!(press("^f ^k"), ("xa".to_owned(), 2));
        assert_eq!(press("^a ^d ^e b _ c _"), ("ab c ".to_owned(), 5));
        assert_eq!(press("^w"), ("ab ".to_owned(), 3));
        assert_eq!(press("^b ^h"), ("a ".to_owned(), 1));
        assert_eq!(press("^u"), (" ".to_owned(), 0));
        assert_eq!(press("^w ^h ^b"), (" ".to_owned(), 0));
    }
}
