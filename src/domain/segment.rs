//! The prompt's segment as text: where we are, and how long it lasts.
//!
//! The text has two parts, because only one of them stands still. `use` exports the part before
//! what is left as `SSOENV_LABEL`. What comes behind is ` {}`, or what `SSOENV_LEFT` holds: there
//! the first `{}` stands for what is left, and a text without it means that the format does not show
//! it. A name that holds `{}` can only come later, and stays as it is. The hooks put both together
//! with builtins; [`Label::text`] is the same in Rust.

use std::borrow::Cow;

use super::active::Active;
use super::env_delta::EnvDelta;
use super::label::{LABEL_CELLS, cell_width, clean, label as fit, sanitise};
use super::timestamp::Timestamp;
use super::words::{Class, Color};

/// `prompt_format` where it is not set. `{account}` is the account's name, else the profile, else
/// the account ID.
pub const DEFAULT_FORMAT: &str = "{account} {role} {left}";

/// What stands for what is left.
const LEFT: &str = "{}";
/// What follows the label where `SSOENV_LEFT` is not set.
const DEFAULT_TAIL: &str = " {}";
/// `SSOENV_LEFT` of a format without `{left}`: removed would be the default, and blank is no value.
const NO_TAIL: &str = "-";
/// A field that has to be shortened keeps this many cells.
const FIELD_CELLS: usize = 6;

/// What the text is made from; every field may come from anywhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// The profile.
    pub profile: Option<&'a str>,
    /// The account's name.
    pub account_name: Option<&'a str>,
    /// The account's ID.
    pub account_id: Option<&'a str>,
    /// The role.
    pub role: Option<&'a str>,
    /// The region that is in force.
    pub region: Option<&'a str>,
}

impl<'a> Facts<'a> {
    /// From what the shell uses.
    pub fn of(active: &'a Active, region: Option<&'a str>) -> Self {
        Self {
            profile: active.profile.as_ref().map(AsRef::as_ref),
            account_name: active.account_name.as_deref(),
            account_id: active.account_id.as_ref().map(AsRef::as_ref),
            role: active.role.as_ref().map(AsRef::as_ref),
            region,
        }
    }
}

type Field = (&'static str, for<'a> fn(&Facts<'a>) -> Option<&'a str>);

/// Fields of `prompt_format`, and the text of each; [`LEFT_FIELD`] is the one that changes by itself.
const FIELDS: [Field; 5] = [
    ("profile", |facts| facts.profile),
    ("account", |facts| facts.account_name.or(facts.profile).or(facts.account_id)),
    ("account_id", |facts| facts.account_id),
    ("role", |facts| facts.role),
    ("region", |facts| facts.region),
];
const LEFT_FIELD: &str = "left";

/// Whether every field of a format is one; `Err` says what is expected.
pub fn check_format(format: &str) -> Result<(), String> {
    let names = || FIELDS.iter().map(|(name, _)| *name).chain([LEFT_FIELD]);
    let fields = format.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or_default());
    if fields.into_iter().all(|field| names().any(|name| name == field)) {
        return Ok(());
    }
    let names: Vec<_> = names().map(|name| format!("`{{{name}}}`")).collect();
    Err(format!("text with the fields {}", names.join(", ")))
}

/// The text of a field, fit for a terminal; `None` for a name that is no field.
fn text_of<'a>(name: &str, facts: &Facts<'a>) -> Option<Cow<'a, str>> {
    let (_, text) = FIELDS.iter().find(|(known, _)| *known == name)?;
    Some(match clean(text(facts).unwrap_or_default()) {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    })
}

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

/// The text without what is left: `SSOENV_LABEL` and `SSOENV_LEFT`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// Before what is left; no blank at its end.
    pub text: String,
    /// From there on; `None` is ` {}`.
    pub tail: Option<String>,
}

/// The label of a format, sanitised, and cut to fit: the widest names first.
pub fn label(format: Option<&str>, facts: &Facts) -> Label {
    let format = clean(format.unwrap_or(DEFAULT_FORMAT));
    let mut pieces = pieces(&format, facts);
    let width = |pieces: &[Piece]| -> usize { pieces.iter().map(Piece::width).sum() };
    while width(&pieces) > LABEL_CELLS {
        let over = width(&pieces) - LABEL_CELLS;
        let widest = pieces.iter_mut().filter(|p| p.is_field()).max_by_key(|p| p.width());
        let Some(Piece::Field(text)) = widest else { break };
        let wide = cell_width(text);
        if wide <= FIELD_CELLS {
            break;
        }
        *text = Cow::Owned(fit(text, wide.saturating_sub(over).max(FIELD_CELLS)));
    }
    let mut text = String::with_capacity(4 * LABEL_CELLS);
    let mut tail = None::<String>;
    for piece in pieces {
        match piece {
            Piece::Left if tail.is_none() => tail = Some(LEFT.to_owned()),
            Piece::Left => tail.get_or_insert_default().push_str(LEFT),
            Piece::Literal(part) => tail.as_mut().unwrap_or(&mut text).push_str(part),
            Piece::Field(part) => tail.as_mut().unwrap_or(&mut text).push_str(&part),
        }
    }
    let blanks = text.len() - text.trim_end().len();
    let tail = match tail {
        None => NO_TAIL.to_owned(),
        Some(tail) => format!("{}{}", " ".repeat(blanks), tail.trim_end()),
    };
    Label { text: fit(&text, LABEL_CELLS), tail: (tail != DEFAULT_TAIL).then_some(tail) }
}

