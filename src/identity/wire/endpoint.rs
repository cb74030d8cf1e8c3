//! Where AWS is: the endpoint of each service, and the address that a login opens.

use url::Url;

use crate::domain::address::shown;
use crate::domain::config_keys::{DUAL_STACK, ENDPOINT_URL, FIPS, IGNORE_ENDPOINTS};
use crate::domain::partition::Partition;
use crate::domain::percent;
use crate::domain::profile::Connection;
use crate::domain::saved::Saved;
use crate::domain::speech;
use crate::domain::{Error, Result};
use crate::io::env::Env;
use crate::io::http::{HttpSettings, is_loopback};

/// A service of AWS that is called over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// `sso-oidc`: registrations, device codes, tokens.
    Oidc,
    /// `sso`: the access portal.
    Portal,
    /// `signin`: console logins.
    SignIn,
    Sts,
}

impl Service {
    /// The name in `AWS_ENDPOINT_URL_…` and, in lower case, in `[services]`.
    fn id(self) -> &'static str {
        match self {
            Self::Oidc => "SSO_OIDC",
            Self::Portal => "SSO",
            Self::SignIn => "SIGNIN",
            Self::Sts => "STS",
        }
    }

    /// The first labels of the host name.
    fn host(self) -> &'static str {
        match self {
            Self::Oidc => "oidc",
            Self::Portal => "portal.sso",
            Self::SignIn => "signin",
            Self::Sts => "sts",
        }
    }
}

/// What the HTTP client needs to know of a connection.
pub fn http(connection: &Connection) -> HttpSettings {
    HttpSettings { ca_bundle: connection.ca_bundle.clone() }
}

/// The service's base URL, without a slash at the end: variables, `[services]`, the profile's
/// `endpoint_url`, then the partition's names, as in the AWS CLI.
///
/// # Errors
/// Kind `Config` where a configured URL has no scheme or is plain `http` to another machine, and
/// where the partition has no dual-stack endpoints.
pub fn base(env: &Env, connection: &Connection, service: Service, region: &str) -> Result<String> {
    if let Some((origin, text)) = configured(env, connection, service) {
        checked(&origin, &text)?;
        return Ok(text.trim_end_matches('/').to_owned());
    }
    // It becomes a part of the host's name: nothing may lead to another host.
    if region.is_empty() || !region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(Error::config(format!("Region `{region}` is not valid")).hint(
            "set a Region such as `eu-west-1` with `--region`, `AWS_REGION` or in the profile",
        ));
    }
    let partition = Partition::of(region);
    let dual = switch(env, DUAL_STACK.variable, connection.dual_stack);
    let fips = switch(env, FIPS.variable, connection.fips);
    let no_dual_stack = || {
        Error::config(format!("partition `{}` has no dual-stack endpoints", partition.id)).hint(
            format!(
                "run `{}`, and remove `use_dualstack_endpoint` from the profile",
                speech::unset(&["AWS_USE_DUALSTACK_ENDPOINT"])
            ),
        )
    };
    if service == Service::SignIn {
        let host = partition.signin_host(region, fips, dual).ok_or_else(no_dual_stack)?;
        return Ok(format!("https://{host}"));
    }
    let suffix = if dual {
        partition.dual_stack_suffix.ok_or_else(no_dual_stack)?
    } else {
        partition.dns_suffix
    };
    // GovCloud's ordinary endpoints are FIPS endpoints.
    let variant = if fips && (dual || partition.id != "aws-us-gov") { "-fips" } else { "" };
    Ok(format!("https://{}{variant}.{region}.{suffix}", service.host()))
}

/// The variable or key that gives the service one endpoint for all Regions.
pub fn one_for_all(env: &Env, connection: &Connection, service: Service) -> Option<String> {
    configured(env, connection, service).map(|(origin, _)| origin)
}

