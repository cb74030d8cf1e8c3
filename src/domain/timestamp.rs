//! Points in time as whole seconds of the Unix epoch, read and written as the AWS caches have them.

use jiff::civil::DateTime;
use jiff::fmt::{rfc2822, temporal};
use jiff::tz::TimeZone;

/// A point in time; whole seconds, fractions are cut off as the AWS CLI does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From seconds since 1970-01-01T00:00:00Z.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// This point `seconds` later.
    #[must_use]
    pub const fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Reads every form that the AWS CLI accepts, and takes a time without a zone as UTC.
    /// A number is not a time.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() < 10 || text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        if has_second_sixty(text) {
            return None;
        }
        let upper = text.to_ascii_uppercase();
        let instant = ["UTC", "GMT"].iter().find_map(|zone| upper.strip_suffix(zone));
        // `…05UTC`, written by old AWS CLIs and by botocore's assume-role cache.
        if let Some(naive) = instant.map(str::trim_end)
            && let Some(time) = parse_naive(naive)
        {
            return Some(time);
        }
        if let Ok(time) = temporal::DateTimeParser::new().parse_timestamp(&upper) {
            return Some(Self(time.as_second()));
        }
        if let Ok(zoned) = rfc2822::DateTimeParser::new().parse_timestamp(text) {
            return Some(Self(zoned.as_second()));
        }
        let upper = upper.strip_suffix("+00:00").unwrap_or(&upper);
        // A zone abbreviation that is not UTC (`…05EST`): the AWS CLI reads the time and crashes.
        parse_naive(upper.trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim_end())
    }

    /// `2025-01-02T03:04:05Z`, the one form that every reader accepts.
    pub fn to_rfc3339(self) -> String {
        jiff::Timestamp::from_second(self.0).map(|time| time.to_string()).unwrap_or_default()
    }

    /// `20250102T030405Z`, as `SigV4` wants it.
    pub fn to_basic(self) -> String {
        self.to_rfc3339().replace(['-', ':'], "")
    }
}

fn parse_naive(text: &str) -> Option<Timestamp> {
    let civil: DateTime = text.parse().ok()?;
    // The last day of the year 9999, which programs write for "never", is beyond the last time.
    let time =
        civil.to_zoned(TimeZone::UTC).map_or(jiff::Timestamp::MAX, |zoned| zoned.timestamp());
    Some(Timestamp(time.as_second()))
}

/// Leap seconds are refused by the AWS CLI; jiff would take them for second 59.
fn has_second_sixty(text: &str) -> bool {
    text.as_bytes().windows(3).any(|w| w == b":60")
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn reads_what_the_aws_cli_reads() {
        for (text, seconds) in [
            ("2025-01-02T03:04:05Z", Some(1_735_787_045)),
            ("2025-01-02T03:04:05UTC", Some(1_735_787_045)),
            ("2025-01-02T03:04:05 UTC", Some(1_735_787_045)),
            ("2025-01-02T03:04:05+00:00", Some(1_735_787_045)),
            ("2025-01-02T03:04:05+0000", Some(1_735_787_045)),
            ("2025-01-02T03:04:05-07:00", Some(1_735_812_245)),
            ("2025-01-02T03:04:05.123Z", Some(1_735_787_045)),
            ("2026-11-21T16:35:51.5084119Z", Some(1_795_278_951)),
            ("2025-01-02 03:04:05Z", Some(1_735_787_045)),
            ("2025-01-02T03:04:05", Some(1_735_787_045)),
            ("2025-01-02T03:04:05EST", Some(1_735_787_045)),
            ("2025-01-02T03:04Z", Some(1_735_787_040)),
            ("20250102T030405Z", Some(1_735_787_045)),
            ("2025-01-02t03:04:05z", Some(1_735_787_045)),
            ("Thu, 02 Jan 2025 03:04:05 GMT", Some(1_735_787_045)),
            ("2025-01-02", Some(1_735_776_000)),
            ("9999-12-31T23:59:59Z", Some(253_402_207_200)),
            ("9999-12-31T23:59:59+00:00", Some(253_402_207_200)),
            ("1735787045", None),
            ("", None),
            ("never", None),
            ("2025-13-02T03:04:05Z", None),
            ("2025-01-02T03:04:60Z", None),
        ] {
            assert_eq!(Timestamp::parse(text).map(Timestamp::seconds), seconds, "{text}");
        }
    }

    #[test]
    fn writes_one_form() {
        let time = Timestamp::from_seconds(1_735_787_045);
        assert_eq!(time.to_rfc3339(), "2025-01-02T03:04:05Z");
        assert_eq!(time.to_basic(), "20250102T030405Z");
    }
}
