//! `[match "GLOB"]` sections: which targets they match.

use glob::PatternError;

use super::key::Key;
use super::layer::{Layer, Origin};
use super::table::Rules;
use crate::domain::name_pattern::NamePattern;
use crate::domain::names::AccountId;
use crate::domain::words::Subject;

/// A `[match "GLOB"]` section.
#[derive(Clone, Debug)]
pub struct Match {
    pattern: NamePattern,
    origin: Origin,
    /// The section by itself.
    rules: Rules,
    /// What its lines set, to set it again where it matches.
    lines: Vec<(&'static Key<Rules>, String)>,
}

/// What is known of the account and role that the patterns are compared with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Names<'a> {
    pub profile: Option<&'a str>,
    pub account_id: Option<&'a str>,
    pub account_name: Option<&'a str>,
    pub role: Option<&'a str>,
    /// The session's name, or the start URL of a legacy portal.
    pub session: Option<&'a str>,
}

impl Match {
    pub(super) fn new(glob: &str, origin: Origin) -> Result<Self, PatternError> {
        let pattern = NamePattern::new(glob)?;
        Ok(Self { pattern, origin, rules: Rules::default(), lines: Vec::new() })
    }

    /// Takes a line; `Err` says what is expected.
    pub(super) fn set(&mut self, key: &'static Key<Rules>, value: &str) -> Result<(), String> {
        (key.set)(&mut self.rules, value)?;
        self.lines.push((key, value.to_owned()));
        Ok(())
    }

    /// The GLOB.
    pub fn pattern(&self) -> &str {
        self.pattern.as_str()
    }

    /// Where its header is.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether it stands in the system's file.
    pub fn is_systems(&self) -> bool {
        self.origin.layer == Layer::System
    }

    /// What the section says, and what its pattern is compared with.
    pub fn said(&self) -> impl Iterator<Item = &'static Key<Rules>> {
        let is_said = |key: &Key<Rules>| self.lines.iter().any(|(line, _)| line.name == key.name);
        Rules::KEYS.iter().filter(move |key| key.name == "on" || is_said(key))
    }

    /// The section by itself.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Whether the pattern may be meant for names of accounts; IDs have digits alone.
    pub(super) fn may_name_accounts(&self) -> bool {
        let of_id = |c: char| c.is_ascii_digit() || c == '*' || c == '?';
        matches!(self.rules.on, Subject::Any | Subject::Account)
            && !self.pattern().chars().all(of_id)
    }

    pub(super) fn matches(&self, names: &Names) -> bool {
        let fits = |text: Option<&str>| text.is_some_and(|text| self.pattern.matches(text));
        let id = names.account_id.filter(|id| AccountId::is_valid(id));
        let account = || fits(id) || fits(names.account_name);
        match self.rules.on {
            Subject::Any => fits(names.profile) || account() || fits(names.role),
            Subject::Profile => fits(names.profile),
            Subject::Account => account(),
            Subject::Role => fits(names.role),
            Subject::Session => fits(names.session),
        }
    }

    /// Keys and values, to be set over what earlier sections said.
    pub(super) fn lines(&self) -> &[(&'static Key<Rules>, String)] {
        &self.lines
    }
}

/// The GLOB of `match "GLOB"`.
pub(super) fn glob_of(section: &str) -> Option<&str> {
    let rest = section.strip_prefix("match")?;
    let glob = rest.trim_start();
    if glob.len() == rest.len() && !glob.starts_with('"') {
        return None;
    }
    let bare = glob.strip_prefix('"').and_then(|glob| glob.strip_suffix('"'));
    Some(bare.unwrap_or(glob)).filter(|glob| !glob.is_empty())
}
