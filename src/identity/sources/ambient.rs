//! `credential_source`: credentials that the machine or the environment has by itself: variables,
//! the container's endpoint, the instance's metadata.

use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value};
use url::Url;

use crate::domain::address::shown;
use crate::domain::config_keys::{self, Key};
use crate::domain::credentials::Credentials;
use crate::domain::names::AccountId;
use crate::domain::profile::Metadata;
use crate::domain::saved::Saved;
use crate::domain::secret::Secret;
use crate::domain::speech;
use crate::domain::timestamp::Timestamp;
use crate::domain::{Error, Result};
use crate::identity::wire::refusal::{CallResult, Failure};
use crate::identity::wire::retry::{self, Attempts, Rule};
use crate::io::App;
use crate::io::http::{Http, HttpSettings, Method, Request, is_loopback};

/// Where a relative URI leads.
const CONTAINER: &str = "http://169.254.170.2";
/// Addresses without TLS that may be asked besides loopback: ECS and EKS.
const CONTAINER_HOSTS: [&str; 3] = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"];
const INSTANCE: &str = "http://169.254.169.254";
const INSTANCE_IPV6: &str = "http://[fd00:ec2::254]";

/// What the user has in a variable, whatever an earlier `use` has put there.
fn own(app: &App, name: &str) -> Option<String> {
    let saved = Saved::capture(|name| app.env.get(name));
    saved.original(name).filter(|value| !value.is_empty()).map(str::to_owned)
}

/// The access key of the environment, less what `use` has put there.
pub fn access_key_id(app: &App) -> Option<String> {
    own(app, "AWS_ACCESS_KEY_ID")
}

/// The keys in the environment, less what `use` has put there.
pub fn environment(app: &App) -> Result<Credentials> {
    let missing = |name: &str| {
        Error::config("there are no credentials in the environment")
            .cause(format!("`{name}` is not set; keys that `ssoenv use` has set do not count"))
            .hint("set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or change `credential_source`")
    };
    let needed = |name: &str| own(app, name).ok_or_else(|| missing(name));
    let token = own(app, "AWS_SECURITY_TOKEN").or_else(|| own(app, "AWS_SESSION_TOKEN"));
    let expiration = own(app, "AWS_CREDENTIAL_EXPIRATION");
    Ok(Credentials {
        access_key_id: needed("AWS_ACCESS_KEY_ID")?,
        secret_access_key: Secret::new(needed("AWS_SECRET_ACCESS_KEY")?),
        session_token: token.map(Secret::new),
        expiration: expiration.as_deref().and_then(Timestamp::parse),
        account_id: own(app, "AWS_ACCOUNT_ID").map(AccountId::from),
    })
}

/// The address of the container's credentials endpoint.
///
/// # Errors
/// Kind `Config` where no variable names one, or one that no AWS SDK would ask either.
pub fn container_uri(app: &App) -> Result<String> {
    if let Some(path) = own(app, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
        return Ok(format!("{CONTAINER}{path}"));
    }
    let uri = own(app, "AWS_CONTAINER_CREDENTIALS_FULL_URI").ok_or_else(|| {
        Error::config("this is no container with credentials")
            .cause("`AWS_CONTAINER_CREDENTIALS_FULL_URI` is not set")
            .hint("run this in the container, or change `credential_source`")
    })?;
    match Url::parse(&uri) {
        Ok(url) if may_be_asked(&url) => Ok(uri),
        _ => Err(Error::config(format!(
            "`{}` cannot be a container's credentials endpoint",
            shown(&uri)
        ))
        .cause("without `https` it must be on this machine, or be that of ECS or EKS")
        .hint("correct `AWS_CONTAINER_CREDENTIALS_FULL_URI`")),
    }
}

fn may_be_asked(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    url.scheme() == "https"
        || (url.scheme() == "http" && (is_loopback(url) || CONTAINER_HOSTS.contains(&host)))
}

