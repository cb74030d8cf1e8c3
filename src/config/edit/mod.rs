//! One AWS file changed line by line: every byte that an edit does not mean stays.
//!
//! Each operation splices the text, reads the result by the AWS CLI's rules, and is refused unless
//! exactly the intended keys changed. What is written is what every AWS reader understands: headers
//! and keys as they stand elsewhere in the file, `key = value`, one header and one key of a name.

mod check;
mod name;
mod place;

use super::file::AwsFile;
use super::syntax::{Entry, Parsed, Section};
use crate::domain::{Error, Result};
use check::{check_title, check_value, check_word};
use place::{blank_line_after, blank_line_before, joined};

pub use name::{Name, Place};

/// A file under change.
#[derive(Debug)]
pub struct Draft {
    place: Place,
    file: AwsFile,
    text: String,
    parsed: Parsed,
}

/// Sections with their keys and values: what an edit may and may not change.
type Model = Vec<(String, Vec<(String, String)>)>;

impl Draft {
    /// Starts from a file as it was read.
    pub fn new(place: Place, file: AwsFile) -> Result<Self> {
        let text = file.parsed.text().to_owned();
        let parsed = parse(text.clone(), &file)?;
        Ok(Self { place, file, text, parsed })
    }

    /// The file as it was read.
    pub fn file(&self) -> &AwsFile {
        &self.file
    }

    /// The text as it is now.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the text says now.
    pub fn parsed(&self) -> &Parsed {
        &self.parsed
    }

    /// Whether anything changed.
    pub fn is_changed(&self) -> bool {
        self.text != self.file.parsed.text()
    }

    /// Whether the section is there.
    pub fn has(&self, name: &Name) -> bool {
        self.find(name).is_some()
    }

    /// The value of a key, continuation lines joined.
    pub fn value(&self, name: &Name, key: &str) -> Option<&str> {
        let section = &self.parsed.sections()[self.find(name)?];
        self.parsed.entry(section, key).map(|entry| self.parsed.str(entry.value))
    }

    /// The keys of a section with their values, in the order of the file.
    pub fn keys(&self, name: &Name) -> Vec<(String, String)> {
        let section = self.find(name).map(|at| &self.parsed.sections()[at]);
        section.map(|section| keys(&self.parsed, section)).unwrap_or_default()
    }

    /// Sets a key, in its place if it is there, else behind the section's last key; makes the
    /// section at the end of the file if there is none.
    pub fn set(&mut self, name: &Name, key: &str, value: &str) -> Result<()> {
        check_word(key, "key")?;
        check_value(key, value)?;
        let Some(at) = self.find(name) else {
            self.add(name)?;
            return self.set(name, key, value);
        };
        let section = self.parsed.sections()[at];
        let Some(entry) = self.parsed.entry(&section, key).copied() else {
            return self.insert_key(at, key, value);
        };
        if self.parsed.str(entry.value) == value && !entry.nested {
            return Ok(());
        }
        self.holds_no_header(&entry)?;
        let text = self.replaced(&entry, value);
        self.apply(text, |model| put(&mut model[at].1, key, value))
    }

    /// Removes a key with its block; whether it was there.
    pub fn remove_key(&mut self, name: &Name, key: &str) -> Result<bool> {
        let Some(at) = self.find(name) else { return Ok(false) };
        let section = self.parsed.sections()[at];
        let Some(entry) = self.parsed.entry(&section, key).copied() else { return Ok(false) };
        self.holds_no_header(&entry)?;
        let text = self.without(entry.lines.start as usize, entry.lines.end as usize);
        self.apply(text, |model| model[at].1.retain(|(known, _)| known != key))?;
        Ok(true)
    }

    /// Renames a key in its place; whether it was there.
    pub fn rename_key(&mut self, name: &Name, key: &str, new: &str) -> Result<bool> {
        check_word(new, "key")?;
        let Some(at) = self.find(name) else { return Ok(false) };
        let section = self.parsed.sections()[at];
        let Some(entry) = self.parsed.entry(&section, key).copied() else { return Ok(false) };
        let text = self.splice(entry.written, new);
        self.apply(text, |model| {
            for (known, _) in &mut model[at].1 {
                if known == key {
                    new.clone_into(known);
                }
            }
        })?;
        Ok(true)
    }

