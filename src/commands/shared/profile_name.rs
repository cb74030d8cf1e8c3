//! Profile names from a template: `{account_name|lower}-{role|replace:Access:}`. `sync` and
//! `configure` give the same names.

use std::collections::BTreeSet;

use crate::domain::nearest::nearest;
use crate::domain::{Error, Result};

const FIELDS: [&str; 5] = ["account_name", "account_id", "role", "session", "email"];
const FILTERS: [&str; 3] = ["lower", "slug", "replace"];

/// A template that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Field { name: String, filters: Vec<Filter> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Filter {
    Lower,
    Slug,
    Replace(String, String),
}

impl Default for Template {
    fn default() -> Self {
        let field = |name: &str| Part::Field { name: name.to_owned(), filters: Vec::new() };
        Self(vec![field("account_name"), Part::Text("-".to_owned()), field("role")])
    }
}

/// What a name is made of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fields<'a> {
    /// Empty where the portal gives none.
    pub account_name: &'a str,
    /// Twelve digits.
    pub account_id: &'a str,
    pub role: &'a str,
    pub session: &'a str,
    /// Empty where the portal gives none.
    pub email: &'a str,
}

impl Template {
    /// Reads a template; unknown fields and filters are wrong usage, with what was probably meant.
    pub fn parse(text: &str) -> Result<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            parts.push(Part::Text(rest[..at].to_owned()));
            let (inner, after) = rest[at + 1..]
                .split_once('}')
                .ok_or_else(|| wrong(text, "a `{` without `}`").hint(usage()))?;
            parts.push(field(text, inner)?);
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        if !parts.iter().any(|part| matches!(part, Part::Field { .. })) {
            return Err(wrong(text, "every profile would have the same name").hint(usage()));
        }
        Ok(Self(parts))
    }

    /// The name for a role: every AWS tool reads it.
    pub fn name(&self, fields: &Fields) -> String {
        let mut raw = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => raw.push_str(text),
                Part::Field { name, filters } => {
                    let value = fields.get(name);
                    // A name of which nothing would be left.
                    let value = if name == FIELDS[0] && safe(value).is_empty() {
                        fields.account_id
                    } else {
                        value
                    };
                    let value = value.to_owned();
                    raw.push_str(&filters.iter().fold(value, |value, filter| filter.apply(&value)));
                }
            }
        }
        let name = safe(&raw);
        if name.is_empty() { fields.account_id.to_owned() } else { name }
    }
}

impl<'a> Fields<'a> {
    fn get(&self, name: &str) -> &'a str {
        match name {
            "account_name" => self.account_name,
            "account_id" => self.account_id,
            "role" => self.role,
            "session" => self.session,
            _ => self.email,
        }
    }
}

impl Filter {
    fn apply(&self, value: &str) -> String {
        match self {
            Self::Lower => value.to_lowercase(),
            Self::Slug => slug(value),
            Self::Replace(old, new) => value.replace(old, new),
        }
    }
}

/// A name that no other has, letter case aside; it is taken from then on.
pub fn unique(name: &str, account_id: &str, taken: &mut BTreeSet<String>) -> String {
    let mut free = |name: &str| name != "default" && taken.insert(name.to_lowercase());
    if free(name) {
        return name.to_owned();
    }
    let with_id = format!("{name}-{account_id}");
    if free(&with_id) {
        return with_id;
    }
    let mut number = 2;
    loop {
        let numbered = format!("{with_id}-{number}");
        if free(&numbered) {
            return numbered;
        }
        number += 1;
    }
}

/// Lower case, with `-` for what is not a letter, digit or one of `_.`.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.to_lowercase().chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '_' | '.') {
            slug.push(c);
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_matches('-').to_owned()
}

/// Other characters become `-`, runs of it one, none at the ends.
pub fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        let good = c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '@' | '+');
        if good {
            safe.push(c);
        } else if !safe.ends_with('-') {
            safe.push('-');
        }
    }
    safe.trim_matches('-').to_owned()
}

