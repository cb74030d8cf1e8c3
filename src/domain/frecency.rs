//! What is used most and last: a log of uses, and the weight that each name has from it.

use std::collections::HashMap;

use super::timestamp::Timestamp;

/// Seconds after which a use counts half.
const HALF_LIFE: f64 = 7.0 * 24.0 * 3600.0;

/// Uses that are kept when the log is cut.
const KEPT: usize = 1000;

/// Names longer than this are not remembered.
const LONGEST: usize = 512;

/// One line of the log, `SECONDS NAME`; `None` for a name that does not fit on one.
pub fn line(name: &str, now: Timestamp) -> Option<String> {
    let fits = !name.is_empty() && name.len() <= LONGEST && !name.contains(['\n', '\r', '\0']);
    fits.then(|| format!("{} {name}\n", now.seconds()))
}

/// The time and name in a line.
pub fn entry(line: &str) -> Option<(i64, &str)> {
    let (time, name) = line.split_once(' ')?;
    let good = time.len() <= 12 && time.bytes().all(|b| b.is_ascii_digit()) && !name.is_empty();
    Some((time.parse().ok().filter(|_| good)?, name))
}

/// How much each name was used lately. Lines that are none are skipped.
pub fn weights(log: &str, now: Timestamp) -> HashMap<&str, f64> {
    let mut weights = HashMap::new();
    for (time, name) in log.lines().filter_map(entry) {
        // A clock that went backwards makes no use more than new.
        #[allow(clippy::cast_precision_loss, reason = "at most twelve digits")]
        let age = (now.seconds() - time).max(0) as f64;
        *weights.entry(name).or_default() += (-age / HALF_LIFE).exp2();
    }
    weights
}

/// The newest lines of a log that has become too long.
pub fn cut(log: &str) -> String {
    let good: Vec<&str> = log.lines().filter(|line| entry(line).is_some()).collect();
    let kept = &good[good.len().saturating_sub(KEPT)..];
    kept.iter().flat_map(|line| [*line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::{cut, entry, line, weights};
    use crate::domain::timestamp::Timestamp;

    const DAY: i64 = 24 * 3600;

    #[test]
    fn lately_beats_long_ago_and_often_beats_once() {
        let now = Timestamp::from_seconds(100 * DAY);
        let log = format!(
            "{} old\n{} old\n{} old\nbroken\n-1 x\n{} last week\n{} now\n{} now\n99999999999 future\n",
            10 * DAY,
            11 * DAY,
            12 * DAY,
            93 * DAY,
            100 * DAY,
            100 * DAY - 60,
        );
        let weights = weights(&log, now);
        assert_eq!(weights.len(), 4);
        assert!(weights["now"] > 1.9 && weights["old"] < 0.1);
        assert!((weights["last week"] - 0.5).abs() < 1e-9);
        assert!((weights["future"] - 1.0).abs() < 1e-9);
    }

    #[test]
    fn lines() {
        let now = Timestamp::from_seconds(7);
        assert_eq!(line("//1/R R/s", now).as_deref(), Some("7 //1/R R/s\n"));
        assert_eq!(entry("7 //1/R R/s"), Some((7, "//1/R R/s")));
        for name in ["", "a\nb", "a\rb", "a\0b", &"x".repeat(513)] {
            assert_eq!(line(name, now), None);
        }
        for text in ["", "7", "7 ", " a", "x a", "+7 a", "1234567890123 a"] {
            assert_eq!(entry(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_newest_are_kept() {
        let lines: Vec<String> = (0..3000).map(|n| format!("{n} name\n\0\u{1}\n")).collect();
        let log = lines.concat();
        let short = cut(&log);
        assert_eq!(short.lines().count(), 1000);
        assert!(short.starts_with("2000 name\n") && short.ends_with("2999 name\n"));
    }
}
