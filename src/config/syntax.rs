//! What an AWS file is made of, with the place of everything in the bytes. How it is read stands in
//! [`super::lexer`], what section names mean in [`super::header`].

use std::ops::Range;

/// A piece of the file, or of what was derived from it; see [`Parsed::str`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// Behind the last byte.
    pub end: u32,
}

impl Span {
    fn len(self) -> usize {
        (self.end - self.start) as usize
    }
}

/// `[name]` and the keys up to the next header.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// What stands between `[` and the last `]` of the line.
    pub name: Span,
    /// The header's line with its line end.
    pub header: Span,
    /// Line number, from 1.
    pub line: u32,
    pub(super) first: u32,
    pub(super) last: u32,
}

/// A key with its value.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The key in lower case, as readers see it.
    pub key: Span,
    /// The key as it stands in the file.
    pub written: Span,
    /// The value as readers see it; continuation lines joined with `\n`.
    pub value: Span,
    /// The value on the key's own line, without white space around it.
    pub first: Span,
    /// All lines of the entry with their line ends.
    pub lines: Span,
    /// Line number, from 1.
    pub line: u32,
    /// Whether the value is a block of `sub = value` lines.
    pub nested: bool,
}

impl Entry {
    fn each_span(&mut self, mut with: impl FnMut(&mut Span)) {
        let Self { key, written, value, first, lines, .. } = self;
        [key, written, value, first, lines].into_iter().for_each(&mut with);
    }
}

/// Why the AWS CLI refuses the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Line number, from 1.
    pub line: usize,
    /// What is wrong there; never holds the value of a secret key.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

/// A file that the AWS CLI reads.
#[derive(Debug, Default)]
pub struct Parsed {
    pub(super) text: String,
    pub(super) pool: String,
    pub(super) sections: Vec<Section>,
    pub(super) entries: Vec<Entry>,
    /// Which sections are `[DEFAULT]`; nearly always none.
    pub(super) defaults: Vec<usize>,
}

/// The section whose keys show in every other section.
pub const DEFAULTS: &str = "DEFAULT";

/// Keys whose values are never shown.
const SECRET_KEYS: [&str; 4] =
    ["aws_secret_access_key", "aws_session_token", "aws_security_token", "aws_access_key_id"];

/// Whether the value of `key` must not be shown.
pub fn is_secret(key: &str) -> bool {
    SECRET_KEYS.contains(&key)
}

