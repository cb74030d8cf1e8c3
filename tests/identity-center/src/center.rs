//! The handle that a test holds.

use crate::builder::Builder;
use crate::proxy::Proxy;
use crate::server::{self, Shared};
use crate::state::State;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// A simulated IAM Identity Center on 127.0.0.1. Dropping it shuts it down.
#[derive(Debug)]
pub struct IdentityCenter {
    pub(crate) shared: Arc<Shared>,
    runtime: tokio::runtime::Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

fn bind(port: u16) -> TcpListener {
    let listener = TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
    listener.set_nonblocking(true).expect("a socket can be non-blocking");
    listener
}

fn url_of(listener: &TcpListener) -> String {
    format!("http://{}", listener.local_addr().expect("a bound socket has an address"))
}

impl IdentityCenter {
    /// Starts one in us-east-1 with the start URL `https://example.awsapps.com/start`, pages of 100, that
    /// approves by itself.
    pub fn start() -> Self {
        Self::builder().build()
    }

    /// Settings before the start.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn from_builder(builder: Builder) -> Self {
        let listener = bind(builder.port);
        let mut state = State::new(
            builder.region.clone(),
            builder.start_url,
            builder.user,
            builder.auto_approve,
        );
        state.url = url_of(&listener);
        let shared = Arc::new(Shared::new(state));
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new()
            .name("identity-center".to_owned())
            .spawn(move || {
                let _ = runtime.block_on(stopped);
            })
            .expect("a thread");
        let center = Self { shared, runtime: handle, stop: Some(stop), thread: Some(thread) };
        center.listen(listener, builder.region);
        center
    }

    fn listen(&self, listener: TcpListener, region: String) {
        let shared = Arc::clone(&self.shared);
        self.runtime.spawn(async move {
            let listener =
                tokio::net::TcpListener::from_std(listener).expect("a socket for the runtime");
            server::accept(shared, listener, region).await;
        });
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        self.shared.state().url.clone()
    }

    /// The start URL that is accepted.
    pub fn start_url(&self) -> String {
        self.shared.state().start_url.clone()
    }

    /// The home region.
    pub fn region(&self) -> String {
        self.shared.state().region.clone()
    }

    /// Opens another endpoint that plays the services of another region, and returns its URL.
    pub fn region_url(&self, region: &str) -> String {
        let listener = bind(0);
        let url = url_of(&listener);
        self.listen(listener, region.to_owned());
        url
    }

    /// The variables that point clients here.
    pub fn env(&self) -> Vec<(String, String)> {
        ["SSO", "SSO_OIDC", "STS", "SIGNIN"]
            .map(|service| (format!("AWS_ENDPOINT_URL_{service}"), self.url()))
            .to_vec()
    }

    /// Starts an intercepting proxy in front of the simulator.
    pub fn proxy(&self) -> Proxy {
        Proxy::new(Arc::clone(&self.shared), bind(0), &self.runtime)
    }

    /// A host that, behind the proxy, only redirects to the start URL.
    pub fn add_vanity_host(&self, host: &str) {
        self.shared.state().vanity_hosts.insert(host.to_ascii_lowercase());
    }

    /// The plain address that redirects to the start URL.
    pub fn vanity_url(&self) -> String {
        format!("{}/vanity", self.url())
    }
}

impl Drop for IdentityCenter {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
