//! The operations on a file under change.

use super::check::{check_title, check_value, check_word};
use super::draft::Draft;
use super::name::Name;
use super::place::{blank_line_after, blank_line_before, joined};
use crate::config::syntax::{Entry, Section};
use crate::domain::Result;

impl Draft {
    /// Sets a key, in its place if it is there, else behind the section's last key; makes the
    /// section at the end of the file if there is none.
    pub fn set(&mut self, name: &Name, key: &str, value: &str) -> Result<()> {
        check_word(key, "key")?;
        check_value(key, value)?;
        let Some(at) = self.find(name) else {
            self.add(name)?;
            return self.set(name, key, value);
        };
        let section = self.parsed().sections()[at];
        let Some(entry) = self.parsed().entry(&section, key).copied() else {
            return self.insert_key(at, key, value);
        };
        if self.parsed().str(entry.value) == value && !entry.nested {
            return Ok(());
        }
        self.holds_no_header(&entry)?;
        let text = self.replaced(&entry, value);
        self.apply(text, at..at + 1, |model| put(&mut model[0].1, key, value))
    }

    /// Removes a key with its block; whether it was there.
    pub fn remove_key(&mut self, name: &Name, key: &str) -> Result<bool> {
        let Some(at) = self.find(name) else { return Ok(false) };
        let section = self.parsed().sections()[at];
        let Some(entry) = self.parsed().entry(&section, key).copied() else { return Ok(false) };
        self.holds_no_header(&entry)?;
        let text = self.without(entry.lines.start as usize, entry.lines.end as usize);
        self.apply(text, at..at + 1, |model| model[0].1.retain(|(known, _)| known != key))?;
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
        let section = self.parsed().sections()[at];
        let text = match self.parsed().entry(&section, key) {
            Some(entry) => {
                self.holds_no_header(entry)?;
                let (start, end) = (entry.lines.start as usize, entry.lines.end as usize);
                let ended = self.text()[..end].ends_with(['\n', '\r']);
                let lines = if ended { &lines[..] } else { lines.trim_end_matches(['\n', '\r']) };
                joined(&self.text()[..start], lines, &self.text()[end..])
            }
            None => self.inserted(self.end_of_keys(at), &lines),
        };
        self.apply(text, at..at + 1, |model| put(&mut model[0].1, key, &value))
    }

    /// Adds an empty section at the end of the file, in front of blank lines there.
    pub fn add(&mut self, name: &Name) -> Result<()> {
        self.add_lines(name, "", Vec::new())
    }

    /// Adds a section with the same keys, comments between them included.
    pub fn copy(&mut self, name: &Name, new: &Name) -> Result<()> {
        let at = self.expect(name)?;
        let section = self.parsed().sections()[at];
        let start = section.header.end as usize;
        let mut lines = self.text()[start..self.end_of_keys(at).max(start)].to_owned();
        if !lines.is_empty() && !lines.ends_with(['\n', '\r']) {
            lines.push_str(self.eol());
        }
        let keys = self.keys(name);
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
        let spellings = self.parsed().sections().iter();
        if spellings.filter(|s| name.is(self.parsed().str(s.name), self.place)).count() > 1 {
            let title = name.title(self.place);
            return Err(self
                .refuse(&format!("`[{title}]` stands there in two spellings"))
                .hint("remove the first of the two sections: AWS tools read only the last"));
        }
        let title = new.title(self.place);
        check_title(&title)?;
        let text = self.splice(self.parsed().sections()[at].name, &title);
        self.apply(text, at..at + 1, |model| model[0].0 = title)?;
        Ok(true)
    }

    /// Gives the section its usual header (`[default]`, never `[profile default]`) and removes
    /// earlier spellings of the name, which no longer count for the AWS CLI.
    pub fn respell(&mut self, name: &Name) -> Result<()> {
        let title = name.title(self.place);
        while let Some(at) = self.find(name) {
            let is_it = |s: &Section| name.is(self.parsed().str(s.name), self.place);
            let first = self.parsed().sections().iter().position(is_it).unwrap_or(at);
            if first == at {
                if self.parsed().str(self.parsed().sections()[at].name) != title {
                    let text = self.splice(self.parsed().sections()[at].name, &title);
                    self.apply(text, at..at + 1, |model| model[0].0 = title)?;
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
        let text = format!("{}{new}{}", &self.text()[..start], &self.text()[end..]);
        let inside = |section: &Section| (start..end).contains(&(section.header.start as usize));
        let all = self.parsed().sections();
        let before = all.iter().take_while(|s| (s.header.start as usize) < start).count();
        let count = all.iter().filter(|section| inside(section)).count();
        self.apply(text, before..before + count, |model| *model = sections)
    }

    fn remove_at(&mut self, at: usize) -> Result<()> {
        for entry in self.parsed().entries(&self.parsed().sections()[at]) {
            self.holds_no_header(entry)?;
        }
        let start = self.parsed().sections()[at].header.start as usize;
        let mut end = self.end_of_keys(at);
        let start = match blank_line_before(self.text(), start) {
            Some(blank) => blank,
            None if start == 0 && !self.text()[end..].trim().is_empty() => {
                end += blank_line_after(&self.text()[end..]);
                start
            }
            None => start,
        };
        let text = self.without(start, end);
        self.apply(text, at..at + 1, Vec::clear)
    }

    fn add_lines(&mut self, name: &Name, lines: &str, keys: Vec<(String, String)>) -> Result<()> {
        self.expect_absent(name)?;
        let title = name.title(self.place);
        check_title(&title)?;
        let eol = self.eol();
        let at = if self.text().trim().is_empty() { 0 } else { self.end_of_text() };
        let gap = if at == 0 { "" } else { eol };
        let text = self.inserted(at, &format!("{gap}[{title}]{eol}{lines}"));
        let end = self.parsed().sections().len();
        self.apply(text, end..end, |model| model.push((title, keys)))
    }

    fn insert_key(&mut self, at: usize, key: &str, value: &str) -> Result<()> {
        let section = self.parsed().sections()[at];
        let indent = self.parsed().entries(&section).last().map_or("", |last| {
            let start = last.lines.start as usize;
            &self.text()[start..last.written.start as usize]
        });
        let line = format!("{indent}{key} = {value}{}", self.eol());
        let text = self.inserted(self.end_of_keys(at), &line);
        self.apply(text, at..at + 1, |model| put(&mut model[0].1, key, value))
    }

    /// Refuses to drop an indented header: it belongs to the key above it for every AWS tool, and
    /// its writer meant a section.
    fn holds_no_header(&self, entry: &Entry) -> Result<()> {
        let value = self.parsed().str(entry.value);
        let Some(line) = value.split('\n').skip(1).find(|line| line.starts_with('[')) else {
            return Ok(());
        };
        let key = self.parsed().str(entry.key);
        Err(self
            .refuse(&format!("`{line}` is part of the value of `{key}` there"))
            .cause("an indented header behind a key continues its value")
            .hint(format!(
                "start `{line}` in the first column, in `{}`",
                self.file().path.display()
            )))
    }
}

fn put(keys: &mut Vec<(String, String)>, key: &str, value: &str) {
    match keys.iter_mut().find(|(known, _)| known == key) {
        Some((_, known)) => value.clone_into(known),
        None => keys.push((key.to_owned(), value.to_owned())),
    }
}
