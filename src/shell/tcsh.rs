//! tcsh, and csh where it is the same: text for `eval`, and no hook. A hook would need functions and a
//! clock.

use std::fmt::Write;

use super::entry::{Prompt, Shell};
use super::posix::is_plain;
use crate::domain::env_delta::Change;
use crate::domain::speech::Say;

/// The entry.
pub const SHELL: Shell = Shell {
    programs: &["csh"],
    quote,
    changes,
    message: changes,
    nothing: "",
    prompt: Prompt {
        open: "%{",
        close: "%}",
        instead: &[('%', "%%"), ('!', "\\041"), ('\\', "\\\\"), ('^', "\\^")],
    },
    say: Say {
        evaluate: |command| format!("eval \"`{command}`\""),
        set: |name, value| format!("setenv {name} {}", quote(value)),
        unset: |names| {
            let each: Vec<_> = names.iter().map(|name| format!("unsetenv {name}")).collect();
            each.join("; ")
        },
        word,
        own_command: None,
    },
    hook: None,
};

/// A statement a line. In `` "`…`" `` lines become words, so each ends with a semicolon.
fn changes(changes: &[Change]) -> String {
    let mut text = String::new();
    for (name, value) in changes {
        match value {
            Some(value) => text.extend(["setenv ", name, " ", &quote(value), ";\n"]),
            None => text.extend(["unsetenv ", name, ";\n"]),
        }
    }
    text
}

/// `'…'`, with a quote as `'\''`, and with `!`, which means history even there, as `\!`.
///
/// Without quotes around it, `` eval `…` `` splits the text at blanks and expands file name patterns
/// in it. A value that this would change, or that has several lines, is `$'…'`, which is known since
/// 6.23.01: other ASCII characters in octal there, and all else as it is, because an octal number is a
/// character of Latin-1.
fn quote(value: &str) -> String {
    let hard = value.contains(['*', '?', '[', '{', '~', '\\', '`', '\t', '\n'])
        || value.contains("  ")
        || value.starts_with(' ')
        || value.ends_with(' ');
    if !hard {
        return format!("'{}'", value.replace('\'', "'\\''").replace('!', "\\!"));
    }
    let mut quoted = String::from("$'");
    for c in value.chars() {
        match u8::try_from(c) {
            Ok(byte) if byte.is_ascii() && !is_plain(byte) => {
                // Writing to a String cannot fail.
                let _ = write!(quoted, "\\{byte:03o}");
            }
            _ => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}

/// A word as a person would type it.
fn word(word: &str) -> String {
    let plain = !word.is_empty() && word.bytes().all(is_plain) && !word.starts_with('=');
    if plain { word.to_owned() } else { quote(word) }
}

#[cfg(test)]
mod tests {
    use super::{quote, word};

    #[test]
    fn quotes() {
        assert_eq!(quote("it's $x!"), r"'it'\''s $x\!'");
        assert_eq!(quote("a*\né"), "$'a\\052\\012é'");
        assert_eq!((word("team/prod").as_str(), word("a $b").as_str()), ("team/prod", "'a $b'"));
        assert_eq!((word("").as_str(), word("=x").as_str()), ("''", "'=x'"));
    }
}
