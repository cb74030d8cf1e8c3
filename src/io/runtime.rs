//! The tokio runtime: made here and nowhere else, and only when something must wait.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Builder, Handle, Runtime};

use super::env::Env;
use super::http::{Http, HttpSettings};
use super::patience::Patience;
use super::signals::Interrupt;
use super::term::Term;
use crate::domain::{Error, Result};

/// A runtime and an HTTP client; clones share both.
#[derive(Clone, Debug)]
pub struct Net {
    /// The client; cheap to clone.
    pub http: Http,
    runtime: Arc<Owned>,
}

/// What a process has of them so far: one runtime, and one client per kind of settings.
#[derive(Debug, Default)]
pub struct Nets(Mutex<Made>);

#[derive(Debug, Default)]
struct Made {
    runtime: Option<Arc<Owned>>,
    clients: Vec<(HttpSettings, Http)>,
}

/// A runtime that may be given up anywhere. One within another (a server that fetches by itself) may
/// not be waited for there, and has nothing left to do.
#[derive(Debug)]
struct Owned(Option<Runtime>);

impl Owned {
    fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        match &self.0 {
            Some(runtime) => runtime.block_on(work),
            None => unreachable!("it is taken by `drop` alone"),
        }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take()
            && Handle::try_current().is_ok()
        {
            runtime.shutdown_background();
        }
    }
}

impl Made {
    fn runtime(&mut self) -> Result<Arc<Owned>> {
        if let Some(runtime) = &self.runtime {
            return Ok(Arc::clone(runtime));
        }
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::failed("the async runtime did not start").cause(error).own())?;
        Ok(Arc::clone(self.runtime.insert(Arc::new(Owned(Some(runtime))))))
    }
}

impl Nets {
    /// The client of these settings and the runtime: a second call with the same settings gives the
    /// same client, with its open connections.
    pub fn net(
        &self,
        env: &Env,
        term: Term,
        patience: &Patience,
        settings: &HttpSettings,
    ) -> Result<Net> {
        let mut made = self.made();
        let known = made.clients.iter().find(|(known, _)| known == settings);
        let http = if let Some((_, http)) = known {
            http.clone()
        } else {
            let http = Http::new(env, term, patience.clone(), settings)?;
            made.clients.push((settings.clone(), http.clone()));
            http
        };
        Ok(Net { http, runtime: made.runtime()? })
    }

    /// Runs `work` to its end, or until Ctrl-C: then it is dropped and the error says so.
    pub fn run<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let runtime = self.made().runtime()?;
        run(&runtime, work)
    }

    /// Runs `work` to its end; Ctrl-C is for `work` to hear.
    pub fn run_undisturbed<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        let runtime = self.made().runtime()?;
        Ok(runtime.block_on(work))
    }

    fn made(&self) -> MutexGuard<'_, Made> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Net {
    /// Runs `work` to its end, or until Ctrl-C: then it is dropped and the error says so.
    pub fn run<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        run(&self.runtime, work)
    }
}

fn run<T>(runtime: &Owned, work: impl Future<Output = Result<T>>) -> Result<T> {
    runtime.block_on(async {
        let mut interrupt = Interrupt::listen();
        tokio::select! {
            biased;
            () = interrupt.recv() => Err(Error::interrupted()),
            result = work => result,
        }
    })
}
