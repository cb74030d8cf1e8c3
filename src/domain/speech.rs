//! What messages tell a person to type, in the words of the shell that they type it into.
//!
//! Which shell that is goes for the whole process, and is looked up when the first message needs it.

use std::sync::OnceLock;

/// What a person types in a shell.
#[derive(Debug)]
pub struct Say {
    /// Takes the changes that a command prints: `eval "$(ssoenv use prod)"`.
    pub evaluate: fn(command: &str) -> String,
    /// Sets and exports a variable.
    pub set: fn(name: &str, value: &str) -> String,
    /// Removes variables.
    pub unset: fn(names: &[&str]) -> String,
    /// A word as an argument, in quotes only where it needs them.
    pub word: fn(&str) -> String,
    /// Runs a command that the shell has itself (a cmdlet, a function) as a program; `None` where
    /// nobody takes one for a program.
    pub own_command: Option<fn(words: &[String]) -> String>,
}

/// bash, zsh and POSIX sh; and where nobody knows better.
pub const POSIX: Say = Say {
    evaluate: |command| format!("eval \"$({command})\""),
    set: |name, value| format!("export {name}={}", shell_words::quote(value)),
    unset: |names| format!("unset {}", names.join(" ")),
    word: |word| shell_words::quote(word).into_owned(),
    own_command: None,
};

static FIND: OnceLock<fn() -> &'static Say> = OnceLock::new();
static READER: OnceLock<&'static Say> = OnceLock::new();

/// Names the function that knows the reader's shell. The first one counts.
pub fn found_by(find: fn() -> &'static Say) {
    let _ = FIND.set(find);
}

/// The words of the reader's shell.
pub fn reader() -> &'static Say {
    READER.get_or_init(|| FIND.get().map_or(&POSIX, |find| find()))
}

/// [`Say::word`] for the reader.
pub fn word(word: &str) -> String {
    (reader().word)(word)
}

/// [`Say::unset`] for the reader.
pub fn unset(names: &[&str]) -> String {
    (reader().unset)(names)
}
