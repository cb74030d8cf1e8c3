//! Lines of an AWS file: where each begins and ends in the bytes.

use memchr::memchr2;

/// Lines as Python's universal newlines have them.
pub(super) struct Lines<'t> {
    text: &'t str,
    at: usize,
}

pub(super) struct Line<'t> {
    /// Without the line end.
    pub text: &'t str,
    pub start: usize,
    /// Behind the line end.
    pub end: usize,
    pub ended: bool,
}

impl<'t> Lines<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Line<'t>> {
        let start = self.at;
        let rest = self.text.as_bytes().get(start..).filter(|rest| !rest.is_empty())?;
        let (stop, end) = match memchr2(b'\n', b'\r', rest) {
            None => (rest.len(), rest.len()),
            Some(at) if rest[at] == b'\r' && rest.get(at + 1) == Some(&b'\n') => (at, at + 2),
            Some(at) => (at, at + 1),
        };
        self.at = start + end;
        let text = &self.text[start..start + stop];
        Some(Line { text, start, end: self.at, ended: end > stop })
    }
}