/// Credentials of the container's endpoint.
pub fn container(app: &App) -> Result<Credentials> {
    let uri = container_uri(app)?;
    let mut request = Request::new(Method::Get, &uri).header("accept", "application/json");
    request.timeout = Some(Duration::from_secs(2));
    if let Some(token) = container_token(app)? {
        request = request.header("authorization", token.expose());
    }
    let net = app.net(&HttpSettings::default())?;
    let answer = net.run(async {
        let attempts = Attempts { any: 3, throttled: 3 };
        Ok(fetch(&net.http, attempts, "ContainerCredentials", request).await)
    })?;
    read(&answer.map_err(Failure::into_error)?, "the container's credentials endpoint")
}

fn container_token(app: &App) -> Result<Option<Secret>> {
    let variable = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
    let wrong = |what: String| {
        Error::config(format!("the token of `{variable}` cannot be used"))
            .cause(what)
            .hint(format!("point `{variable}` at a file with one line"))
    };
    let token = match own(app, variable) {
        Some(path) => {
            let bytes = crate::io::files::read(Path::new(&path));
            let bytes = bytes.map_err(|error| wrong(error.to_string()))?;
            let bytes = bytes.ok_or_else(|| wrong("there is no such file".to_owned()))?;
            Some(String::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8".to_owned()))?)
        }
        None => own(app, "AWS_CONTAINER_AUTHORIZATION_TOKEN"),
    };
    match token {
        Some(token) if token.contains(['\r', '\n']) => Err(wrong("it holds a line end".to_owned())),
        token => Ok(token.map(Secret::new)),
    }
}

/// The variable, else the profile's key.
fn set(app: &App, key: Key, profile: Option<&String>) -> Option<String> {
    app.env.non_empty(key.variable).or_else(|| profile.cloned())
}

/// The address of the instance's metadata.
pub fn instance_endpoint(app: &App, metadata: &Metadata) -> String {
    let mode = set(app, config_keys::METADATA_MODE, metadata.mode.as_ref());
    let ipv6 = mode.map_or_else(
        || {
            let old = set(app, config_keys::METADATA_IPV6, metadata.ipv6.as_ref());
            old.is_some_and(|text| text.eq_ignore_ascii_case("true"))
        },
        |mode| mode.eq_ignore_ascii_case("ipv6"),
    );
    let default = if ipv6 { INSTANCE_IPV6 } else { INSTANCE };
    let endpoint = set(app, config_keys::METADATA_ENDPOINT, metadata.endpoint.as_ref());
    endpoint.as_deref().unwrap_or(default).trim_end_matches('/').to_owned()
}

/// How an instance's metadata are asked for.
struct Asking {
    endpoint: String,
    timeout: Duration,
    attempts: Attempts,
}

impl Asking {
    /// What is not a number counts as not set.
    fn new(app: &App, metadata: &Metadata) -> Self {
        let number = |key, profile: Option<&String>| {
            let text = set(app, key, profile)?;
            text.trim().parse::<u32>().ok().filter(|number| *number > 0)
        };
        let timeout = number(config_keys::METADATA_TIMEOUT, metadata.timeout.as_ref());
        let attempts = number(config_keys::METADATA_ATTEMPTS, metadata.attempts.as_ref());
        let attempts = attempts.unwrap_or(1);
        Self {
            endpoint: instance_endpoint(app, metadata),
            timeout: Duration::from_secs(timeout.unwrap_or(1).into()),
            attempts: Attempts { any: attempts, throttled: attempts },
        }
    }
}

/// Credentials of the instance's role, by the second version of the service, which wants a token.
pub fn instance(app: &App, metadata: &Metadata) -> Result<Credentials> {
    let asking = Asking::new(app, metadata);
    let disabled = app.env.get("AWS_EC2_METADATA_DISABLED");
    if disabled.is_some_and(|text| text.eq_ignore_ascii_case("true")) {
        return Err(Error::config("the instance's metadata are switched off")
            .cause("`AWS_EC2_METADATA_DISABLED` is `true`")
            .hint(format!(
                "run `{}`, or change `credential_source`",
                speech::unset(&["AWS_EC2_METADATA_DISABLED"])
            )));
    }
    let net = app.net(&HttpSettings::default())?;
    let fields = net.run(async { Ok(instance_role(&net.http, &asking).await) })?;
    let fields = fields.map_err(|failure| {
        let error = failure.into_error();
        Error::config("the instance's metadata give no credentials")
            .cause(&error)
            .hint("run this on an EC2 instance with a role, or change `credential_source`")
    })?;
    read(&fields, "the instance's metadata")
}

async fn instance_role(http: &Http, asking: &Asking) -> CallResult<Map<String, Value>> {
    let Asking { endpoint, timeout, attempts } = asking;
    let request = |method, path: &str| {
        let mut request = Request::new(method, format!("{endpoint}/latest/{path}"));
        request.timeout = Some(*timeout);
        request
    };
    let send = async |request| {
        retry::call(http, *attempts, "InstanceMetadata", Rule::Idempotent, request).await
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    let token = request(Method::Put, "api/token")
        .header("x-aws-ec2-metadata-token-ttl-seconds", "21600")
        .body("");
    let token = text(&send(token).await?.body);
    let folder = "meta-data/iam/security-credentials/";
    let with_token = |request: Request| request.header("x-aws-ec2-metadata-token", &token);
    let role = text(&send(with_token(request(Method::Get, folder))).await?.body);
    let role = role.lines().next().unwrap_or_default();
    let request = with_token(request(Method::Get, &format!("{folder}{role}")));
    fetch(http, *attempts, "InstanceMetadata", request).await
}

async fn fetch(
    http: &Http,
    attempts: Attempts,
    what: &'static str,
    request: Request,
) -> CallResult<Map<String, Value>> {
    let host = retry::host_of(&request.url);
    let answer = retry::call(http, attempts, what, Rule::Idempotent, request).await?;
    match serde_json::from_slice(&answer.body) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(Failure::foreign(what, &host, &answer)),
    }
}

fn read(fields: &Map<String, Value>, from: &str) -> Result<Credentials> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
    let credentials = || {
        text("Code").is_none_or(|code| code == "Success").then_some(())?;
        Some(Credentials {
            access_key_id: text("AccessKeyId")?.to_owned(),
            secret_access_key: Secret::new(text("SecretAccessKey")?),
            session_token: Some(Secret::new(text("Token").or_else(|| text("SessionToken"))?)),
            expiration: Some(Timestamp::parse(text("Expiration")?)?),
            account_id: text("AccountId").map(AccountId::from),
        })
    };
    credentials().ok_or_else(|| {
        let code = text("Code").map_or_else(String::new, |code| format!(" (`{code}`)"));
        Error::service(format!("{from} gave no credentials{code}"))
            .hint("check the role of this machine or container")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::env::Env;
    use crate::io::term::{ColorChoice, Term};

    fn app(pairs: &[(&str, &str)]) -> App {
        let env = Env::fixed(pairs.iter().copied());
        let term = Term::new(&env, ColorChoice::Never);
        App::new(env, term, false)
    }

    #[test]
    fn the_hosts_that_botocore_asks() {
        let all: Value = serde_json::from_str(include_str!("../../../tests/data/credentials.json"))
            .expect("the vectors are JSON");
        for vector in all["container_credential_hosts"]["vectors"].as_array().expect("a list") {
            let uri = vector["uri"].as_str().expect("a text");
            let found = container_uri(&app(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri)]));
            assert_eq!(found.is_ok(), vector["result"]["ok"] == "allowed", "{uri}");
        }
        let both = [
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x"),
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/"),
        ];
        assert_eq!(container_uri(&app(&both)).as_deref(), Ok("http://169.254.170.2/v2/x"));
    }

    #[test]
    fn no_password_of_an_address_is_shown() {
        let uri = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://bob:PW@192.0.2.1/x")];
        let error = container_uri(&app(&uri)).expect_err("it is refused");
        assert!(!format!("{error:?}").contains("PW"), "{error:?}");
    }

    #[test]
    fn keys_of_the_environment_come_in_pairs() {
        let id = ("AWS_ACCESS_KEY_ID", "AKIA");
        assert!(environment(&app(&[id])).is_err());
        let credentials = environment(&app(&[id, ("AWS_SECRET_ACCESS_KEY", "S")]));
        assert_eq!(credentials.map(|c| c.session_token), Ok(None));
    }
}
