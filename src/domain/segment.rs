//! The prompt's segment as text: where we are, and how long it lasts.
//!
//! The text has two parts, because only one of them stands still. `use` exports the part before
//! what is left as `SSOENV_LABEL`. What comes behind is ` {}`, or what `SSOENV_LEFT` holds: there
//! the first `{}` stands for what is left, and a text without it means that the format does not show
//! it. A name that holds `{}` can only come later, and stays as it is. The hooks put both together
//! with builtins; [`Label::text`] is the same in Rust.
//!
//! A terminal of fewer than 60 columns shows `SSOENV_LABEL_60` instead, the account without its role,
//! and one of fewer than 40 `SSOENV_LABEL_40`, the account cut in its middle. Each is exported where it
//! differs from what wider terminals show; ` {}` follows it.

use super::active::Active;
use super::env_delta::EnvDelta;
use super::label::{LABEL_CELLS, ascii, cell_width, label as fit, middle, sanitize};
use super::timestamp::Timestamp;
use super::words::{Class, Color};

/// What stands for what is left.
pub const LEFT: &str = "{}";
/// What follows the label where `SSOENV_LEFT` is not set.
pub const DEFAULT_TAIL: &str = " {}";
/// `SSOENV_LEFT` of a format without `{left}`: removed would be the default, and blank is no value.
pub const NO_TAIL: &str = "-";
/// A terminal with fewer columns has no room for the role.
const NARROW: i64 = 60;
/// One with fewer columns has no room for a long name either.
const TINY: i64 = 40;
/// Cells of a name there: with `2h05m` it takes no more than 20.
const TINY_CELLS: usize = 12;

/// What follows the label at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The end is not known.
    Endless,
    /// Lives until then.
    Until(Timestamp),
    /// The user has set something else since `use`.
    Changed,
}

/// The text without what is left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// `SSOENV_LABEL`: before what is left; no blank at its end.
    pub text: String,
    /// `SSOENV_LEFT`: from there on; `None` is ` {}`.
    pub tail: Option<String>,
    /// `SSOENV_LABEL_60`.
    pub narrow: Option<String>,
    /// `SSOENV_LABEL_40`.
    pub tiny: Option<String>,
}

impl Label {
    /// Adds what narrow terminals show of an account, if the label has a role that can go.
    #[must_use]
    pub fn with_short(mut self, account: &str, has_role: bool) -> Self {
        let tail = match self.tail.as_deref() {
            Some(NO_TAIL) => "",
            tail => tail.unwrap_or(DEFAULT_TAIL),
        };
        let shorter = |cells, than| {
            let text = middle(account, cells);
            Some(text).filter(|text| !text.is_empty() && cell_width(text) < than)
        };
        let mut cells =
            (cell_width(&self.text) + cell_width(tail)).saturating_sub(cell_width(DEFAULT_TAIL));
        self.narrow = if has_role { shorter(LABEL_CELLS, cells) } else { None };
        cells = self.narrow.as_deref().map_or(cells, cell_width);
        self.tiny = if cells > TINY_CELLS { shorter(TINY_CELLS, cells) } else { None };
        self
    }

    /// Whether terminals outside of UTF-8 locales can show all of it.
    pub fn is_ascii(&self) -> bool {
        let others = [&self.tail, &self.narrow, &self.tiny].into_iter().flatten();
        others.chain([&self.text]).all(|text| text.is_ascii())
    }

    /// For terminals outside of UTF-8 locales.
    #[must_use]
    pub fn into_ascii(self) -> Self {
        let short = |text: Option<String>| text.as_deref().map(ascii);
        Self {
            text: ascii(&self.text),
            tail: short(self.tail),
            narrow: short(self.narrow),
            tiny: short(self.tiny),
        }
    }

