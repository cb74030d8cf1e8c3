//! The prompt's segment as text: what it says of where we are, and how long it lasts.

use super::active::Active;
use super::label::{LABEL_CELLS, label as fit, sanitise};
use super::timestamp::Timestamp;

/// The text before what is left: account name (else profile, else account ID) and role, or what
/// `format` says. Sanitised, and cut to fit.
pub fn label(format: Option<&str>, active: &Active, region: Option<&str>) -> String {
    let Some(format) = format else {
        let place = active
            .account_name
            .as_deref()
            .or(active.profile.as_ref().map(AsRef::as_ref))
            .or(active.account_id.as_ref().map(AsRef::as_ref));
        let parts = [place, active.role.as_ref().map(AsRef::as_ref)];
        return fit(&parts.into_iter().flatten().collect::<Vec<_>>().join(" "), LABEL_CELLS);
    };
    let _ = region;
    fit(format, LABEL_CELLS)
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
