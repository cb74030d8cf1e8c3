//! SIGKILL at every write, and interrupted system calls: `strace` injects them from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::thread;
use std::time::Duration;

use identity_center::Operation;

use super::commands::{Files, VERBS, Verb, ready, renew, restore, snapshot};
use super::report::tried;
use super::{TOKEN_FILE, is_temporary, is_torn, token};
use crate::support::world::Outcome;
use crate::support::{World, can_trace};

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

/// Commands that write what others write too, by the same code: killed at every third write.
const ALIKE: [&str; 8] = [
    "exec",
    "exec --serve",
    "exec --all",
    "credentials",
    "console",
    "whoami",
    "profile copy",
    "profile default",
];

/// Commands that wait for a person or for the service's limits.
const WAITING: [&str; 3] = ["login, device", "roles", "sync"];

/// Runs it; 128 + n for one that signal n has killed.
fn run(command: &mut Command) -> Outcome {
    let output = crate::support::run::output(command);
    let mut outcome = Outcome::from(&output);
    if let Some(signal) = output.status.signal() {
        outcome.code = 128 + signal;
    }
    outcome
}

/// A command under `strace`: the program itself, not the browser that it starts; but the threads of
/// `exec --all`, whose command writes nothing.
fn traced(world: &World, verb: &Verb, log: &str, expression: &str) -> Outcome {
    let follow: &[&str] = if verb.name == "exec --all" { &["-f"] } else { &[] };
    let words = [&["strace", "-qq"], follow, &["-o", log, "-e", expression]].concat();
    started(world, verb, &words)
}

fn started(world: &World, verb: &Verb, words: &[&str]) -> Outcome {
    let mut command = verb.command(world, words);
    if WAITING.contains(&verb.name) {
        // Each look at a clock that somebody moves is a call as well: many waits are many calls.
        return world.hurry(|| run(&mut command));
    }
    run(&mut command)
}

fn injected(world: &World, verb: &Verb, inject: &str) -> Outcome {
    traced(world, verb, "/dev/null", &format!("inject={inject}"))
}

/// How often a command makes each of the calls, when all goes well.
fn calls(world: &World, verb: &Verb, names: &[&str]) -> BTreeMap<String, usize> {
    let log = world.path("calls").display().to_string();
    let outcome = traced(world, verb, &log, &format!("trace={}", names.join(",")));
    assert_eq!(outcome.code, 0, "`{}`: {outcome:?}", verb.words);
    let mut counts = BTreeMap::new();
    for line in fs::read_to_string(log).expect("the trace").lines() {
        // With threads, the number of one stands in front.
        let call = line.split_once('(').and_then(|(name, _)| name.split(' ').next_back());
        if let Some(name) = call {
            *counts.entry(name.to_owned()).or_default() += 1;
        }
    }
    counts
}

/// A command that is killed at each of its changes in turn, each time in the state that `prepare`
/// makes; then files are old or new ones, and the command works.
fn killed_everywhere(
    world: &World,
    verb: &Verb,
    every: usize,
    prepare: impl Fn(&World) -> Files,
) -> usize {
    // A plan is kept when the files have been left alone for a moment: for a program whose clock is
    // ahead they always have, however busy the machine is.
    world.pass(Duration::from_secs(1));
    prepare(world);
    let points = calls(world, verb, &CHANGES);
    let after = snapshot(world);
    let points = points.iter().flat_map(|(call, &count)| (1..=count).map(move |nth| (call, nth)));
    let mut kills = 0;
    for (call, nth) in points.step_by(every) {
        let before = prepare(world);
        let outcome = injected(world, verb, &format!("{call}:signal=KILL:when={nth}"));
        if outcome.code == 0 {
            continue;
        }
        let about = format!("`{}` killed at {call} {nth}: {outcome:?}", verb.words);
        assert_eq!(outcome.code, 128 + 9, "{about}");
        kills += 1;
        whole(world, &before, &about);
        old_or_new(world, &before, &after, &about);
        let edited = ["config", "credentials"].into_iter().any(|name| {
            let name = world.path(".aws").join(name).display().to_string();
            fs::read(&name).ok().as_ref() != before.get(&name)
        });
        let next = started(world, verb, &[]);
        // What was done before the kill needs not be done again.
        let done = verb.once && edited && [2, 6].contains(&next.code);
        assert!(done || next.code == 0, "again after {about}: {next:?}");
    }
    // Without what the last one left behind.
    prepare(world);
    kills
}

