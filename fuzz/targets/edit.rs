//! The editor of the AWS files. The first line is the edit, `VERB NAME|KEY|VALUE`; the rest is the
//! file. An edit that is refused changes nothing; one that is made changes its own lines alone, says
//! what it should, and can be undone.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ssoenv::config::edit::{Draft, Name, Place};
use ssoenv::config::file::AwsFile;
use ssoenv::config::header::{Header, classify};
use ssoenv::config::stray_comment;
use ssoenv::config::syntax::Parsed;

type Model = Vec<(String, Vec<(String, String)>)>;

fuzz_target!(|bytes: &[u8]| {
    let Some((edit, file)) = std::str::from_utf8(bytes).ok().and_then(|t| t.split_once('\n'))
    else {
        return;
    };
    let Some((verb, words)) = edit.split_once(' ') else { return };
    let mut words = words.split('|');
    let mut word = || words.next().unwrap_or_default();
    let (name, key, value) = (word(), word(), word());
    // Capitals: the same in the credentials file.
    let place =
        if verb.starts_with(char::is_uppercase) { Place::Credentials } else { Place::Config };
    let Ok(parsed) = Parsed::parse(file.to_owned()) else { return };
    let file = AwsFile { parsed, ..AwsFile::default() };
    let draft = Draft::new(place, file).expect("it was read before");
    let mut edit = Edit { draft, place, name: Name::profile(name), key, value };
    match &*verb.to_ascii_lowercase() {
        "set" => edit.set(),
        "unset" => edit.remove_key(),
        "block" => edit.set_block(),
        "copy" => edit.copy(),
        "remove" => edit.remove(),
        "rename" => edit.rename(),
        "respell" => edit.respell(),
        "session" => {
            edit.name = Name::session(name);
            edit.set();
        }
        _ => {}
    }
});

struct Edit<'a> {
    draft: Draft,
    place: Place,
    name: Name,
    key: &'a str,
    value: &'a str,
}

