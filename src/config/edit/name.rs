//! Sections by what they mean, in either file.

use crate::config::header::{self, Header};

/// Which of the two files: their section names differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `~/.aws/config`.
    Config,
    /// `~/.aws/credentials`.
    Credentials,
}

/// A section by what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    Profile(String),
    /// An `[sso-session]`; only in the config file.
    Session(String),
}

impl Name {
    /// A profile of that name.
    pub fn profile(name: impl Into<String>) -> Self {
        Self::Profile(name.into())
    }

    /// A session of that name.
    pub fn session(name: impl Into<String>) -> Self {
        Self::Session(name.into())
    }

    /// What is written between the brackets.
    pub(super) fn title(&self, place: Place) -> String {
        match (self, place) {
            (Self::Profile(name), Place::Credentials) => name.clone(),
            (Self::Profile(name), Place::Config) => header::profile_section(name),
            (Self::Session(name), _) => header::session_section(name),
        }
    }

    /// Whether a section's title means this.
    pub(super) fn is(&self, title: &str, place: Place) -> bool {
        match (self, place) {
            (Self::Profile(name), Place::Credentials) => title == name,
            (_, Place::Credentials) => false,
            (Self::Profile(name), Place::Config) => {
                matches!(header::classify(title), Header::Profile(read) if read == *name)
            }
            (Self::Session(name), Place::Config) => {
                matches!(header::classify(title), Header::Session(read) if read == *name)
            }
        }
    }
}
