//! xonsh: its entry, and Python's quoting.

use std::fmt::Write;
use std::path::PathBuf;

use super::entry::{Completion, Hook, Likeness, Prompt, Shell, StartFile, Text, Typed};
use super::{json, start_file};
use crate::domain::Result;
use crate::domain::speech::Say;
use crate::io::App;

/// The entry.
pub const SHELL: Shell = Shell {
    programs: &[],
    quote,
    changes: json::object,
    message: json::object,
    nothing: "{}\n",
    // Text of a prompt is read again: braces would be fields and colors.
    prompt: Prompt { open: "", close: "", instead: &[('{', "("), ('}', ")")] },
    say: Say {
        // Without the hook there is no short way: Python would have to take the JSON apart.
        evaluate: |command| format!("execx($(ssoenv init xonsh)); {command}"),
        set: |name, value| format!("${name} = {}", quote(value)),
        unset: |names| {
            let names: Vec<_> = names.iter().map(|name| format!("${name}")).collect();
            format!("del {}", names.join(", "))
        },
        word,
        own_command: None,
    },
    hook: Some(Hook {
        text: Text::Plain(include_str!("../../shell/ssoenv.xonsh")),
        line: "execx($(ssoenv init xonsh))",
        load_now: "execx($(ssoenv init xonsh))",
        other_start_files: |_| Vec::new(),
        earlier_lines: &[],
        start_file: StartFile::Line(start_file),
        removal: "import builtins; getattr(builtins, '__ssoenv_hook', None) and builtins.__ssoenv_hook.remove()\n",
        // The hook takes no code, and knows what it was asked.
        removal_message: "{}\n",
        completion: Completion {
            script: include_str!("../../completions/ssoenv.xonsh"),
            typed: Typed::Words,
            unquote: str::to_owned,
            // The script knows whether a quote is open.
            insert: str::to_owned,
            likeness: &[Likeness::Prefix, Likeness::Folded],
        },
    }),
};

/// `~/.xonshrc`, unless the user keeps another one.
fn start_file(app: &App) -> Result<PathBuf> {
    let home = app.paths.home()?.join(".xonshrc");
    let config = start_file::config(app)?.join("xonsh").join("rc.xsh");
    Ok(if config.exists() && !home.exists() { config } else { home })
}

/// A text of Python in ASCII.
fn quote(value: &str) -> String {
    let mut quoted = String::from("'");
    for c in value.chars() {
        match c {
            '\'' | '\\' => quoted.extend(['\\', c]),
            ' '..='~' => quoted.push(c),
            // Writing to a String cannot fail.
            _ => {
                let _ = write!(quoted, "\\U{:08x}", u32::from(c));
            }
        }
    }
    quoted.push('\'');
    quoted
}

/// A word of a command as a person would type it: `r'…'` is what xonsh leaves alone.
fn word(word: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "_./:@%+=,-".contains(c);
    let quotes = ['\'', '"'].into_iter().find(|quote| !word.contains(*quote));
    match quotes {
        _ if !word.is_empty() && word.chars().all(bare) => word.to_owned(),
        Some(mark) if !word.ends_with('\\') => format!("r{mark}{word}{mark}"),
        // As an expression of Python.
        _ => format!("@({})", quote(word)),
    }
}

#[cfg(test)]
mod tests {
    use super::{quote, word};

    #[test]
    fn quotes() {
        assert_eq!(quote("it's\n\u{e9}"), r"'it\'s\U0000000a\U000000e9'");
        assert_eq!((word("team/prod").as_str(), word("a $b").as_str()), ("team/prod", "r'a $b'"));
        assert_eq!((word("it's").as_str(), word("'\"").as_str()), ("r\"it's\"", r#"@('\'"')"#));
    }
}