    /// Writes a nested block in place of the key, or behind the section's last key.
    pub fn set_block(&mut self, name: &Name, key: &str, block: &[(&str, &str)]) -> Result<()> {
        check_word(key, "key")?;
        let eol = self.eol();
        let mut lines = format!("{key} ={eol}");
        let mut value = String::new();
        for (sub, text) in block {
            check_word(sub, "key")?;
            check_value(sub, text)?;
            lines.extend(["    ", sub, " = ", text, eol]);
            value.extend(["\n", sub, " = ", text]);
        }
        if !self.has(name) {
            self.add(name)?;
        }
        let at = self.expect(name)?;
        let section = self.parsed.sections()[at];
        let text = match self.parsed.entry(&section, key) {
            Some(entry) => {
                self.holds_no_header(entry)?;
                let (start, end) = (entry.lines.start as usize, entry.lines.end as usize);
                let ended = self.text[..end].ends_with(['\n', '\r']);
                let lines = if ended { &lines[..] } else { lines.trim_end_matches(['\n', '\r']) };
                joined(&self.text[..start], lines, &self.text[end..])
            }
            None => self.inserted(self.end_of_keys(at), &lines),
        };
        self.apply(text, |model| put(&mut model[at].1, key, &value))
    }

    /// Adds an empty section at the end of the file, in front of blank lines there.
    pub fn add(&mut self, name: &Name) -> Result<()> {
        self.add_lines(name, "", Vec::new())
    }

    /// Adds a section with the same keys, comments between them included.
    pub fn copy(&mut self, name: &Name, new: &Name) -> Result<()> {
        let at = self.expect(name)?;
        let section = self.parsed.sections()[at];
        let start = section.header.end as usize;
        let mut lines = self.text[start..self.end_of_keys(at).max(start)].to_owned();
        if !lines.is_empty() && !lines.ends_with(['\n', '\r']) {
            lines.push_str(self.eol());
        }
        let keys = keys(&self.parsed, &section);
        self.add_lines(new, &lines, keys)
    }

    /// Removes the section in all its spellings; whether it was there.
    pub fn remove(&mut self, name: &Name) -> Result<bool> {
        let mut removed = false;
        while let Some(at) = self.find(name) {
            self.remove_at(at)?;
            removed = true;
        }
        Ok(removed)
    }

    /// Renames the section in its place; whether it was there. One that stands in two spellings is
    /// refused: the other one would come to light.
    pub fn rename(&mut self, name: &Name, new: &Name) -> Result<bool> {
        let Some(at) = self.find(name) else { return Ok(false) };
        self.expect_absent(new)?;
        let spellings = self.parsed.sections().iter();
        if spellings.filter(|s| name.is(self.parsed.str(s.name), self.place)).count() > 1 {
            let title = name.title(self.place);
            return Err(self
                .refuse(&format!("`[{title}]` stands there in two spellings"))
                .hint("remove the first of the two sections: AWS tools read only the last"));
        }
        let title = new.title(self.place);
        check_title(&title)?;
        let text = self.splice(self.parsed.sections()[at].name, &title);
        self.apply(text, |model| model[at].0 = title)?;
        Ok(true)
    }

    /// Gives the section its usual header (`[default]`, never `[profile default]`) and removes
    /// earlier spellings of the name, which no longer count for the AWS CLI.
    pub fn respell(&mut self, name: &Name) -> Result<()> {
        let title = name.title(self.place);
        while let Some(at) = self.find(name) {
            let is_it = |s: &Section| name.is(self.parsed.str(s.name), self.place);
            let first = self.parsed.sections().iter().position(is_it).unwrap_or(at);
            if first == at {
                if self.parsed.str(self.parsed.sections()[at].name) != title {
                    let text = self.splice(self.parsed.sections()[at].name, &title);
                    self.apply(text, |model| model[at].0 = title)?;
                }
                return Ok(());
            }
            self.remove_at(first)?;
        }
        Ok(())
    }

    /// Puts `new` in the place of the lines from `start` to `end`, which hold whole sections.
    /// Sections outside stay as they are; inside there must then be `sections`: what stands
    /// between the brackets, and the keys.
    pub fn replace_sections(
        &mut self,
        start: usize,
        end: usize,
        new: &str,
        sections: Vec<(String, Vec<(String, String)>)>,
    ) -> Result<()> {
        let text = format!("{}{new}{}", &self.text[..start], &self.text[end..]);
        let inside = |section: &Section| (start..end).contains(&(section.header.start as usize));
        let all = self.parsed.sections();
        let before = all.iter().take_while(|s| (s.header.start as usize) < start).count();
        let count = all.iter().filter(|section| inside(section)).count();
        self.apply(text, |model| drop(model.splice(before..before + count, sections)))
    }