/// A URL of the environment or the configuration, with the words that name its place.
fn configured(env: &Env, connection: &Connection, service: Service) -> Option<(String, String)> {
    if switch(env, IGNORE_ENDPOINTS.variable, connection.ignore_configured) {
        return None;
    }
    let variables =
        [format!("AWS_ENDPOINT_URL_{}", service.id()), ENDPOINT_URL.variable.to_owned()];
    for name in variables {
        if let Some(url) = own(env, &name).filter(|url| !url.is_empty()) {
            return Some((name, url));
        }
    }
    let id = service.id().to_ascii_lowercase();
    let section = connection.service_urls.iter().find(|(name, url)| *name == id && !url.is_empty());
    section
        .map(|(_, url)| url.clone())
        .or_else(|| connection.endpoint_url.clone().filter(|url| !url.is_empty()))
        .map(|url| (ENDPOINT_URL.name.to_owned(), url))
}

/// The variable if it is set, else the profile's switch; only the word `true` is true.
fn switch(env: &Env, variable: &str, profile: Option<bool>) -> bool {
    match own(env, variable) {
        Some(text) => text.eq_ignore_ascii_case("true"),
        None => profile.unwrap_or(false),
    }
}

/// What the user has in a variable: what an earlier `use` carried there is another profile's.
pub fn own(env: &Env, name: &str) -> Option<String> {
    Saved::own(|name| env.get(name), name)
}

/// Refuses what is no URL, and plain `http` to another machine.
pub fn checked(origin: &str, text: &str) -> Result<Url> {
    let wrong = |why: &str| {
        Error::config(format!("the endpoint `{}` of `{origin}` cannot be used", shown(text)))
            .cause(why)
            .hint(format!("set `{origin}` to an `https` URL, or remove it"))
    };
    let url = Url::parse(text).map_err(|_| wrong("it is not a URL with a scheme"))?;
    match url.scheme() {
        "https" if url.has_host() => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(wrong("plain `http` is refused except to this machine")),
        _ => Err(wrong("it is not a URL with a scheme")),
    }
}

/// What the browser is sent to. The path of a custom endpoint is dropped, as in the AWS CLI.
#[derive(Clone, Copy, Debug)]
pub struct Authorize<'a> {
    /// The OIDC endpoint's base URL.
    pub oidc: &'a str,
    /// From the registration.
    pub client_id: &'a str,
    /// With the port.
    pub redirect_uri: &'a str,
    /// Random, compared when the browser comes back.
    pub state: &'a str,
    /// Joined with blanks; AWS's parameter is the plural `scopes`.
    pub scopes: &'a [String],
    /// Base64url of the verifier's SHA-256.
    pub code_challenge: &'a str,
}

