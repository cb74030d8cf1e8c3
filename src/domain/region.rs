//! Region names: which texts may be one, which are known, and which was probably meant.

use super::nearest::nearest;
use super::partition::{Partition, known_regions};

/// Whether the text may be a Region: a host label that is not a number (botocore's rule).
pub fn is_region(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.bytes().all(|b| b.is_ascii_digit())
}

/// What a text is as the name of a Region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// A Region of this build.
    Known,
    /// It has the form of one. AWS adds Regions; or the known one that is near was meant.
    Unknown(Option<&'static str>),
    /// No Region can have that name; with the known one that is near.
    Wrong(Option<&'static str>),
}

impl Naming {
    /// Reads the text.
    pub fn of(text: &str) -> Self {
        if known_regions().any(|known| known == text) {
            return Self::Known;
        }
        let near = nearest(text, known_regions());
        match Partition::holding(text) {
            Some(_) => Self::Unknown(near),
            None => Self::Wrong(near),
        }
    }

    /// The known Region that was probably meant.
    pub fn meant(self) -> Option<&'static str> {
        match self {
            Self::Known => None,
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
            ("bogus", Naming::Wrong(None)),
        ] {
            assert_eq!(Naming::of(text), naming, "{text}");
        }
    }
}
