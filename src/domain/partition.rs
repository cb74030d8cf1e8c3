//! AWS partitions: which DNS names a Region's services have (botocore's `partitions.json`).

use super::nearest::nearest;

/// A group of Regions with DNS suffixes of their own.
#[derive(Debug, PartialEq, Eq)]
pub struct Partition {
    /// `aws`, `aws-cn`, …; the second field of an ARN.
    pub id: &'static str,
    /// Suffix of the ordinary endpoints.
    pub dns_suffix: &'static str,
    /// Suffix of the dual-stack endpoints; `None` where the partition has none.
    pub dual_stack_suffix: Option<&'static str>,
    /// The Region that global services sign for.
    pub global_region: &'static str,
    /// Region names are PREFIX`-`word`-`digits.
    prefixes: &'static [&'static str],
    /// Regions that may hold an Identity Center instance, those with most instances first.
    pub sso_regions: &'static [&'static str],
}

/// The standard partition, which unknown Regions count to.
pub static AWS: Partition = Partition {
    id: "aws",
    dns_suffix: "amazonaws.com",
    dual_stack_suffix: Some("api.aws"),
    global_region: "us-east-1",
    prefixes: &["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"],
    sso_regions: &[
        "us-east-1",
        "eu-west-1",
        "us-west-2",
        "eu-central-1",
        "us-east-2",
        "ap-southeast-2",
        "eu-west-2",
        "ap-southeast-1",
        "ap-northeast-1",
        "ca-central-1",
        "ap-south-1",
        "eu-north-1",
        "sa-east-1",
        "eu-west-3",
        "us-west-1",
        "ap-northeast-2",
        "eu-south-1",
        "eu-central-2",
        "me-south-1",
        "me-central-1",
        "il-central-1",
        "af-south-1",
        "ap-east-1",
        "ap-northeast-3",
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ap-east-2",
        "ca-west-1",
        "eu-south-2",
        "mx-central-1",
    ],
};

static PARTITIONS: [&Partition; 8] = [
    &AWS,
    &Partition {
        id: "aws-cn",
        dns_suffix: "amazonaws.com.cn",
        dual_stack_suffix: Some("api.amazonwebservices.com.cn"),
        global_region: "cn-northwest-1",
        prefixes: &["cn"],
        sso_regions: &["cn-north-1", "cn-northwest-1"],
    },
    &Partition {
        id: "aws-us-gov",
        dns_suffix: "amazonaws.com",
        dual_stack_suffix: Some("api.aws"),
        global_region: "us-gov-west-1",
        prefixes: &["us-gov"],
        sso_regions: &["us-gov-west-1", "us-gov-east-1"],
    },
    &Partition {
        id: "aws-eusc",
        dns_suffix: "amazonaws.eu",
        dual_stack_suffix: Some("api.amazonwebservices.eu"),
        global_region: "eusc-de-east-1",
        prefixes: &["eusc-de"],
        sso_regions: &["eusc-de-east-1"],
    },
    &Partition {
        id: "aws-iso",
        dns_suffix: "c2s.ic.gov",
        dual_stack_suffix: Some("api.aws.ic.gov"),
        global_region: "us-iso-east-1",
        prefixes: &["us-iso"],
        sso_regions: &["us-iso-east-1", "us-iso-west-1"],
    },
    &Partition {
        id: "aws-iso-b",
        dns_suffix: "sc2s.sgov.gov",
        dual_stack_suffix: Some("api.aws.scloud"),
        global_region: "us-isob-east-1",
        prefixes: &["us-isob"],
        sso_regions: &["us-isob-east-1"],
    },
    &Partition {
        id: "aws-iso-e",
        dns_suffix: "cloud.adc-e.uk",
        dual_stack_suffix: None,
        global_region: "eu-isoe-west-1",
        prefixes: &["eu-isoe"],
        sso_regions: &["eu-isoe-west-1"],
    },
    &Partition {
        id: "aws-iso-f",
        dns_suffix: "csp.hci.ic.gov",
        dual_stack_suffix: None,
        global_region: "us-isof-south-1",
        prefixes: &["us-isof"],
        sso_regions: &["us-isof-south-1", "us-isof-east-1"],
    },
];

impl Partition {
    /// The partition of a Region; the standard one for names that fit none.
    pub fn of(region: &str) -> &'static Self {
        PARTITIONS.into_iter().find(|partition| partition.holds(region)).unwrap_or(&AWS)
    }

    /// The partition that an ARN names.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        PARTITIONS.into_iter().find(|partition| partition.id == id)
    }

    /// Whether the Region's name has this partition's form.
    fn holds(&self, region: &str) -> bool {
        self.prefixes.iter().any(|prefix| {
            let rest = region.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-'));
            rest.and_then(|rest| rest.split_once('-')).is_some_and(|(word, number)| {
                !word.is_empty()
                    && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
                    && !number.is_empty()
                    && number.bytes().all(|b| b.is_ascii_digit())
            })
        })
    }
}

/// Whether a text has the form of a Region name in some partition; near misses fail.
pub fn is_region(text: &str) -> bool {
    PARTITIONS.iter().any(|partition| partition.holds(text))
}

/// Every Region known to this build, for suggestions.
pub fn known_regions() -> impl Iterator<Item = &'static str> {
    PARTITIONS.into_iter().flat_map(|partition| partition.sso_regions.iter().copied())
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
        if is_region(text) { Self::Unknown(near) } else { Self::Wrong(near) }
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
    use super::{Naming, Partition, is_region, known_regions};

    #[test]
    fn regions_fall_into_partitions() {
        for (region, id) in [
            ("us-east-1", "aws"),
            ("mx-central-1", "aws"),
            ("us-gov-west-1", "aws-us-gov"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eu-isoe-west-1", "aws-iso-e"),
            ("us-isof-south-1", "aws-iso-f"),
            ("eusc-de-east-1", "aws-eusc"),
            ("cn-north-1", "aws-cn"),
            ("xx-unknown-9", "aws"),
            ("", "aws"),
        ] {
            assert_eq!(Partition::of(region).id, id, "{region}");
        }
    }

    #[test]
    fn region_names_are_recognised() {
        assert!(known_regions().all(is_region));
        for wrong in ["eu-west", "eu-west-1 # prod", "useast1", "us-east-1a", "EU-WEST-1", ""] {
            assert!(!is_region(wrong), "{wrong}");
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
