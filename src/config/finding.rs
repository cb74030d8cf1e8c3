//! Something in a file that is read, and probably not as its writer meant it.

use std::path::PathBuf;

/// What kind of thing was found; one check of `doctor` each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `[default]` and `[profile default]`, or the latter alone.
    ProfileDefault,
    /// A section of the config file without the `profile` prefix, or with another case.
    MissingPrefix,
    /// A section that the AWS CLI drops without a word.
    DroppedSection,
    /// Two spellings of one name: the later replaces the earlier.
    ReplacedSection,
    /// A name that AWS SDKs do not read: quoted, with blanks, or not ASCII.
    NameNotPortable,
    /// `profile NAME` or `sso-session NAME` in the credentials file.
    PrefixInCredentials,
    /// ` # …` or ` ; …` behind a value.
    InlineComment,
    /// `key: value`.
    ColonDelimiter,
    /// Indentation that SDKs refuse or that makes a header part of a value.
    Indentation,
    /// `[DEFAULT]`.
    UppercaseDefault,
    /// Something in ssoenv's own settings that is not known.
    UnknownSetting,
    /// A user's setting that the system's settings do not allow.
    Overruled,
}

/// One finding, with its place and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing it is.
    pub kind: Kind,
    /// The file.
    pub path: PathBuf,
    /// Line number, from 1.
    pub line: usize,
    /// What was found, as a sentence without a full stop.
    pub what: String,
    /// What it does.
    pub why: String,
    /// The edit or command that mends it.
    pub fix: String,
}