/// Every file is the old one or a whole new one, and no temporary one can be read by others.
fn whole(world: &World, before: &Files, about: &str) {
    for (name, bytes) in snapshot(world) {
        let mode = fs::metadata(&name).expect("a file").permissions().mode() & 0o077;
        assert_eq!(mode, 0, "{name} can be read by others, {about}");
        let kept = before.get(&name) == Some(&bytes) || is_temporary(&name);
        assert!(kept || !is_torn(&name, &bytes), "{name} is torn, {about}");
    }
}

/// Files that grow line by line.
const LOGS: [&str; 2] = [".roles", "/history"];

/// Every file of the home is what it was, or what the command makes of it. Where that holds new keys,
/// tokens or times it differs from run to run: then it is a whole one of the same make. A log of the
/// program's own may have its first new lines already.
fn old_or_new(world: &World, before: &Files, after: &Files, about: &str) {
    let now = snapshot(world);
    let names: BTreeSet<_> = before.keys().chain(now.keys()).collect();
    for name in names.into_iter().filter(|name| !is_temporary(name)) {
        let (old, now, new) = (before.get(name), now.get(name), after.get(name));
        let alike = now.zip(new).is_some_and(|(now, new)| is_alike(name, now, new));
        let longer = now.zip(new).is_some_and(|(now, new)| {
            let added = now.strip_prefix(old.map_or(&b""[..], Vec::as_slice));
            LOGS.iter().any(|log| name.ends_with(log))
                && added.is_some_and(|added| added.is_empty() || added.ends_with(b"\n"))
                && shape(new).starts_with(&shape(now))
        });
        let step = now.is_some_and(|now| name.contains("/sessions/") && is_record(now));
        let right = now == old || now == new || alike || longer || step;
        assert!(right, "{name} is neither old nor new, {about}");
    }
}

/// Whether it is a whole record of a session. It is written before and after a token is refreshed.
fn is_record(text: &[u8]) -> bool {
    let is_hash = |word: &str| word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit());
    std::str::from_utf8(text).is_ok_and(|text| {
        text.ends_with('\n')
            && text.lines().all(|line| match line.split(' ').collect::<Vec<_>>()[..] {
                ["spent" | "sent", hash] => is_hash(hash),
                ["issued", hash, seconds] => is_hash(hash) && seconds.parse::<i64>().is_ok(),
                _ => false,
            })
    })
}

/// Whether two contents of a file are of one make: JSON with the same members, or a text of the same
/// length or of words in the same places.
fn is_alike(name: &str, one: &[u8], other: &[u8]) -> bool {
    let members = |bytes| {
        let object = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(bytes);
        object.ok().map(|object| object.keys().cloned().collect::<BTreeSet<_>>())
    };
    if let (Some(one), Some(other)) = (members(one), members(other)) {
        return one == other;
    }
    !is_torn(name, one) && (one.len() == other.len() || shape(one) == shape(other))
}

/// A text with a letter for each word and number.
fn shape(text: &[u8]) -> Vec<u8> {
    let letter = |byte: &u8| if byte.is_ascii_alphanumeric() { b'a' } else { *byte };
    let mut shape: Vec<_> = text.iter().map(letter).collect();
    shape.dedup_by(|next, last| *next == b'a' && *last == b'a');
    shape
}

