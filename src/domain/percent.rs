//! Percent-encoding. RFC 3986's unreserved characters stay as they are.

use percent_encoding::{
    AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode,
};

const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const PATH: &AsciiSet = &COMPONENT.remove(b'/');
const LIST_WORD: &AsciiSet = &CONTROLS.add(b',').add(b'%');

/// One part of a URL, such as a query value; `%20` for a blank, as the AWS CLI has it.
pub fn component(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT).to_string()
}

/// A whole path: its slashes stay.
pub fn path(text: &str) -> String {
    utf8_percent_encode(text, PATH).to_string()
}

/// Everything but letters and digits, for text that goes through several readers.
pub fn everything(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// A word of a list whose words are separated by commas.
pub fn list_word(text: &str) -> String {
    utf8_percent_encode(text, LIST_WORD).to_string()
}

/// The text that was encoded by any of these.
pub fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
