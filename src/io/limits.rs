//! What the system gives no more of, and what raises the limit.

use std::io;

/// A limit, by the words of the system.
struct Limit {
    /// Words in the system's own text; all that the text of a panic has.
    words: &'static [&'static str],
    /// What there is no more of.
    what: &'static str,
    /// What gives more.
    hint: &'static str,
}

const FILES: Limit = Limit {
    words: &["Too many open files"],
    what: "the system gives no more open files",
    hint: "raise the limit: `ulimit -n 256`",
};

const MEMORY: Limit = Limit {
    words: &["Cannot allocate memory"],
    what: "the system gives no more memory",
    hint: "end other programs, or raise the limit: `ulimit -v`",
};

const PROCESSES: Limit = Limit {
    words: &["Resource temporarily unavailable", "spawn"],
    what: "the system gives no more threads",
    hint: "end other programs, or raise the limit: `ulimit -u`",
};

/// A library stops where there are none.
const RANDOM: Limit = Limit {
    words: &["random data", "random bytes", "getrandom"],
    what: "the system gives no random bytes",
    hint: RANDOM_HINT,
};

/// What lets random bytes be had.
pub const RANDOM_HINT: &str = "allow this program `getrandom`, or reading `/dev/urandom`";

impl Limit {
    fn is_met(&self, text: &str) -> bool {
        self.words.iter().any(|word| text.contains(word))
    }
}

/// What helps where a text of the system says that a limit is met, whatever was being done.
pub fn hint(text: &str) -> Option<&'static str> {
    [FILES, MEMORY].into_iter().find(|limit| limit.is_met(text)).map(|limit| limit.hint)
}

/// The same where a program was not started.
pub fn hint_of_start(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::WouldBlock => Some(PROCESSES.hint),
        _ => hint(&error.to_string()),
    }
}

/// What there is no more of, and what helps, where a panic has this text.
pub fn of_panic(text: &str) -> Option<(&'static str, &'static str)> {
    let limits = [FILES, MEMORY, PROCESSES, RANDOM];
    limits.into_iter().find(|limit| limit.is_met(text)).map(|limit| (limit.what, limit.hint))
}

#[cfg(test)]
mod tests {
    use super::{hint, hint_of_start, of_panic};

    #[test]
    fn the_words_of_the_system_say_which() {
        let what = |text| of_panic(text).map(|(what, _)| what);
        for (text, said) in [
            (
                "failed to create UnixStream: Os { code: 24, message: \"Too many open files\" }",
                "files",
            ),
            ("failed to generate random data: Os { code: 2, kind: NotFound }", "random bytes"),
            ("OS can't spawn worker thread: Resource temporarily unavailable", "threads"),
        ] {
            assert!(what(text).is_some_and(|what| what.ends_with(said)), "{text}");
        }
        assert_eq!(what("index out of bounds"), None);
        assert_eq!(hint("Permission denied (os error 13)"), None);
        #[cfg(unix)]
        for number in [11, 12, 24] {
            assert!(
                hint_of_start(&std::io::Error::from_raw_os_error(number)).is_some(),
                "{number}"
            );
        }
    }
}
