//! What was used, for the picker: `<state>/ssoenv/history`, a line per use. Names only, no secrets.
//!
//! Nothing depends on it: where it cannot be read it is empty, where it cannot be written the use
//! is forgotten.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::domain::active::Recall;
use crate::domain::{Result, frecency};
use crate::io::files::Durability;
use crate::io::{App, own};

/// A file with more bytes is cut to its newest lines.
const MAX_BYTES: u64 = 64 * 1024;

/// The same name again within this many seconds is the same use.
const SAME_USE_SECONDS: i64 = 300;

/// More bytes than any line has.
const LINE_BYTES: u64 = 600;

/// The log of uses.
#[derive(Clone, Debug, Default)]
pub struct History(String);

fn path(app: &App) -> Result<PathBuf> {
    let mut path = app.paths.state_dir()?;
    path.push("history");
    Ok(path)
}

/// Notes a use. The same as the last one costs one small read.
pub fn record(app: &App, used: &Recall) {
    let name = used.text();
    let Ok(path) = path(app) else { return };
    if is_last(app, &path, &name) {
        return;
    }
    let Some(line) = frecency::line(&name, app.clock.now()) else { return };
    if let Err(error) = write(app, &path, &line) {
        log::info!("`{}` cannot be written: {error}", path.display());
    }
}

fn is_last(app: &App, path: &Path, name: &str) -> bool {
    let tail = own::tail(path, LINE_BYTES).ok().flatten().unwrap_or_default();
    let tail = String::from_utf8_lossy(&tail);
    let last = tail.lines().last().and_then(frecency::entry);
    last.is_some_and(|(time, last)| {
        last == name && (0..SAME_USE_SECONDS).contains(&(app.clock.now().seconds() - time))
    })
}

fn write(app: &App, path: &Path, line: &str) -> io::Result<()> {
    // Writers take turns, so that none appends to a file that another one is about to replace.
    let lock = app.lock_for_a_moment(&path.with_extension("lock")).map_err(io::Error::other)?;
    let _lock = lock.ok_or(io::ErrorKind::ResourceBusy)?;
    if own::append(path, line.as_bytes())? > MAX_BYTES {
        let log = own::read(path)?.unwrap_or_default();
        let short = frecency::cut(&String::from_utf8_lossy(&log));
        own::write(path, short.as_bytes(), Durability::Cached)?;
    }
    Ok(())
}

impl History {
    /// Reads the log; empty where there is none or it is not ours.
    pub fn load(app: &App) -> Self {
        let read = || own::read(&path(app).ok()?).ok().flatten();
        Self(read().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default())
    }

    /// How much each name, as [`Recall::text`] gives it, was used lately.
    pub fn weights(&self, app: &App) -> HashMap<&str, f64> {
        frecency::weights(&self.0, app.clock.now())
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests make the files")]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{History, path, record};
    use crate::domain::active::Recall;
    use crate::domain::timestamp::Timestamp;
    use crate::io::App;
    use crate::io::clock::Clock;
    use crate::io::env::Env;
    use crate::io::term::{ColorChoice, Term};

    fn app(home: &Path, now: i64) -> App {
        let home = home.display().to_string();
        let env = Env::fixed([("HOME", home.as_str())]);
        let term = Term::new(&env, ColorChoice::Never);
        let mut app = App::new(env, term, false);
        app.clock = Clock::Fixed(Timestamp::from_seconds(now));
        app
    }

    fn used(app: &App, name: &str) {
        record(app, &Recall::Profile(name.into()));
    }

    #[test]
    fn uses_are_noted_and_the_same_one_once() {
        let home = tempfile::tempdir().expect("temp home");
        for (now, name) in [(1000, "a"), (1100, "a"), (1200, "b"), (1250, "a"), (1600, "a")] {
            used(&app(home.path(), now), name);
        }
        let app = app(home.path(), 1600);
        let text = fs::read_to_string(path(&app).expect("a path")).expect("a log");
        assert_eq!(text, "1000 a\n1200 b\n1250 a\n1600 a\n");
        let history = History::load(&app);
        let weights = history.weights(&app);
        assert!(weights["a"] > 2.9 && weights["b"] < 1.0);
    }

    #[test]
    fn the_log_stays_short_and_garbage_is_no_error() {
        let home = tempfile::tempdir().expect("temp home");
        let app = app(home.path(), 1_000_000);
        let path = path(&app).expect("a path");
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, b"\xff\x00 garbage\nnot a line").expect("written");
        assert!(History::load(&app).weights(&app).is_empty());
        for n in 0..7000 {
            used(&app, &format!("name-{n}"));
        }
        let size = fs::metadata(&path).expect("there").len();
        assert!(size <= super::MAX_BYTES, "{size}");
        assert!(History::load(&app).weights(&app).contains_key("name-6999"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_neither_read_nor_written() {
        let home = tempfile::tempdir().expect("temp home");
        let app = app(home.path(), 1000);
        let path = path(&app).expect("a path");
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        let other = home.path().join("other");
        fs::write(&other, "999 x\n").expect("written");
        std::os::unix::fs::symlink(&other, &path).expect("a link");
        used(&app, "a");
        assert_eq!(fs::read_to_string(&other).expect("there"), "999 x\n");
        assert!(History::load(&app).weights(&app).is_empty());
    }
}
