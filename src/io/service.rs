//! A lasting HTTP service on 127.0.0.1: as many requests as come, each bounded in time and size.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::connections::{Asked, Connections};
use super::server::{Listener, LocalRequest, LocalResponse, local, wire};

/// A client that has not sent its head by then is cut off.
const HEAD: Duration = Duration::from_secs(5);
/// A connection that has not asked and been answered by then is closed.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of a request's head; more is answered with 431.
const HEAD_BYTES: usize = 16 * 1024;
/// Fields of a request's head; more is answered with 431.
const HEAD_FIELDS: usize = 64;
/// Bytes of a body that are read and thrown away, so that its sender hears the answer.
const BODY_BYTES: usize = 256 * 1024;
/// How long answers under way may still take once the end has come.
const FAREWELL: Duration = Duration::from_secs(2);

impl Listener {
    /// Answers requests until `end` comes; then those under way, and no more.
    pub async fn serve<H, F>(
        &self,
        handler: H,
        end: impl Future<Output = ()>,
    ) -> std::io::Result<()>
    where
        H: Fn(LocalRequest) -> F + Send + Sync + 'static,
        F: Future<Output = LocalResponse> + Send + 'static,
    {
        let listener = tokio::net::TcpListener::from_std(self.inner.try_clone()?)?;
        let handler = Arc::new(handler);
        let mut connections = Connections::default();
        tokio::pin!(end);
        loop {
            let room = connections.have_room();
            tokio::select! {
                () = &mut end => break,
                accepted = listener.accept(), if room => {
                    if let Ok((stream, _)) = accepted {
                        connections.add(|asked| connection(stream, Arc::clone(&handler), asked));
                    } else {
                        // Out of descriptors, most likely: some will come back.
                        sleep(Duration::from_millis(50)).await;
                    }
                }
                true = connections.ended() => {}
            }
        }
        drop(listener);
        drop(timeout(FAREWELL, async { while connections.ended().await {} }).await);
        Ok(())
    }
}

async fn connection<H, F>(stream: TcpStream, handler: Arc<H>, asked: Asked)
where
    H: Fn(LocalRequest) -> F + Send + Sync + 'static,
    F: Future<Output = LocalResponse> + Send + 'static,
{
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (handler, asked) = (Arc::clone(&handler), asked.clone());
        async move {
            let head = local(&request);
            drain(request.into_body()).await;
            asked.set();
            Ok::<_, Infallible>(wire(handler(head).await))
        }
    });
    let mut http = http1::Builder::new();
    http.keep_alive(false)
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEAD_FIELDS);
    // A peer that goes away or dawdles is its own problem.
    drop(timeout(PATIENCE, http.serve_connection(TokioIo::new(stream), service)).await);
}

async fn drain(mut body: Incoming) {
    let mut left = BODY_BYTES;
    while let Some(Ok(frame)) = body.frame().await {
        let size = frame.data_ref().map_or(0, hyper::body::Bytes::len);
        match left.checked_sub(size) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}