fn field(template: &str, inner: &str) -> Result<Part> {
    let mut words = inner.split('|');
    let name = words.next().unwrap_or_default();
    if !FIELDS.contains(&name) {
        return Err(unknown(template, "field", name, &FIELDS));
    }
    let filters = words.map(|word| filter(template, word)).collect::<Result<_>>()?;
    Ok(Part::Field { name: name.to_owned(), filters })
}

fn filter(template: &str, word: &str) -> Result<Filter> {
    let mut words = word.split(':');
    match (words.next(), words.next(), words.next(), words.next()) {
        (Some("lower"), None, ..) => Ok(Filter::Lower),
        (Some("slug"), None, ..) => Ok(Filter::Slug),
        (Some("replace"), Some(old), Some(new), None) if !old.is_empty() => {
            Ok(Filter::Replace(old.to_owned(), new.to_owned()))
        }
        (Some("replace"), ..) => {
            Err(wrong(template, "`replace` needs two texts").hint("write `{role|replace:OLD:NEW}`"))
        }
        (name, ..) => Err(unknown(template, "filter", name.unwrap_or_default(), &FILTERS)),
    }
}

fn unknown(template: &str, what: &str, word: &str, known: &[&str]) -> Error {
    let error = wrong(template, &format!("unknown {what} `{word}`"));
    match nearest(word, known.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(usage()),
    }
}

fn wrong(template: &str, why: &str) -> Error {
    Error::usage(format!("template `{template}` is not valid")).cause(why)
}

fn usage() -> String {
    let fields = FIELDS.map(|field| format!("`{{{field}}}`")).join(", ");
    format!("use {fields} and the filters `|lower`, `|slug`, `|replace:OLD:NEW`")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const DEFAULT: &str = "{account_name}-{role}";

    #[test]
    fn the_default_is_what_is_documented() {
        let parts = Template::parse(DEFAULT).expect("a template").0;
        let parts = parts.into_iter().filter(|part| *part != Part::Text(String::new()));
        assert_eq!(Template(parts.collect()), Template::default());
    }

    fn name(template: &str, account_name: &str, role: &str) -> String {
        let fields = Fields {
            account_name,
            account_id: "111122223333",
            role,
            session: "corp",
            email: "a+b@example.com",
        };
        Template::parse(template).expect("a template").name(&fields)
    }

    #[test]
    fn names_from_templates() {
        for (template, account, role, expected) in [
            (DEFAULT, "Acme Prod", "ReadOnly", "Acme-Prod-ReadOnly"),
            (DEFAULT, " a -- b ", "x_y.z@+", "a-b-x_y.z@+"),
            (DEFAULT, "$(touch x)`y`", "R", "touch-x-y-R"),
            (DEFAULT, "日本", "R", "111122223333-R"),
            (DEFAULT, "日本", "役", "111122223333"),
            (DEFAULT, "", "R", "111122223333-R"),
            ("{account_name}", "", "R", "111122223333"),
            (
                "{account_name|lower}/{role|replace:Access:}",
                "Prod",
                "ReadOnlyAccess",
                "prod-ReadOnly",
            ),
            ("{account_name|slug}.{role|slug|replace:only:}", "Ä B", "ReadOnly", "b.read"),
            ("{session}-{account_id}-{email}", "", "", "corp-111122223333-a+b@example.com"),
        ] {
            assert_eq!(name(template, account, role), expected, "{template} {account} {role}");
        }
        for (template, hint) in [
            ("x", "{account_name}"),
            ("{acount_name}", "did you mean `account_name`?"),
            ("{role|lowr}", "did you mean `lower`?"),
            ("{role|replace:a}", "replace:OLD:NEW"),
            ("{role", "{account_name}"),
        ] {
            let error = Template::parse(template).expect_err(template);
            assert!(error.hints[0].contains(hint), "{error:?}");
        }
    }

    #[test]
    fn clashes_get_the_account_and_then_a_number() {
        let mut taken = BTreeSet::from(["prod".to_owned()]);
        let names: Vec<_> = (0..4).map(|_| unique("Prod", "111122223333", &mut taken)).collect();
        let expected = [
            "Prod-111122223333",
            "Prod-111122223333-2",
            "Prod-111122223333-3",
            "Prod-111122223333-4",
        ];
        assert_eq!(names, expected);
        assert_eq!(unique("default", "1", &mut taken), "default-1");
    }
}
