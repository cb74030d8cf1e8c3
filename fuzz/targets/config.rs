//! `~/.aws/config`: the reader never panics, and what it finds lies where it says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ssoenv::config::header;
use ssoenv::config::syntax::Parsed;

fuzz_target!(|bytes: &[u8]| {
    let Ok(parsed) = Parsed::read(bytes.to_vec()) else { return };
    assert_eq!(parsed.text().as_bytes(), bytes, "the text is kept as it is");
    let mut behind = 0;
    for section in parsed.sections() {
        assert!(section.header.start as usize >= behind, "headers stand in order");
        behind = section.header.end as usize;
        let name = parsed.str(section.name);
        assert!(!name.contains('\n'), "a name is within one line");
        // What a header means never depends on more than its text.
        drop(header::classify(name));
        for entry in parsed.entries(section) {
            assert!(entry.lines.start as usize >= behind, "entries stand in order");
            behind = entry.lines.end as usize;
            let lines = parsed.str(entry.lines);
            assert!(lines.contains(parsed.str(entry.written)), "a key stands in its lines");
            let key = parsed.str(entry.key);
            assert!(parsed.entry(section, key).is_some(), "a key is found again");
            assert_eq!(key, key.to_lowercase(), "keys are read in lower case");
        }
    }
});
