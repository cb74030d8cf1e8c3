//! A file under change: its text, what it says now, and the one way to take a changed text.

use std::collections::HashSet;
use std::ops::Range;

use super::name::{Name, Place};
use crate::config::file::AwsFile;
use crate::config::syntax::{Parsed, Section};
use crate::domain::{Error, Result};

/// A file under change.
#[derive(Debug)]
pub struct Draft {
    pub(super) place: Place,
    file: AwsFile,
    parsed: Parsed,
}

/// Sections with their keys and values: what an edit may and may not change.
pub(super) type Model = Vec<(String, Vec<(String, String)>)>;

impl Draft {
    /// Starts from a file as it was read.
    pub fn new(place: Place, file: AwsFile) -> Result<Self> {
        let text = file.parsed.text().to_owned();
        let parsed = Parsed::parse(text).map_err(|refusal| {
            Error::config(format!("`{}` is not readable", file.path.display())).cause(refusal.what)
        })?;
        Ok(Self { place, file, parsed })
    }

    /// The file as it was read.
    pub fn file(&self) -> &AwsFile {
        &self.file
    }

    /// The text as it is now.
    pub fn text(&self) -> &str {
        self.parsed.text()
    }

    /// What the text says now.
    pub fn parsed(&self) -> &Parsed {
        &self.parsed
    }

    /// Whether anything changed.
    pub fn is_changed(&self) -> bool {
        self.text() != self.file.parsed.text()
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

    /// The section that counts: the last one of that name.
    pub(in crate::config) fn find(&self, name: &Name) -> Option<usize> {
        let is_it = |section: &Section| name.is(self.parsed.str(section.name), self.place);
        self.parsed.sections().iter().rposition(is_it)
    }

    pub(super) fn expect(&self, name: &Name) -> Result<usize> {
        self.find(name)
            .ok_or_else(|| self.refuse(&format!("there is no `[{}]`", name.title(self.place))))
    }

    pub(super) fn expect_absent(&self, name: &Name) -> Result<()> {
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

    /// Takes the new text if of these sections exactly what `intended` does has changed, and of no
    /// other anything. Only the lines around them are read again.
    pub(in crate::config) fn apply(
        &mut self,
        text: String,
        changed: Range<usize>,
        intended: impl FnOnce(&mut Model),
    ) -> Result<()> {
        let window = self.window(&text, &changed);
        let mut middle = self.model(changed.clone());
        intended(&mut middle);
        let mut expected = self.model(window.sections.start..changed.start);
        expected.append(&mut middle);
        expected.append(&mut self.model(changed.end..window.sections.end));
        let sections = self.parsed.sections();
        // The header behind the window must still be one.
        expected.extend(sections.get(window.sections.end).map(|s| (self.title(s), Vec::new())));
        let end = window.bytes.end + text.len() - self.text().len();
        let part = Parsed::parse(text[window.bytes.start..end].to_owned());
        let part = part.ok().filter(|part| model(part) == expected && !self.clashes(&window, part));
        let Some(part) = part else { return Err(self.refused(text)) };
        self.parsed.splice(text, window.sections, window.bytes, part);
        Ok(())
    }

    /// What a change of these sections can have an effect on: from the section above, which has the
    /// blank lines in between, to the header below. All of it where `[DEFAULT]` shows everywhere.
    fn window(&self, text: &str, changed: &Range<usize>) -> Window {
        let (old, sections) = (self.text(), self.parsed.sections());
        let first = changed.start.saturating_sub(1);
        let start = if first == 0 { 0 } else { sections[first].header.start as usize };
        let end = sections.get(changed.end).map_or(old.len(), |next| next.header.end as usize);
        let outside = old.len() - (end - start);
        if self.parsed.defaults().next().is_none()
            && text.len() >= outside
            && text.starts_with(&old[..start])
            && text.ends_with(&old[end..])
        {
            return Window { sections: first..changed.end, bytes: start..end };
        }
        Window { sections: 0..sections.len(), bytes: 0..old.len() }
    }

    /// Whether a section of the part would stand outside the window as well.
    fn clashes(&self, window: &Window, part: &Parsed) -> bool {
        let all = self.parsed.sections();
        let inside: HashSet<&str> =
            all[window.sections.clone()].iter().map(|s| self.parsed.str(s.name)).collect();
        let mut new: HashSet<&str> = part.sections().iter().map(|s| part.str(s.name)).collect();
        new.retain(|title| !inside.contains(title));
        let behind = (window.sections.end + 1).min(all.len());
        let outside = all[..window.sections.start].iter().chain(&all[behind..]);
        let next = all.get(window.sections.end).map(|next| self.parsed.str(next.name));
        new.retain(|title| next != Some(title));
        !new.is_empty() && outside.into_iter().any(|s| new.contains(self.parsed.str(s.name)))
    }

    fn refused(&self, text: String) -> Error {
        match Parsed::parse(text) {
            Err(refusal) => {
                self.refuse("the change would make the file unreadable").cause(refusal.what)
            }
            Ok(_) => self
                .refuse("the change would alter other keys than the one meant")
                .cause("indentation near it makes lines belong together")
                .hint(format!("edit `{}` by hand", self.file.path.display())),
        }
    }

    fn model(&self, sections: Range<usize>) -> Model {
        self.parsed.sections()[sections]
            .iter()
            .map(|s| (self.title(s), keys(&self.parsed, s)))
            .collect()
    }

    fn title(&self, section: &Section) -> String {
        self.parsed.str(section.name).to_owned()
    }

    pub(super) fn refuse(&self, what: &str) -> Error {
        Error::config(format!("`{}` is left as it is: {what}", self.file.path.display()))
    }
}

/// A part of the file: sections, and the bytes up to the end of the header behind them.
struct Window {
    sections: Range<usize>,
    bytes: Range<usize>,
}

fn model(parsed: &Parsed) -> Model {
    let sections = parsed.sections().iter();
    sections.map(|s| (parsed.str(s.name).to_owned(), keys(parsed, s))).collect()
}

fn keys(parsed: &Parsed, section: &Section) -> Vec<(String, String)> {
    let entries = parsed.entries(section).iter();
    entries.map(|e| (parsed.str(e.key).to_owned(), parsed.str(e.value).to_owned())).collect()
}
