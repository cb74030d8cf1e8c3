//! HTTP requests as plain values; with [`super::client`] the only file that knows reqwest.
//!
//! Redirects are never followed. Loopback is never proxied. Plain `http` is for loopback, and for the
//! link-local addresses where instances and containers find their credentials.

use std::fmt;
use std::time::Duration;

use reqwest::Url;

use super::client::reasons;
pub use super::client::{Http, HttpSettings};

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Head,
    Post,
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
    /// The answer is longer than any of AWS's: not read to its end.
    Overlong,
}

/// The longest body that is read. AWS's longest, a page of a hundred accounts, has some 20 KiB.
const BODY: usize = 4 << 20;

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
    /// No answer from `host` in the time that the caller gave.
    pub fn late(host: &str) -> Self {
        Self { stage: Stage::Timeout, host: host.to_owned(), causes: Vec::new() }
    }

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
            Stage::Overlong => {
                write!(f, "the answer of `{}` is longer than {} MiB", self.host, BODY >> 20)
            }
        }
    }
}

impl Http {
    /// Sends one request and reads the whole answer. Never retries, never follows a redirect.
    pub async fn send(&self, request: Request) -> Result<Response, TransportError> {
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
        let client = if nearby {
            self.nearby()
        } else {
            self.outside().map_err(|error| failed(Stage::Connect, &host, reasons(&error)))?
        };
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
        let mut answer = builder.send().await.map_err(|error| broke(&error))?;
        let status = answer.status().as_u16();
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| broke(&error))? {
            if body.len() + chunk.len() > BODY {
                return Err(failed(Stage::Overlong, &host, Vec::new()));
            }
            body.extend_from_slice(&chunk);
        }
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

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}
