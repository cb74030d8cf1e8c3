//! How each shell quotes a value, sets a variable and removes one.
//!
//! Every encoder but the POSIX one gives printable ASCII on one line, so that no locale, code page
//! or line splitting on the way to the shell can change what it means.

use std::fmt::Write;

use crate::domain::env_delta::Change;

/// The last line of a message to PowerShell's hook.
pub const MESSAGE_END: &str = "#end\n";

/// Bytes that mean themselves to every shell, even unquoted (they are quoted all the same).
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let bytes = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_./:@%+,=-";
    let mut at = 0;
    while at < bytes.len() {
        plain[bytes[at] as usize] = true;
        at += 1;
    }
    plain
};

fn is_plain(byte: u8) -> bool {
    PLAIN[byte as usize]
}

/// bash and zsh: `'…'` for plain text, else `$'…'` with three octal digits for every other byte.
pub fn quote_ansi_c(value: &str) -> String {
    let mut quoted = String::new();
    push_ansi_c(&mut quoted, value);
    quoted
}

fn push_ansi_c(text: &mut String, value: &str) {
    // Without a way out in between: nearly all values are plain to their end.
    if value.bytes().fold(true, |plain, byte| plain & is_plain(byte)) {
        text.extend(["'", value, "'"]);
        return;
    }
    text.push_str("$'");
    for byte in value.bytes() {
        if is_plain(byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "\\{byte:03o}");
        }
    }
    text.push('\'');
}

/// POSIX sh: `'…'`, a single quote as `'\''`, and of two blanks the second in quotes of its own.
///
/// `eval $(ssoenv use …)`, without quotes, splits the text at blanks, expands file name patterns in
/// it and joins it with single blanks. Nothing in quotes survives a pattern, a tab or a newline
/// there (a file name would even be evaluated), so such a value is spelled by `printf`.
pub fn quote_posix(value: &str) -> String {
    let ends = value.trim_end_matches('\n');
    // mksh expands braces there too, and ksh has patterns of its own.
    let pattern = ends.contains(['*', '?', '[', '{', '\t', '\n'])
        || ["@(", "+(", "!("].iter().any(|start| ends.contains(start));
    if !pattern {
        return format!(
            "'{}'",
            value.replace('\'', r"'\''").replace("  ", " '' ").replace("  ", " '' ")
        );
    }
    let mut quoted = String::from("\"$(printf '");
    for byte in ends.bytes() {
        // A percent sign is a format, and a dash in front an option.
        if is_plain(byte) && byte != b'%' && byte != b'-' {
            quoted.push(char::from(byte));
        } else {
            let _ = write!(quoted, "\\{byte:03o}");
        }
    }
    quoted.push_str("')\"");
    // A command substitution drops newlines at the end.
    if ends.len() < value.len() {
        let _ = write!(quoted, "'{}'", &value[ends.len()..]);
    }
    quoted
}

