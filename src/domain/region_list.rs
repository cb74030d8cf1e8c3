//! The Regions that this build knows, from botocore's list: for suggestions and for what is asked
//! first. AWS adds Regions, so nothing is refused for not being there.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Lines of one text, because each text of its own costs something at every start.
const LIST: &str = include_str!("regions.txt");

/// A Region of the list.
pub struct Known {
    /// The partition's ID.
    pub partition: &'static str,
    /// The Region's name.
    pub name: &'static str,
    /// Empty where people have no name for it.
    pub place: &'static str,
}

impl Known {
    /// Whether it is a pseudo-Region.
    pub fn is_global(&self) -> bool {
        is_global(self.name)
    }
}

/// The whole list, pseudo-Regions included.
pub fn regions() -> impl Iterator<Item = Known> {
    LIST.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (partition, rest) = line.split_once(' ')?;
        let (name, place) = rest.split_once(' ').unwrap_or((rest, ""));
        Some(Known { partition, name, place })
    })
}

/// Every Region known to this build, for suggestions; no pseudo-Regions.
pub fn known_regions() -> impl Iterator<Item = &'static str> {
    regions().filter(|known| !known.is_global()).map(|known| known.name)
}

/// Whether this build knows the Region or pseudo-Region. Asked of each profile, of which there are many.
pub fn is_known(region: &str) -> bool {
    static NAMES: LazyLock<HashSet<&str>> =
        LazyLock::new(|| regions().map(|known| known.name).collect());
    NAMES.contains(region)
}

/// Whether it is a pseudo-Region for global services, such as `aws-global`.
pub fn is_global(region: &str) -> bool {
    region.ends_with("-global")
}

/// The Region at a place, as AWS's pages call it: `Ireland`, `Europe (Ireland)`.
pub fn region_at(place: &str) -> Option<&'static str> {
    let place = place.split_once('(').map_or(place, |(_, inside)| inside.trim_end_matches(')'));
    let is_it = |known: &Known| {
        let short = known.place.strip_prefix("N. ").unwrap_or(known.place);
        !short.is_empty()
            && [known.place, short].iter().any(|name| name.eq_ignore_ascii_case(place))
    };
    regions().find(is_it).map(|known| known.name)
}

#[cfg(test)]
mod tests {
    use super::region_at;

    #[test]
    fn places_have_regions() {
        for (place, region) in [
            ("Ireland", Some("eu-west-1")),
            ("Europe (Ireland)", Some("eu-west-1")),
            ("n. virginia", Some("us-east-1")),
            ("Virginia", Some("us-east-1")),
            ("Central", None),
            ("", None),
        ] {
            assert_eq!(region_at(place), region, "{place}");
        }
    }
}
