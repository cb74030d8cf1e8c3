//! Text from elsewhere on a terminal: nothing steers it, cuts fit, twice is once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ssoenv::domain::label::{LABEL_CELLS, label, sanitize};
use unicode_width::UnicodeWidthStr;

fuzz_target!(|text: &str| {
    let clean = sanitize(text);
    assert!(!clean.chars().any(char::is_control), "a control character is left");
    for steering in ['\u{202e}', '\u{2066}', '\u{200b}', '\u{2028}', '\u{feff}'] {
        assert!(!clean.contains(steering), "{steering:?} is left");
    }
    assert_eq!(sanitize(&clean), clean, "twice is once");
    let cut = label(text, LABEL_CELLS);
    assert!(UnicodeWidthStr::width(&*cut) <= LABEL_CELLS, "too wide: {cut:?}");
    assert_eq!(label(&cut, LABEL_CELLS), cut, "a cut label stays");
});