    fn remove_at(&mut self, at: usize) -> Result<()> {
        for entry in self.parsed.entries(&self.parsed.sections()[at]) {
            self.holds_no_header(entry)?;
        }
        let start = self.parsed.sections()[at].header.start as usize;
        let mut end = self.end_of_keys(at);
        let start = match blank_line_before(&self.text, start) {
            Some(blank) => blank,
            None if start == 0 && !self.text[end..].trim().is_empty() => {
                end += blank_line_after(&self.text[end..]);
                start
            }
            None => start,
        };
        let text = self.without(start, end);
        self.apply(text, |model| drop(model.remove(at)))
    }

    fn add_lines(&mut self, name: &Name, lines: &str, keys: Vec<(String, String)>) -> Result<()> {
        self.expect_absent(name)?;
        let title = name.title(self.place);
        check_title(&title)?;
        let eol = self.eol();
        let at = if self.text.trim().is_empty() { 0 } else { self.end_of_text() };
        let gap = if at == 0 { "" } else { eol };
        let text = self.inserted(at, &format!("{gap}[{title}]{eol}{lines}"));
        self.apply(text, |model| model.push((title, keys)))
    }

    fn insert_key(&mut self, at: usize, key: &str, value: &str) -> Result<()> {
        let section = self.parsed.sections()[at];
        let indent = self.parsed.entries(&section).last().map_or("", |last| {
            let start = last.lines.start as usize;
            &self.text[start..last.written.start as usize]
        });
        let line = format!("{indent}{key} = {value}{}", self.eol());
        let text = self.inserted(self.end_of_keys(at), &line);
        self.apply(text, |model| put(&mut model[at].1, key, value))
    }

    /// Refuses to drop an indented header: it belongs to the key above it for every AWS tool, and
    /// its writer meant a section.
    fn holds_no_header(&self, entry: &Entry) -> Result<()> {
        let value = self.parsed.str(entry.value);
        let Some(line) = value.split('\n').skip(1).find(|line| line.starts_with('[')) else {
            return Ok(());
        };
        let key = self.parsed.str(entry.key);
        Err(self
            .refuse(&format!("`{line}` is part of the value of `{key}` there"))
            .cause("an indented header behind a key continues its value")
            .hint(format!("start `{line}` in the first column, in `{}`", self.file.path.display())))
    }

    /// The section that counts: the last one of that name.
    pub(in crate::config) fn find(&self, name: &Name) -> Option<usize> {
        let is_it = |section: &Section| name.is(self.parsed.str(section.name), self.place);
        self.parsed.sections().iter().rposition(is_it)
    }

    fn expect(&self, name: &Name) -> Result<usize> {
        self.find(name)
            .ok_or_else(|| self.refuse(&format!("there is no `[{}]`", name.title(self.place))))
    }

    fn expect_absent(&self, name: &Name) -> Result<()> {
        match self.find(name) {
            None => Ok(()),
            Some(at) => {
                let line = self.parsed.sections()[at].line;
                let what =
                    format!("`[{}]` is there already, in line {line}", name.title(self.place));
                Err(self.refuse(&what))
            }
        }
    }

    /// Takes the new text if exactly what `intended` does has changed.
    pub(super) fn apply(&mut self, text: String, intended: impl FnOnce(&mut Model)) -> Result<()> {
        let mut expected = model(&self.parsed);
        intended(&mut expected);
        let parsed = Parsed::parse(text.clone()).map_err(|refusal| {
            self.refuse("the change would make the file unreadable").cause(refusal.what)
        })?;
        if model(&parsed) != expected {
            return Err(self
                .refuse("the change would alter other keys than the one meant")
                .cause("indentation near it makes lines belong together")
                .hint(format!("edit `{}` by hand", self.file.path.display())));
        }
        self.text = text;
        self.parsed = parsed;
        Ok(())
    }

    fn refuse(&self, what: &str) -> Error {
        Error::config(format!("`{}` is left as it is: {what}", self.file.path.display()))
    }
}

fn parse(text: String, file: &AwsFile) -> Result<Parsed> {
    Parsed::parse(text).map_err(|refusal| {
        Error::config(format!("`{}` is not readable", file.path.display())).cause(refusal.what)
    })
}

fn model(parsed: &Parsed) -> Model {
    let sections = parsed.sections().iter();
    sections.map(|s| (parsed.str(s.name).to_owned(), keys(parsed, s))).collect()
}

fn keys(parsed: &Parsed, section: &Section) -> Vec<(String, String)> {
    let entries = parsed.entries(section).iter();
    entries.map(|e| (parsed.str(e.key).to_owned(), parsed.str(e.value).to_owned())).collect()
}

fn put(keys: &mut Vec<(String, String)>, key: &str, value: &str) {
    match keys.iter_mut().find(|(known, _)| known == key) {
        Some((_, known)) => value.clone_into(known),
        None => keys.push((key.to_owned(), value.to_owned())),
    }
}
