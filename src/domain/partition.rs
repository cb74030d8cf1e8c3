//! AWS partitions, one entry each: the DNS names of services (botocore's `partitions.json`), of the
//! console, and of access portals.

use super::region_list::regions;

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
    /// Regions that hold most Identity Center instances.
    common: &'static str,
    pub console: ConsoleHosts,
    /// Host suffixes of access portals; `{}` stands for the Region where the host names it.
    portals: &'static [&'static str],
    /// Hosts of token issuers.
    issuers: &'static [&'static str],
}

/// Where a partition's console is, and its sign-in.
#[derive(Debug, PartialEq, Eq)]
pub struct ConsoleHosts {
    /// What follows `console.` and `signin.`.
    pub domain: &'static str,
    /// The Region whose hosts have no prefix; empty where all have one.
    pub bare_region: &'static str,
    /// Whether anybody but its own customers can reach it.
    pub public: bool,
}

/// The standard partition, which unknown Regions count to.
pub static AWS: Partition = Partition {
    id: "aws",
    dns_suffix: "amazonaws.com",
    dual_stack_suffix: Some("api.aws"),
    global_region: "us-east-1",
    prefixes: &["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"],
    common: "us-east-1 eu-west-1 us-west-2 eu-central-1 us-east-2 ap-southeast-2 eu-west-2 ap-southeast-1 ap-northeast-1 ca-central-1 ap-south-1 eu-north-1 sa-east-1 eu-west-3",
    console: ConsoleHosts { domain: "aws.amazon.com", bare_region: "us-east-1", public: true },
    portals: &["awsapps.com", "portal.{}.app.aws", "{}.portal.amazonaws.com"],
    issuers: &["identitycenter.amazonaws.com"],
};

static PARTITIONS: [&Partition; 8] = [
    &AWS,
    &Partition {
        id: "aws-cn",
        dns_suffix: "amazonaws.com.cn",
        dual_stack_suffix: Some("api.amazonwebservices.com.cn"),
        global_region: "cn-northwest-1",
        prefixes: &["cn"],
        common: "cn-north-1 cn-northwest-1",
        console: ConsoleHosts { domain: "amazonaws.cn", bare_region: "cn-north-1", public: true },
        portals: &[
            "awsapps.cn",
            "portal.{}.app.amazonwebservices.com.cn",
            "{}.portal.amazonaws.com.cn",
        ],
        issuers: &["identitycenter.amazonaws.com.cn"],
    },
    &Partition {
        id: "aws-us-gov",
        dns_suffix: "amazonaws.com",
        dual_stack_suffix: Some("api.aws"),
        global_region: "us-gov-west-1",
        prefixes: &["us-gov"],
        common: "us-gov-west-1 us-gov-east-1",
        console: ConsoleHosts {
            domain: "amazonaws-us-gov.com",
            bare_region: "us-gov-west-1",
            public: true,
        },
        portals: &[],
        issuers: &["identitycenter.us-gov.amazonaws.com"],
    },
    &Partition {
        id: "aws-eusc",
        dns_suffix: "amazonaws.eu",
        dual_stack_suffix: Some("api.amazonwebservices.eu"),
        global_region: "eusc-de-east-1",
        prefixes: &["eusc-de"],
        common: "",
        console: ConsoleHosts { domain: "amazonaws-eusc.eu", bare_region: "", public: true },
        portals: &["portal.{}.api.amazonwebservices.eu", "{}.portal.amazonaws.eu"],
        issuers: &["identitycenter.amazonaws.eu"],
    },
    &Partition {
        id: "aws-iso",
        dns_suffix: "c2s.ic.gov",
        dual_stack_suffix: Some("api.aws.ic.gov"),
        global_region: "us-iso-east-1",
        prefixes: &["us-iso"],
        common: "",
        console: ConsoleHosts { domain: "c2shome.ic.gov", bare_region: "", public: false },
        portals: &[],
        issuers: &[],
    },
    &Partition {
        id: "aws-iso-b",
        dns_suffix: "sc2s.sgov.gov",
        dual_stack_suffix: Some("api.aws.scloud"),
        global_region: "us-isob-east-1",
        prefixes: &["us-isob"],
        common: "",
        console: ConsoleHosts { domain: "sc2shome.sgov.gov", bare_region: "", public: false },
        portals: &[],
        issuers: &[],
    },
    &Partition {
        id: "aws-iso-e",
        dns_suffix: "cloud.adc-e.uk",
        dual_stack_suffix: None,
        global_region: "eu-isoe-west-1",
        prefixes: &["eu-isoe"],
        common: "",
        console: ConsoleHosts { domain: "csphome.adc-e.uk", bare_region: "", public: false },
        portals: &[],
        issuers: &[],
    },
    &Partition {
        id: "aws-iso-f",
        dns_suffix: "csp.hci.ic.gov",
        dual_stack_suffix: None,
        global_region: "us-isof-south-1",
        prefixes: &["us-isof"],
        common: "",
        console: ConsoleHosts { domain: "csphome.hci.ic.gov", bare_region: "", public: false },
        portals: &[],
        issuers: &[],
    },
];

