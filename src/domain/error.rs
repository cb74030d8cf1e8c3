//! The one error type: what happened, why, and what to do about it.

use std::fmt;

/// Why a command failed; each kind is one exit code of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 1: denied in the browser, code expired, deadline, forged state, port taken, answered no.
    Failed,
    /// 2: wrong usage, also where a terminal is needed and there is none.
    Usage,
    /// 3: a login is required and not allowed or not possible here.
    LoginRequired,
    /// 4: the person may not use this account or role, or there is no such thing.
    Denied,
    /// 5: service, network, TLS or proxy, after retries.
    Service,
    /// 6: a profile, section, key, file or value is missing or wrong.
    Config,
    /// 130: Ctrl-C, or Esc in a picker.
    Interrupted,
}

impl Kind {
    /// The exit code that the contract gives this kind.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::LoginRequired => 3,
            Self::Denied => 4,
            Self::Service => 5,
            Self::Config => 6,
            Self::Interrupted => 130,
        }
    }
}

/// An error as the user reads it: `error: what`, `cause: …` lines, `hint: …` lines.
///
/// Texts are raw; whoever prints them sanitizes. They never hold a secret or a response body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Decides the exit code.
    pub kind: Kind,
    /// One sentence without a full stop, backticks around literals.
    pub what: String,
    /// From near to far.
    pub causes: Vec<String>,
    /// Each an action, normally a command.
    pub hints: Vec<String>,
    /// Whether it says nothing of what other processes would meet: it is about what was typed here,
    /// or about what the system gives this process.
    pub is_own: bool,
}

/// `Result` with the project's error.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of `kind` that says `what` happened.
    pub fn new(kind: Kind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), causes: Vec::new(), hints: Vec::new(), is_own: false }
    }

    /// Exit 1.
    pub fn failed(what: impl Into<String>) -> Self {
        Self::new(Kind::Failed, what)
    }

    /// Exit 2.
    pub fn usage(what: impl Into<String>) -> Self {
        Self::new(Kind::Usage, what)
    }

    /// Exit 3.
    pub fn login_required(what: impl Into<String>) -> Self {
        Self::new(Kind::LoginRequired, what)
    }

    /// Exit 4.
    pub fn denied(what: impl Into<String>) -> Self {
        Self::new(Kind::Denied, what)
    }

    /// Exit 5.
    pub fn service(what: impl Into<String>) -> Self {
        Self::new(Kind::Service, what)
    }

    /// Exit 6.
    pub fn config(what: impl Into<String>) -> Self {
        Self::new(Kind::Config, what)
    }

    /// Exit 130.
    pub fn interrupted() -> Self {
        Self::new(Kind::Interrupted, "interrupted")
    }

    /// Adds the next cause behind those already there.
    #[must_use]
    pub fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    /// Adds what there is to choose from: no more than `most` of the rows, and how many are left.
    #[must_use]
    pub fn choices(mut self, rows: &[String], most: usize) -> Self {
        self.causes.extend(rows.iter().take(most).cloned());
        match rows.len().saturating_sub(most) {
            0 => self,
            more => self.cause(format!("and {more} more")),
        }
    }

    /// Says that it is about this process alone.
    #[must_use]
    pub fn own(self) -> Self {
        Self { is_own: true, ..self }
    }

    /// Adds an action that mends it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        for cause in &self.causes {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
