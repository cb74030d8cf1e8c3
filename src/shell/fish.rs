//! fish: its entry, quoting and statements.

use std::fmt::Write;

use super::entry::{Completion, Hook, Likeness, Prompt, Shell, StartFile, Text, Typed};
use super::start_file;
use crate::domain::env_delta::Change;
use crate::domain::speech::Say;

/// The entry.
pub const SHELL: Shell = Shell {
    programs: &[],
    quote,
    changes,
    message: changes,
    // `source` of nothing would leave the status as it was.
    nothing: "true\n",
    prompt: Prompt::PLAIN,
    say: Say {
        evaluate: |command| format!("{command} | source"),
        set: |name, value| format!("set -gx {name} {}", word(value)),
        unset: |names| format!("set -e {}", names.join(" ")),
        word,
        own_command: None,
    },
    hook: Some(Hook {
        text: Text::Staged {
            idle: concat!(
                include_str!("../../shell/idle.fish"),
                include_str!("../../completions/ssoenv.fish")
            ),
            whole: include_str!("../../shell/ssoenv.fish"),
        },
        line: "ssoenv init fish | source",
        load_now: "exec fish",
        other_start_files: |_| Vec::new(),
        earlier_lines: &[],
        start_file: StartFile::Line(|app| {
            Ok(start_file::config(app)?.join("fish").join("config.fish"))
        }),
        removal: REMOVAL,
        removal_message: REMOVAL,
        completion: Completion {
            script: include_str!("../../completions/ssoenv.fish"),
            // fish puts the quotes around what is chosen itself.
            typed: Typed::WordsLastQuoted,
            unquote: str::to_owned,
            insert: str::to_owned,
            likeness: &Likeness::ALL,
        },
    }),
};

const REMOVAL: &str = include_str!("../../shell/remove.fish");

/// A word as a person would type it.
fn word(word: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "_-./@+,:".contains(c);
    if !word.is_empty() && word.chars().all(bare) { word.to_owned() } else { quote(word) }
}

/// `'…'` of printable ASCII, every other byte as `\Xhh` between the quotes.
fn quote(value: &str) -> String {
    let mut quoted = String::from("'");
    let mut open = true;
    for byte in value.bytes() {
        let printable = (0x20..0x7f).contains(&byte);
        if printable != open {
            quoted.push('\'');
            open = printable;
        }
        match byte {
            b'\'' | b'\\' => {
                quoted.push('\\');
                quoted.push(char::from(byte));
            }
            _ if printable => quoted.push(char::from(byte)),
            _ => {
                let _ = write!(quoted, "\\X{byte:02x}");
            }
        }
    }
    if open {
        quoted.push('\'');
    }
    quoted
}

/// One statement a line, each ended with `;`, so that `eval (…)` may join them.
///
/// A universal variable (`set -Ux AWS_PROFILE …`) belongs to every fish of the user, and is hidden by the
/// hook alone, which sees here what was removed and can show it again.
fn changes(changes: &[Change]) -> String {
    let mut text = String::new();
    for (name, value) in changes {
        let _ = match value {
            Some(value) => writeln!(text, "set -gx {name} {};", quote(value)),
            None => writeln!(text, "set -e -g {name};"),
        };
    }
    // To remove what is not there is a failure, and the last line's status is that of `source`.
    text.push_str("builtin true;\n");
    text
}

#[cfg(test)]
mod tests {
    use super::{quote, word};

    #[test]
    fn quotes() {
        assert_eq!(quote("it's $(x)\n\u{2019}"), r"'it\'s $(x)'\X0a\Xe2\X80\X99");
        assert_eq!((word("team-1/prod").as_str(), word("a b").as_str()), ("team-1/prod", "'a b'"));
    }
}
