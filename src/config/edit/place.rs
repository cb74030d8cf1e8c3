//! Where in the text things go: pure splicing, without a look at what the result means.

use super::draft::Draft;
use crate::config::syntax::stray_comment;
use crate::config::syntax::{Entry, Span, is_space};

impl Draft {
    /// The line end that the file uses.
    pub fn eol(&self) -> &'static str {
        match self.text().find(['\n', '\r']) {
            Some(at) if self.text()[at..].starts_with("\r\n") => "\r\n",
            Some(at) if self.text()[at..].starts_with('\r') => "\r",
            _ => "\n",
        }
    }

    /// Behind the last line that is not blank: where new sections go.
    pub fn end_of_text(&self) -> usize {
        let used = self.text().trim_end_matches(is_space).len();
        self.text()[used..].find(['\n', '\r']).map_or(self.text().len(), |at| {
            let eol = used + at;
            eol + if self.text()[eol..].starts_with("\r\n") { 2 } else { 1 }
        })
    }

    /// The text with a new value in the place of the old one. What stood behind it as a comment
    /// goes on a line of its own, where it is one.
    pub(super) fn replaced(&self, entry: &Entry, value: &str) -> String {
        let old = self.parsed().str(entry.first);
        let (lines, eol) = (entry.lines, self.eol());
        let start = lines.start as usize;
        let comment = match stray_comment(old) {
            Some(bare) => format!("{}{eol}", old[bare.len()..].trim()),
            None => String::new(),
        };
        let key_end = entry.written.end as usize;
        let between = &self.text()[key_end..entry.first.start as usize];
        let between = if between.contains(':') || entry.first.start == entry.first.end {
            if between.trim() == "=" && between.ends_with([' ', '\t']) { between } else { " = " }
        } else {
            between
        };
        // The line's end stays: it may be missing, and blanks in front of it are the user's.
        let tail = match self.parsed().str(entry.value) == old {
            true => &self.text()[entry.first.end as usize..lines.end as usize],
            false if self.text()[..lines.end as usize].ends_with(['\n', '\r']) => eol,
            false => "",
        };
        let key = &self.text()[start..key_end];
        let new = format!("{comment}{key}{between}{value}{tail}");
        joined(&self.text()[..start], &new, &self.text()[lines.end as usize..])
    }

    /// The text with whole lines put in; a file without a last line end stays one.
    pub(in crate::config) fn inserted(&self, at: usize, lines: &str) -> String {
        let (before, after) = self.text().split_at(at);
        if before.is_empty() || before.ends_with(['\n', '\r']) {
            return joined(before, lines, after);
        }
        let eol = self.eol();
        let lines =
            lines.strip_suffix("\r\n").or(lines.strip_suffix(['\n', '\r'])).unwrap_or(lines);
        format!("{before}{eol}{lines}{after}")
    }

    /// The text without whole lines; a file without a last line end stays one.
    pub(in crate::config) fn without(&self, start: usize, end: usize) -> String {
        let mut before = &self.text()[..start];
        if end == self.text().len() && !self.text().ends_with(['\n', '\r']) {
            before = before
                .strip_suffix("\r\n")
                .unwrap_or_else(|| before.strip_suffix(['\n', '\r']).unwrap_or(before));
        }
        format!("{before}{}", &self.text()[end..])
    }

    pub(super) fn splice(&self, span: Span, new: &str) -> String {
        format!("{}{new}{}", &self.text()[..span.start as usize], &self.text()[span.end as usize..])
    }

    /// Behind the last key of a section, or behind its header.
    pub(super) fn end_of_keys(&self, at: usize) -> usize {
        let section = &self.parsed().sections()[at];
        self.parsed().entries(section).last().map_or(section.header.end, |last| last.lines.end)
            as usize
    }
}

/// Whole lines put in between. A lone `\r` and a `\n` that is a line end of its own would become one
/// line end where they meet; such a line gets both.
pub(super) fn joined(before: &str, lines: &str, after: &str) -> String {
    let start = if before.ends_with('\r') && lines.starts_with('\n') { "\r" } else { "" };
    let end = if lines.ends_with('\r') && after.starts_with('\n') { "\n" } else { "" };
    format!("{before}{start}{lines}{end}{after}")
}

/// Start of the blank line that ends where `at` begins.
pub(super) fn blank_line_before(text: &str, at: usize) -> Option<usize> {
    let before = &text[..at];
    let line = before.strip_suffix("\r\n").or_else(|| before.strip_suffix(['\n', '\r']))?;
    let start = line.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    (start > 0 && line[start..].trim().is_empty()).then_some(start)
}

/// Length of the blank line that `text` begins with, or 0.
pub(super) fn blank_line_after(text: &str) -> usize {
    let Some(end) = text.find(['\n', '\r']) else { return 0 };
    if !text[..end].trim().is_empty() {
        return 0;
    }
    end + if text[end..].starts_with("\r\n") { 2 } else { 1 }
}