enum Piece<'a> {
    Literal(&'a str),
    Field(Cow<'a, str>),
    Left,
}

impl Piece<'_> {
    fn is_field(&self) -> bool {
        matches!(self, Self::Field(_))
    }

    fn width(&self) -> usize {
        match self {
            Self::Literal(text) => cell_width(text),
            Self::Field(text) => cell_width(text),
            Self::Left => 0,
        }
    }
}

/// Takes a format apart. A field without text takes one blank beside it along; what is no field
/// stays as it is written.
fn pieces<'a>(format: &'a str, facts: &Facts<'a>) -> Vec<Piece<'a>> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = format;
    while let Some(at) = rest.find('{') {
        let field = rest[at..].split_once('}').map(|(head, after)| (&head[1..], after));
        let (piece, after) = match field {
            Some((LEFT_FIELD, after)) => (Some(Piece::Left), after),
            Some((name, after)) => match text_of(name, facts) {
                Some(text) => ((!text.is_empty()).then_some(Piece::Field(text)), after),
                None => (Some(Piece::Literal("{")), &rest[at + 1..]),
            },
            None => (Some(Piece::Literal("{")), &rest[at + 1..]),
        };
        pieces.push(Piece::Literal(&rest[..at]));
        rest = after;
        match piece {
            Some(piece) => pieces.push(piece),
            None => match (pieces.last_mut(), rest.strip_prefix(' ')) {
                (Some(Piece::Literal(before)), _) if before.ends_with(' ') => {
                    *before = &before[..before.len() - 1];
                }
                (_, Some(behind)) => rest = behind,
                _ => {}
            },
        }
    }
    pieces.push(Piece::Literal(rest));
    pieces
}