#[test]
fn every_command_that_is_killed_at_any_write_leaves_old_or_new_files() {
    if !can_trace(&World::new()) {
        return;
    }
    thread::scope(|scope| {
        for worker in 0..4 {
            scope.spawn(move || {
                let world = ready();
                let clean = snapshot(&world);
                for verb in VERBS.iter().skip(worker).step_by(4) {
                    let every = if ALIKE.contains(&verb.name) { 3 } else { 1 };
                    let prepare = |world: &World| renew(world, &clean);
                    let kills = killed_everywhere(&world, verb, every, prepare);
                    assert!(kills > 0, "`{}` writes nothing", verb.name);
                    tried("killed", verb.name, kills);
                }
            });
        }
    });
}

#[test]
fn a_refresh_and_a_first_login_can_be_killed_at_any_write() {
    let world = World::new();
    if !can_trace(&world) {
        return;
    }
    let verb = &VERBS[0];
    let clean = snapshot(&world);
    // What is killed between answer and file has lost the new token. The next process cannot know,
    // and does not send the old one again: a login cures.
    let kills = killed_everywhere(&world, verb, 1, |world| {
        restore(world, &clean);
        token(world, &world.ic.session(), Duration::ZERO);
        snapshot(world)
    });
    let more = killed_everywhere(&world, verb, 1, |world| {
        restore(world, &clean);
        snapshot(world)
    });
    assert!(kills > 10 && more > 10, "{kills}, {more}");
    tried("killed", verb.name, kills + more);
}

#[test]
fn interrupted_system_calls_of_every_command_are_repeated() {
    let world = ready();
    if !can_trace(&world) {
        return;
    }
    let clean = snapshot(&world);
    // Not what the runtime does without waiting (sockets, its eventfd): no signal interrupts that.
    let names = ["read", "openat", "fsync", "epoll_wait", "flock"];
    // Before the program starts, glibc's loader opens and reads, and does not repeat it.
    let mut version = world.command("strace");
    let log = world.path("loader").display().to_string();
    version.args(["-qq", "-o", &log, "-e", "trace=read,openat", env!("CARGO_BIN_EXE_ssoenv")]);
    Outcome::of(version.arg("--version"));
    let log = fs::read_to_string(log).expect("the trace");
    let interrupted = world.path("interrupted").display().to_string();
    let mut strace: Vec<String> = ["strace", "-qq", "-o", &interrupted].map(String::from).to_vec();
    for name in names {
        let loader = log.lines().filter(|line| line.starts_with(name)).count();
        // Every second call from there on.
        strace.extend(["-e".into(), format!("inject={name}:error=EINTR:when={}+2", loader + 1)]);
    }
    let strace: Vec<&str> = strace.iter().map(String::as_str).collect();
    for verb in &VERBS {
        renew(&world, &clean);
        let outcome = run(&mut verb.command(&world, &strace));
        // The command of `exec` has a loader of its own.
        let loader = outcome.code == 127 && outcome.err.contains("shared libraries");
        assert!(outcome.code == 0 || loader, "`{}`: {outcome:?}", verb.words);
        let log = fs::read_to_string(&interrupted).expect("the trace");
        let count = log.lines().filter(|line| line.contains("(INJECTED)")).count();
        // `clear` reads nothing.
        assert!(count > 0 || verb.name == "clear", "`{}`", verb.words);
        tried("interrupted", verb.name, count);
    }
}

#[test]
fn failing_system_calls_are_told_and_lose_nothing() {
    let world = ready();
    if !can_trace(&world) {
        return;
    }
    let clean = snapshot(&world);
    let verb = &VERBS[0];
    for fault in ["rename:error=EIO", "fsync:error=EIO", "flock:error=ENOLCK", "mkdir:error=EDQUOT"]
    {
        for nth in 1..8 {
            let before = renew(&world, &clean);
            let inject = format!("{fault}:when={nth}");
            let outcome = injected(&world, verb, &inject);
            assert!([0, 6].contains(&outcome.code), "{inject}: {outcome:?}");
            whole(&world, &before, &inject);
            world.ok("use prod --no-login");
        }
    }
}

