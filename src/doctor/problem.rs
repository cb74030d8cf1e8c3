//! What a check found.

use std::path::PathBuf;

use serde::Serialize;

use super::mend::Mend;
use crate::config::Values;
use crate::config::finding::Finding;
use crate::domain::Error;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Looked at, and nothing found.
    Ok,
    /// Not looked at.
    Skipped,
    /// It works here, and may not elsewhere or for long.
    Warn,
    /// It does not work.
    Fail,
}

impl Status {
    /// The word of the report.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Skipped => "skipped",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// A finding, or the reason why a check did not look.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Never `Ok`.
    pub status: Status,
    /// What was found: a sentence without a full stop. Empty where nothing was looked at.
    pub what: String,
    /// What it does; or why nothing was looked at.
    pub why: String,
    /// The edit or command that fixes it.
    pub fix: String,
    /// Where: file and line, from 1.
    pub place: Option<(PathBuf, Option<usize>)>,
    /// What `--fix` may do about it.
    pub mend: Option<Mend>,
}

impl Problem {
    /// Something that does not work.
    pub fn fail(what: impl Into<String>, why: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            status: Status::Fail,
            what: what.into(),
            why: why.into(),
            fix: fix.into(),
            place: None,
            mend: None,
        }
    }

    /// Something that works here and now.
    pub fn warn(what: impl Into<String>, why: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { status: Status::Warn, ..Self::fail(what, why, fix) }
    }

    /// Something that was not looked at.
    pub fn skipped(why: impl Into<String>) -> Self {
        Self { status: Status::Skipped, ..Self::fail("", why, "") }
    }

    /// What an error says: the first hint is the fix. A hint to run `doctor` helps nobody here.
    pub fn of_error(error: &Error) -> Self {
        let fix = error.hints.iter().find_map(|hint| without_doctor(hint));
        Self::fail(error.what.clone(), error.causes.join("; "), fix.unwrap_or_default())
    }

    /// In this file, on this line.
    #[must_use]
    pub fn at(mut self, file: impl Into<PathBuf>, line: Option<usize>) -> Self {
        self.place = Some((file.into(), line));
        self
    }

    /// In this file, on this line, where that is known.
    #[must_use]
    pub fn at_place(self, place: Option<(PathBuf, usize)>) -> Self {
        match place {
            Some((file, line)) => self.at(file, Some(line)),
            None => self,
        }
    }

    /// At this key, where it is there.
    #[must_use]
    pub(super) fn at_key(self, values: Option<Values>, key: &str) -> Self {
        match values.and_then(|values| values.place(key)) {
            Some((file, line)) => self.at(&file.path, Some(line)),
            None => self,
        }
    }

    /// Fixed by this.
    #[must_use]
    pub fn mended_by(mut self, mend: Mend) -> Self {
        self.mend = Some(mend);
        self
    }
}

impl From<&Finding> for Problem {
    fn from(finding: &Finding) -> Self {
        Self::warn(&finding.what, &finding.why, &finding.fix).at(&finding.path, Some(finding.line))
    }
}

/// The hint up to where it sends its reader here.
fn without_doctor(hint: &str) -> Option<String> {
    let Some(at) = hint.find("run `ssoenv doctor") else { return Some(hint.to_owned()) };
    let kept = hint[..at].trim_end_matches([' ', ':', ',']).trim_end_matches(" then");
    let kept = kept.trim_end_matches([' ', ',']);
    (kept.split(' ').count() > 1 && !kept.contains("if ")).then(|| kept.to_owned())
}

#[cfg(test)]
mod tests {
    use super::without_doctor;

    #[test]
    fn no_hint_leads_in_a_circle() {
        for (hint, kept) in [
            ("run `ssoenv doctor`", None),
            ("set the clock, then run `ssoenv doctor`", Some("set the clock")),
            ("check `NO_PROXY`: run `ssoenv doctor --fix`", Some("check `NO_PROXY`")),
            ("if the page showed an error, run `ssoenv doctor`", None),
            ("run `ssoenv login`", Some("run `ssoenv login`")),
        ] {
            assert_eq!(without_doctor(hint).as_deref(), kept, "{hint}");
        }
    }
}
