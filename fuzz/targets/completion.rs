//! A command line as typed. The first line is what a chosen value has beyond what is typed; the rest
//! is the line up to the cursor. Nothing panics, and what bash inserts for a value is read again as
//! that value, whatever quote is open. The other shells get values as they are, one a line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ssoenv::cli::complete::candidates::{Candidate, most_like};
use ssoenv::shell::entry::Likeness;
use ssoenv::cli::complete::line::{Typed, read};

/// What bash splits at, unless the user has changed it.
const BREAKS: &str = " \t\n\"'@><=;|&(:";

fuzz_target!(|text: &str| {
    let (more, line) = text.split_once('\n').unwrap_or(("", text));
    // fish: one word, as typed.
    if let Some(typed) = read(&format!("x {line}"), "") {
        assert_eq!(typed.words.len(), typed.pieces.len());
    }
    candidates(more, line);
    for breaks in [BREAKS, " \t\n\"'><=;|&(", ""] {
        if let Some(typed) = read(line, breaks) {
            inserted(&typed, line, breaks, more);
        }
    }
});

fn inserted(typed: &Typed, line: &str, breaks: &str, more: &str) {
    let current = &typed.current;
    assert!(current.text.is_char_boundary(current.kept), "{typed:?}");
    assert_eq!(typed.words.len(), typed.pieces.len());
    assert!(typed.pieces.iter().all(|pieces| *pieces > 0), "a word is at least one piece");
    let Some(Candidate { value, .. }) = Candidate::new(format!("{}{more}", current.text), "")
    else {
        return;
    };
    let inserted = current.insertion(&value).expect("it begins as typed");
    let Some(kept) = kept(typed, line, breaks) else { return };
    let chosen = format!("{kept}{inserted}");
    let again = read(&chosen, breaks).unwrap_or_else(|| panic!("{chosen:?} is no command"));
    assert_eq!(again.words, typed.words, "{chosen:?}");
    assert_eq!(again.current.text, value, "{chosen:?}");
    // bash closes the quote, unless it is there already, and goes on with the next word.
    let quote = current.quote.filter(|quote| !chosen.ends_with(*quote));
    let quote = quote.map(String::from).unwrap_or_default();
    let ended = format!("{chosen}{quote} ");
    let next = read(&ended, breaks).unwrap_or_else(|| panic!("{ended:?} is no command"));
    assert_eq!(next.words.last(), Some(&value), "{ended:?}");
    assert_eq!(next.words.len(), typed.words.len() + 1, "{ended:?}");
}

/// The part of the line that bash leaves as it is: up to the last place where it splits, or the open
/// quote.
fn kept<'a>(typed: &Typed, line: &'a str, breaks: &str) -> Option<&'a str> {
    let text = &typed.current.text[..typed.current.kept];
    // The first such place: a later one may lie behind a backslash.
    line.char_indices().map(|(at, _)| at).chain([line.len()]).find_map(|at| {
        let start = &line[..at];
        let read = read(start, breaks)?;
        // readline counts an `@` to what it replaces.
        let special = read.current.kept < read.current.text.len()
            && read.current.text.ends_with('@')
            && read.current.quote.is_none();
        let (start, mut read) = match special.then(|| start.strip_suffix('@')).flatten() {
            Some(start) => (start, self::read(start, breaks)?),
            None => (start, read),
        };
        if special {
            read.current.kept = read.current.text.len();
        }
        let fits = read.words == typed.words
            && read.current.quote == typed.current.quote
            && read.current.text == text
            && read.current.kept == read.current.text.len();
        fits.then_some(start)
    })
}

fn candidates(value: &str, typed: &str) {
    let Some(one) = Candidate::new(value, typed) else { return };
    assert_eq!(one.value, value, "values are raw");
    for text in [&one.value, &one.help] {
        assert!(!text.contains(['\n', '\r', '\t', '\u{1b}']), "a line is a line: {text:?}");
    }
    if let Some(prefix) = value.char_indices().nth(1).map(|(at, _)| &value[..at]) {
        for likeness in Likeness::ALL {
            assert!(likeness.fits(value, prefix), "{likeness:?} {value:?}");
        }
        assert_eq!(most_like(vec![one.clone()], prefix, &Likeness::ALL), [one]);
    }
}
