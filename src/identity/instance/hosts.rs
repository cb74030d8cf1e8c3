//! Start URLs compared: what differs in writing may lead to the same portal.

use url::Url;

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
    use crate::domain::partition::{is_portal_host, region_of_portal};
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
            assert_eq!(Value::Bool(is_portal_host(host)), vector["aws_owned"], "{host}");
            assert_eq!(region_of_portal(host).as_deref(), vector["region"].as_str(), "{host}");
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
