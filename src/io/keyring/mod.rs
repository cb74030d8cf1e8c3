//! The system's keyring: bytes under a service and a name. The crates behind it stand in this
//! folder alone; a build without the feature `keyring` has none of them.
//!
//! Nothing waits for ever: a call is made on a thread of its own and given up when the keyring
//! keeps silent. Where its lock can be seen, its dialog comes up only in [`Keyring::unlock`]. The
//! keychain of macOS asks by itself in any call; only after [`Keyring::unlock`] is that waited for.

mod answer;
#[cfg(all(feature = "keyring", any(target_os = "macos", windows)))]
mod no_door;
#[cfg(all(feature = "keyring", any(target_os = "linux", target_os = "macos", windows)))]
mod parts;
#[cfg(not(all(feature = "keyring", any(target_os = "linux", target_os = "macos", windows))))]
#[path = "none.rs"]
mod store;
#[cfg(all(feature = "keyring", any(target_os = "linux", target_os = "macos", windows)))]
mod store;

use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::files::Stamp;
use crate::domain::Result;
use store::Store;

pub use answer::{Bytes, Trouble};

/// Whether this program was built with a keyring.
pub const BUILT: bool = Store::BUILT;

/// How long a call may take in which nobody is asked for anything.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// One that was silent is left alone for so long: a command makes many calls.
const SILENCE: Duration = Duration::from_secs(30);
/// How often a long wait looks whether it was interrupted.
const POLL: Duration = Duration::from_millis(20);

/// The keyring of this session, opened when it is first needed.
#[derive(Debug, Default)]
pub struct Keyring(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    store: Option<Store>,
    silent: Option<Instant>,
    patience: Option<Duration>,
    chosen: Option<([Option<Stamp>; 2], bool)>,
}

impl Keyring {
    /// Whether it is to be used: what `ask` says, remembered for this version of the settings.
    pub fn is_chosen(
        &self,
        version: [Option<Stamp>; 2],
        ask: impl FnOnce() -> Result<bool>,
    ) -> Result<bool> {
        let known = self.state().chosen.filter(|(known, _)| *known == version);
        if let Some((_, chosen)) = known {
            return Ok(chosen);
        }
        let chosen = ask()?;
        self.state().chosen = Some((version, chosen));
        Ok(chosen)
    }

    /// The bytes under a name; `None` where there are none.
    pub fn get(&self, service: &str, name: &str) -> std::result::Result<Option<Bytes>, Trouble> {
        let (service, name) = (service.to_owned(), name.to_owned());
        self.ask(move |store| store.get(&service, &name))
    }

    /// Puts bytes under a name, in the place of those that are there.
    pub fn put(&self, service: &str, name: &str, bytes: &[u8]) -> std::result::Result<(), Trouble> {
        let (service, name) = (service.to_owned(), name.to_owned());
        let bytes = Zeroizing::new(bytes.to_vec());
        self.ask(move |store| store.put(&service, &name, &bytes))
    }

    /// Fails now if bytes could not be put under a name later. What is there is not touched.
    pub fn try_put(&self, service: &str, name: &str) -> std::result::Result<(), Trouble> {
        let (service, name) = (service.to_owned(), name.to_owned());
        self.ask(move |store| store.try_put(&service, &name))
    }

    /// Removes what is under a name; whether there was anything.
    pub fn remove(&self, service: &str, name: &str) -> std::result::Result<bool, Trouble> {
        let (service, name) = (service.to_owned(), name.to_owned());
        self.ask(move |store| store.remove(&service, &name))
    }

    /// The names under which the service has bytes.
    pub fn names(&self, service: &str) -> std::result::Result<Vec<String>, Trouble> {
        let service = service.to_owned();
        self.ask(move |store| store.names(&service))
    }

    /// Unlocks it if it is locked, waiting for the person at its dialog; `pause` may end the wait
    /// with an error.
    pub fn unlock(
        &self,
        patience: Duration,
        tell: impl FnOnce(),
        pause: impl Fn(Duration) -> Result<()>,
    ) -> Result<std::result::Result<(), Trouble>> {
        let mut state = self.state();
        if Store::ASKS_BY_ITSELF {
            state.patience = Some(patience);
            return Ok(Ok(()));
        }
        drop(state);
        match self.ask(Store::check) {
            Err(Trouble::Locked) => {}
            done => return Ok(done),
        }
        let mut state = self.state();
        let kept = state.store.take();
        let answer = start(move || run(kept, Store::unlock));
        let (begin, mut tell) = (Instant::now(), Some(tell));
        let done = loop {
            // All waiting is in the pause: it alone hears Ctrl-C.
            match answer.try_recv() {
                Ok(done) => break done,
                Err(TryRecvError::Disconnected) => break Err(Trouble::Silent),
                Err(TryRecvError::Empty) if begin.elapsed() > patience => {
                    break Err(Trouble::Locked);
                }
                Err(TryRecvError::Empty) => pause(POLL)?,
            }
            if begin.elapsed() > Duration::from_secs(1)
                && let Some(tell) = tell.take()
            {
                tell();
            }
        };
        Ok(done.map(|(store, ())| state.store = Some(store)))
    }

    fn ask<T: Send + 'static>(
        &self,
        work: impl Fn(&Store) -> std::result::Result<T, Trouble> + Send + 'static,
    ) -> std::result::Result<T, Trouble> {
        let mut state = self.state();
        if state.silent.is_some_and(|since| since.elapsed() < SILENCE) {
            return Err(Trouble::Silent);
        }
        let kept = state.store.take();
        let answer = start(move || run(kept, work));
        let Ok(done) = answer.recv_timeout(state.patience.unwrap_or(PATIENCE)) else {
            state.silent = Some(Instant::now());
            return Err(Trouble::Silent);
        };
        done.map(|(store, value)| {
            state.store = Some(store);
            value
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does the work on what was kept open, else on what is opened anew: the keyring's own process may
/// have been replaced meanwhile.
fn run<T>(
    kept: Option<Store>,
    work: impl Fn(&Store) -> std::result::Result<T, Trouble>,
) -> std::result::Result<(Store, T), Trouble> {
    if let Some(store) = kept {
        match work(&store) {
            Err(Trouble::Failed(why)) => log::info!("the keyring is opened again: {why}"),
            done => return done.map(|value| (store, value)),
        }
    }
    let store = Store::open()?;
    let value = work(&store)?;
    Ok((store, value))
}

/// Starts work on a thread of its own, where it may stay.
fn start<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (send, receive) = sync_channel(1);
    // Without a thread nothing is sent, which the receiver hears at once.
    drop(thread::Builder::new().spawn(move || drop(send.send(work()))));
    receive
}
