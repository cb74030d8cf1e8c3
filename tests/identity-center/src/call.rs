//! One request as the handlers see it, and the log entry that is kept of it.

use crate::operation::Operation;
use percent_encoding::percent_decode_str;
use std::time::{Instant, SystemTime};

/// How a request came to the simulator.
#[derive(Clone, Debug)]
pub(crate) struct Via {
    /// The host name behind the intercepting proxy; `None` when the simulator was addressed itself.
    pub host: Option<String>,
    /// The region that the listener, or the host name, stands for.
    pub region: String,
    /// Is the host one that only redirects to the start URL?
    pub vanity: bool,
    /// Number of the connection.
    pub connection: u64,
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub op: Operation,
    pub method: String,
    pub path: String,
    pub raw_query: String,
    /// Decoded.
    pub query: Vec<(String, String)>,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub via: Via,
}

impl Call {
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    pub fn param(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    pub fn form(&self) -> Vec<(String, String)> {
        decode_pairs(&String::from_utf8_lossy(&self.body))
    }
}

pub(crate) fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
}

/// `a=b&c=d`, decoded; `+` is a space.
pub(crate) fn decode_pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|p| !p.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// Percent-encoding that keeps only the unreserved characters.
pub(crate) fn encode(text: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const SET: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, SET).to_string()
}

/// What is remembered of a request.
#[derive(Clone, Debug)]
pub struct Logged {
    /// The operation recognized.
    pub op: Operation,
    /// `GET`, `POST`, …
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query as sent, without `?`.
    pub query: String,
    /// Headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub body: String,
    /// The status answered; 0 while unanswered, and when the connection was closed instead.
    pub status: u16,
    /// When the request was complete.
    pub started: SystemTime,
    /// The same on the monotonic clock.
    pub at: Instant,
    /// How many requests were under way, this one included.
    pub in_flight: usize,
    /// Which connection carried it.
    pub connection: u64,
    /// The host asked for behind the intercepting proxy.
    pub proxied_host: Option<String>,
    pub(crate) serial: u64,
}

impl Logged {
    /// The value of a header, named in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The decoded value of a query parameter.
    pub fn param(&self, name: &str) -> Option<String> {
        decode_pairs(&self.query).into_iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// The body as JSON, `Null` if it is something else.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}
