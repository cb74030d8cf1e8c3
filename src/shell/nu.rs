//! Nushell.
//!
//! Its files in `shell/` and `completions/` hold lines for 0.114 and newer between marks; older ones
//! read the rest, which all understand.

use std::path::PathBuf;

use super::entry::{Completion, Hook, Likeness, Parts, Prompt, Shell, StartFile, Text, Typed};
use super::{hook, json, start_file};
use crate::domain::Result;
use crate::domain::speech::Say;
use crate::io::App;

/// The entry.
pub const SHELL: Shell = Shell {
    programs: &[],
    quote,
    changes: json::object,
    message: json::object,
    // Nothing in: `load-env` needs a record.
    nothing: "{}\n",
    prompt: Prompt::PLAIN,
    say: Say {
        evaluate: |command| format!("{command} --shell nu | from json | load-env"),
        set: |name, value| format!("$env.{name} = {}", quote(value)),
        unset: |names| format!("hide-env {}", names.join(" ")),
        word,
        own_command: None,
    },
    hook: Some(Hook {
        text: Text::Made(|app, parts| {
            Ok(for_version(&app.env.get("NU_VERSION").unwrap_or_default(), parts))
        }),
        line: "ssoenv setup nu",
        load_now: "exec nu",
        other_start_files: |_| Vec::new(),
        earlier_lines: &[],
        start_file: StartFile::Whole(vendor_autoload),
        removal: "ssoenv init nu --remove\n",
        // The hook takes no code, and knows what it was asked.
        removal_message: "{}\n",
        completion: Completion {
            script: include_str!("../../completions/ssoenv.nu"),
            typed: Typed::Variable,
            unquote,
            insert: word,
            likeness: &[Likeness::Prefix, Likeness::Folded],
        },
    }),
};

/// Of versions before this one a direct call and `def --wrapped` read words differently, and there is
/// no `commandline complete`.
const DELEGATES: [u32; 2] = [0, 114];

fn for_version(version: &str, parts: Parts) -> String {
    let mut numbers = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let version = [numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)];
    let new = version >= DELEGATES;
    let mut unwanted = hook::unwanted(parts);
    if !new {
        unwanted.push("0.114");
    }
    let text = hook::without(include_str!("../../shell/ssoenv.nu"), &unwanted);
    let text = hook::named(&text, parts);
    let text = if new { text.replace("[...words: string]", "[...words]") } else { text };
    if !parts.completions {
        return text;
    }
    let script = hook::without(SHELL_COMPLETIONS, &unwanted);
    format!("{script}\n{text}")
}

const SHELL_COMPLETIONS: &str = include_str!("../../completions/ssoenv.nu");

/// The last folder that Nushell loads files from by itself, after the user's `config.nu`.
fn vendor_autoload(app: &App) -> Result<PathBuf> {
    let data = start_file::data(app)?;
    Ok(data.join("nushell").join("vendor").join("autoload").join("ssoenv.nu"))
}

/// `"…"`, in which only a backslash and a quote mean something.
fn quote(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', r"\\").replace('"', "\\\""))
}

/// A word as a person would type it.
fn word(word: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "_./:@+-".contains(c);
    let option = word.strip_prefix('-').is_some_and(|rest| {
        rest.trim_start_matches('-').split('=').all(|part| part.chars().all(bare))
    });
    let name = word.starts_with(|c: char| c.is_ascii_alphabetic()) && word.chars().all(bare);
    let account = word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit());
    let plain = (name && !matches!(word, "true" | "false" | "null")) || option || account;
    if plain { word.to_owned() } else { quote(word) }
}

/// A word as it was typed, with a quote that may still be open, as the program would get it.
fn unquote(typed: &str) -> String {
    let Some(quote) = typed.chars().next().filter(|c| "'\"`".contains(*c)) else {
        return typed.to_owned();
    };
    let mut text = String::new();
    let mut chars = typed[1..].chars();
    while let Some(c) = chars.next().filter(|c| *c != quote) {
        match c {
            '\\' if quote == '"' => text.extend(chars.next()),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{for_version, quote, unquote, word};
    use crate::shell::entry::Parts;

    #[test]
    fn words_are_quoted_where_they_need_it() {
        assert_eq!(quote("it's \"$x\" \\"), r#""it's \"$x\" \\""#);
        for plain in ["prod", "team/prod-1", "012345678901", "--mode", "--mode=keys", "-"] {
            assert_eq!(word(plain), plain);
        }
        for quoted in ["true", "a b", "7", "1kb", "$x", "--account=a b", ""] {
            assert_eq!(word(quoted), quote(quoted));
            assert_eq!(unquote(&word(quoted)), quoted);
        }
        assert_eq!((unquote("'it").as_str(), unquote("\"a \\\"").as_str()), ("it", "a \""));
    }

    #[test]
    fn the_text_fits_the_version() {
        let all = Parts { prompt: true, completions: true, full: true, cmd: None };
        let (new, old) = (for_version("0.114.1", all), for_version("0.108.0", all));
        assert!(new.contains("commandline complete") && !new.contains("...words: string"));
        assert!(!old.contains("commandline complete") && old.contains("...words: string"));
        assert_eq!(for_version("", all), old);
        assert!(!new.contains("# {") && !old.contains("# {"));
        let bare =
            for_version("1.0", Parts { prompt: false, completions: false, full: true, cmd: None });
        for word in ["PROMPT_COMMAND =", "SSOENV_COMPLETE", "__ssoenv_segment", "@complete"] {
            assert!(new.contains(word) && !bare.contains(word), "{word}");
        }
    }
}
