//! Whose file a setting stands in, and where.

use std::fmt;
use std::path::PathBuf;

/// Whose settings a file holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layer {
    /// The administrator's, for every user of the machine.
    System,
    /// The user's own.
    #[default]
    User,
}

/// Where a value comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    pub layer: Layer,
    pub path: PathBuf,
    /// From 1.
    pub line: usize,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path.display(), self.line)
    }
}
