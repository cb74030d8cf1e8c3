//! A key that names a Region.

use super::syntax::stray_comment;
use super::values::Values;
use crate::domain::names::{ProfileName, Region};
use crate::domain::region::{Naming, ProfileRegion, is_region};
use crate::domain::{Error, Result};

/// The `region` of a profile, to be judged only where it is needed: an error for one that AWS cannot
/// have. Other makers' endpoints have names of their own.
pub(super) fn of_profile(name: &ProfileName, values: Values) -> ProfileRegion {
    let Some(text) = values.text("region") else { return ProfileRegion::NONE };
    let is_wrong = matches!(Naming::of(text), Naming::Wrong(_));
    if is_region(text) && (values.has_own_endpoints() || !is_wrong) {
        return ProfileRegion::good(text);
    }
    ProfileRegion::wrong(wrong(&format!("profile `{name}`"), values, "region", text))
}

/// The `sso_region` of a session or legacy profile; `owner` says whose key it is.
pub(super) fn of_session(owner: &str, values: Values, text: &str) -> Result<Region> {
    if is_region(text) {
        Ok(Region::new(text))
    } else {
        Err(wrong(owner, values, "sso_region", text))
    }
}

fn wrong(owner: &str, values: Values, key: &str, text: &str) -> Error {
    let error = Error::config(if text.is_empty() {
        format!("`{key}` of {owner} is empty")
    } else {
        format!("`{key}` of {owner} is not valid: `{text}`")
    });
    let (error, place) = match values.place(key) {
        Some((file, line)) => {
            let place = format!("{}:{line}", file.path.display());
            (error.cause(format!("see {place}")), place)
        }
        None => (error, key.to_owned()),
    };
    if let Some(value) = stray_comment(text) {
        return error.hint(format!(
            "edit `{place}`: write `{key} = {value}`, and the comment on a line of its own"
        ));
    }
    error.hint(match Naming::of(text).meant() {
        Some(near) => format!("edit `{place}`: did you mean `{key} = {near}`?"),
        None => format!("edit `{place}`: write a Region such as `eu-central-1`"),
    })
}