impl Partition {
    /// The host of AWS Sign-In in a Region, as `aws login` reaches it; `None` for a variant that the
    /// partition does not have.
    pub fn signin_host(&self, region: &str, fips: bool, dual_stack: bool) -> Option<String> {
        let domain = self.console.domain;
        Some(match (fips, dual_stack) {
            (_, true) => {
                let variant = if fips { "signin-fips" } else { "signin" };
                format!("{variant}.{region}.{}", self.dual_stack_suffix?)
            }
            (true, false) if self.id == "aws-us-gov" && region == self.console.bare_region => {
                format!("signin-fips.{domain}")
            }
            (true, false) if self.id == "aws-us-gov" => format!("{region}.signin-fips.{domain}"),
            (true, false) => format!("signin-fips.{region}.{}", self.dns_suffix),
            (false, false) => format!("{region}.signin.{domain}"),
        })
    }

    /// The partition of a Region; the standard one for names that fit none.
    pub fn of(region: &str) -> &'static Self {
        Self::holding(region).unwrap_or(&AWS)
    }

    /// The partition whose Regions have names of this form; near misses have none.
    pub fn holding(region: &str) -> Option<&'static Self> {
        PARTITIONS.into_iter().find(|partition| partition.holds(region))
    }

    /// The partition that an ARN names.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        PARTITIONS.into_iter().find(|partition| partition.id == id)
    }

    /// Regions that may hold an Identity Center instance, the likely ones first.
    pub fn sso_regions(&self) -> impl Iterator<Item = &'static str> {
        let common = self.common.split_ascii_whitespace();
        let others = regions().filter(|known| known.partition == self.id && !known.is_global());
        common.chain(others.map(|known| known.name).filter(|name| !self.is_common(name)))
    }

    /// Whether the Region answers for certain: AWS lists new ones before all services are there.
    pub fn is_common(&self, region: &str) -> bool {
        self.common.split_ascii_whitespace().any(|common| common == region)
    }

    /// Whether the Region is known, or its name has this partition's form.
    fn holds(&self, region: &str) -> bool {
        self.has_form(region) || regions().any(|k| k.partition == self.id && k.name == region)
    }

    fn has_form(&self, region: &str) -> bool {
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

/// Whether AWS owns the host of an access portal or an issuer; another one is the organization's own.
pub fn is_portal_host(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    PARTITIONS.iter().any(|partition| {
        let domain = |portal: &&'static str| portal.split_once("{}.").map_or(*portal, |(_, d)| d);
        partition.issuers.contains(&host.as_str())
            || partition.portals.iter().map(domain).any(|d| is_within(&host, d))
    })
}

/// The Region that an access portal's host names, if it names one.
pub fn region_of_portal(host: &str) -> Option<String> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let portals = PARTITIONS.into_iter().flat_map(|partition| partition.portals);
    portals.filter_map(|portal| portal.split_once("{}")).find_map(|(before, behind)| {
        let (head, region) = host.strip_suffix(behind)?.rsplit_once('.')?;
        let name = match before.strip_suffix('.') {
            Some(word) => head.strip_suffix(word)?.strip_suffix('.')?,
            None => head,
        };
        (!name.is_empty() && region.contains('-')).then(|| region.to_owned())
    })
}

/// Whether the host is the domain or one below it.
pub fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::Partition;
    use crate::domain::region_list::known_regions;

    #[test]
    fn sign_in_has_hosts_of_its_own() {
        for (region, fips, dual_stack, host) in [
            ("us-east-1", false, false, "us-east-1.signin.aws.amazon.com"),
            ("eu-west-1", false, true, "signin.eu-west-1.api.aws"),
            ("us-west-2", true, false, "signin-fips.us-west-2.amazonaws.com"),
            ("us-west-2", true, true, "signin-fips.us-west-2.api.aws"),
            ("cn-north-1", false, false, "cn-north-1.signin.amazonaws.cn"),
            ("cn-north-1", true, false, "signin-fips.cn-north-1.amazonaws.com.cn"),
            ("us-gov-west-1", true, false, "signin-fips.amazonaws-us-gov.com"),
            ("us-gov-east-1", true, false, "us-gov-east-1.signin-fips.amazonaws-us-gov.com"),
            ("eusc-de-east-1", false, false, "eusc-de-east-1.signin.amazonaws-eusc.eu"),
            ("eusc-de-east-1", false, true, "signin.eusc-de-east-1.api.amazonwebservices.eu"),
            ("us-iso-east-1", false, false, "us-iso-east-1.signin.c2shome.ic.gov"),
            ("us-isof-south-1", false, false, "us-isof-south-1.signin.csphome.hci.ic.gov"),
            ("us-isof-south-1", true, false, "signin-fips.us-isof-south-1.csp.hci.ic.gov"),
        ] {
            let found = Partition::of(region).signin_host(region, fips, dual_stack);
            assert_eq!(found.as_deref(), Some(host));
        }
        assert_eq!(
            Partition::of("eu-isoe-west-1").signin_host("eu-isoe-west-1", false, true),
            None
        );
    }

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
    fn near_misses_are_in_no_partition() {
        assert!(known_regions().all(|region| Partition::of(region).has_form(region)));
        assert_eq!(Partition::of("aws-cn-global").id, "aws-cn");
        for wrong in ["eu-west", "eu-west-1 # prod", "useast1", "us-east-1a", "EU-WEST-1", ""] {
            assert_eq!(Partition::holding(wrong), None, "{wrong}");
        }
    }
}