/// fish: `'…'` of printable ASCII, every other byte as `\Xhh` between the quotes.
pub fn quote_fish(value: &str) -> String {
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

/// PowerShell: plain text in single quotes, other UTF-16 units joined to it:
/// `('caf' + [char]0xe9 + '')`. The string comes first, so that `+` joins texts; this works in 5.1
/// and in the constrained language mode.
///
/// Five characters end a single-quoted string there, and the four that are not ASCII can only be
/// written like this where the encoding of the output is not known.
pub fn quote_powershell(value: &str) -> String {
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

/// The one chain of bash and zsh.
pub fn chain(changes: &[Change]) -> String {
    chained(changes, "\\builtin ", push_ansi_c)
}

/// The one chain of POSIX sh.
pub fn chain_posix(changes: &[Change]) -> String {
    chained(changes, "", |text, value| text.push_str(&quote_posix(value)))
}

/// It first tries the removals in a subshell: where a variable is read-only, the shell names it, and
/// nothing at all has changed. `unset` also takes away attributes (integer, upper case, …) that
/// would bend the values.
fn chained(changes: &[Change], builtin: &str, push: fn(&mut String, &str)) -> String {
    let names = changes.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" ");
    let values = changes.iter().filter_map(|(_, value)| value.as_ref());
    let size = values.map(|value| 2 * value.len() + 64).sum::<usize>() + 2 * names.len() + 256;
    let mut text = String::with_capacity(size);
    text.extend(["{ ( ", builtin, "unset -v ", &names, " ) || { ", builtin]);
    text.push_str(
        "printf '%s\\n' 'error: a read-only variable cannot be changed: all stays as it was' >&2; ",
    );
    text.extend([builtin, "false; }; } && ", builtin, "unset -v ", &names]);
    for (name, value) in changes {
        if let Some(value) = value {
            text.extend([" && ", builtin, "export ", name, "="]);
            push(&mut text, value);
        }
    }
    text.push('\n');
    text
}

/// One statement a line, each ended with `;`, so that `eval (…)` may join them.
///
/// A universal variable (`set -Ux AWS_PROFILE …`) belongs to every fish of the user and is not ours
/// to erase, and nothing but an empty value hides it: the hook says so.
pub fn fish(changes: &[Change]) -> String {
    let mut text = String::new();
    for (name, value) in changes {
        let _ = match value {
            Some(value) => writeln!(text, "set -gx {name} {};", quote_fish(value)),
            None => writeln!(text, "set -e -g {name};"),
        };
    }
    text
}

/// One whole statement a line: `… | Invoke-Expression` evaluates line by line.
pub fn powershell(changes: &[Change]) -> String {
    let mut text = String::new();
    for (name, value) in changes {
        let _ = match value {
            Some(value) => writeln!(text, "${{env:{name}}} = {}", quote_powershell(value)),
            None => writeln!(text, "Remove-Item -LiteralPath 'Env:{name}' -ErrorAction Ignore"),
        };
    }
    text
}

/// The message to PowerShell's hook: `NAME=text`, or `NAME` to remove it, one line each, and a last
/// line without which nothing of it counts. The hook decodes the text with `[regex]::Unescape`.
pub fn powershell_message(changes: &[Change]) -> String {
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

#[cfg(test)]
mod tests {
    use super::{powershell_message, quote_ansi_c, quote_fish, quote_posix, quote_powershell};

    #[test]
    fn every_shell_has_its_quotes() {
        let value = "it's $(x)\n\u{2019}";
        assert_eq!(quote_ansi_c(value), r"$'it\047s\040\044\050x\051\012\342\200\231'");
        assert_eq!(quote_ansi_c("AB/+=="), "'AB/+=='");
        assert_eq!(quote_posix("it's  $(x) \u{2019}"), "'it'\\''s '' $(x) \u{2019}'");
        assert_eq!(quote_posix("a *"), r#""$(printf 'a\040\052')""#);
        assert_eq!(quote_posix("50%\tx\n"), "\"$(printf '50\\045\\011x')\"'\n'");
        assert_eq!(quote_fish(value), r"'it\'s $(x)'\X0a\Xe2\X80\X99");
        assert_eq!(quote_powershell(value), "('it''s $(x)' + [char]0xa + '' + [char]0x2019 + '')");
        assert_eq!(quote_powershell("\u{1f600}"), "('' + [char]0xd83d + '' + [char]0xde00 + '')");
    }

    #[test]
    fn a_message_to_powershell_is_ascii_and_has_an_end() {
        let value = "2026-11-21T05:14:54Z = \"\\\u{e9}\n\u{1f600}";
        let changes = [("A", Some(value.to_owned())), ("B", None), ("C", Some(String::new()))];
        assert_eq!(
            powershell_message(&changes),
            "A=2026-11-21T05:14:54Z\\u0020=\\u0020\\u0022\\u005c\\u00e9\\u000a\\ud83d\\ude00\nB\nC=\n#end\n"
        );
    }
}
