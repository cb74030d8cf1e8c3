//! An intercepting proxy, so that clients can be run against the real host names.

use crate::call::Via;
use crate::hosts::{self, Service};
use crate::recorder::{self, Seen};
use crate::server::{Body, Shared, connection, serve, whole};
use crate::tls::Authority;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::upgrade::Upgraded;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::server::TlsStream;

/// What the proxy knows.
#[derive(Debug, Default)]
struct Book {
    auth: Option<String>,
    strict_loopback: bool,
    hosts: Vec<String>,
    sni: Vec<String>,
    map: HashMap<String, SocketAddr>,
    recorded: Option<Vec<Seen>>,
}

#[derive(Debug)]
struct Inner {
    shared: Arc<Shared>,
    authority: Arc<Authority>,
    book: Mutex<Book>,
}

impl Inner {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether what comes for this host is only written down.
    fn records(&self, host: &str) -> bool {
        let is_login = hosts::recognize(host).is_some_and(|host| host.service != Service::Sts);
        self.book().recorded.is_some() && !is_login
    }

    /// Is this host simulated, and as what?
    fn via(&self, host: &str) -> Option<Via> {
        let state = self.shared.state();
        let vanity = state.vanity_hosts.contains(host);
        let found = hosts::recognize(host);
        if !vanity && found.is_none() {
            return None;
        }
        let region = found.and_then(|h| h.region);
        if region.as_ref().is_some_and(|region| !hosts::exists(region) && *region != state.region) {
            return None;
        }
        Some(Via {
            host: Some(host.to_owned()),
            region: region.unwrap_or_else(|| state.region.clone()),
            vanity,
            connection: self.shared.connection(),
        })
    }
}

/// A proxy that ends TLS for the simulated hosts with certificates of its own CA.
///
/// It stops with the [`crate::IdentityCenter`] that made it.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    /// The CA's certificate, for `AWS_CA_BUNDLE`.
    pub ca_pem_path: PathBuf,
    inner: Arc<Inner>,
}

impl Proxy {
    pub(crate) fn new(
        shared: Arc<Shared>,
        listener: std::net::TcpListener,
        runtime: &tokio::runtime::Handle,
    ) -> Self {
        let address = listener.local_addr().expect("a bound socket has an address");
        let inner = Arc::new(Inner {
            shared,
            authority: Arc::new(Authority::new()),
            book: Mutex::default(),
        });
        let proxy = Self {
            url: format!("http://{address}"),
            ca_pem_path: inner.authority.pem_path(),
            inner: Arc::clone(&inner),
        };
        runtime.spawn(accept(inner, listener));
        proxy
    }

    /// From now on the proxy wants these (Basic); without them it answers 407.
    pub fn require_auth(&self, user: &str, password: &str) {
        let token = BASE64_STANDARD.encode(format!("{user}:{password}"));
        self.inner.book().auth = Some(format!("Basic {token}"));
    }

    /// Whether a loopback address sent through the proxy is a violation.
    pub fn strict_loopback(&self, on: bool) {
        self.inner.book().strict_loopback = on;
    }

    /// Hosts of CONNECT requests and of plain ones, in order.
    pub fn hosts(&self) -> Vec<String> {
        self.inner.book().hosts.clone()
    }

    /// Server names of the TLS handshakes, in order.
    pub fn sni(&self) -> Vec<String> {
        self.inner.book().sni.clone()
    }

    /// Plain `http://host` requests are passed on to this address.
    pub fn map_host(&self, host: &str, address: SocketAddr) {
        self.inner.book().map.insert(host.to_owned(), address);
    }

    /// From now on every host is there: what comes for others than those of a login is written down, and
    /// refused.
    pub fn record(&self) {
        self.inner.book().recorded = Some(Vec::new());
    }

    /// What was written down since the last time.
    pub fn recorded(&self) -> Vec<Seen> {
        self.inner.book().recorded.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// The environment for a client: proxy (both cases), CA, nothing exempt.
    pub fn env(&self) -> Vec<(String, String)> {
        let ca = self.ca_pem_path.display().to_string();
        [
            ("HTTPS_PROXY", self.url.clone()),
            ("https_proxy", self.url.clone()),
            ("AWS_CA_BUNDLE", ca.clone()),
            ("SSL_CERT_FILE", ca),
            ("NO_PROXY", "127.0.0.1,localhost".to_owned()),
            ("no_proxy", "127.0.0.1,localhost".to_owned()),
        ]
        .map(|(n, v)| (n.to_owned(), v))
        .to_vec()
    }
}

async fn accept(inner: Arc<Inner>, listener: std::net::TcpListener) {
    let Ok(listener) = TcpListener::from_std(listener) else {
        return;
    };
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let inner = Arc::clone(&inner);
        tokio::spawn(async move {
            let service = service_fn(move |request| proxied(Arc::clone(&inner), request));
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .with_upgrades()
                .await;
        });
    }
}

