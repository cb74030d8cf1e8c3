//! What every command is given: environment, clock, paths, terminal.

use std::future::Future;
use std::time::Duration;

use super::clock::Clock;
use super::env::Env;
use super::http::HttpSettings;
use super::keyring::Keyring;
use super::paths::Paths;
use super::patience::Patience;
use super::runtime::{Net, Nets};
use super::term::Term;
use crate::domain::Result;

/// The outside world as values, made once at the start.
#[derive(Debug)]
pub struct App {
    /// Environment variables.
    pub env: Env,
    /// The current time.
    pub clock: Clock,
    /// Where files are.
    pub paths: Paths,
    /// Streams, color, questions.
    pub term: Term,
    /// `--yes` or `SSOENV_ASSUME_YES=1`: confirmations are answered yes.
    pub assume_yes: bool,
    /// The system's keyring.
    pub keyring: Keyring,
    /// How others are waited for.
    pub patience: Patience,
    nets: Nets,
}

impl App {
    /// The real world.
    pub fn new(env: Env, term: Term, assume_yes: bool) -> Self {
        let (clock, paths) = (Clock::new(&env), Paths::new(&env));
        let assume_yes = assume_yes || env.get("SSOENV_ASSUME_YES").is_some_and(|v| v == "1");
        let patience = Patience::new(clock.clone(), term);
        Self {
            env,
            clock,
            paths,
            term,
            assume_yes,
            keyring: Keyring::default(),
            patience,
            nets: Nets::default(),
        }
    }

    /// The one constructor of runtime and HTTP client: no fast path may come here.
    pub fn net(&self, settings: &HttpSettings) -> Result<Net> {
        self.nets.net(&self.env, self.term, &self.patience, settings)
    }

    /// Runs `work` to its end, or until Ctrl-C: then it is dropped and the error says so.
    pub fn run<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.nets.run(work)
    }

    /// [`App::run`] for no longer than `time`; `None` where that was too short.
    pub fn run_within<T>(
        &self,
        time: Duration,
        work: impl Future<Output = Result<T>>,
    ) -> Result<Option<T>> {
        self.run(async { tokio::time::timeout(time, work).await.ok().transpose() })
    }

    /// Runs `work` to its end; Ctrl-C is for `work` to hear.
    pub fn run_undisturbed<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        self.nets.run_undisturbed(work)
    }

    /// Waits; Ctrl-C ends it with the error that says so.
    pub fn pause(&self, time: Duration) -> Result<()> {
        self.run(async {
            self.clock.sleep(time).await;
            Ok(())
        })
    }
}
