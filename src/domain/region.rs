//! Region names: which texts may be one, which are known, and which was probably meant.

use super::error::{Error, Result};
use super::names::Region;
use super::nearest::nearest;
use super::partition::Partition;
use super::region_list::{is_known, known_regions, region_at};

/// Whether the text may be a Region: a host label that is not a number (botocore's rule).
pub fn is_region(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.bytes().all(|b| b.is_ascii_digit())
}

/// The `region` of a profile. One that AWS cannot have is an error only for those who need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileRegion(std::result::Result<Option<Region>, Box<Error>>);

impl ProfileRegion {
    /// The profile has none.
    pub const NONE: Self = Self(Ok(None));

    /// A good one.
    pub fn good(text: &str) -> Self {
        Self(Ok(Some(Region::new(text))))
    }

    /// One that is wrong, and why.
    pub fn wrong(error: Error) -> Self {
        Self(Err(Box::new(error)))
    }

    /// The Region, for who needs it.
    ///
    /// # Errors
    /// Kind `Config` where it is wrong.
    pub fn needed(&self) -> Result<Option<&str>> {
        match &self.0 {
            Ok(region) => Ok(region.as_ref().map(Region::as_str)),
            Err(error) => Err((**error).clone()),
        }
    }
}

/// What a text is as the name of a Region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// A Region of this build.
    Known,
    /// It has the form of one. AWS adds Regions; or the known one that is near was meant.
    Unknown(Option<&'static str>),
    /// Nothing that AWS has, and near nothing: other makers call theirs `local` or `garage`.
    Foreign,
    /// No Region has that name; with the known one that was probably meant.
    Wrong(Option<&'static str>),
}

impl Naming {
    /// Reads the text.
    pub fn of(text: &str) -> Self {
        if is_known(text) {
            return Self::Known;
        }
        let near = region_at(text).or_else(|| nearest(text, known_regions()));
        if Partition::holding(text).is_some() {
            return Self::Unknown(near);
        }
        // A signature names the Region, and there case counts.
        let is_foreign = is_region(text) && !text.bytes().any(|b| b.is_ascii_uppercase());
        if is_foreign && near.is_none() { Self::Foreign } else { Self::Wrong(near) }
    }

    /// The known Region that was probably meant.
    pub fn meant(self) -> Option<&'static str> {
        match self {
            Self::Known | Self::Foreign => None,
            Self::Unknown(near) | Self::Wrong(near) => near,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Naming, is_region};

    #[test]
    fn a_region_is_a_host_label() {
        for (text, expected) in [
            ("eu-west-1", true),
            ("local", true),
            ("aws-global", true),
            ("", false),
            ("12", false),
            ("-x", false),
            ("x.evil.example/#", false),
            ("eu-west-1 # home", false),
        ] {
            assert_eq!(is_region(text), expected, "{text}");
        }
    }

    #[test]
    fn what_was_meant_is_near() {
        for (text, naming) in [
            ("us-east-1", Naming::Known),
            ("us-esat-1", Naming::Unknown(Some("us-east-1"))),
            ("us-farwest-12", Naming::Unknown(None)),
            ("us-east1", Naming::Wrong(Some("us-east-1"))),
            ("us-east-1a", Naming::Wrong(Some("us-east-1"))),
            ("US-EAST-1", Naming::Wrong(Some("us-east-1"))),
            ("Ireland", Naming::Wrong(Some("eu-west-1"))),
            ("\"us-east-1\"", Naming::Wrong(Some("us-east-1"))),
            ("Bogus", Naming::Wrong(None)),
            ("", Naming::Wrong(None)),
            ("bogus", Naming::Foreign),
            ("aws-global", Naming::Known),
            ("sa-west-1", Naming::Known),
        ] {
            assert_eq!(Naming::of(text), naming, "{text}");
        }
    }
}