#[test]
fn nobody_is_sent_to_the_browser_where_a_file_cannot_be_flushed_or_renamed() {
    let world = World::new();
    if !can_trace(&world) {
        return;
    }
    let login = VERBS.iter().find(|verb| verb.name == "login").expect("a command");
    // The registration of an earlier login is there: only the token is to be written.
    world.ok("login");
    fs::remove_file(world.path(TOKEN_FILE)).expect("the token");
    for fault in ["fsync:error=EIO", "/^rename:error=EIO", "fsync:error=ENOSPC"] {
        let outcome = injected(&world, login, fault);
        assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "{fault}: {outcome:?}");
        assert_eq!(world.browser_opened(), 1, "{fault}: {outcome:?}");
        assert!(
            outcome.err.contains("cannot be ") && outcome.err.contains("\nhint: "),
            "{outcome:?}"
        );
    }
    // Nor is a refresh token used up.
    token(&world, &world.ic.session(), Duration::ZERO);
    world.ic.clear_requests();
    assert_eq!(injected(&world, login, "/^rename:error=EIO").code, 6);
    assert_eq!(world.ic.count(Operation::CreateToken), 0);
    world.ok("use prod --no-login");
}

/// Only what nobody but the program can have named so, and only where the user keeps nothing.
#[test]
fn what_killed_processes_left_behind_goes_from_the_caches_after_a_day() {
    let world = ready();
    let gone = [".aws/cli/cache/.ssoenv.tmp.AbCdE0", ".aws/sso/cache/.ssoenv.tmp.AbCdEf"];
    let kept = [
        ".ssoenv-prod",
        ".ssoenv.tmp.AbCdEf",
        ".aws/.ssoenv-global",
        ".aws/.ssoenv.tmp.AbCdEf",
        ".aws/cli/cache/.ssoenv-AbCdEf",
        ".aws/cli/cache/.ssoenv.tmp.AbCdEfG",
        ".aws/cli/cache/.ssoenv.tmp.AbC.Ef",
        ".aws/cli/cache/other.tmp",
        ".config/ssoenv/.ssoenv.tmp.AbCdEf",
        "dotfiles/.ssoenv.tmp.AbCdEf",
        "rc/.ssoenv-prod",
    ];
    let (young, folder) =
        (".aws/cli/cache/.ssoenv.tmp.young0", ".aws/sso/cache/.ssoenv.tmp.Folder");
    for name in gone.iter().chain(&kept).chain([&young]) {
        world.write(name, "half");
    }
    fs::create_dir_all(world.path(folder)).expect("a folder");
    // Files of the user's that are kept elsewhere: what lies beside them there is not touched.
    for name in [".aws/config", TOKEN_FILE] {
        let target = world.path("dotfiles").join(name.rsplit('/').next().expect("a name"));
        fs::rename(world.path(name), &target).expect("moved");
        std::os::unix::fs::symlink(&target, world.path(name)).expect("a link");
    }
    let mut touch = world.command("touch");
    touch.args(["-d", "25 hours ago", folder]).args(gone).args(kept);
    assert_eq!(Outcome::of(&mut touch).code, 0);
    world.ok("login --force");
    world.ok("use prod");
    world.ok("--yes profile copy dev other");
    world.ok("settings set mode keys");
    world.ok("--yes setup bash");
    let mut zsh = world.ssoenv(["--yes", "setup", "zsh"]);
    assert_eq!(Outcome::of(zsh.env("ZDOTDIR", world.path("rc"))).code, 0);
    for name in gone {
        assert!(!world.path(name).exists(), "{name}");
    }
    for name in kept.iter().chain([&young, &folder]) {
        assert!(world.path(name).exists(), "{name}");
    }
}
