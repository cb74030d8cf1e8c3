//! What every command is given: environment, clock, paths, terminal.

use super::clock::Clock;
use super::env::Env;
use super::keyring::Keyring;
use super::paths::Paths;
use super::patience::Patience;
use super::runtime::Nets;
use super::term::Term;

/// The outside world as values, made once at the start.
#[derive(Debug)]
pub struct App {
    /// Environment variables.
    pub env: Env,
    /// The current time.
    pub clock: Clock,
    /// Where files are.
    pub paths: Paths,
    /// Streams, colour, questions.
    pub term: Term,
    /// `--yes` or `SSOENV_ASSUME_YES=1`: confirmations are answered yes.
    pub assume_yes: bool,
    /// The system's keyring.
    pub keyring: Keyring,
    /// How others are waited for.
    pub patience: Patience,
    pub(super) nets: Nets,
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
}
