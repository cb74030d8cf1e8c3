//! What a start URL's host says: whose it is, and in which Region the portal is.

use url::Url;

/// Host suffixes of access portals and issuers that AWS owns.
const OWNED_SUFFIXES: [&str; 8] = [
    "awsapps.com",
    "awsapps.cn",
    "app.aws",
    "portal.amazonaws.com",
    "portal.amazonaws.com.cn",
    "app.amazonwebservices.com.cn",
    "portal.amazonaws.eu",
    "api.amazonwebservices.eu",
];

/// Whole hosts of issuers that AWS owns.
const OWNED_HOSTS: [&str; 4] = [
    "identitycenter.amazonaws.com",
    "identitycenter.amazonaws.com.cn",
    "identitycenter.amazonaws.eu",
    "identitycenter.us-gov.amazonaws.com",
];

/// Whether the host of a start URL belongs to AWS; another one is the organisation's own.
pub fn is_aws_host(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    OWNED_HOSTS.contains(&host.as_str())
        || OWNED_SUFFIXES.iter().any(|suffix| {
            host.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
}

/// The Region that a portal's host names, if it names one.
pub fn region_of_host(host: &str) -> Option<String> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let between = |suffix: &str, before: &str| {
        let rest = host.strip_suffix(suffix)?;
        let (head, region) = rest.rsplit_once('.')?;
        let named = head.strip_suffix(before)?;
        (!named.is_empty() && region.contains('-')).then(|| region.to_owned())
    };
    between(".app.aws", ".portal")
        .or_else(|| between(".app.amazonwebservices.com.cn", ".portal"))
        .or_else(|| between(".api.amazonwebservices.eu", ".portal"))
        .or_else(|| between(".portal.amazonaws.com", ""))
        .or_else(|| between(".portal.amazonaws.com.cn", ""))
        .or_else(|| between(".portal.amazonaws.eu", ""))
}

/// A start URL without query, fragment, default port and slashes at the end; for comparing and
/// repairing only: caches are named after what the configuration says.
pub fn normalise_start_url(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let host = url.host_str()?.to_owned();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}://{host}{port}{}", url.scheme(), url.path().trim_end_matches('/')))
}

/// Whether two start URLs lead to the same portal.
pub fn same_portal(a: &str, b: &str) -> bool {
    a == b
        || matches!((normalise_start_url(a), normalise_start_url(b)), (Some(a), Some(b)) if a == b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn start_url_hosts() {
        let all: Value = serde_json::from_str(include_str!("../../../tests/data/identity.json"))
            .expect("the vectors are JSON");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let vectors = &all["start_url_hosts"];
        for vector in vectors["hosts"].as_array().expect("a list") {
            let host = text(&vector["host"]);
            let host = host.as_str();
            assert_eq!(Value::Bool(is_aws_host(host)), vector["aws_owned"], "{host}");
            assert_eq!(region_of_host(host).as_deref(), vector["region"].as_str(), "{host}");
        }
        for vector in vectors["normalize"].as_array().expect("a list") {
            let url = text(&vector["url"]);
            let expected = text(&vector["expect"]).to_ascii_lowercase();
            assert_eq!(normalise_start_url(&url), Some(expected), "{url}");
        }
        assert!(same_portal("https://x.awsapps.com/start", "https://x.awsapps.com/start/#/"));
        assert!(!same_portal("https://x.awsapps.com/start", "https://y.awsapps.com/start"));
    }
}
