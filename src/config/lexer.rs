//! The line rules by which the AWS CLI reads its files.
//!
//! botocore hands the file to Python's `RawConfigParser` and splits nested blocks afterwards; this
//! is that grammar: comments only on lines of their own, `=` or `:`, continuation by deeper
//! indentation, a header up to the *last* `]`, `[DEFAULT]` as a section of defaults, and a refusal
//! of the whole file on duplicates.

use std::collections::HashSet;

use memchr::{memchr2, memrchr};

use super::lines::{Line, Lines};
use super::syntax::{
    DEFAULTS, Entry, Parsed, Refusal, Section, Span, block, is_secret, is_space, strip, to_u32,
};

impl Parsed {
    /// Reads bytes by the AWS CLI's rules.
    pub fn read(bytes: Vec<u8>) -> Result<Self, Refusal> {
        let text = String::from_utf8(bytes).map_err(|error| not_utf8(&error))?;
        Self::parse(text)
    }

    /// Reads text by the AWS CLI's rules.
    pub fn parse(text: String) -> Result<Self, Refusal> {
        if text.len() >= u32::MAX as usize / 2 {
            let hint = "split the file".to_owned();
            return Err(Refusal { line: 1, what: "the file is larger than 2 GiB".into(), hint });
        }
        let (pool, sections, entries) = {
            let mut lexer = Lexer::new(&text);
            lexer.run()?;
            (lexer.pool, lexer.sections, lexer.entries)
        };
        let mut parsed = Self { text, pool, sections, entries, defaults: Vec::new() };
        let is_default = |&at: &usize| parsed.str(parsed.sections[at].name) == DEFAULTS;
        parsed.defaults = (0..parsed.sections.len()).filter(is_default).collect();
        Ok(parsed)
    }
}

/// Sections and entries as far as they were read.
struct Lexer<'t> {
    text: &'t str,
    /// Text that does not stand in the file as it is.
    pool: String,
    sections: Vec<Section>,
    entries: Vec<Entry>,
    names: HashSet<&'t str>,
    /// Keys of a section that has many.
    keys: HashSet<String>,
    /// Lines that continue the last entry, blank ones included.
    more: Vec<&'t str>,
    indent: usize,
    /// Whether a key stands above in this section, so that deeper lines continue it.
    open: bool,
    /// Keys of `[DEFAULT]` whose block is no block: wrong where another section shows them.
    doubtful: Vec<(Span, Refusal)>,
}

/// Up to so many keys a section's duplicates are found by looking at each.
const FEW_KEYS: usize = 24;

impl<'t> Lexer<'t> {
    fn new(text: &'t str) -> Self {
        // A guess that saves growing: most lines of a large file are some 30 bytes long.
        let lines = text.len() / 32;
        Self {
            text,
            pool: String::new(),
            sections: Vec::with_capacity(lines / 4),
            entries: Vec::with_capacity(lines),
            names: HashSet::with_capacity(lines / 4),
            keys: HashSet::new(),
            more: Vec::new(),
            indent: 0,
            open: false,
            doubtful: Vec::new(),
        }
    }

    fn run(&mut self) -> Result<(), Refusal> {
        let mut number = 0;
        for line in Lines::new(self.text) {
            number += 1;
            self.line(&line, number)?;
        }
        self.close()?;
        let shown = |key| {
            let mut others = self.sections.iter().filter(|s| self.at(s.name) != DEFAULTS);
            others.any(|section| {
                let own = &self.entries[section.first as usize..section.last as usize];
                own.iter().all(|entry| self.at(entry.key) != self.at(key))
            })
        };
        match self.doubtful.iter().find(|(key, _)| shown(*key)) {
            Some((_, refusal)) => Err(refusal.clone()),
            None => Ok(()),
        }
    }

