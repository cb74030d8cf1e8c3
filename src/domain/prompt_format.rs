//! `prompt_format`: the fields of the prompt, and the label that a format makes of them.

use std::borrow::Cow;

use super::active::Active;
use super::label::{LABEL_CELLS, cell_width, clean, label as fit, middle};
use super::segment::{DEFAULT_TAIL, LEFT, Label, NO_TAIL};

/// `prompt_format` where it is not set. `{account}` is the account's name, else the profile, else
/// the account ID.
const DEFAULT_FORMAT: &str = "{account} {role} {left}";

/// A field that has to be shortened keeps this many cells.
const FIELD_CELLS: usize = 6;

/// What the text is made from; every field may come from anywhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    pub profile: Option<&'a str>,
    pub account_name: Option<&'a str>,
    pub account_id: Option<&'a str>,
    pub role: Option<&'a str>,
    /// The region that is in force.
    pub region: Option<&'a str>,
    /// Whether a name that ASCII cannot show makes room for the next.
    ascii: bool,
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
            ascii: false,
        }
    }
}

type Field = (&'static str, for<'a> fn(&Facts<'a>) -> Option<&'a str>);

/// Fields of `prompt_format`, and the text of each; [`LEFT_FIELD`] is the one that changes by itself.
const FIELDS: [Field; 5] = [
    ("profile", |facts| facts.profile),
    ("account", |facts| {
        let names = [facts.account_name, facts.profile, facts.account_id].into_iter().flatten();
        let shown = |name: &&str| !facts.ascii || name.bytes().any(|b| b.is_ascii_alphanumeric());
        names.into_iter().find(shown)
    }),
    ("account_id", |facts| facts.account_id),
    ("role", |facts| facts.role),
    ("region", |facts| facts.region),
];
const LEFT_FIELD: &str = "left";

/// Whether every field of a format is one.
pub fn has_known_fields(format: &str) -> bool {
    let fields = format.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or_default());
    fields.into_iter().all(|field| names().any(|name| name == field))
}

/// The fields as messages show them.
pub fn field_names() -> String {
    names().map(|name| format!("`{{{name}}}`")).collect::<Vec<_>>().join(", ")
}

fn names() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|(name, _)| *name).chain([LEFT_FIELD])
}

/// The text of a field, fit for a terminal; `None` for a name that is no field.
fn text_of<'a>(name: &str, facts: &Facts<'a>) -> Option<Cow<'a, str>> {
    let (_, text) = FIELDS.iter().find(|(known, _)| *known == name)?;
    Some(match clean(text(facts).unwrap_or_default()) {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    })
}

/// The label of a format, sanitized, and cut to fit: the widest names first. In ASCII where it has
/// other characters and the locale is not one of UTF-8.
pub fn label(format: Option<&str>, facts: &Facts, is_utf8: impl FnOnce() -> bool) -> Label {
    let label = fitted(format, facts);
    if label.is_ascii() || is_utf8() {
        return label;
    }
    fitted(format, &Facts { ascii: true, ..*facts }).into_ascii()
}