impl Parsed {
    /// The text of a span.
    pub fn str(&self, span: Span) -> &str {
        let (start, end) = (span.start as usize, span.end as usize);
        match start.checked_sub(self.text.len()) {
            // An empty span at the very end of the text is as good in either.
            Some(start) => &self.pool[start..end - self.text.len()],
            None => &self.text[start..end],
        }
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All sections in the order of the file, `[DEFAULT]` among them.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The keys of a section in the order of the file, without defaults.
    pub fn entries(&self, section: &Section) -> &[Entry] {
        &self.entries[section.first as usize..section.last as usize]
    }

    /// The key of a section, without defaults.
    pub fn entry(&self, section: &Section, key: &str) -> Option<&Entry> {
        // Lengths first: most keys differ in them.
        self.entries(section)
            .iter()
            .find(|entry| entry.key.len() == key.len() && self.str(entry.key) == key)
    }

    /// The keys of all `[DEFAULT]` sections.
    pub fn defaults(&self) -> impl Iterator<Item = &Entry> {
        self.defaults.iter().flat_map(|&at| self.entries(&self.sections[at]))
    }

    /// Takes a text that differs from this one in some bytes, and what they are read as: these
    /// sections, and the header behind them if there is one.
    pub(super) fn splice(
        &mut self,
        text: String,
        sections: Range<usize>,
        bytes: Range<usize>,
        part: Self,
    ) {
        if bytes == (0..self.text.len()) {
            *self = part;
            return;
        }
        let place =
            |at: usize| self.sections.get(at).map_or(self.entries.len(), |s| s.first as usize);
        let entries = place(sections.start)..place(sections.end);
        let shift = Shift {
            behind: bytes.end,
            by: distance(self.text.len(), text.len()),
            base: bytes.start,
            part: part.text.len(),
            pool: text.len() + self.pool.len(),
        };
        let line = if bytes.start == 0 { 0 } else { self.sections[sections.start].line - 1 };
        let mut new: Vec<Section> = part.sections;
        for section in &mut new {
            section.name = shift.placed(section.name);
            section.header = shift.placed(section.header);
            section.line += line;
            section.first += to_u32(entries.start);
            section.last += to_u32(entries.start);
        }
        let mut own = part.entries;
        for entry in &mut own {
            entry.each_span(|span| *span = shift.placed(*span));
            entry.line += line;
        }
        let more = distance(entries.len(), own.len());
        let mut end = sections.end;
        if let Some(next) = self.sections.get(end) {
            let lines =
                new.last().map_or(0, |header| distance(next.line as usize, header.line as usize));
            if let Some(header) = new.last_mut() {
                header.last = header.first + (next.last - next.first);
            }
            end += 1;
            for section in &mut self.sections[end..] {
                section.name = shift.moved(section.name);
                section.header = shift.moved(section.header);
                section.line = moved(section.line, lines);
                section.first = moved(section.first, more);
                section.last = moved(section.last, more);
            }
            for entry in &mut self.entries[entries.end..] {
                entry.line = moved(entry.line, lines);
            }
        }
        for entry in &mut self.entries {
            entry.each_span(|span| *span = shift.moved(*span));
        }
        for section in &mut self.sections[..sections.start] {
            section.name = shift.moved(section.name);
        }
        self.sections.splice(sections.start..end, new);
        self.entries.splice(entries, own);
        self.pool.push_str(&part.pool);
        self.text = text;
    }

    /// Where the section ends: at the next header, or at the end of the file.
    pub fn section_end(&self, index: usize) -> usize {
        self.sections.get(index + 1).map_or(self.text.len(), |next| next.header.start as usize)
    }
}

/// Where spans go when a part of the text is replaced.
struct Shift {
    /// What follows moves, and what is derived stands behind the text.
    behind: usize,
    by: i64,
    /// Where the part begins, and how long its text is.
    base: usize,
    part: usize,
    /// Where what is derived from it begins.
    pool: usize,
}

impl Shift {
    fn moved(&self, span: Span) -> Span {
        if (span.start as usize) < self.behind {
            return span;
        }
        Span { start: moved(span.start, self.by), end: moved(span.end, self.by) }
    }

    fn placed(&self, span: Span) -> Span {
        let derived = span.start as usize >= self.part;
        let by = if derived { distance(self.part, self.pool) } else { distance(0, self.base) };
        Span { start: moved(span.start, by), end: moved(span.end, by) }
    }
}

fn distance(from: usize, to: usize) -> i64 {
    i64::try_from(to).unwrap_or(i64::MAX) - i64::try_from(from).unwrap_or(i64::MAX)
}

fn moved(at: u32, by: i64) -> u32 {
    u32::try_from(i64::from(at) + by).expect("files and what is derived from them stay below 4 GiB")
}

/// White space as Python's `str.strip` has it.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// `str.strip` of Python.
pub fn strip(text: &str) -> &str {
    match text.as_bytes() {
        // Nothing to strip, as nearly always: no character has to be decoded to see that.
        [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim_matches(is_space),
    }
}

/// The lines of a nested block: `Ok((key, value))`, or the line that has no `=`.
pub fn block(value: &str) -> impl Iterator<Item = Result<(&str, &str), &str>> {
    value
        .split(is_line_break)
        .map(strip)
        .filter(|line| !line.is_empty())
        .map(|line| line.split_once('=').map(|(key, value)| (strip(key), strip(value))).ok_or(line))
}

/// Where Python's `str.splitlines` splits.
fn is_line_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// The value in front of what was meant as a comment and is none for the AWS CLI.
pub fn stray_comment(text: &str) -> Option<&str> {
    // Nearly every value ends here.
    if !text.bytes().any(|byte| matches!(byte, b'#' | b';')) {
        return None;
    }
    let at = text.char_indices().zip(text.chars().skip(1)).find_map(|((at, c), next)| {
        (c.is_whitespace() && matches!(next, '#' | ';')).then_some(at)
    })?;
    Some(text[..at].trim_end())
}

/// A place in a file, or in what is derived from it.
pub(super) fn to_u32(at: usize) -> u32 {
    u32::try_from(at).expect("files and what is derived from them stay below 4 GiB")
}
