//! Times as people write them: `30m`, `1h`, `90s`.

use std::time::Duration;

use crate::domain::{Error, Result};

/// Reads a time; a bare number is seconds.
pub fn parse(text: &str) -> Result<Duration> {
    let (number, unit) =
        text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let factor = match unit {
        "" | "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        _ => None,
    };
    let seconds = number.parse::<u64>().ok().zip(factor).and_then(|(n, f)| n.checked_mul(f));
    seconds.map(Duration::from_secs).ok_or_else(|| {
        Error::usage(format!("`{text}` is not a time")).hint("write it like `30m`, `1h` or `90s`")
    })
}
