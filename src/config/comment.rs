//! A comment of ssoenv's own in a section of an AWS file: one line, found by how it begins and ends.

use super::edit::{Draft, Name};
use crate::domain::Result;

/// How such a line begins and ends.
#[derive(Clone, Copy, Debug)]
pub struct Mark<'a> {
    /// `# …`
    pub start: &'a str,
    /// What no user writes by accident.
    pub end: &'a str,
}

impl Draft {
    /// Where the marked line of a section is, with its line end.
    fn marked(&self, name: &Name, mark: Mark) -> Option<(usize, usize)> {
        let at = self.find(name)?;
        let sections = self.parsed().sections();
        let start = sections[at].header.end as usize;
        let end = sections.get(at + 1).map_or(self.text().len(), |s| s.header.start as usize);
        let mut from = start;
        while from < end {
            let rest = &self.text()[from..end];
            let bare = rest.find(['\n', '\r']).unwrap_or(rest.len());
            let eol = if rest[bare..].starts_with("\r\n") { 2 } else { 1 };
            let next = end.min(from + bare + eol);
            let line = rest[..bare].trim();
            if line.starts_with(mark.start) && line.ends_with(mark.end) {
                return Some((from, next));
            }
            from = next;
        }
        None
    }

    /// Whether the section has the marked line.
    pub fn is_marked(&self, name: &Name, mark: Mark) -> bool {
        self.marked(name, mark).is_some()
    }

    /// Writes the marked line below the section's header, in place of the one that is there.
    pub fn set_mark(&mut self, name: &Name, mark: Mark, middle: &str) -> Result<()> {
        self.remove_mark(name, mark)?;
        let Some(at) = self.find(name) else { return Ok(()) };
        let line = format!("{}{middle}{}{}", mark.start, mark.end, self.eol());
        let text = self.inserted(self.parsed().sections()[at].header.end as usize, &line);
        self.apply(text, at..at + 1, |_| {})
    }

    /// Removes the marked line; whether it was there.
    pub fn remove_mark(&mut self, name: &Name, mark: Mark) -> Result<bool> {
        let (Some(at), Some((start, end))) = (self.find(name), self.marked(name, mark)) else {
            return Ok(false);
        };
        let text = self.without(start, end);
        self.apply(text, at..at + 1, |_| {})?;
        Ok(true)
    }
}