    fn line(&mut self, line: &Line<'t>, number: u32) -> Result<(), Refusal> {
        let content = strip(line.text);
        match content.as_bytes().first() {
            Some(b'#' | b';') => return Ok(()),
            None => {
                if self.open {
                    self.more.push("");
                }
                return Ok(());
            }
            Some(_) => {}
        }
        let indent = match line.text.as_bytes()[0] {
            0x21..=0x7e => 0,
            _ => line.text.chars().take_while(|&c| is_space(c)).count(),
        };
        if self.open && indent > self.indent {
            self.more.push(content);
            if let Some(entry) = self.entries.last_mut() {
                entry.lines.end = to_u32(line.end);
            }
            return Ok(());
        }
        self.indent = indent;
        if let Some(name) = header(content) {
            return self.header(name, line, number);
        }
        if self.sections.is_empty() {
            return Err(before_header(line.text, number));
        }
        self.key(content, line, number)
    }

    fn header(&mut self, name: &'t str, line: &Line, number: u32) -> Result<(), Refusal> {
        self.close()?;
        if name != DEFAULTS && !self.names.insert(name) {
            let first = self.sections.iter().find(|section| self.at(section.name) == name);
            let first = first.map_or(0, |section| section.line);
            return Err(Refusal {
                line: number as usize,
                what: format!("duplicate section `[{name}]` (lines {first} and {number})"),
                hint: format!("move the keys of line {number} under line {first}, and remove it"),
            });
        }
        let at = to_u32(self.entries.len());
        let header = Span { start: to_u32(line.start), end: to_u32(line.end) };
        self.sections.push(Section {
            name: self.span(name),
            header,
            line: number,
            first: at,
            last: at,
        });
        self.keys.clear();
        Ok(())
    }

    fn key(&mut self, content: &'t str, line: &Line, number: u32) -> Result<(), Refusal> {
        let wrong = |what: String, hint: &str| {
            Err(Refusal { line: number as usize, what, hint: hint.to_owned() })
        };
        let Some(at) = memchr2(b'=', b':', content.as_bytes()) else {
            if content.starts_with('[') {
                let what = "a section header without a name or without `]`".to_owned();
                return wrong(what, "write it as `[profile NAME]`");
            }
            // The text is not shown: it may be a key that was pasted in the wrong place.
            let what = "a line that is no `key = value`, no header and no comment".to_owned();
            return wrong(what, "write `key = value`, or put `#` in front of it");
        };
        let written = content[..at].trim_end_matches(is_space);
        if written.is_empty() {
            return wrong("a value without a key".to_owned(), "write `key = value`");
        }
        self.close()?;
        let first = strip(&content[at + 1..]);
        let key = self.lower(written);
        if let Some(before) = self.duplicate(key) {
            return Err(self.twice(&before, first, number));
        }
        self.entries.push(Entry {
            key,
            written: self.span(written),
            value: self.span(first),
            first: self.span(first),
            lines: Span { start: to_u32(line.start), end: to_u32(line.end) },
            line: number,
            nested: false,
        });
        if let Some(section) = self.sections.last_mut() {
            section.last += 1;
        }
        self.open = true;
        Ok(())
    }

    /// Ends the last entry: joins what continues it.
    fn close(&mut self) -> Result<(), Refusal> {
        self.open = false;
        let used = self.more.iter().rposition(|line| !line.is_empty()).map_or(0, |at| at + 1);
        let more = std::mem::take(&mut self.more);
        let Some(mut entry) = self.entries.last().copied().filter(|_| used > 0) else {
            return Ok(());
        };
        let first = self.at(entry.first).to_owned();
        let start = self.pool.len();
        self.pool.push_str(&first);
        for line in &more[..used] {
            self.pool.push('\n');
            self.pool.push_str(line);
        }
        entry.value = self.pooled(start);
        entry.nested = first.is_empty();
        if entry.nested
            && let Some(bad) = block(&self.pool[start..]).find_map(Result::err)
        {
            let number = self.text[entry.lines.start as usize..entry.lines.end as usize]
                .find(bad)
                .map_or(0, |at| {
                    let upto = entry.lines.start as usize + at;
                    Lines::new(&self.text[entry.lines.start as usize..upto])
                        .filter(|line| line.ended)
                        .count()
                });
            let refusal = Refusal {
                line: entry.line as usize + number,
                what: format!("a line without `=` in the block of `{}`", self.at(entry.key)),
                hint: "write `key = value` in every line of the block".to_owned(),
            };
            if self.sections.last().is_none_or(|section| self.at(section.name) != DEFAULTS) {
                return Err(refusal);
            }
            self.doubtful.push((entry.key, refusal));
        }
        if let Some(last) = self.entries.last_mut() {
            *last = entry;
        }
        self.more = more;
        self.more.clear();
        Ok(())
    }