impl Authorize<'_> {
    /// The URL, parameters in the AWS CLI's order.
    pub fn url(&self) -> String {
        let root = match Url::parse(self.oidc) {
            Ok(url) => url.origin().ascii_serialization(),
            Err(_) => self.oidc.to_owned(),
        };
        format!(
            "{root}/authorize?response_type=code&client_id={}&redirect_uri={}&state={}\
             &code_challenge_method=S256&scopes={}&code_challenge={}",
            percent::component(self.client_id),
            percent::component(self.redirect_uri),
            percent::component(self.state),
            percent::component(&self.scopes.join(" ")),
            percent::component(self.code_challenge),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn vectors(section: &str) -> Value {
        let all: Value = serde_json::from_str(include_str!("../../../tests/data/identity.json"))
            .expect("the vectors are JSON");
        all[section].clone()
    }

    fn text(value: &Value) -> &str {
        value.as_str().expect("a text")
    }

    fn service(name: &str) -> Service {
        match name {
            "sso-oidc" => Service::Oidc,
            "sso" => Service::Portal,
            "sts" => Service::Sts,
            other => panic!("unknown service {other}"),
        }
    }

    fn env_of(value: &Value) -> Env {
        let pairs = value.as_object().expect("a map");
        Env::fixed(pairs.iter().map(|(name, value)| (name.as_str(), text(value))))
    }

    #[test]
    fn no_password_of_an_address_is_shown() {
        for text in ["http://bob:PW@192.0.2.1:8080/x", "bob:PW@host", "ftp://bob:PW@host/@"] {
            let error = checked("AWS_ENDPOINT_URL_SSO", text).expect_err("it is refused");
            assert!(!format!("{error:?}").contains("PW"), "{error:?}");
        }
    }

    #[test]
    fn endpoints_of_every_partition() {
        for vector in vectors("endpoints")["vectors"].as_array().expect("a list") {
            for (name, fips, dual) in [
                ("plain", false, false),
                ("fips", true, false),
                ("dualstack", false, true),
                ("fips_dualstack", true, true),
            ] {
                let connection = Connection {
                    fips: Some(fips),
                    dual_stack: Some(dual),
                    ..Connection::default()
                };
                let env = Env::fixed([]);
                let url = base(
                    &env,
                    &connection,
                    service(text(&vector["service"])),
                    text(&vector["region"]),
                );
                match vector[name]["ok"].as_str() {
                    Some(expected) => assert_eq!(url.as_deref(), Ok(expected), "{vector} {name}"),
                    None => assert!(url.is_err(), "{vector} {name}"),
                }
            }
        }
    }

    #[test]
    fn configured_endpoints_by_precedence() {
        let mut seen = 0;
        for vector in vectors("configured_endpoints")["vectors"].as_array().expect("a list") {
            let config = text(&vector["config"]);
            let mut connection = Connection::default();
            for line in config.lines() {
                let value = || line.rsplit(" = ").next().unwrap_or_default().to_owned();
                if line.starts_with("endpoint_url = ") {
                    connection.endpoint_url = Some(value());
                } else if line.starts_with("  endpoint_url = ") {
                    let id = if config.contains("\nsso_oidc =") { "sso_oidc" } else { "sso" };
                    connection.service_urls.push((id.to_owned(), value()));
                }
            }
            // A `services` line without its section is refused where the file is read.
            if config.contains("services = x") && !config.contains("[services x]") {
                continue;
            }
            if vector["client_options"]["use_fips_endpoint"] == true {
                connection.fips = Some(true);
            }
            let service = service(text(&vector["service"]));
            let env = env_of(&vector["env"]);
            let Some((_, found)) = configured(&env, &connection, service) else {
                let url = base(&env, &connection, service, "us-east-1").expect("a plain endpoint");
                assert!(text(&vector["request_url"]["ok"]).starts_with(&url), "{vector}");
                continue;
            };
            seen += 1;
            match vector["request_url"]["ok"].as_str() {
                Some(expected) => assert!(expected.starts_with(&found), "{vector}: {found}"),
                None => assert!(checked("x", &found).is_err(), "{vector}: {found}"),
            }
        }
        assert!(seen >= 8, "{seen}");
    }

    #[test]
    fn plain_http_is_for_loopback() {
        for (url, good) in [
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:1/x", true),
            ("http://localhost:1", true),
            ("https://vpce.example.com", true),
            ("http://example.com", false),
            ("http://127.0.0.1.example.com", false),
            ("localhost:2", false),
            ("", false),
        ] {
            assert_eq!(checked("AWS_ENDPOINT_URL", url).is_ok(), good, "{url}");
        }
    }

    #[test]
    fn authorize_urls_of_the_aws_cli() {
        for vector in vectors("authorize_urls")["vectors"].as_array().expect("a list") {
            let oidc = base(
                &env_of(&vector["env"]),
                &Connection::default(),
                Service::Oidc,
                text(&vector["region"]),
            )
            .expect("an endpoint");
            let scopes: Vec<String> = match vector.get("scopes") {
                Some(Value::Array(list)) => list.iter().map(|s| text(s).to_owned()).collect(),
                _ => vec!["sso:account:access".to_owned()],
            };
            let url = Authorize {
                oidc: &oidc,
                client_id: vector["client_id"].as_str().unwrap_or("CLIENT_ID"),
                redirect_uri: "http://127.0.0.1:54321/oauth/callback",
                state: "11111111-2222-4333-8444-555555555555",
                scopes: &scopes,
                code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            }
            .url();
            assert_eq!(url, text(&vector["authorize_url"]["ok"]), "{vector}");
        }
    }
}
