//! A pattern that people write for names, compared in any letter case.

use std::fmt;

use glob::{MatchOptions, Pattern, PatternError};

const WHATEVER_CASE: MatchOptions = MatchOptions {
    case_sensitive: false,
    require_literal_separator: false,
    require_literal_leading_dot: false,
};

/// A GLOB: `*`, `?` and `[…]`.
#[derive(Clone, Debug)]
pub struct NamePattern(Pattern);

impl NamePattern {
    /// Reads a GLOB.
    pub fn new(glob: &str) -> Result<Self, PatternError> {
        Pattern::new(glob).map(Self)
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether a name fits.
    pub fn matches(&self, name: &str) -> bool {
        self.0.matches_with(name, WHATEVER_CASE)
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