impl Edit<'_> {
    fn set(&mut self) {
        let (before, old) = (self.text(), self.old_value());
        let (had, lines) = (self.draft.has(&self.name), self.entry_lines());
        let others = self.others();
        if self.draft.set(&self.name, self.key, self.value).is_err() {
            return self.unchanged_or_only_added(&before);
        }
        assert_eq!(self.read_back().as_deref(), Some(self.value), "what is written is read");
        assert_eq!(self.others(), others, "other keys stay");
        match (&old, lines) {
            (Some(old), Some((start, end))) => {
                self.stays(&before, start, end);
                // Where the line had another form, its form is not brought back.
                let line = &before[start..end];
                let plain = !old.is_empty()
                    && !old.contains('\n')
                    && !self.value.is_empty()
                    && !line.contains(':')
                    && stray_comment(old).is_none();
                if plain && self.draft.set(&self.name, self.key, old).is_ok() {
                    assert_eq!(self.draft.text(), before, "the old value gives the old bytes");
                }
            }
            _ => {
                only_added(&before, self.draft.text());
                if had {
                    self.draft.remove_key(&self.name, self.key).expect("it was just added");
                } else {
                    self.draft.remove(&self.name).expect("it was just added");
                }
                assert_eq!(self.draft.text(), before, "what was added can be taken away");
            }
        }
    }

    fn set_block(&mut self) {
        let (before, lines, had) = (self.text(), self.entry_lines(), self.draft.has(&self.name));
        let others = self.others();
        let block = [("first", self.value), ("second", "2")];
        if self.draft.set_block(&self.name, self.key, &block).is_err() {
            return self.unchanged_or_only_added(&before);
        }
        let value = format!("\nfirst = {}\nsecond = 2", self.value);
        assert_eq!(self.read_back(), Some(value));
        assert_eq!(self.others(), others, "other keys stay");
        match lines {
            Some((start, end)) => self.stays(&before, start, end),
            None => {
                only_added(&before, self.draft.text());
                if had {
                    self.draft.remove_key(&self.name, self.key).expect("it was just added");
                    assert_eq!(self.draft.text(), before);
                }
            }
        }
    }

    fn remove_key(&mut self) {
        let (before, lines, others) = (self.text(), self.entry_lines(), self.others());
        match self.draft.remove_key(&self.name, self.key) {
            Ok(true) => {
                let (start, end) = lines.expect("it was there");
                assert_eq!((self.read_back(), self.others()), (None, others));
                self.stays(&before, before_line_end(&before, start, end), end);
                only_added(self.draft.text(), &before);
            }
            Ok(false) | Err(_) => assert_eq!(self.draft.text(), before),
        }
    }

    fn copy(&mut self) {
        let (before, keys) = (self.text(), self.draft.keys(&self.name));
        let new = Name::profile(self.value);
        if self.draft.copy(&self.name, &new).is_err() {
            return assert_eq!(self.draft.text(), before);
        }
        assert_eq!(self.draft.keys(&new), keys, "the same keys");
        only_added(&before, self.draft.text());
        if self.draft.remove(&new).is_ok() {
            assert_eq!(self.draft.text(), before, "a copy can be taken away");
        }
    }

    fn remove(&mut self) {
        let (before, model) = (self.text(), self.model());
        let kept: Model = model.into_iter().filter(|(title, _)| !self.means(title)).collect();
        match self.draft.remove(&self.name) {
            Ok(_) => {
                assert_eq!(self.model(), kept, "other sections stay");
                let mut lines = before.split_inclusive(['\n', '\r']).map(bare);
                for line in self.draft.text().split_inclusive(['\n', '\r']).map(bare) {
                    assert!(lines.any(|old| old == line), "{line:?} was not there");
                }
            }
            // Of several spellings some may be gone; each file on the way is whole.
            Err(_) => only_added(self.draft.text(), &before),
        }
    }

    fn rename(&mut self) {
        let (before, keys) = (self.text(), self.draft.keys(&self.name));
        let new = Name::profile(self.value);
        match self.draft.rename(&self.name, &new) {
            Ok(true) => {
                assert_eq!(self.draft.keys(&new), keys);
                assert!(!self.draft.has(&self.name) || self.name == new);
                let (one, other) = (before.lines().count(), self.draft.text().lines().count());
                assert_eq!(one, other, "a line for a line");
            }
            Ok(false) | Err(_) => assert_eq!(self.draft.text(), before),
        }
    }

    fn respell(&mut self) {
        let keys = self.draft.keys(&self.name);
        if self.draft.respell(&self.name).is_ok() {
            assert_eq!(self.draft.keys(&self.name), keys, "the one that counts stays");
            let text = self.text();
            self.draft.respell(&self.name).expect("nothing is left to do");
            assert_eq!(self.draft.text(), text);
        }
    }

    fn text(&self) -> String {
        self.draft.text().to_owned()
    }

    fn old_value(&self) -> Option<String> {
        self.draft.value(&self.name, self.key).map(str::to_owned)
    }

    /// The value that a new reader finds in the text.
    fn read_back(&self) -> Option<String> {
        let parsed = Parsed::parse(self.text()).expect("readable");
        let section =
            parsed.sections().iter().rfind(|section| self.means(parsed.str(section.name)))?;
        parsed.entry(section, self.key).map(|entry| parsed.str(entry.value).to_owned())
    }

    fn means(&self, title: &str) -> bool {
        match (&self.name, self.place) {
            (Name::Profile(name), Place::Credentials) => title == name,
            (Name::Session(_), Place::Credentials) => false,
            (Name::Profile(name), Place::Config) => {
                matches!(classify(title), Header::Profile(read) if read == *name)
            }
            (Name::Session(name), Place::Config) => {
                matches!(classify(title), Header::Session(read) if read == *name)
            }
        }
    }

    fn model(&self) -> Model {
        let parsed = self.draft.parsed();
        let keys = |section| {
            let entries = parsed.entries(section).iter();
            entries.map(|e| (parsed.str(e.key).to_owned(), parsed.str(e.value).to_owned()))
        };
        let sections = parsed.sections().iter();
        sections.map(|s| (parsed.str(s.name).to_owned(), keys(s).collect())).collect()
    }

    /// All keys but the one that is meant; sections that hold nothing else do not count.
    fn others(&self) -> Model {
        let mut model = self.model();
        let last = model.iter().rposition(|(title, _)| self.means(title));
        if let Some(at) = last {
            model[at].1.retain(|(key, _)| key != self.key);
            if model[at].1.is_empty() {
                model.remove(at);
            }
        }
        model
    }

    fn entry_lines(&self) -> Option<(usize, usize)> {
        let parsed = self.draft.parsed();
        let section =
            parsed.sections().iter().rfind(|section| self.means(parsed.str(section.name)))?;
        let lines = parsed.entry(section, self.key)?.lines;
        Some((lines.start as usize, lines.end as usize))
    }

    /// Whether all bytes outside of `start..end` are as they were.
    fn stays(&self, before: &str, start: usize, end: usize) {
        let after = self.draft.text();
        assert!(after.len() >= start + before.len() - end, "{before:?} became {after:?}");
        assert!(after.starts_with(&before[..start]), "{before:?} became {after:?}");
        assert!(after.ends_with(&before[end..]), "{before:?} became {after:?}");
    }

    /// After a refusal: an edit of two steps may have made the section.
    fn unchanged_or_only_added(&self, before: &str) {
        if self.draft.text() != before {
            only_added(before, self.draft.text());
        }
    }
}

/// Whether the one text is the other one with something put in at one place.
fn only_added(before: &str, after: &str) {
    let (one, other) = (before.as_bytes(), after.as_bytes());
    let head = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let tail = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    assert!(head + tail >= one.len(), "{before:?} became {after:?}");
}

/// Where what goes with the lines begins: the line end before them, where they have none.
fn before_line_end(text: &str, start: usize, end: usize) -> usize {
    if end < text.len() || text.ends_with(['\n', '\r']) {
        return start;
    }
    let head = &text[..start];
    head.strip_suffix("\r\n").or(head.strip_suffix(['\n', '\r'])).unwrap_or(head).len()
}

fn bare(line: &str) -> &str {
    line.trim_end_matches(['\n', '\r'])
}
