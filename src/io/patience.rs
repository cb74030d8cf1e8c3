//! Waiting for others: never without an end, and never long without a word.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::clock::{Clock, Deadline};
use super::term::Term;

/// A wait that is longer is told.
const TELL_AFTER: Duration = Duration::from_secs(1);

/// How long it is remembered that nobody answered.
const SILENCE: Duration = Duration::from_secs(60);

/// What all waits of a process share.
#[derive(Clone, Debug)]
pub struct Patience {
    /// What the waits are measured with.
    pub clock: Clock,
    term: Term,
    /// The last line about a wait: the same one is not said twice in a row.
    told: Arc<Mutex<String>>,
    /// Until when nobody is expected to answer.
    silence: Arc<Mutex<Option<Deadline>>>,
}

impl Patience {
    pub(super) fn new(clock: Clock, term: Term) -> Self {
        Self { clock, term, told: Arc::default(), silence: Arc::default() }
    }

    /// What comes of `work`, if that takes no longer than `time`. After a second a line says that
    /// this process waits for `what`.
    pub async fn wait<T>(
        &self,
        time: Duration,
        what: &str,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        let told = async {
            // A second for whoever sits there, whatever a test does to the clock.
            tokio::time::sleep(TELL_AFTER).await;
            self.tell(what);
            std::future::pending::<()>().await;
        };
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.clock.sleep(time) => None,
            () = told => None,
        }
    }

    /// Whether the last call of the last minute had no answer in time: with the network gone, the
    /// calls of one command need not wait one after the other.
    pub fn is_silent(&self) -> bool {
        let silence = self.silence.lock().unwrap_or_else(PoisonError::into_inner);
        silence.as_ref().is_some_and(|end| !end.has_passed())
    }

    /// Remembers whether a call had no answer in time.
    pub fn note_silence(&self, silent: bool) {
        let end = silent.then(|| self.clock.deadline(SILENCE));
        *self.silence.lock().unwrap_or_else(PoisonError::into_inner) = end;
    }

    fn tell(&self, what: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if *told != what {
            self.term.say(&format!("waiting for {what}"));
            what.clone_into(&mut told);
        }
    }
}
