//! The marked block of one session in the config file: what stands in it, and what shall.

use crate::config::edit::{Draft, Name, Place};
use crate::config::file::AwsFile;
use crate::config::header::{Header, classify};
use crate::config::syntax::Parsed;
use crate::domain::{Error, Result};

/// Keys and values of a section.
pub type Keys = Vec<(String, String)>;

/// One section of the block, with the lines up to the next.
#[derive(Clone, Debug)]
pub struct Section {
    /// The profile; `None` for anything else that somebody put there.
    pub profile: Option<String>,
    title: String,
    pub keys: Keys,
    text: String,
}

/// The block as it stands in the file.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// First byte of the block's first line, and behind its last line; the same where there is no
    /// block.
    pub range: (usize, usize),
    head: String,
    /// What stands in it.
    pub sections: Vec<Section>,
}

impl Section {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.keys.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// A new section with these keys.
    pub fn new(profile: &str, keys: Keys, eol: &str) -> Self {
        let title = format!("profile {profile}");
        let mut text = format!("[{title}]{eol}");
        for (key, value) in &keys {
            text.extend([key, " = ", value, eol]);
        }
        text.push_str(eol);
        Self { profile: Some(profile.to_owned()), title, keys, text }
    }

    /// Sets a key in its place or behind the others; every other line stays.
    pub fn set(&mut self, key: &str, value: &str) -> Result<()> {
        let Some(profile) = &self.profile else { return Ok(()) };
        let mut draft = draft(&self.text)?;
        let name = Name::profile(profile.clone());
        draft.set(&name, key, value)?;
        draft.text().clone_into(&mut self.text);
        self.keys = draft.keys(&name);
        Ok(())
    }

    /// Comments between this section and the next: they stay when the section goes.
    fn comments(&self, eol: &str) -> String {
        let is_comment = |line: &&str| line.trim_start().starts_with(['#', ';']);
        self.text.lines().filter(is_comment).flat_map(|line| [line, eol]).collect()
    }
}

impl Block {
    /// Finds the session's block. Marks that do not fit together are a configuration error.
    pub fn find(draft: &Draft, session: &str) -> Result<Self> {
        let text = draft.text();
        let begin = line(text, &begin_mark(session));
        let end = line(text, &end_mark(session));
        let (begin, end) = match (begin, end) {
            (None, None) => {
                let at = if text.trim().is_empty() { 0 } else { draft.end_of_text() };
                return Ok(Self { range: (at, at), ..Self::default() });
            }
            (Some(begin), Some(end)) if begin.1 <= end.0 => (begin, end),
            _ => {
                let path = draft.file().path.display();
                return Err(Error::config(format!(
                    "the marks of the block in `{path}` do not fit"
                ))
                .cause(format!("one of `{}`, `{}`", begin_mark(session), end_mark(session)))
                .hint("put back the line that is missing, or remove the other one"));
            }
        };
        let inside = &text[begin.1..end.0];
        let parsed = parse(inside)?;
        let all = parsed.sections();
        let start = |at: usize| all.get(at).map_or(inside.len(), |s| s.header.start as usize);
        let sections = (0..all.len()).map(|at| {
            let title = parsed.str(all[at].name);
            let keys = parsed.entries(&all[at]).iter();
            Section {
                profile: match classify(title) {
                    Header::Profile(name) => Some(name.into_owned()),
                    _ => None,
                },
                title: title.to_owned(),
                keys: keys
                    .map(|e| (parsed.str(e.key).to_owned(), parsed.str(e.value).to_owned()))
                    .collect(),
                text: inside[start(at)..start(at + 1)].to_owned(),
            }
        });
        Ok(Self {
            range: (begin.0, end.1),
            head: inside[..start(0)].to_owned(),
            sections: sections.collect(),
        })
    }

    /// Whether the file has the block.
    pub fn exists(&self) -> bool {
        self.range.0 < self.range.1
    }

    /// Takes out sections; comments in them stay.
    pub fn remove(&mut self, eol: &str, gone: impl Fn(&Section) -> bool) {
        let mut kept: Vec<Section> = Vec::with_capacity(self.sections.len());
        for section in std::mem::take(&mut self.sections) {
            if !gone(&section) {
                kept.push(section);
                continue;
            }
            let comments = section.comments(eol);
            match kept.last_mut() {
                Some(before) => before.text.push_str(&comments),
                None => self.head.push_str(&comments),
            }
        }
        self.sections = kept;
    }

    /// Puts the block into the file: every section outside stays as it is.
    pub fn put(&self, draft: &mut Draft, session: &str) -> Result<()> {
        let eol = draft.eol();
        let (start, end) = self.range;
        let mut text = String::new();
        if self.sections.is_empty() {
            let written = |line: &&str| !line.trim().is_empty() && *line != HEAD;
            text.extend(self.head.lines().filter(written).flat_map(|line| [line, eol]));
        } else {
            if !self.exists() && start > 0 {
                if !draft.text()[..start].ends_with(['\n', '\r']) {
                    text.push_str(eol);
                }
                text.push_str(eol);
            }
            text.extend([&*begin_mark(session), eol]);
            if self.exists() {
                text.push_str(&self.head);
            } else {
                text.extend([HEAD, eol, eol]);
            }
            text.extend(self.sections.iter().map(|section| section.text.as_str()));
            text.extend([&*end_mark(session), eol]);
        }
        if draft.text()[start..end] == text {
            return Ok(());
        }
        let titled = self.sections.iter().map(|s| (s.title.clone(), s.keys.clone()));
        draft.replace_sections(start, end, &text, titled.collect())
    }
}

/// The first line of a new block.
const HEAD: &str = "# Written by `ssoenv sync`: what is added here is kept.";

fn begin_mark(session: &str) -> String {
    format!("# BEGIN ssoenv sync {session}")
}

fn end_mark(session: &str) -> String {
    format!("# END ssoenv sync {session}")
}

/// Start of the line that is this mark, and the place behind it.
fn line(text: &str, mark: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let start = at;
        at += line.len();
        if line.trim_end() == mark {
            let end = if text[..at].ends_with('\r') && text[at..].starts_with('\n') {
                at + 1
            } else {
                at
            };
            return Some((start, end));
        }
    }
    None
}

fn parse(text: &str) -> Result<Parsed> {
    Parsed::parse(text.to_owned()).map_err(|refusal| {
        Error::config("the block of `ssoenv sync` cannot be read")
            .cause(refusal.what)
            .hint("its first line that is no comment must be a section header")
    })
}

fn draft(text: &str) -> Result<Draft> {
    Draft::new(Place::Config, AwsFile { parsed: parse(text)?, ..AwsFile::default() })
}
