//! Quoting for PowerShell against a model of its scanner, which needs no PowerShell.
//!
//! The model is what PowerShell's tokenizer does (`CharTraits.cs`): five characters open and close
//! a verbatim string, and two of them in a row are the second one.

use ssoenv::domain::env_delta::EnvDelta;
use ssoenv::shell::{Dialect, render};

const QUOTES: [char; 5] = ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];

/// Characters that end strings, start expressions or lines, or are written in two units.
const ALPHABET: &str = "aZ0 '\"`$(){}[];|&#@%!~*?<>=,.:/\\-+^_\t\r\n\u{1}\u{1b}\u{7f}\u{80}\u{9b}\u{a0}\
    \u{2018}\u{2019}\u{201a}\u{201b}\u{201c}\u{201d}\u{201e}\u{2013}\u{2014}\u{2015}\u{2028}\u{2029}\
    \u{202e}\u{2032}\u{ff07}\u{feff}\u{fffd}\u{e000}\u{fc}\u{df}\u{65e5}\u{1f600}\u{10ffff}";

/// The value of `'…'` or `('…' + [char]0x… + …)`; `None` if PowerShell would read anything else.
fn evaluate(text: &str) -> Option<String> {
    let mut units: Vec<u16> = Vec::new();
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    let mut rest = inner.unwrap_or(text);
    let mut first = true;
    loop {
        if let Some(number) = rest.strip_prefix("[char]0x") {
            // A character first would make `+` an addition of numbers.
            if first {
                return None;
            }
            let end = number.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(number.len());
            units.push(u16::from_str_radix(&number[..end], 16).ok()?);
            rest = &number[end..];
        } else {
            let (value, after) = verbatim(rest)?;
            units.extend(value.encode_utf16());
            rest = after;
        }
        first = false;
        if rest.is_empty() {
            return String::from_utf16(&units).ok();
        }
        rest = rest.strip_prefix(" + ").filter(|_| inner.is_some())?;
    }
}

/// A verbatim string at the start of the text, and what follows it.
fn verbatim(text: &str) -> Option<(String, &str)> {
    let mut chars = text.char_indices().peekable();
    chars.next().filter(|(_, c)| QUOTES.contains(c))?;
    let mut value = String::new();
    while let Some((at, c)) = chars.next() {
        if !QUOTES.contains(&c) {
            value.push(c);
            continue;
        }
        match chars.next_if(|(_, next)| QUOTES.contains(next)) {
            Some((_, second)) => value.push(second),
            None => return Some((value, &text[at + c.len_utf8()..])),
        }
    }
    None
}

/// Strings from a fixed seed.
pub fn strings(count: usize) -> impl Iterator<Item = String> {
    let alphabet: Vec<char> = ALPHABET.chars().collect();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("below a usize")
    };
    (0..count).map(move |_| (0..next(24)).map(|_| alphabet[next(alphabet.len())]).collect())
}

#[test]
fn what_is_quoted_is_read_back() {
    let single = (1..=0x2100_u32).filter_map(char::from_u32).map(String::from);
    for value in single.chain(strings(20_000)) {
        let quoted = Dialect::PowerShell.quote(&value);
        assert!(quoted.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{quoted}");
        assert_eq!(evaluate(&quoted).as_deref(), Some(value.as_str()), "{quoted}");
    }
}

#[test]
fn the_model_sees_what_is_wrong_elsewhere() {
    let doubled = |value: &str| format!("'{}'", value.replace('\'', "''"));
    assert_eq!(evaluate(&doubled("it's")).as_deref(), Some("it's"));
    assert_eq!(evaluate(&doubled("x\u{2019}; New-Item CANARY #")), None);
    assert_ne!(evaluate(&doubled("a\u{2019}\u{2018}b")).as_deref(), Some("a\u{2019}\u{2018}b"));
    assert_eq!(evaluate("('' + [char]0xd83d + [char]0xde00)").as_deref(), Some("\u{1f600}"));
    assert_eq!(evaluate("([char]0x41 + 'b')"), None);
}

/// What `[regex]::Unescape` makes of a text; `None` for anything but plain characters and `\uXXXX`.
fn unescape(text: &str) -> Option<String> {
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(number) = rest.strip_prefix("\\u") {
            units.push(u16::from_str_radix(number.get(..4)?, 16).ok()?);
            rest = &number[4..];
        } else if c.is_ascii_alphanumeric() || "-_./:@+,=%".contains(c) {
            units.push(u16::try_from(u32::from(c)).ok()?);
            rest = &rest[1..];
        } else {
            return None;
        }
    }
    String::from_utf16(&units).ok()
}

#[test]
fn a_message_to_the_hook_comes_back() {
    let single = (1..=0x2100_u32).filter_map(char::from_u32).map(String::from);
    for value in single.chain(strings(20_000)) {
        let mut delta = EnvDelta::new();
        delta.set("A", value.clone());
        delta.unset("B");
        let text = render(Dialect::PowerShell, &delta, true).expect("no NUL in it");
        let lines: Vec<_> = text.split('\n').collect();
        let ["#ssoenv/1", set, "B", "#end", ""] = lines.as_slice() else { panic!("{text}") };
        let decoded = set.strip_prefix("A=").and_then(unescape);
        assert_eq!(decoded.as_deref(), Some(value.as_str()), "{set}");
    }
}

#[test]
fn every_line_of_the_text_is_a_whole_statement() {
    for value in strings(2_000) {
        let mut delta = EnvDelta::new();
        delta.set("A", value.clone());
        delta.unset("B");
        let text = render(Dialect::PowerShell, &delta, false).expect("no NUL in it");
        let lines: Vec<_> = text.lines().collect();
        let [set, unset] = lines.as_slice() else { panic!("{text}") };
        let quoted = set.strip_prefix("${env:A} = ").expect("an assignment");
        assert_eq!(evaluate(quoted).as_deref(), Some(value.as_str()));
        assert_eq!(*unset, "Remove-Item -LiteralPath 'Env:B' -ErrorAction Ignore");
    }
}
