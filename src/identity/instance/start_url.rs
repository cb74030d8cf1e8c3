//! Start URLs: their form, what they have in common, and the portal behind one. AWS's own hosts are
//! taken as they are; an organization's own host redirects to one of them.

use std::time::Duration;

use url::Url;

use crate::domain::address::shown;
use crate::domain::launcher;
use crate::domain::names::Region;
use crate::domain::partition::{is_portal_host, region_of_portal};
use crate::domain::profile::SsoSession;
use crate::domain::token::AccessToken;
use crate::domain::{Error, Result};
use crate::io::http::{Http, Method, Request, is_loopback};

/// Where a login has to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The start URL that the service knows.
    pub start_url: String,
    /// The Region of the instance: the one that the portal's host names, or the configured one.
    pub region: Region,
    /// Whether a redirect led here.
    pub redirected: bool,
}

/// Checks the form of a start URL.
///
/// # Errors
/// Kind `Config` for what is no URL, and for anything but `https` (`http` for loopback).
pub fn parse(text: &str) -> Result<Url> {
    let wrong = |why: &str| {
        Error::config(format!("the start URL `{}` cannot be used", shown(text)))
            .cause(why)
            .hint("set `sso_start_url` to the portal's address: `https://NAME.awsapps.com/start`")
    };
    let url = Url::parse(text.trim()).map_err(|error| wrong(&error.to_string()))?;
    if url.host_str().is_some_and(|host| launcher::owner(host).is_some()) {
        return Err(Error::config(format!("`{}` is the identity provider's page", shown(text)))
            .cause("it leads to the AWS access portal, but is not the portal")
            .hint("open it, choose AWS there, and set `sso_start_url` to the address you end on"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it has a user or a password, which a portal's address has not"));
    }
    if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) {
        return Ok(url);
    }
    Err(wrong("it does not use `https`"))
}

/// Whether the start URL is on a host that does not belong to AWS.
pub fn is_vanity(start_url: &str) -> bool {
    Url::parse(start_url.trim())
        .ok()
        .and_then(|url| url.host_str().map(|host| !is_portal_host(host)))
        .unwrap_or(false)
}

/// The Region that a session's calls go to. Where an organization's own host led to the portal,
/// the token knows it better than the configuration.
pub fn region<'a>(session: &'a SsoSession, token: &'a AccessToken) -> &'a str {
    match &token.region {
        Some(region) if is_vanity(&session.start_url) => region,
        _ => session.region.as_str(),
    }
}

/// A start URL without query, fragment, default port and slashes at the end; for comparing and
/// repairing only: caches are named after what the configuration says.
pub fn normalize_start_url(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let host = url.host_str()?.to_owned();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}://{host}{port}{}", url.scheme(), url.path().trim_end_matches('/')))
}

/// Whether two start URLs lead to the same portal.
pub fn same_portal(a: &str, b: &str) -> bool {
    a == b
        || matches!((normalize_start_url(a), normalize_start_url(b)), (Some(a), Some(b)) if a == b)
}

/// Resolves a session's start URL. One redirect is followed, without credentials.
pub async fn resolve(http: &Http, session: &SsoSession) -> Result<Resolved> {
    let url = parse(&session.start_url)?;
    let as_written = Resolved {
        start_url: session.start_url.clone(),
        region: session.region.clone(),
        redirected: false,
    };
    if !is_vanity(&session.start_url) {
        return Ok(as_written);
    }
    let Some(target) = redirect(http, &url).await else {
        return Ok(as_written);
    };
    let Some(host) = target.host_str().filter(|host| is_portal_host(host)) else {
        log::info!("`{}` redirects to a host that is not AWS's", session.start_url);
        return Ok(as_written);
    };
    let region = region_of_portal(host).map_or_else(|| session.region.clone(), Region::from);
    let start_url = normalize_start_url(target.as_str()).unwrap_or_else(|| target.to_string());
    log::info!("`{}` leads to `{start_url}` in {region}", session.start_url);
    Ok(Resolved { start_url, region, redirected: true })
}

/// The address that the host redirects to; `HEAD`, and `GET` where that is not known there.
async fn redirect(http: &Http, url: &Url) -> Option<Url> {
    for method in [Method::Head, Method::Get] {
        let mut request = Request::new(method, url.as_str());
        request.timeout = Some(Duration::from_secs(10));
        match http.send(request).await {
            Ok(answer) if matches!(answer.status, 301 | 302 | 303 | 307 | 308) => {
                return url.join(answer.header("location")?).ok();
            }
            Ok(answer) if matches!(answer.status, 405 | 501) => {}
            Ok(answer) => {
                log::info!("`{url}` answered {} and no redirect", answer.status);
                return None;
            }
            Err(error) => {
                log::info!("`{url}` was not resolved: {error}");
                return None;
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn no_password_of_an_address_is_shown() {
        for url in
            ["https://bob:PW@a.awsapps.com/start", "https://bob:PW@acme.okta.com", "x://b:PW@c"]
        {
            let error = parse(url).expect_err("it is refused");
            assert!(!format!("{error:?}").contains("PW"), "{error:?}");
        }
    }

    #[test]
    fn start_urls_are_portals_over_https() {
        for (url, good) in [
            ("https://example.awsapps.com/start", true),
            ("https://sso.example.com", true),
            ("http://127.0.0.1:8080/vanity", true),
            ("http://example.awsapps.com/start", false),
            ("example.awsapps.com/start", false),
            ("https://example.okta.com/home/aws", false),
            ("https://myapplications.microsoft.com/", false),
        ] {
            assert_eq!(parse(url).is_ok(), good, "{url}");
        }
        assert!(is_vanity("https://sso.example.com/start"));
        assert!(!is_vanity("https://example.awsapps.com/start"));
    }

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
            assert_eq!(normalize_start_url(&url), Some(expected), "{url}");
        }
        assert!(same_portal("https://x.awsapps.com/start", "https://x.awsapps.com/start/#/"));
        assert!(!same_portal("https://x.awsapps.com/start", "https://y.awsapps.com/start"));
    }
}
