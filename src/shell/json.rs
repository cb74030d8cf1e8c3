//! The changes as one line of JSON, for shells that read it without evaluating anything: Nushell.

use std::fmt::Write;

use super::posix::is_plain;
use crate::domain::env_delta::Change;

/// `{"NAME":"value","GONE":null}` in ASCII, whatever the values.
pub fn object(changes: &[Change]) -> String {
    let mut text = String::from("{");
    for (index, (name, value)) in changes.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.extend(["\"", name, "\":"]);
        match value {
            Some(value) => push(&mut text, value),
            None => text.push_str("null"),
        }
    }
    text.push_str("}\n");
    text
}

fn push(text: &mut String, value: &str) {
    text.push('"');
    for c in value.chars() {
        if u8::try_from(c).is_ok_and(|byte| is_plain(byte) || byte == b' ') {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::object;

    #[test]
    fn one_line_of_ascii() {
        let value = "2026-11-21T05:14:54Z \"\\\u{e9}\n\u{1f600}";
        let changes = [
            ("A".into(), Some(value.to_owned())),
            ("B".into(), None),
            ("C".into(), Some(String::new())),
        ];
        let text = object(&changes);
        assert_eq!(
            text,
            "{\"A\":\"2026-11-21T05:14:54Z \\u0022\\u005c\\u00e9\\u000a\\ud83d\\ude00\",\"B\":null,\"C\":\"\"}\n"
        );
        let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(read["A"], value);
        assert_eq!(object(&[]), "{}\n");
    }
}
