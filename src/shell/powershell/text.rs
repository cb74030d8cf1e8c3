//! PowerShell's quoting and statements, and the message to its hook.

use std::fmt::Write;

use crate::domain::env_delta::Change;
use crate::shell::posix::is_plain;

/// The last line of a message to the hook.
pub const MESSAGE_END: &str = "#end\n";

/// Plain text in single quotes, other UTF-16 units joined to it:
/// `('caf' + [char]0xe9 + '')`. The string comes first, so that `+` joins texts; this works in 5.1
/// and in the constrained language mode.
///
/// Five characters end a single-quoted string there, and the four that are not ASCII can only be
/// written like this where the encoding of the output is not known.
pub fn quote(value: &str) -> String {
    let mut quoted = String::from("'");
    let mut plain = true;
    for unit in value.encode_utf16() {
        match u8::try_from(unit) {
            Ok(b'\'') => quoted.push_str("''"),
            Ok(byte @ b' '..=b'~') => quoted.push(char::from(byte)),
            _ => {
                plain = false;
                let _ = write!(quoted, "' + [char]0x{unit:x} + '");
            }
        }
    }
    quoted.push('\'');
    if plain { quoted } else { format!("({quoted})") }
}

/// One whole statement a line: `… | Invoke-Expression` evaluates line by line.
pub fn changes(changes: &[Change]) -> String {
    let mut text = String::new();
    for (name, value) in changes {
        let _ = match value {
            Some(value) => writeln!(text, "${{env:{name}}} = {}", quote(value)),
            None => writeln!(text, "Remove-Item -LiteralPath 'Env:{name}' -ErrorAction Ignore"),
        };
    }
    text
}

/// The message to the hook: `NAME=text`, or `NAME` to remove it, one line each, and a last
/// line without which nothing of it counts. The hook decodes the text with `[regex]::Unescape`.
pub fn message(changes: &[Change]) -> String {
    let mut text = String::new();
    for (name, value) in changes {
        text.push_str(name);
        if let Some(value) = value {
            text.push('=');
            push_units(&mut text, value);
        }
        text.push('\n');
    }
    text.push_str(MESSAGE_END);
    text
}

/// Plain characters as they are, all others as `\uXXXX` in UTF-16 units.
fn push_units(text: &mut String, value: &str) {
    for c in value.chars() {
        if u8::try_from(c).is_ok_and(is_plain) {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
}

/// Characters that end a single-quoted string.
const QUOTES: [char; 5] = ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];

/// A word as a person would type it.
pub fn word(word: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "_-./\\:".contains(c);
    // Parameters are words as well.
    let name = word.trim_start_matches('-').trim_start_matches("./");
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    if starts && word.chars().all(bare) {
        return word.to_owned();
    }
    let doubled =
        word.chars().flat_map(|c| std::iter::repeat_n(c, 1 + usize::from(QUOTES.contains(&c))));
    std::iter::once('\'').chain(doubled).chain(['\'']).collect()
}

#[cfg(test)]
mod tests {
    use super::{message, quote, word};

    #[test]
    fn quotes() {
        let value = "it's $(x)\n\u{2019}";
        assert_eq!(quote(value), "('it''s $(x)' + [char]0xa + '' + [char]0x2019 + '')");
        assert_eq!(quote("\u{1f600}"), "('' + [char]0xd83d + '' + [char]0xde00 + '')");
        assert_eq!((word("prod-1").as_str(), word("bob's").as_str()), ("prod-1", "'bob''s'"));
        assert_eq!(word("caf\u{e9} \u{2019}"), "'caf\u{e9} \u{2019}\u{2019}'");
    }

    #[test]
    fn a_message_is_ascii_and_has_an_end() {
        let value = "2026-11-21T05:14:54Z = \"\\\u{e9}\n\u{1f600}";
        let changes = [("A", Some(value.to_owned())), ("B", None), ("C", Some(String::new()))];
        let changes = changes.map(|(name, value)| (name.into(), value));
        assert_eq!(
            message(&changes),
            "A=2026-11-21T05:14:54Z\\u0020=\\u0020\\u0022\\u005c\\u00e9\\u000a\\ud83d\\ude00\nB\nC=\n#end\n"
        );
    }
}