fn short(status: u16, text: &str) -> Response<Body> {
    let mut response = Response::new(whole(text.as_bytes().to_vec()));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    response
}

async fn proxied(inner: Arc<Inner>, mut request: Request<Incoming>) -> io::Result<Response<Body>> {
    let Some(host) = request.uri().host().map(str::to_ascii_lowercase) else {
        return Ok(short(400, "this is a proxy"));
    };
    let mapped = {
        let mut book = inner.book();
        book.hosts.push(host.clone());
        let given = request.headers().get("proxy-authorization");
        if book.auth.is_some() && given.and_then(|v| v.to_str().ok()) != book.auth.as_deref() {
            let mut refusal = short(407, "proxy authentication required");
            refusal.headers_mut().insert(
                "proxy-authenticate",
                hyper::header::HeaderValue::from_static("Basic realm=\"proxy\""),
            );
            return Ok(refusal);
        }
        if book.strict_loopback
            && ["127.0.0.1", "localhost", "[::1]", "::1"].contains(&host.as_str())
        {
            let text = format!("loopback was proxied: {} {}", request.method(), request.uri());
            inner.shared.state().violations.push(text);
        }
        book.map.get(&host).copied()
    };
    let via = inner.via(&host);
    if request.method() == Method::CONNECT && inner.records(&host) {
        tokio::spawn(async move {
            if let Ok(upgraded) = hyper::upgrade::on(&mut request).await {
                write_down(inner, TokioIo::new(upgraded), host).await;
            }
        });
        return Ok(short(200, ""));
    }
    if request.method() == Method::CONNECT {
        let Some(via) = via else {
            return Ok(short(502, "this host is not simulated"));
        };
        tokio::spawn(async move {
            if let Ok(upgraded) = hyper::upgrade::on(&mut request).await {
                intercept(inner, TokioIo::new(upgraded), via).await;
            }
        });
        return Ok(short(200, ""));
    }
    match (via, mapped) {
        (_, Some(address)) => forward(request, address).await,
        (Some(via), None) => serve(Arc::clone(&inner.shared), via, request).await,
        (None, None) => Ok(short(502, "this host is not simulated")),
    }
}

async fn intercept(inner: Arc<Inner>, stream: TokioIo<Upgraded>, via: Via) {
    let host = via.host.clone().unwrap_or_default();
    if let Some(stream) = decrypted(&inner, stream, &host).await {
        connection(Arc::clone(&inner.shared), stream, via).await;
    }
}

async fn write_down(inner: Arc<Inner>, stream: TokioIo<Upgraded>, host: String) {
    let Some(stream) = decrypted(&inner, stream, &host).await else { return };
    let service = service_fn(|request| async {
        let seen = recorder::read(&host, request).await?;
        inner.book().recorded.get_or_insert_default().push(seen);
        io::Result::Ok(recorder::refusal())
    });
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn decrypted(
    inner: &Inner,
    stream: TokioIo<Upgraded>,
    host: &str,
) -> Option<TlsStream<TokioIo<Upgraded>>> {
    let config = Arc::new(inner.authority.server_config(host));
    let stream = tokio_rustls::TlsAcceptor::from(config).accept(stream).await.ok()?;
    if let Some(name) = stream.get_ref().1.server_name() {
        inner.book().sni.push(name.to_owned());
    }
    Some(stream)
}

async fn forward(request: Request<Incoming>, to: SocketAddr) -> io::Result<Response<Body>> {
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |p| p.as_str());
    parts.uri = path.parse().map_err(io::Error::other)?;
    parts.headers.remove("proxy-authorization");
    parts.headers.remove("proxy-connection");
    let Ok(stream) = TcpStream::connect(to).await else {
        return Ok(short(502, "the host does not answer"));
    };
    let (mut sender, task) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    tokio::spawn(task);
    let response =
        sender.send_request(Request::from_parts(parts, body)).await.map_err(io::Error::other)?;
    Ok(response.map(|b| b.map_err(io::Error::other).boxed()))
}
