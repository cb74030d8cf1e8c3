//! Every command × files that other programs change at that moment: replaced as editors do, or
//! truncated and filled as the AWS CLI does.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::TOKEN_FILE;
use super::commands::{VERBS, ready, renew, snapshot};
use super::report::tried;
use crate::support::world::Outcome;

/// How often each command is run meanwhile.
const RUNS: usize = 3;

/// Truncates, and fills in two steps.
fn rewrite(path: &Path, text: &[u8]) {
    let pause = || thread::sleep(Duration::from_micros(300));
    let (first, rest) = text.split_at(text.len() / 2);
    let mut options = fs::File::options();
    options.write(true).create(true).truncate(true).mode(0o600);
    let Ok(mut file) = options.open(path) else { return };
    pause();
    file.write_all(first).expect("the first half");
    pause();
    file.write_all(rest).expect("the second half");
}

/// Puts another file in its place.
fn replace(path: &Path, text: &[u8]) {
    let new = path.with_extension("new");
    fs::write(&new, text).expect("a file");
    fs::rename(new, path).expect("in its place");
}

#[test]
fn files_that_change_at_that_moment_stop_no_command() {
    let world = ready();
    world.ok("use prod");
    let clean = snapshot(&world);
    let config = world.read(".aws/config").into_bytes();
    let longer = [&config[..], "# a comment\n".repeat(5_000).as_bytes()].concat();
    let caches: Vec<(PathBuf, Vec<u8>)> = clean
        .iter()
        .filter(|(name, _)| name.contains("/cache/"))
        .map(|(name, bytes)| (PathBuf::from(name), bytes.clone()))
        .collect();
    assert!(caches.len() >= 2, "a token and credentials: {caches:?}");
    for verb in &VERBS {
        renew(&world, &clean);
        let token = fs::read(world.path(TOKEN_FILE)).expect("the token");
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::SeqCst) {
                    for text in [&longer, &config] {
                        replace(&world.path(".aws/config"), text);
                        thread::sleep(Duration::from_millis(3));
                    }
                    for (path, text) in &caches {
                        let text = if path.ends_with(TOKEN_FILE) { &token } else { text };
                        rewrite(path, text);
                    }
                }
            });
            for _ in 0..RUNS {
                let outcome = Outcome::of(&mut verb.command(&world, &[]));
                let says = |text: &str| outcome.err.contains(text);
                let well = match outcome.code {
                    0 => true,
                    // An edit of what somebody else edits is not made.
                    1 => says("was changed by another program"),
                    // Without any token there is nothing to go on.
                    3 => says("ssoenv login"),
                    2 | 6 => verb.once,
                    _ => false,
                };
                assert!(well, "`{}`: {outcome:?}", verb.words);
                world.assert_no_secret(&outcome.err);
                tried("replaced", verb.name, 1);
            }
            stop.store(true, Ordering::SeqCst);
        });
        renew(&world, &clean);
        let outcome = Outcome::of(&mut verb.command(&world, &[]));
        assert_eq!(outcome.code, 0, "`{}` afterwards: {outcome:?}", verb.words);
    }
}
