//! What bash, zsh and POSIX sh share: quoting, and one chain of commands for all changes.
//!
//! Every encoder but the POSIX one gives printable ASCII on one line, so that no locale, code page
//! or line splitting on the way to the shell can change what it means.

use std::fmt::Write;

use crate::domain::env_delta::Change;

/// Whether a byte means itself to every shell, even unquoted: letters, digits and `_./:@%+,=-` (they
/// are quoted all the same). By arithmetic alone, so that many bytes are compared at once.
#[allow(clippy::needless_bitwise_bool, reason = "no branches, so that the compiler vectorizes")]
pub const fn is_plain(byte: u8) -> bool {
    const fn within(byte: u8, first: u8, last: u8) -> bool {
        byte.wrapping_sub(first) <= last - first
    }
    within(byte, b'a', b'z')
        | within(byte, b'@', b'Z')
        | within(byte, b'+', b':')
        | (byte == b'%')
        | (byte == b'=')
        | (byte == b'_')
}

/// bash and zsh: `'…'` for plain text, else `$'…'` with three octal digits for every other byte.
pub fn quote_ansi_c(value: &str) -> String {
    let mut quoted = String::new();
    push_ansi_c(&mut quoted, value);
    quoted
}

/// Whether all bytes are plain. Nearly all values are, so there is no way out before their end, and
/// blocks of one size are what the compiler compares at once.
fn is_all_plain(bytes: &[u8]) -> bool {
    const BLOCK: usize = 16;
    let mut odd = [0; BLOCK];
    let mut look = |block: &[u8; BLOCK]| {
        for (odd, byte) in odd.iter_mut().zip(block) {
            *odd |= u8::from(!is_plain(*byte));
        }
    };
    if let Some(last) = bytes.last_chunk() {
        bytes.as_chunks().0.iter().for_each(&mut look);
        look(last);
    } else {
        let mut block = [b'a'; BLOCK];
        block[..bytes.len()].copy_from_slice(bytes);
        look(&block);
    }
    odd == [0; BLOCK]
}