    /// Reads the variables back; sanitized again, because the environment is not trusted.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let clean = |name| get(name).map(|text| fit(&text, LABEL_CELLS)).filter(|t| !t.is_empty());
        let tail = get("SSOENV_LEFT").map(|text| sanitize(&text)).filter(|t| !t.is_empty());
        let text = clean("SSOENV_LABEL");
        (text.is_some() || tail.is_some()).then(|| Self {
            text: text.unwrap_or_default(),
            tail,
            narrow: clean("SSOENV_LABEL_60"),
            tiny: clean("SSOENV_LABEL_40"),
        })
    }

    /// Puts the variables into `delta`.
    pub fn write(&self, delta: &mut EnvDelta) {
        let text = Some(&self.text).filter(|text| !text.is_empty());
        for (name, value) in [
            ("SSOENV_LABEL", text),
            ("SSOENV_LEFT", self.tail.as_ref()),
            ("SSOENV_LABEL_60", self.narrow.as_ref()),
            ("SSOENV_LABEL_40", self.tiny.as_ref()),
        ] {
            if let Some(value) = value {
                delta.set(name, &**value);
            }
        }
    }

    /// The whole text at a point in time, on a terminal of so many columns; 0 is as good as unknown.
    pub fn text(&self, state: State, now: Timestamp, columns: i64) -> String {
        let word = match state {
            State::Endless => String::new(),
            State::Changed => "changed".to_owned(),
            State::Until(end) if end <= now => "expired".to_owned(),
            State::Until(end) => left(end, now),
        };
        let short = match columns {
            1..TINY => self.tiny.as_ref().or(self.narrow.as_ref()),
            TINY..NARROW => self.narrow.as_ref(),
            _ => None,
        };
        let (text, tail) = match short {
            Some(short) => (short, DEFAULT_TAIL),
            None => (&self.text, self.tail.as_deref().unwrap_or(DEFAULT_TAIL)),
        };
        let text = match tail.split_once(LEFT) {
            Some((_, after)) if word.is_empty() => format!("{text}{after}"),
            Some((before, after)) => format!("{text}{before}{word}{after}"),
            None if matches!(word.as_str(), "expired" | "changed") => format!("{text} {word}"),
            None => text.clone(),
        };
        text.trim().to_owned()
    }
}

/// `30m`, `2h05m`: rounded down.
pub fn left(end: Timestamp, now: Timestamp) -> String {
    let minutes = (end.seconds() - now.seconds()).max(0) / 60;
    match minutes {
        0..60 => format!("{minutes}m"),
        _ => format!("{}h{:02}m", minutes / 60, minutes % 60),
    }
}

/// `SSOENV_COLOR`: the color that was set, or that of the class; a name of the eight terminal
/// colors, or a number from 0 to 255.
pub fn color(color: Option<&str>, class: Option<&str>) -> Option<String> {
    match (color, class) {
        (Some(color), _) => Some(sanitize(color)),
        (None, Some(class)) if class == Class::Production.name() => {
            Some(Color::Red.name().to_owned())
        }
        (None, _) => None,
    }
}

/// The terminal's code (SGR parameters) of the segment. Bold where time runs short, and yellow where no
/// color was set; yellow in any case where the credentials serve no longer.
pub fn sgr(color: Option<&str>, is_over: bool, is_short: bool) -> String {
    let color = color.filter(|_| !is_over);
    let bold = if is_over || is_short { ";1" } else { "" };
    let default = if bold.is_empty() { Color::Cyan } else { Color::Yellow };
    let number = |text| Color::from_name(text).map(|color| color as u8);
    match color.and_then(|text| number(text).or_else(|| text.parse().ok())) {
        Some(number @ 8..) => format!("38;5;{number}{bold}"),
        Some(number) => format!("3{number}{bold}"),
        None => format!("3{}{bold}", default as u8),
    }
}

/// What the variables say of the state at the prompt.
pub fn state(active: &Active, get: impl Fn(&str) -> Option<String>) -> State {
    if active.is_shadowed(get) {
        return State::Changed;
    }
    active.expires_at.map_or(State::Endless, State::Until)
}

#[cfg(test)]
mod tests {
    use super::{color, left, sgr};
    use crate::domain::timestamp::Timestamp;

    #[test]
    fn minutes_are_rounded_down() {
        let at = Timestamp::from_seconds;
        for (seconds, text) in
            [(0, "0m"), (59, "0m"), (60, "1m"), (3599, "59m"), (3600, "1h00m"), (7500, "2h05m")]
        {
            assert_eq!(left(at(seconds), at(0)), text);
        }
    }

    #[test]
    fn colors() {
        assert_eq!(color(None, Some("production")).as_deref(), Some("red"));
        assert_eq!(color(Some("208"), Some("production")).as_deref(), Some("208"));
        for (name, code) in
            [(Some("red"), "31"), (Some("208"), "38;5;208"), (Some("3"), "33"), (None, "36")]
        {
            assert_eq!(sgr(name, false, false), code);
        }
        assert_eq!(sgr(Some("$(x)"), false, false), "36");
        assert_eq!(sgr(None, false, true), "33;1");
        assert_eq!(sgr(Some("red"), false, true), "31;1");
        assert_eq!(sgr(Some("red"), true, true), "33;1");
    }
}
