//! What every test needs: a world of its own.

pub mod dice;
pub mod files;
pub mod http;
pub mod imports;
pub mod messages;
pub mod python;
pub mod run;
pub mod secret_service;
pub mod shells;
pub mod tmux;
pub mod tty;
pub mod watch;
pub mod world;

pub use dice::Dice;
pub use files::Home;
pub use world::{TOKEN, World};

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A JSON document.
pub fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Waits for an event.
#[track_caller]
pub fn wait_until(what: &str, mut there: impl FnMut() -> bool) {
    wait_for(what, || there().then_some(()));
}

/// Waits for something to be there.
#[track_caller]
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    // More than any machine needs, however busy it is.
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "no {what} in 30 s");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Says that this test, or a part of it, cannot run here. Test harnesses swallow what tests that pass
/// print, so it goes to the standard error itself.
pub fn skip(why: impl Display) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    let line = format!("skipped: {test}: {why}\n");
    if SAID.lock().unwrap_or_else(PoisonError::into_inner).insert(line.clone()) {
        drop(std::io::stderr().write_all(line.as_bytes()));
    }
}

/// Whether a client or shell may be used: `Some(path)` if it is there, `None` with a line that says so
/// if it is not. One that `variable` (a comma list) names must be there.
pub fn find(program: &str, variable: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|dir| dir.join(program)).find(|p| p.is_file());
    if found.is_none() {
        let required = std::env::var(variable).unwrap_or_default();
        assert!(
            !required.split(',').any(|name| name.trim() == program),
            "{variable} names {program}, and it is not installed"
        );
        skip(format_args!("{program} is not installed"));
    }
    found
}

/// The programs that were started, as `strace -f -e trace=execve` wrote them down. What two processes do
/// at once stands there in two parts.
pub fn started(trace: &str) -> Vec<&str> {
    let pid = |line: &&str| line.split(' ').next().map(ToOwned::to_owned);
    let mut lines = trace.lines();
    let mut started = Vec::new();
    while let Some(line) = lines.next() {
        let of_it = |other: &&str| pid(other) == pid(&line) && other.contains("execve resumed>");
        let end = if line.ends_with("<unfinished ...>") {
            lines.clone().find(of_it).unwrap_or_default()
        } else {
            line
        };
        if line.contains(" execve(") && end.ends_with("= 0") {
            started.push(line);
        }
    }
    started
}

/// Whether `strace` may be used.
pub fn can_trace(world: &World) -> bool {
    if find("strace", "SSOENV_TEST_CLIENTS").is_none() {
        return false;
    }
    let mut command = world.command("strace");
    let traced = world::Outcome::of(command.args(["-o", "/dev/null", "true"])).code == 0;
    if !traced {
        skip("strace is not allowed here");
    }
    traced
}