fn push_ansi_c(text: &mut String, value: &str) {
    if is_all_plain(value.as_bytes()) {
        text.push('\'');
        text.push_str(value);
        text.push('\'');
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

/// The one chain of bash. A DEBUG trap is shown each command as it was typed, so the chain is in a
/// function, into which no trap reaches while `functrace` is off.
pub fn chain_bash(changes: &[Change]) -> String {
    bash(changes, "")
}

/// The same as the hook reads it, without the subshell where nothing is read-only: such a variable
/// cannot be made local, unless it is a function's own. So that is asked only where no function of
/// the user's has called.
pub fn message_bash(changes: &[Change]) -> String {
    let start = "{ \\builtin test \"${#FUNCNAME[@]}\" -eq 4 && \\builtin test \"${FUNCNAME[3]-}\" = ssoenv && \
                 __ssoenv_free() { \\builtin local ";
    let end = "; } && { __ssoenv_free 2>/dev/null || { \\builtin unset -f __ssoenv_free; \\builtin false; }; } && \
               \\builtin unset -f __ssoenv_free; } || ";
    bash(changes, &[start, &names(changes), end].concat())
}

fn bash(changes: &[Change], free: &str) -> String {
    let around = [
        "__ssoenv_change() { ",
        "; }; if \\builtin test -o functrace; then \\builtin set +T; __ssoenv_change && \\builtin set -T \
         || { \\builtin set -T; \\builtin false; }; else __ssoenv_change; fi && \
         \\builtin unset -f __ssoenv_change \
         || { \\builtin unset -f __ssoenv_change; \\builtin false; }",
    ];
    chained(changes, "\\builtin ", push_ansi_c, around, free)
}

/// The one chain of zsh. There a trap reaches everywhere, and knows the command only while
/// `debugbeforecmd` is on. Each statement is short of keys or comes behind that.
pub fn chain_zsh(changes: &[Change]) -> String {
    zsh(changes, "")
}

/// The same as the hook reads it, without the subshell where nothing is read-only.
pub fn message_zsh(changes: &[Change]) -> String {
    let types = changes.iter().map(|(name, _)| format!("${{(t){name}-}}")).collect::<String>();
    zsh(changes, &format!("[[ \"{types}\" != *'readonly'* ]] || "))
}

fn zsh(changes: &[Change], free: &str) -> String {
    let around = [
        "\\builtin typeset -g __ssoenv_debug=on; \
         [[ -o debugbeforecmd ]] || __ssoenv_debug=off; \\builtin unsetopt debugbeforecmd; ",
        " && { \\builtin test $__ssoenv_debug = off || \\builtin setopt debugbeforecmd; } && \
         \\builtin unset __ssoenv_debug || { \\builtin test $__ssoenv_debug = off || \
         \\builtin setopt debugbeforecmd; \\builtin unset __ssoenv_debug; \\builtin false; }",
    ];
    chained(changes, "\\builtin ", push_ansi_c, around, free)
}

/// The one chain of POSIX sh.
pub fn chain_posix(changes: &[Change]) -> String {
    chained(changes, "", |text, value| text.push_str(&quote_posix(value)), ["", ""], "")
}

fn names(changes: &[Change]) -> String {
    changes.iter().map(|(name, _)| &**name).collect::<Vec<_>>().join(" ")
}

/// It first tries the removals in a subshell, unless `free` finds that all can be removed: where a
/// variable is read-only, the shell names it, and nothing at all has changed. `unset` also takes away
/// attributes (integer, upper case, …) that would bend the values.
fn chained(
    changes: &[Change],
    builtin: &str,
    push: fn(&mut String, &str),
    around: [&str; 2],
    free: &str,
) -> String {
    let names = names(changes);
    let values = changes.iter().filter_map(|(_, value)| value.as_ref());
    let size = values.map(|value| 2 * value.len() + 64).sum::<usize>()
        + 2 * names.len()
        + free.len()
        + 768;
    let mut text = String::with_capacity(size);
    text.extend([around[0], "{ ", free, "( ", builtin, "unset -v ", &names, " ) || { ", builtin]);
    text.push_str(
        "printf '%s\\n' 'error: a read-only variable cannot be changed: all stays as it was' >&2; ",
    );
    text.extend([builtin, "false; }; } && ", builtin, "unset -v ", &names]);
    let export = [" && ", builtin, "export "].concat();
    for (name, value) in changes {
        if let Some(value) = value {
            text.push_str(&export);
            text.push_str(name);
            text.push('=');
            push(&mut text, value);
        }
    }
    text.extend([around[1], "\n"]);
    text
}

#[cfg(test)]
mod tests {
    use super::{is_all_plain, is_plain, quote_ansi_c, quote_posix};

    #[test]
    fn plain_bytes_are_these() {
        let all = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_./:@%+,=-";
        for byte in 0..=u8::MAX {
            assert_eq!(is_plain(byte), all.contains(&byte), "{byte}");
        }
    }

    #[test]
    fn one_odd_byte_anywhere_is_seen() {
        for length in 0..50 {
            assert!(is_all_plain(&vec![b'x'; length]), "{length}");
            for at in 0..length {
                let mut bytes = vec![b'x'; length];
                bytes[at] = b'\'';
                assert!(!is_all_plain(&bytes), "{at} of {length}");
            }
        }
    }

    #[test]
    fn quotes() {
        let value = "it's $(x)\n\u{2019}";
        assert_eq!(quote_ansi_c(value), r"$'it\047s\040\044\050x\051\012\342\200\231'");
        assert_eq!(quote_ansi_c("AB/+=="), "'AB/+=='");
        assert_eq!(quote_posix("it's  $(x) \u{2019}"), "'it'\\''s '' $(x) \u{2019}'");
        assert_eq!(quote_posix("a *"), r#""$(printf 'a\040\052')""#);
        assert_eq!(quote_posix("50%\tx\n"), "\"$(printf '50\\045\\011x')\"'\n'");
    }
}
