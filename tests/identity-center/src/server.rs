//! The HTTP server: reads requests, waits, answers, and breaks connections on purpose.

use crate::answer::Answer;
use crate::call::{Call, Via, decode_pairs};
use crate::dispatch;
use crate::operation::Operation;
use crate::reply::Delivery;
use crate::state::State;
use bytes::Bytes;
use http_body_util::channel::Channel;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;

pub(crate) type Body = BoxBody<Bytes, io::Error>;

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    connections: AtomicU64,
}

impl Shared {
    pub fn new(state: State) -> Self {
        Self { state: Mutex::new(state), connections: AtomicU64::new(0) }
    }

    /// A test that panicked while it held the lock must not hide its own message behind another panic.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// Accepts plain connections for ever, as the endpoint of one region.
pub(crate) async fn accept(shared: Arc<Shared>, listener: TcpListener, region: String) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let via = Via {
            host: None,
            region: region.clone(),
            vanity: false,
            connection: shared.connection(),
        };
        tokio::spawn(connection(Arc::clone(&shared), stream, via));
    }
}

/// Serves one connection, plain or already decrypted.
pub(crate) async fn connection<S>(shared: Arc<Shared>, stream: S, via: Via)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| serve(Arc::clone(&shared), via.clone(), request));
    // An error here is a client that went away, or a connection closed on purpose.
    let _ = hyper::server::conn::http1::Builder::new()
        // The state has a clock of its own.
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Counts a request from its arrival to its answer, or until the client goes away.
struct UnderWay(Arc<Shared>);

impl UnderWay {
    fn new(shared: Arc<Shared>) -> Self {
        shared.state().arrived();
        Self(shared)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.state().in_flight -= 1;
    }
}

/// Answers one request. An error closes the connection.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    via: Via,
    request: Request<Incoming>,
) -> io::Result<Response<Body>> {
    let under_way = UnderWay::new(Arc::clone(&shared));
    let (answer, delivery) = answer(&shared, via, request).await?;
    drop(under_way);
    if delivery == Delivery::Nothing {
        return Err(io::Error::other("closed without an answer"));
    }
    Ok(deliver(answer, delivery))
}

async fn answer(
    shared: &Shared,
    via: Via,
    request: Request<Incoming>,
) -> io::Result<(Answer, Delivery)> {
    let call = read(via, request).await?;
    let (serial, reply, wait) = {
        let mut state = shared.state();
        let serial = state.record(&call);
        let reply = state.ordered(call.op);
        let own = state.op_latency.get(&call.op).copied().unwrap_or_default();
        let wait = state.latency + own + reply.delay();
        (serial, reply, wait)
    };
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    let mut state = shared.state();
    let mut answer = dispatch::answer(&mut state, &call, &reply);
    if reply.runs_normally() && reply.delivery() != Delivery::Whole {
        dispatch::outcome_unknown(&mut state, &call);
    }
    let date = state.shown(state.now());
    if !state.hides_date
        && let Ok(date) =
            jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&date)
    {
        answer = answer.header("date", date);
    }
    answer = answer.header("x-amzn-requestid", crate::secrets::request_id());
    let delivery = reply.delivery();
    if delivery != Delivery::Nothing {
        state.answered(serial, answer.status);
    }
    Ok((answer, delivery))
}

async fn read(via: Via, request: Request<Incoming>) -> io::Result<Call> {
    let (parts, body) = request.into_parts();
    let body =
        Limited::new(body, 1 << 20).collect().await.map_err(io::Error::other)?.to_bytes().to_vec();
    let path = parts.uri.path().to_owned();
    let raw_query = parts.uri.query().unwrap_or_default().to_owned();
    let query = decode_pairs(&raw_query);
    let form;
    let action = if path == "/" && parts.method == hyper::Method::POST {
        form = decode_pairs(&String::from_utf8_lossy(&body));
        crate::call::find(&form, "Action")
    } else {
        crate::call::find(&query, "Action")
    };
    let op = if via.vanity {
        Operation::Vanity
    } else {
        Operation::recognize(parts.method.as_str(), &path, action)
    };
    let headers = parts
        .headers
        .iter()
        .map(|(n, v)| (n.to_string(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
        .collect();
    Ok(Call { op, method: parts.method.to_string(), path, raw_query, query, headers, body, via })
}

pub(crate) fn whole(bytes: Vec<u8>) -> Body {
    Full::new(Bytes::from(bytes)).map_err(|never| match never {}).boxed()
}

fn deliver(answer: Answer, delivery: Delivery) -> Response<Body> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    let body = match delivery {
        Delivery::Whole | Delivery::Nothing => whole(answer.body),
        Delivery::HalfThenReset => {
            response = response.header("content-length", answer.body.len().max(2));
            let (mut tx, body) = Channel::<Bytes, io::Error>::new(1);
            tokio::spawn(async move {
                let half = answer.body[..answer.body.len() / 2].to_vec();
                let _ = tx.send_data(half.into()).await;
                tokio::time::sleep(Duration::from_millis(20)).await;
                tx.abort(io::Error::other("reset on purpose"));
            });
            body.boxed()
        }
        Delivery::Bytewise(pause) => {
            response = response.header("content-length", answer.body.len());
            let (mut tx, body) = Channel::<Bytes, io::Error>::new(1);
            tokio::spawn(async move {
                for byte in answer.body {
                    tokio::time::sleep(pause).await;
                    if tx.send_data(vec![byte].into()).await.is_err() {
                        return;
                    }
                }
            });
            body.boxed()
        }
    };
    response.body(body).unwrap_or_else(|_| Response::new(whole(Vec::new())))
}
