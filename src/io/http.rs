//! HTTP requests as plain values; the only file that knows reqwest.
//!
//! Redirects are never followed. Loopback is never proxied. Plain `http` is for loopback, and for the
//! link-local addresses where instances and containers find their credentials.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder, Proxy, Url, redirect};

use super::app::App;
use super::proxy::ProxyRules;
use crate::domain::{Error, Result};

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`.
    Get,
    /// `HEAD`.
    Head,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
}

/// One request. No `Debug`: headers and bodies hold tokens.
#[derive(Clone)]
pub struct Request {
    /// `GET`, …
    pub method: Method,
    /// Absolute.
    pub url: String,
    /// In order.
    pub headers: Vec<(&'static str, String)>,
    /// Sent with its length; `None` for no body at all.
    pub body: Option<Vec<u8>>,
    /// For the whole exchange; 30 s unless said otherwise.
    pub timeout: Option<Duration>,
}

impl Request {
    /// A request without headers or body.
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self { method, url: url.into(), headers: Vec::new(), body: None, timeout: None }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Gives the request a body.
    #[must_use]
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Some(bytes.into());
        self
    }
}

/// One complete answer. No `Debug`: bodies hold tokens.
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// All of it.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of that lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Where an exchange broke before there was a complete answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Name resolution, TCP, proxy or TLS: nothing of the request was sent.
    Connect,
    /// The request may have been sent, in part or whole.
    Exchange,
    /// Nothing came in time; the request may have been sent.
    Timeout,
}

/// A request without a complete answer.
#[derive(Clone, Debug)]
pub struct TransportError {
    /// How far it came.
    pub stage: Stage,
    /// `host:port` that was asked.
    pub host: String,
    /// The chain of reasons, from near to far.
    pub causes: Vec<String>,
}

impl TransportError {
    /// Whether TLS refused the peer's certificate.
    pub fn is_tls(&self) -> bool {
        self.causes
            .iter()
            .any(|c| c.contains("certificate") || c.contains("tls") || c.contains("TLS"))
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.stage {
            Stage::Connect => write!(f, "cannot connect to `{}`", self.host),
            Stage::Exchange => write!(f, "the connection to `{}` broke", self.host),
            Stage::Timeout => write!(f, "no answer from `{}` in time", self.host),
        }
    }
}

/// What the caller decides about the client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpSettings {
    /// A profile's `ca_bundle`; `AWS_CA_BUNDLE` comes before it, `REQUESTS_CA_BUNDLE` after.
    pub ca_bundle: Option<String>,
}

/// A client for everything, and one without a proxy for this machine.
#[derive(Clone, Debug)]
pub struct Http {
    outside: Client,
    nearby: Client,
}

impl Http {
    /// Builds the clients: reads the certificate store, which costs milliseconds.
    pub(super) fn new(app: &App, settings: &HttpSettings) -> Result<Self> {
        // A second call finds the provider already there; both are the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let broken = |error: reqwest::Error| {
            Error::service("the HTTP client cannot be built").cause(reasons(&error).join(": "))
        };
        let nearby = base().no_proxy().tls_certs_only([]).build().map_err(broken)?;
        let rules = ProxyRules::new(&app.env)?;
        let outward = || proxied(base(), &rules);
        let outside = match ca_bundle(app, settings)? {
            Some(roots) => outward().tls_certs_only(roots).build().map_err(broken)?,
            None => match outward().build() {
                Ok(client) => client,
                Err(error) => {
                    app.term.warn(&format!(
                        "no certificate store found, using the built-in one ({})",
                        reasons(&error).join(": ")
                    ));
                    outward().tls_certs_only(built_in_roots()).build().map_err(broken)?
                }
            },
        };
        Ok(Self { outside, nearby })
    }

    /// Sends one request and reads the whole answer. Never retries, never follows a redirect.
    pub async fn send(&self, request: Request) -> std::result::Result<Response, TransportError> {
        let failed =
            |stage, host: &str, causes| TransportError { stage, host: host.to_owned(), causes };
        let url = Url::parse(&request.url)
            .map_err(|error| failed(Stage::Connect, &request.url, vec![error.to_string()]))?;
        let host = authority(&url);
        let nearby = is_loopback(&url) || is_link_local(&url);
        if url.scheme() != "https" && !nearby {
            let why = vec!["plain `http` is refused except to this machine".to_owned()];
            return Err(failed(Stage::Connect, &host, why));
        }
        let client = if nearby { &self.nearby } else { &self.outside };
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Head => reqwest::Method::HEAD,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
        };
        let mut builder = client.request(method, url);
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        if let Some(body) = request.body {
            if body.is_empty() {
                builder = builder.header("content-length", "0");
            }
            builder = builder.body(body);
        }
        if let Some(timeout) = request.timeout {
            builder = builder.timeout(timeout);
        }
        let broke = |error: &reqwest::Error| {
            let stage = if error.is_connect() {
                Stage::Connect
            } else if error.is_timeout() {
                Stage::Timeout
            } else {
                Stage::Exchange
            };
            failed(stage, &host, reasons(error))
        };
        let answer = builder.send().await.map_err(|error| broke(&error))?;
        let status = answer.status().as_u16();
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let body = answer.bytes().await.map_err(|error| broke(&error))?.to_vec();
        Ok(Response { status, headers, body })
    }
}

/// Whether the URL names this machine by a loopback address or as `localhost`.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Whether the URL names one of the fixed addresses of EC2, ECS and EKS, which no router forwards.
fn is_link_local(url: &Url) -> bool {
    const HOSTS: [&str; 5] =
        ["169.254.169.254", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "[fd00:ec2::254]"];
    url.host_str().is_some_and(|host| HOSTS.contains(&host))
}

fn base() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("ssoenv/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(30))
}

/// The proxy of the environment; where it names none, that of the system's settings.
fn proxied(builder: ClientBuilder, rules: &ProxyRules) -> ClientBuilder {
    if !rules.is_set() && cfg!(any(windows, target_os = "macos")) {
        return builder;
    }
    let rules = rules.clone();
    builder.no_proxy().proxy(Proxy::custom(move |url| rules.proxy_for(url)))
}

/// `AWS_CA_BUNDLE`, the profile's, `REQUESTS_CA_BUNDLE`: replaces the trust store.
fn ca_bundle(app: &App, settings: &HttpSettings) -> Result<Option<Vec<Certificate>>> {
    let (name, path) = if let Some(path) = app.env.get("AWS_CA_BUNDLE") {
        ("AWS_CA_BUNDLE", path)
    } else if let Some(path) = settings.ca_bundle.clone() {
        ("ca_bundle", path)
    } else if let Some(path) = app.env.get("REQUESTS_CA_BUNDLE") {
        ("REQUESTS_CA_BUNDLE", path)
    } else {
        return Ok(None);
    };
    let path = PathBuf::from(path);
    let wrong = |why: String| {
        Error::config(format!("the CA bundle `{}` of `{name}` cannot be used", path.display()))
            .cause(why)
            .hint(format!("point `{name}` at a PEM file with your CA, or unset it"))
    };
    let pem = read_pem(&path).map_err(&wrong)?;
    let roots = Certificate::from_pem_bundle(&pem).map_err(|e| wrong(reasons(&e).join(": ")))?;
    if roots.is_empty() {
        return Err(wrong("it holds no certificate".to_owned()));
    }
    Ok(Some(roots))
}

fn read_pem(path: &Path) -> std::result::Result<Vec<u8>, String> {
    match super::files::read(path) {
        Ok(Some(pem)) => Ok(pem),
        Ok(None) => Err("there is no such file".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn built_in_roots() -> Vec<Certificate> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter_map(|der| Certificate::from_der(der).ok())
        .collect()
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The error's chain without URLs: queries may hold secrets.
fn reasons(error: &reqwest::Error) -> Vec<String> {
    let mut source = std::error::Error::source(error);
    let mut texts = Vec::new();
    while let Some(error) = source {
        let text = error.to_string();
        if texts.last() != Some(&text) {
            texts.push(text);
        }
        source = error.source();
    }
    texts
}
