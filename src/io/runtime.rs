//! The tokio runtime: made here and nowhere else, and only when something must wait.

use std::future::Future;

use tokio::runtime::{Builder, Runtime};

use super::app::App;
use super::http::{Http, HttpSettings};
use crate::domain::{Error, Result};

/// A runtime and an HTTP client.
#[derive(Debug)]
pub struct Net {
    /// The client; cheap to clone.
    pub http: Http,
    runtime: Runtime,
}

impl App {
    /// The one constructor of runtime and HTTP client: no fast path may come here.
    pub fn net(&self, settings: &HttpSettings) -> Result<Net> {
        let http = Http::new(self, settings)?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::failed("the async runtime did not start").cause(error))?;
        Ok(Net { http, runtime })
    }
}

impl Net {
    /// Runs `work` to its end, or until Ctrl-C: then it is dropped and the error says so.
    pub fn run<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.runtime.block_on(async {
            tokio::select! {
                result = work => result,
                _ = tokio::signal::ctrl_c() => Err(Error::interrupted()),
            }
        })
    }
}