    /// The entry of this section that has the same key.
    fn duplicate(&mut self, key: Span) -> Option<Entry> {
        let section = self.sections.last()?;
        let mine = section.first as usize..self.entries.len();
        if self.at(section.name) == DEFAULTS {
            // `[DEFAULT]` may stand more than once, and is one section.
            let all = self.sections.iter().filter(|section| self.at(section.name) == DEFAULTS);
            let mut all = all.flat_map(|s| &self.entries[s.first as usize..s.last as usize]);
            return all.find(|entry| self.at(entry.key) == self.at(key)).copied();
        }
        if mine.len() >= FEW_KEYS {
            if self.keys.is_empty() {
                let known = &self.entries[mine.clone()];
                self.keys = known.iter().map(|entry| self.at(entry.key).to_owned()).collect();
            }
            let name = self.at(key).to_owned();
            if self.keys.insert(name) {
                return None;
            }
        }
        self.entries[mine].iter().find(|entry| self.at(entry.key) == self.at(key)).copied()
    }

    fn twice(&self, before: &Entry, value: &str, number: u32) -> Refusal {
        let key = self.at(before.key);
        let section = self.sections.last().map_or("", |section| self.at(section.name));
        let line = before.line;
        let what = if is_secret(key) {
            format!("duplicate key `{key}` in `[{section}]` (lines {line} and {number})")
        } else {
            let old = self.at(before.value);
            format!(
                "duplicate key `{key}` in `[{section}]`: `{old}` in line {line}, `{value}` in line {number}"
            )
        };
        let hint = format!("remove line {line} or line {number}");
        Refusal { line: number as usize, what, hint }
    }

    fn lower(&mut self, written: &'t str) -> Span {
        if written.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
            return self.span(written);
        }
        let start = self.pool.len();
        self.pool.push_str(&written.to_lowercase());
        self.pooled(start)
    }

    fn pooled(&self, start: usize) -> Span {
        let base = self.text.len();
        Span { start: to_u32(base + start), end: to_u32(base + self.pool.len()) }
    }

    fn span(&self, part: &str) -> Span {
        let start = part.as_ptr() as usize - self.text.as_ptr() as usize;
        Span { start: to_u32(start), end: to_u32(start + part.len()) }
    }

    fn at(&self, span: Span) -> &str {
        let (start, end) = (span.start as usize, span.end as usize);
        match start.checked_sub(self.text.len()) {
            Some(start) => &self.pool[start..end - self.text.len()],
            None => &self.text[start..end],
        }
    }
}

/// The name of a header line: up to the last `]`, not empty.
fn header(content: &str) -> Option<&str> {
    let rest = content.strip_prefix('[')?;
    let end = memrchr(b']', rest.as_bytes())?;
    (end > 0).then(|| &rest[..end])
}

fn before_header(line: &str, number: u32) -> Refusal {
    let (what, hint) = if line.starts_with('\u{feff}') {
        ("a byte order mark (BOM) in front of the first section", "save the file without a BOM")
    } else if strip(line).starts_with('[') {
        ("a section header without a name or without `]`", "write it as `[profile NAME]`")
    } else {
        ("text before the first section", "put `[default]` or `[profile NAME]` above it")
    };
    Refusal { line: number as usize, what: what.to_owned(), hint: hint.to_owned() }
}

/// The refusal of bytes that are not text.
fn not_utf8(error: &std::string::FromUtf8Error) -> Refusal {
    let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = 1 + Lines::new(&String::from_utf8_lossy(good)).filter(|line| line.ended).count();
    Refusal {
        line,
        what: "a byte that is not UTF-8".to_owned(),
        hint: "save the file as UTF-8".to_owned(),
    }
}
