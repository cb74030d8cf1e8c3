//! SIGKILL at every write, and interrupted system calls: `strace` injects them from outside.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::time::Duration;

use super::{files, token};
use crate::support::World;
use crate::support::find;
use crate::support::world::Outcome;

/// System calls that change files.
const CHANGES: [&str; 11] = [
    "write",
    "rename",
    "renameat",
    "renameat2",
    "fsync",
    "fdatasync",
    "ftruncate",
    "unlink",
    "unlinkat",
    "mkdir",
    "fchmod",
];

type Files = BTreeMap<String, Vec<u8>>;

/// `ssoenv WORDS` with an injection into the program itself, not into the browser that it starts.
fn injected(world: &World, inject: &str, words: &str) -> Outcome {
    let mut command = world.command("strace");
    command
        .args(["-qq", "-o", "/dev/null", "-e", &format!("inject={inject}")])
        .arg(env!("CARGO_BIN_EXE_ssoenv"))
        .args(words.split_whitespace())
        .env("AWS_MAX_ATTEMPTS", "1");
    let output = command.output().expect("strace starts");
    let mut outcome = Outcome::from(&output);
    if let Some(signal) = output.status.signal() {
        outcome.code = 128 + signal;
    }
    outcome
}

fn can_trace(world: &World) -> bool {
    if find("strace", "SSOENV_TEST_CLIENTS").is_none() {
        return false;
    }
    let status = world.command("strace").args(["-o", "/dev/null", "true"]).status();
    let traced = status.is_ok_and(|status| status.success());
    if !traced {
        eprintln!("skipped: strace is not allowed here");
    }
    traced
}

/// Everything of the user's, put back as it was.
fn restore(world: &World, before: &Files) {
    for folder in [".aws", ".local", ".cache", ".config"] {
        drop(fs::remove_dir_all(world.path(folder)));
    }
    for (name, bytes) in before {
        let path = Path::new(name);
        fs::create_dir_all(path.parent().expect("below home")).expect("folders");
        fs::write(path, bytes).expect("a file");
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("a mode");
    }
}

fn snapshot(world: &World) -> Files {
    [".aws", ".local", ".cache", ".config"]
        .into_iter()
        .flat_map(|folder| files(world, folder))
        .collect()
}

/// A command that is killed at each of its changes in turn, each time in the state that `prepare`
/// makes; then files are old or new ones, and `next` works.
fn killed_everywhere(world: &World, words: &str, next: &str, prepare: impl Fn()) -> usize {
    let clean = snapshot(world);
    let mut kills = 0;
    for call in CHANGES {
        for nth in 1..200 {
            restore(world, &clean);
            prepare();
            let before = snapshot(world);
            let outcome = injected(world, &format!("{call}:signal=KILL:when={nth}"), words);
            if outcome.code == 0 {
                break;
            }
            let about = format!("`{words}` killed at {call} {nth}: {outcome:?}");
            assert_eq!(outcome.code, 128 + 9, "{about}");
            kills += 1;
            whole(world, &before, &about);
            let outcome = world.run(next);
            assert_eq!(outcome.code, 0, "`{next}` after {about}: {outcome:?}");
            world.assert_no_secret(&outcome.err);
        }
    }
    restore(world, &clean);
    assert!(kills >= 3, "`{words}` killed {kills} times only");
    kills
}

/// Every file is the old one or a whole new one, and no temporary one can be read by others.
fn whole(world: &World, before: &Files, about: &str) {
    for (name, bytes) in snapshot(world) {
        let mode = fs::metadata(&name).expect("a file").permissions().mode() & 0o077;
        assert_eq!(mode, 0, "{name} can be read by others, {about}");
        let temporary = name.contains("/.ssoenv-") || name.contains("/.tmp");
        if before.get(&name) == Some(&bytes) || temporary {
            continue;
        }
        if Path::new(&name).extension().is_some_and(|e| e == "json") {
            let parsed: Result<serde_json::Value, _> = serde_json::from_slice(&bytes);
            assert!(parsed.is_ok(), "{name} is torn, {about}");
        }
    }
    for (name, bytes) in before {
        let now = fs::read(name);
        if name.ends_with("/config") || name.ends_with("/credentials") {
            let now = now.unwrap_or_else(|_| panic!("{name} is gone, {about}"));
            let ended = now.ends_with(b"\n") && now.len() * 2 > bytes.len();
            assert!(ended, "{name} is torn, {about}");
        }
    }
}

