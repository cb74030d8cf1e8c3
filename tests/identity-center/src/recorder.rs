//! Any AWS service at all, as far as a request goes: every request is written down and refused.

use crate::server::{Body, whole};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use std::io;

/// A request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The host that the client meant.
    pub host: String,
    /// `GET /path?query`
    pub line: String,
    /// In order, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Seen {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads the whole request.
pub(crate) async fn read(host: &str, request: Request<Incoming>) -> io::Result<Seen> {
    let (parts, body) = request.into_parts();
    body.collect().await.map_err(io::Error::other)?;
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let headers = parts.headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    Ok(Seen {
        host: host.to_owned(),
        line: format!("{} {path}", parts.method),
        headers: headers.collect(),
    })
}

/// A service that is down: what may be tried again is.
pub(crate) fn refusal() -> Response<Body> {
    let mut response = Response::new(whole(Vec::new()));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response
}
