//! A small HTTP server on 127.0.0.1: the login's redirect listener and its like. Bytes in, bytes
//! out; what a request means is for the caller to say.

use std::convert::Infallible;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::connections::Connections;
use super::peer;

/// A request without its body. No `Debug`: queries and headers hold secrets.
pub struct LocalRequest {
    /// `GET`, …
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Behind `?`, as sent; empty where there is none.
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
}

impl LocalRequest {
    /// The header of that lower-case name, unless it is missing or comes more than once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str());
        values.next().filter(|_| values.next().is_none())
    }
}

/// An answer; `Cache-Control: no-store` and `Connection: close` are added.
#[derive(Clone, Debug)]
pub struct LocalResponse {
    /// Status code.
    pub status: u16,
    /// In order.
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// A bound port that nobody is served on yet: connections wait.
#[derive(Debug)]
pub struct Listener {
    pub(super) inner: TcpListener,
    pub port: u16,
}

/// A connection that has not asked and been answered by then is closed.
const PATIENCE: Duration = Duration::from_secs(20);

impl Listener {
    /// Binds 127.0.0.1 with this port, or with a free one.
    pub fn bind(port: Option<u16>) -> std::io::Result<Self> {
        let inner = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0)))?;
        inner.set_nonblocking(true)?;
        let port = inner.local_addr()?.port();
        Ok(Self { inner, port })
    }

    /// Answers requests until `handler` gives a value with an answer, and that answer has gone
    /// out; gives the value. Other users of this machine are refused, where the system tells that
    /// it is they.
    pub async fn first<T: Send + 'static>(
        &self,
        handler: impl Fn(&LocalRequest) -> (LocalResponse, Option<T>) + Send + Sync + 'static,
    ) -> std::io::Result<T> {
        let listener = tokio::net::TcpListener::from_std(self.inner.try_clone()?)?;
        let here = listener.local_addr()?;
        let handler = Arc::new(handler);
        let (found, mut finds) = mpsc::channel(1);
        let mut connections = Connections::default();
        loop {
            let room = connections.have_room();
            tokio::select! {
                Some(value) = finds.recv() => return Ok(value),
                accepted = listener.accept(), if room => {
                    let Ok((stream, peer)) = accepted else {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    };
                    let (handler, found) = (Arc::clone(&handler), found.clone());
                    connections.add(|asked| async move {
                        let handler = move |request: &LocalRequest| {
                            asked.set();
                            if peer::is_ours(peer, here) == Some(false) {
                                log::info!("another user of this machine was refused");
                                return (elsewhere(), None);
                            }
                            handler(request)
                        };
                        if let Some(value) = answer_one(stream, handler).await {
                            drop(found.send(value).await);
                        }
                    });
                }
                true = connections.ended() => {}
            }
        }
    }
}

/// For other users, whatever they ask.
fn elsewhere() -> LocalResponse {
    let headers = vec![("content-type", "text/plain; charset=utf-8".to_owned())];
    LocalResponse { status: 403, headers, body: "This is for another user.\n".into() }
}

/// Serves the one request of a connection; gives the handler's value once the answer has gone out.
pub async fn answer_one<T: Send + 'static>(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    handler: impl Fn(&LocalRequest) -> (LocalResponse, Option<T>),
) -> Option<T> {
    let value = Mutex::new(None);
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let (response, decided) = handler(&local(&request));
        if decided.is_some() {
            *value.lock().unwrap_or_else(PoisonError::into_inner) = decided;
        }
        std::future::ready(Ok::<_, Infallible>(wire(response)))
    });
    let served =
        http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(stream), service);
    // A peer that went away or dawdled has no say in what was decided.
    drop(timeout(PATIENCE, served).await);
    value.into_inner().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn local(request: &hyper::Request<Incoming>) -> LocalRequest {
    let headers = request.headers().iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    LocalRequest {
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
    }
}

pub(super) fn wire(response: LocalResponse) -> hyper::Response<Full<Bytes>> {
    let mut builder = hyper::Response::builder()
        .status(response.status)
        .header("cache-control", "no-store")
        .header("connection", "close");
    for (name, value) in response.headers {
        builder = builder.header(name, value);
    }
    builder.body(Full::new(response.body.into())).unwrap_or_default()
}