#[test]
fn a_use_that_is_killed_at_any_write_leaves_old_or_new_files() {
    let world = World::new();
    if !can_trace(&world) {
        return;
    }
    let kills = killed_everywhere(&world, "use prod", "use prod --no-login", || {
        token(&world, &world.ic.session(), Duration::from_secs(8 * 3600));
    });
    eprintln!("`use` killed {kills} times");
}

#[test]
fn a_refresh_that_is_killed_at_any_write_leaves_old_or_new_files() {
    let world = World::new();
    if !can_trace(&world) {
        return;
    }
    // What is killed between answer and file has lost the new token. The next process cannot know,
    // sends the old one, is refused, and a login cures.
    let kills = killed_everywhere(&world, "use prod", "use prod", || {
        token(&world, &world.ic.session(), Duration::ZERO);
    });
    world.ic.expect_violation("refresh token sent twice");
    eprintln!("a refresh killed {kills} times");
}

#[test]
fn a_login_that_is_killed_at_any_write_leaves_old_or_new_files() {
    let world = World::new();
    if !can_trace(&world) {
        return;
    }
    let kills = killed_everywhere(&world, "use prod", "use prod", || {});
    eprintln!("a login killed {kills} times");
}

#[test]
fn an_edit_that_is_killed_at_any_write_leaves_the_old_or_the_new_file() {
    let world = World::new();
    if !can_trace(&world) {
        return;
    }
    world.write(".aws/credentials", "# mine\n[prod]\nregion = eu-west-1\n");
    for file in ["config", "credentials"] {
        let mode = fs::Permissions::from_mode(0o600);
        fs::set_permissions(world.path(".aws").join(file), mode).expect("a mode");
    }
    token(&world, &world.ic.session(), Duration::from_secs(8 * 3600));
    for words in [
        "--yes profile rename prod production",
        "--yes profile copy prod other",
        "--yes profile remove tools",
        "--yes sync --sso-session corp",
        "settings set mode profile",
    ] {
        // Half a rename is two files of which one is new: `list` reads both.
        let kills = killed_everywhere(&world, words, "list", || {});
        eprintln!("`{words}` killed {kills} times");
    }
}

#[test]
fn a_logout_that_is_killed_at_any_write_can_be_repeated() {
    let world = World::new();
    if !can_trace(&world) {
        return;
    }
    let kills = killed_everywhere(&world, "logout", "logout", || {
        token(&world, &world.ic.session(), Duration::from_secs(8 * 3600));
        world.ok("use prod");
    });
    eprintln!("`logout` killed {kills} times");
}

#[test]
fn interrupted_system_calls_are_repeated() {
    let world = World::new();
    if !can_trace(&world) {
        return;
    }
    token(&world, &world.ic.session(), Duration::from_secs(8 * 3600));
    let before = snapshot(&world);
    // Not what the runtime does without waiting (sockets, its eventfd): no signal interrupts that.
    for call in ["read", "openat", "fsync", "epoll_wait", "flock"] {
        for nth in 1..12 {
            restore(&world, &before);
            let inject = format!("{call}:error=EINTR:when={nth}");
            let outcome = injected(&world, &inject, "use prod --no-login");
            // glibc's loader, before the program starts, does not repeat its reads.
            let loader = outcome.code == 127 && outcome.err.contains("shared libraries");
            assert!(loader || outcome.code == 0, "{inject}: {outcome:?}");
        }
    }
}

#[test]
fn failing_system_calls_are_told_and_lose_nothing() {
    let world = World::new();
    if !can_trace(&world) {
        return;
    }
    token(&world, &world.ic.session(), Duration::from_secs(8 * 3600));
    let before = snapshot(&world);
    for fault in ["rename:error=EIO", "fsync:error=EIO", "flock:error=ENOLCK", "mkdir:error=EDQUOT"]
    {
        for nth in 1..8 {
            restore(&world, &before);
            let inject = format!("{fault}:when={nth}");
            let outcome = injected(&world, &inject, "use prod --no-login");
            assert!([0, 6].contains(&outcome.code), "{inject}: {outcome:?}");
            whole(&world, &before, &inject);
            world.ok("use prod --no-login");
        }
    }
}
