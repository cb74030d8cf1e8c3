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

/// Recognises a host that the simulator stands in for.
pub(crate) fn recognise(host: &str) -> Option<Host> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let of = |service, region: Option<&str>| {
        Some(Host { service, region: region.map(ToOwned::to_owned) })
    };
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
        "oidc" | "oidc-fips" => of(Service::Oidc, Some(region?)),
        "portal.sso" | "portal.sso-fips" => of(Service::Portal, Some(region?)),
        "device.sso" => of(Service::Pages, region),
        "sts" | "sts-fips" => of(Service::Sts, Some(region.unwrap_or("us-east-1"))),
        _ => None,
    }
}

/// May an operation be sent to a host of this service?
pub(crate) fn serves(service: Service, op: Operation) -> bool {
    match op.family() {
        Family::Oidc => service == Service::Oidc,
        Family::Portal => service == Service::Portal,
        Family::Sts => service == Service::Sts,
        Family::Signin => service == Service::Signin,
        Family::Page => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{Service, recognise};

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
            let found = recognise(host).expect(host);
            assert_eq!((found.service, found.region.as_deref()), (service, region), "{host}");
        }
        for other in
            ["example.com", "s3.us-east-1.amazonaws.com", "127.0.0.1", "oidc.amazonaws.com"]
        {
            assert_eq!(recognise(other), None, "{other}");
        }
    }
}