impl Label {
    /// Reads the two variables back; sanitised again, because the environment is not trusted.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let clean = |name| get(name).map(|text| fit(&text, LABEL_CELLS)).filter(|t| !t.is_empty());
        let tail = get("SSOENV_LEFT").map(|text| sanitise(&text)).filter(|t| !t.is_empty());
        let text = clean("SSOENV_LABEL");
        (text.is_some() || tail.is_some()).then(|| Self { text: text.unwrap_or_default(), tail })
    }

    /// Puts the two variables into `delta`.
    pub fn write(&self, delta: &mut EnvDelta) {
        if !self.text.is_empty() {
            delta.set("SSOENV_LABEL", &*self.text);
        }
        if let Some(tail) = &self.tail {
            delta.set("SSOENV_LEFT", &**tail);
        }
    }

    /// The whole text at a point in time.
    pub fn text(&self, state: State, now: Timestamp) -> String {
        let word = match state {
            State::Endless => String::new(),
            State::Changed => "changed".to_owned(),
            State::Until(end) if end <= now => "expired".to_owned(),
            State::Until(end) => left(end, now),
        };
        let tail = self.tail.as_deref().unwrap_or(DEFAULT_TAIL);
        let text = match tail.split_once(LEFT) {
            Some((_, after)) if word.is_empty() => format!("{}{after}", self.text),
            Some((before, after)) => format!("{}{before}{word}{after}", self.text),
            None if matches!(word.as_str(), "expired" | "changed") => {
                format!("{} {word}", self.text)
            }
            None => self.text.clone(),
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

/// `SSOENV_COLOR`: the colour that was set, or that of the class; a name of the eight terminal
/// colours, or a number from 0 to 255.
pub fn color(color: Option<&str>, class: Option<&str>) -> Option<String> {
    match (color, class) {
        (Some(color), _) => Some(sanitise(color)),
        (None, Some(class)) if class == Class::Production.name() => {
            Some(Color::Red.name().to_owned())
        }
        (None, _) => None,
    }
}

/// The terminal's code (SGR parameters) of a colour; cyan where there is none, or one that is not
/// known.
pub fn sgr(color: Option<&str>) -> String {
    let number = |text| Color::from_name(text).map(|color| color as u8);
    match color.and_then(|text| number(text).or_else(|| text.parse().ok())) {
        Some(number @ 8..) => format!("38;5;{number}"),
        Some(number) => format!("3{number}"),
        None => format!("3{}", Color::Cyan as u8),
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
    use super::{Facts, Label, State, check_format, color, label, left, sgr};
    use crate::domain::label::cell_width;
    use crate::domain::timestamp::Timestamp;

    fn facts<'a>(account: &'a str, role: &'a str) -> Facts<'a> {
        let text = |text: &'a str| Some(text).filter(|text| !text.is_empty());
        Facts {
            profile: text("prod"),
            account_name: text(account),
            account_id: text("111122223333"),
            role: text(role),
            region: text("eu-west-1"),
        }
    }

    fn shown(format: Option<&str>, facts: &Facts) -> String {
        let now = Timestamp::from_seconds(0);
        label(format, facts).text(State::Until(now.plus(1_859)), now)
    }

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
    fn the_default_text() {
        assert_eq!(shown(None, &facts("Acme", "Admin")), "Acme Admin 30m");
        assert_eq!(shown(None, &facts("", "Admin")), "prod Admin 30m");
        assert_eq!(shown(None, &facts("", "")), "prod 30m");
        let id = Facts { profile: None, ..facts("", "Admin") };
        assert_eq!(shown(None, &id), "111122223333 Admin 30m");
        let default = label(None, &facts("Acme", "Admin"));
        assert_eq!(default, Label { text: "Acme Admin".into(), tail: None });
    }

    #[test]
    fn formats_put_the_minutes_anywhere() {
        let facts = facts("Acme", "Admin");
        for (format, text) in [
            ("[{account}|{left}]", "[Acme|30m]"),
            ("{left} {profile}", "30m prod"),
            ("{account_id}/{role} ({region}) {left}", "111122223333/Admin (eu-west-1) 30m"),
            ("{role}", "Admin"),
            ("{unknown} {role} {", "{unknown} Admin {"),
            ("{left}", "30m"),
        ] {
            assert_eq!(shown(Some(format), &facts), text, "{format}");
        }
    }

    #[test]
    fn fields_are_judged_by_the_one_list() {
        assert_eq!(check_format("{account} {left} ({region})"), Ok(()));
        for wrong in ["{acount}", "{", "x {left} {}"] {
            assert!(check_format(wrong).is_err_and(|why| why.contains("`{account_id}`, ")));
        }
    }

    #[test]
    fn words_take_the_place_of_minutes() {
        let now = Timestamp::from_seconds(100);
        let label = |format| label(format, &facts("Acme", "Admin"));
        assert_eq!(label(None).text(State::Until(now), now), "Acme Admin expired");
        assert_eq!(label(None).text(State::Changed, now), "Acme Admin changed");
        assert_eq!(label(None).text(State::Endless, now), "Acme Admin");
        assert_eq!(label(Some("{role}")).text(State::Changed, now), "Admin changed");
        assert_eq!(label(Some("[{role} {left}]")).text(State::Endless, now), "[Admin]");
    }

    #[test]
    fn a_name_cannot_pass_for_a_field() {
        let braces = facts("a{}b", "x{}");
        assert_eq!(shown(None, &braces), "a{}b x{} 30m");
        assert_eq!(shown(Some("{left}: {account}"), &braces), "30m: a{}b");
        let hostile = facts("a{left}b{role}", "x{left}");
        assert_eq!(shown(None, &hostile), "a{left}b{role} x{left} 30m");
        assert_eq!(shown(Some("{left}: {account}"), &hostile), "30m: a{left}b{role}");
        assert_eq!(shown(None, &facts("a\u{1b}[31m\u{202e}", "r")), "a[31m r 30m");
    }

    #[test]
    fn the_widest_name_is_cut_first() {
        let text = shown(None, &facts(&"A".repeat(50), "Administrator"));
        assert_eq!(text, format!("{}.. Administrator 30m", "A".repeat(23)));
        let wide = shown(None, &facts(&"日".repeat(50), &"R".repeat(64)));
        assert!(cell_width(&wide) <= 44, "{wide}");
    }

    #[test]
    fn what_was_written_is_read_back() {
        for format in [None, Some("{left} x"), Some("{role}"), Some("<{account}{left}>")] {
            let written = label(format, &facts("Acme", "Admin"));
            let mut delta = crate::domain::env_delta::EnvDelta::new();
            written.write(&mut delta);
            let read = Label::read(|name| delta.get(name).cloned().flatten());
            assert_eq!(read, Some(written));
        }
    }

    #[test]
    fn colours() {
        assert_eq!(color(None, Some("production")).as_deref(), Some("red"));
        assert_eq!(color(Some("208"), Some("production")).as_deref(), Some("208"));
        for (name, code) in
            [(Some("red"), "31"), (Some("208"), "38;5;208"), (Some("3"), "33"), (None, "36")]
        {
            assert_eq!(sgr(name), code);
        }
        assert_eq!(sgr(Some("$(x)")), "36");
    }
}
