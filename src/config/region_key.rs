//! A key that names a Region.

use super::syntax::stray_comment;
use super::values::Values;
use crate::domain::names::Region;
use crate::domain::nearest::nearest;
use crate::domain::partition::known_regions;
use crate::domain::region::is_region;
use crate::domain::{Error, Result};

/// A Region key whose text may be a Region; `owner` says whose key it is.
pub(super) fn region(owner: &str, values: Values, key: &str, text: &str) -> Result<Region> {
    if is_region(text) {
        return Ok(Region::new(text));
    }
    let error =
        Error::config(format!("the {owner} has a `{key}` that no Region can have: `{text}`"));
    let (error, place) = match values.place(key) {
        Some((file, line)) => {
            let place = format!("{}:{line}", file.path.display());
            (error.cause(format!("see {place}")), place)
        }
        None => (error, key.to_owned()),
    };
    Err(match stray_comment(text) {
        Some(value) => error.hint(format!(
            "edit `{place}`: write `{key} = {value}`, and the comment on a line of its own"
        )),
        None => error.hint(match nearest(text, known_regions()) {
            Some(near) => format!("edit `{place}`: did you mean `{key} = {near}`?"),
            None => format!("edit `{place}`: write a Region such as `eu-central-1`"),
        }),
    })
}
