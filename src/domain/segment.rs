//! The prompt's segment as text: where we are, and how long it lasts.
//!
//! A hook shows `SSOENV_LABEL` and then `SSOENV_LEFT` with `{}` replaced by what is left, which
//! only it can know. `SSOENV_LEFT` is there only for a format of the user's own.

use super::active::Active;
use super::label::{LABEL_CELLS, label as fit, sanitise};
use super::timestamp::Timestamp;

/// The segment less what is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// `SSOENV_LABEL`: sanitised, and cut to fit.
    pub text: String,
    /// `SSOENV_LEFT`: what follows, `{}` for what is left; `None` for ` {}`.
    pub left: Option<String>,
}

/// The label for `prompt_format`, or the default one: account name (else profile, else account ID)
/// and role.
pub fn label(format: Option<&str>, active: &Active, region: Option<&str>) -> Label {
    let Some(format) = format else {
        return Label { text: fit(&default_text(active), LABEL_CELLS), left: None };
    };
    let (before, after) = match format.split_once("{left}") {
        Some((before, after)) => (before, Some(after)),
        None => (format, None),
    };
    let before = fill(before, active, region);
    let text = before.trim_end();
    let blanks = &before[text.len()..];
    let left = after.map(|after| format!("{blanks}{{}}{}", fill(after, active, region)));
    Label { text: fit(text, LABEL_CELLS), left: Some(left.unwrap_or_default()) }
}

/// The whole segment where what is left is known.
pub fn text(format: Option<&str>, active: &Active, region: Option<&str>, left: &str) -> String {
    join(&label(format, active, region), left)
}

/// A label and what is left as one text.
pub fn join(label: &Label, left: &str) -> String {
    let tail = label.left.as_deref().unwrap_or(" {}").replacen("{}", left, 1);
    format!("{}{tail}", label.text).trim().to_owned()
}

fn default_text(active: &Active) -> String {
    let place = active
        .account_name
        .as_deref()
        .or(active.profile.as_ref().map(AsRef::as_ref))
        .or(active.account_id.as_ref().map(AsRef::as_ref));
    let parts = [place, active.role.as_ref().map(AsRef::as_ref)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Replaces the fields. Braces in names become parentheses, so that no name is taken for a field.
fn fill(format: &str, active: &Active, region: Option<&str>) -> String {
    let id = active.account_id.as_ref().map(AsRef::as_ref);
    let fields: [(&str, Option<&str>); 5] = [
        ("{profile}", active.profile.as_ref().map(AsRef::as_ref)),
        ("{account}", active.account_name.as_deref().or(id)),
        ("{account_id}", id),
        ("{role}", active.role.as_ref().map(AsRef::as_ref)),
        ("{region}", region),
    ];
    let mut text = sanitise(format);
    for (field, value) in fields {
        let value = sanitise(value.unwrap_or_default()).replace('{', "(").replace('}', ")");
        text = text.replace(field, &value);
    }
    text
}

/// `SSOENV_COLOR`: the colour that was set, or that of the class.
pub fn color(color: Option<&str>, class: Option<&str>) -> Option<String> {
    match (color, class) {
        (Some(color), _) => Some(sanitise(color)),
        (None, Some("production")) => Some("red".to_owned()),
        (None, _) => None,
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

#[cfg(test)]
mod tests {
    use super::{left, text};
    use crate::domain::active::{Active, Mode};
    use crate::domain::timestamp::Timestamp;

    fn active() -> Active {
        Active {
            profile: Some("prod".into()),
            account_id: Some("111122223333".into()),
            account_name: Some("Acme {left} Prod".into()),
            role: Some("Admin".into()),
            session: None,
            mode: Mode::Keys,
            expires_at: None,
            key_id: String::new(),
        }
    }

    #[test]
    fn formats() {
        for (format, expected) in [
            (None, "Acme {left} Prod Admin 30m"),
            (Some("{profile} ({left})"), "prod (30m)"),
            (Some("{left} {role}@{account}"), "30m Admin@Acme (left) Prod"),
            (Some("{account_id}/{role} in {region}"), "111122223333/Admin in eu-west-1"),
            (Some("\u{1b}[31m{role}"), "[31mAdmin"),
        ] {
            assert_eq!(text(format, &active(), Some("eu-west-1"), "30m"), expected);
        }
        let unnamed = Active { account_name: None, ..active() };
        assert_eq!(text(None, &unnamed, None, "changed"), "prod Admin changed");
        let bare = Active { profile: None, ..unnamed };
        assert_eq!(text(None, &bare, None, ""), "111122223333 Admin");
    }

    #[test]
    fn what_is_left_is_rounded_down() {
        let at = Timestamp::from_seconds;
        for (seconds, expected) in
            [(59, "0m"), (1859, "30m"), (3600, "1h00m"), (7559, "2h05m"), (-5, "0m")]
        {
            assert_eq!(left(at(seconds), at(0)), expected);
        }
    }
}
