//! Real host names: which service and region they stand for.

use crate::operation::{Family, Operation};

/// What a host name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    pub service: Service,
    pub region: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Oidc,
    Portal,
    Sts,
    Signin,
    /// Access portal and device pages.
    Pages,
}

const SUFFIXES: &[&str] = &[
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".api.aws",
    ".api.amazonwebservices.com.cn",
    ".api.amazonwebservices.eu",
];
const PORTALS: &[&str] = &[
    ".awsapps.com",
    ".awsapps.cn",
    ".app.aws",
    ".portal.amazonaws.com",
    ".portal.amazonaws.com.cn",
    ".app.amazonwebservices.com.cn",
    ".portal.amazonaws.eu",
];

/// Recognizes a host that the simulator stands in for.
pub(crate) fn recognize(host: &str) -> Option<Host> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let of = |service, region: Option<&str>| {
        Some(Host { service, region: region.map(ToOwned::to_owned) })
    };
    if let Some(region) = host
        .strip_prefix("signin.")
        .and_then(|rest| SUFFIXES.iter().find_map(|suffix| rest.strip_suffix(suffix)))
        && !region.contains('.')
    {
        return of(Service::Signin, Some(region));
    }
    if host.contains("signin.aws.amazon.com") || host.contains("signin.amazonaws") {
        let region = host.split_once(".signin.").map(|(region, _)| region);
        return of(Service::Signin, region.filter(|r| r.contains('-')));
    }
    if PORTALS.iter().any(|s| host.ends_with(s)) || host.starts_with("identitycenter.") {
        return of(Service::Pages, None);
    }
    let stem = SUFFIXES.iter().find_map(|s| host.strip_suffix(s))?;
    let (name, region) = match stem.rsplit_once('.') {
        Some((name, region)) if region.matches('-').count() >= 2 => (name, Some(region)),
        _ => (stem, None),
    };
    match name {
        _ if name.ends_with(".portal") => of(Service::Pages, region),
        "signin" | "signin-fips" => of(Service::Signin, Some(region?)),
        "oidc" | "oidc-fips" => of(Service::Oidc, Some(region?)),
        "portal.sso" | "portal.sso-fips" => of(Service::Portal, Some(region?)),
        "device.sso" => of(Service::Pages, region),
        "sts" | "sts-fips" => of(Service::Sts, Some(region.unwrap_or("us-east-1"))),
        _ => None,
    }
}

/// Regions that exist; hosts of others have no address.
const REGIONS: &str = "us-east-1 us-east-2 us-west-1 us-west-2 af-south-1 ap-east-1 ap-east-2 \
    ap-south-1 ap-south-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 \
    ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 \
    ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 \
    eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 sa-west-1 \
    cn-north-1 \
    cn-northwest-1 us-gov-east-1 us-gov-west-1 eusc-de-east-1";

/// Does the Region exist?
pub(crate) fn exists(region: &str) -> bool {
    REGIONS.split(' ').any(|known| known == region)
}

/// May an operation be sent to a host of this service?
pub(crate) fn serves(service: Service, op: Operation) -> bool {
    match op.family() {
        Family::Oidc => service == Service::Oidc,
        Family::Portal => service == Service::Portal,
        Family::Sts => service == Service::Sts,
        Family::Signin | Family::Login => service == Service::Signin,
        Family::Page => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{Service, recognize};

    #[test]
    fn real_host_names() {
        for (host, service, region) in [
            ("oidc.us-east-1.amazonaws.com", Service::Oidc, Some("us-east-1")),
            ("portal.sso.eu-west-1.amazonaws.com", Service::Portal, Some("eu-west-1")),
            ("portal.sso-fips.us-gov-west-1.api.aws", Service::Portal, Some("us-gov-west-1")),
            ("sts.amazonaws.com", Service::Sts, Some("us-east-1")),
            ("sts.cn-north-1.amazonaws.com.cn", Service::Sts, Some("cn-north-1")),
            ("signin.aws.amazon.com", Service::Signin, None),
            ("eu-west-1.signin.aws.amazon.com", Service::Signin, Some("eu-west-1")),
            ("example.awsapps.com", Service::Pages, None),
            (
                "ssoins-1.portal.eusc-de-east-1.api.amazonwebservices.eu",
                Service::Pages,
                Some("eusc-de-east-1"),
            ),
        ] {
            let found = recognize(host).expect(host);
            assert_eq!((found.service, found.region.as_deref()), (service, region), "{host}");
        }
        for other in
            ["example.com", "s3.us-east-1.amazonaws.com", "127.0.0.1", "oidc.amazonaws.com"]
        {
            assert_eq!(recognize(other), None, "{other}");
        }
    }
}