fn fitted(format: Option<&str>, facts: &Facts) -> Label {
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
        *text = Cow::Owned(middle(text, wide.saturating_sub(over).max(FIELD_CELLS)));
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
    let blanks = &text[text.trim_end().len()..];
    let tail = match tail {
        None => NO_TAIL.to_owned(),
        Some(tail) => [blanks, tail.trim_end()].concat(),
    };
    let tail = (tail != DEFAULT_TAIL).then_some(tail);
    let has_role = facts.role.is_some() && format.contains("{role}");
    let account = text_of("account", facts).unwrap_or_default();
    Label { text: fit(&text, LABEL_CELLS), tail, ..Label::default() }.with_short(&account, has_role)
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

#[cfg(test)]
mod tests {
    use super::{Facts, has_known_fields};
    use crate::domain::label::cell_width;
    use crate::domain::segment::{Label, State};
    use crate::domain::timestamp::Timestamp;

    fn facts<'a>(account: &'a str, role: &'a str) -> Facts<'a> {
        let text = |text: &'a str| Some(text).filter(|text| !text.is_empty());
        Facts {
            profile: text("prod"),
            account_name: text(account),
            account_id: text("111122223333"),
            role: text(role),
            region: text("eu-west-1"),
            ascii: false,
        }
    }

    fn label(format: Option<&str>, facts: &Facts) -> Label {
        super::label(format, facts, || true)
    }

    fn shown(format: Option<&str>, facts: &Facts) -> String {
        let now = Timestamp::from_seconds(0);
        label(format, facts).text(State::Until(now.plus(1_859)), now, 80)
    }

    #[test]
    fn the_default_text() {
        assert_eq!(shown(None, &facts("Acme", "Admin")), "Acme Admin 30m");
        assert_eq!(shown(None, &facts("", "Admin")), "prod Admin 30m");
        assert_eq!(shown(None, &facts("", "")), "prod 30m");
        let id = Facts { profile: None, ..facts("", "Admin") };
        assert_eq!(shown(None, &id), "111122223333 Admin 30m");
        let default = label(None, &facts("Acme", "Admin"));
        assert_eq!(
            default,
            Label { text: "Acme Admin".into(), narrow: Some("Acme".into()), ..Label::default() }
        );
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
        assert!(has_known_fields("{account} {left} ({region})"));
        for wrong in ["{acount}", "{", "x {left} {}"] {
            assert!(!has_known_fields(wrong));
        }
    }

    #[test]
    fn words_take_the_place_of_minutes() {
        let now = Timestamp::from_seconds(100);
        let label = |format| label(format, &facts("Acme", "Admin"));
        assert_eq!(label(None).text(State::Until(now), now, 80), "Acme Admin expired");
        assert_eq!(label(None).text(State::Changed, now, 80), "Acme Admin changed");
        assert_eq!(label(None).text(State::Endless, now, 80), "Acme Admin");
        assert_eq!(label(Some("{role}")).text(State::Changed, now, 80), "Admin changed");
        assert_eq!(label(Some("[{role} {left}]")).text(State::Endless, now, 80), "[Admin]");
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
        assert_eq!(text, format!("{0}..{0}A Administrator 30m", "A".repeat(11)));
        let wide = shown(None, &facts(&"日".repeat(50), &"R".repeat(64)));
        assert!(cell_width(&wide) <= 44, "{wide}");
    }

    #[test]
    fn the_account_is_the_last_to_go() {
        let short = |format, account, role| {
            let label = label(format, &facts(account, role));
            (label.narrow, label.tiny)
        };
        let some = |text: &str| Some(text.to_owned());
        let long = "acme-checkout-prod";
        assert_eq!(short(None, "Acme", "Admin"), (some("Acme"), None));
        assert_eq!(short(None, long, "Admin"), (some(long), some("acme-..-prod")));
        assert_eq!(short(None, long, ""), (None, some("acme-..-prod")));
        assert_eq!(short(None, "", "Admin"), (some("prod"), None));
        // A format that takes less stays.
        assert_eq!(short(Some("{profile} {left}"), long, "Admin"), (None, None));
        assert_eq!(short(Some("{account_id} {left}"), "", "Admin"), (None, None));
        assert_eq!(
            short(Some("{left} {account} {role}"), long, "x"),
            (some(long), some("acme-..-prod"))
        );
        let now = Timestamp::from_seconds(0);
        let label = label(None, &facts(long, "Admin"));
        for (columns, text) in [
            (0, "acme-checkout-prod Admin 30m"),
            (60, "acme-checkout-prod Admin 30m"),
            (59, "acme-checkout-prod 30m"),
            (40, "acme-checkout-prod 30m"),
            (39, "acme-..-prod 30m"),
            (20, "acme-..-prod 30m"),
        ] {
            assert_eq!(label.text(State::Until(now.plus(1_859)), now, columns), text, "{columns}");
        }
    }

    #[test]
    fn outside_of_utf_8_a_name_that_can_be_read_stands_for_the_account() {
        let label = |account| super::label(None, &facts(account, "Admin"), || false);
        assert_eq!(label("München").text, "M?nchen Admin");
        assert_eq!(label("本番").text, "prod Admin");
        assert_eq!(label("本番").narrow.as_deref(), Some("prod"));
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
}
