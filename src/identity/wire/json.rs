//! JSON as the AWS CLI writes it: Python's `json.dumps`, ASCII alone. Cache keys are hashes of
//! such texts, so every byte counts.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use serde_json::{Map, Value};
use sha1::{Digest, Sha1};

/// `json.dumps(value)`: `", "` and `": "` between items.
pub fn spaced(value: &Value) -> String {
    write(value, Python { item: b", ", key: b": " })
}

/// `json.dumps(value, separators=(",", ":"))`.
pub fn compact(value: &Value) -> String {
    write(value, Python { item: b",", key: b":" })
}

/// `sha1(text).hexdigest()`, which names the AWS CLI's cache files.
pub fn sha1_hex(text: &str) -> String {
    hex(&Sha1::digest(text.as_bytes()))
}

/// The JSON object that an answer is; `None` for anything else.
pub fn object(bytes: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(fields)) => Some(fields),
        _ => None,
    }
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

struct Python {
    item: &'static [u8],
    key: &'static [u8],
}

impl Formatter for Python {
    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(self.item) }
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(self.item) }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(self.key)
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut units = [0; 2];
        for c in fragment.chars() {
            if c.is_ascii() {
                writer.write_all(&[c as u8])?;
            } else {
                for unit in c.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

fn write(value: &Value, format: Python) -> String {
    let mut bytes = Vec::new();
    value
        .serialize(&mut Serializer::with_formatter(&mut bytes, format))
        .expect("a JSON value is written to memory");
    String::from_utf8(bytes).expect("what was written is ASCII")
}

#[cfg(test)]
mod tests {
    use super::{compact, sha1_hex, spaced};
    use serde_json::json;

    #[test]
    fn as_python_writes_it() {
        let value = json!({"a": ["é😀", "q\"\\\n\u{1}/"], "b": null, "c": {}, "d": [], "n": 900});
        assert_eq!(
            spaced(&value),
            r#"{"a": ["\u00e9\ud83d\ude00", "q\"\\\n\u0001/"], "b": null, "c": {}, "d": [], "n": 900}"#
        );
        assert_eq!(compact(&json!({"a": [1, 2], "b": "x"})), r#"{"a":[1,2],"b":"x"}"#);
        assert_eq!(sha1_hex("my-sso"), "0ad374308c5a4e22f723adf10145eafad7c4031c");
    }
}
