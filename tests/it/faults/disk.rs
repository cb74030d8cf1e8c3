//! A disk that is full, a folder that cannot be written, files in the state that other tools and
//! crashes leave them in.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use identity_center::{Lifetimes, Operation};

use super::{TOKEN_FILE, files, logged_in, refreshable, token};
use crate::support::run;
use crate::support::world::{CONFIG, Outcome};
use crate::support::{World, skip};

/// Runs `ssoenv WORDS` in a mount namespace of its own, after `mounts` (shell commands with `$HOME`).
/// `None`, with a line, where the machine allows no such namespace.
fn mounted(world: &World, mounts: &str, words: &str) -> Option<Outcome> {
    let namespace: &[&str] = &["--user", "--map-root-user", "--mount"];
    let allowed = run::try_output(Command::new("unshare").args(namespace).arg("true"));
    if !allowed.is_some_and(|output| output.status.success()) {
        skip("mount namespaces are not allowed here");
        return None;
    }
    let script = format!("set -e; {mounts}; exec \"$SSOENV\" {words}");
    let mut command = world.command("unshare");
    command.args(namespace).args(["sh", "-c", &script]);
    command.env("SSOENV", env!("CARGO_BIN_EXE_ssoenv")).env("AWS_MAX_ATTEMPTS", "1");
    Some(Outcome::of(&mut command))
}

/// The folder on a file system of its own with its files in it, then filled to the last byte.
fn full(folder: &str) -> String {
    format!(
        "cp -a \"$HOME/{folder}\" /tmp/.copy.$$; mount -t tmpfs -o size=64k tmpfs \"$HOME/{folder}\"; \
         cp -a /tmp/.copy.$$/. \"$HOME/{folder}\"; rm -rf /tmp/.copy.$$; \
         dd if=/dev/zero of=\"$HOME/{folder}/filler\" bs=4k 2>/dev/null || true"
    )
}

/// The folder mounted so that nothing in it can be written.
fn read_only(folder: &str) -> String {
    format!(
        "mount --bind \"$HOME/{folder}\" \"$HOME/{folder}\"; \
         mount -o remount,bind,ro \"$HOME/{folder}\""
    )
}

fn state(world: &World) {
    for folder in [".aws/cli/cache", ".local/state/ssoenv", ".cache/ssoenv", ".config/ssoenv"] {
        fs::create_dir_all(world.path(folder)).expect("a folder");
    }
}

#[test]
fn keys_that_were_fetched_are_given_out_even_if_they_cannot_be_cached() {
    for mount in [full(".aws"), read_only(".aws")] {
        let world = logged_in();
        state(&world);
        let Some(outcome) = mounted(&world, &mount, "use prod --shell sh") else { return };
        assert_eq!(outcome.code, 0, "{mount}: {outcome:?}");
        assert!(outcome.out.contains("AWS_ACCESS_KEY_ID="), "{mount}: {outcome:?}");
        assert!(outcome.err.contains("warning: the credentials were not cached"), "{outcome:?}");
        world.assert_no_secret(&outcome.err);
    }
}

#[test]
fn cached_keys_are_given_out_where_nothing_can_be_written() {
    let world = logged_in();
    world.ok("use prod");
    state(&world);
    world.ic.clear_requests();
    let mounts = [".aws", ".local", ".cache", ".config"].map(read_only).join("; ");
    let Some(outcome) = mounted(&world, &mounts, "use prod --shell sh") else { return };
    assert_eq!((outcome.code, outcome.err.as_str()), (0, ""), "{outcome:?}");
    assert_eq!(world.ic.requests().len(), 0);
}

#[test]
fn a_refresh_token_is_not_used_up_where_its_successor_cannot_be_kept() {
    for mount in [full(".aws/sso/cache"), read_only(".aws/sso/cache"), read_only(".local")] {
        let world = World::new();
        state(&world);
        token(&world, &world.ic.session(), Duration::ZERO);
        let before = files(&world, ".aws");
        let Some(outcome) = mounted(&world, &mount, "use prod --no-login") else { return };
        assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "{mount}: {outcome:?}");
        assert!(outcome.err.contains("cannot be "), "{mount}: {outcome:?}");
        assert!(outcome.err.contains("\nhint: "), "{mount}: {outcome:?}");
        assert_eq!(files(&world, ".aws"), before, "{mount}");
        assert_eq!(world.ic.count(Operation::CreateToken), 0, "{mount}");
        // With room again the old token refreshes, without a person.
        world.ok("use prod --no-login");
    }
}

#[test]
fn a_token_that_lives_is_used_where_nothing_can_be_written() {
    for mount in [full(".aws/sso/cache"), read_only(".aws/sso/cache")] {
        let world = refreshable();
        state(&world);
        let Some(outcome) = mounted(&world, &mount, "use prod --no-login") else { return };
        assert_eq!(outcome.code, 0, "{mount}: {outcome:?}");
        assert!(outcome.err.contains("warning: "), "{mount}: {outcome:?}");
    }
}

#[test]
fn nobody_is_sent_to_the_browser_for_a_login_that_cannot_be_kept() {
    for mount in [full(".aws"), read_only(".aws")] {
        let world = World::new();
        // The registration of an earlier login is there: only the token is to be written.
        world.ok("use prod --fresh");
        fs::remove_file(world.path(TOKEN_FILE)).expect("the token");
        state(&world);
        let Some(outcome) = mounted(&world, &mount, "use prod --fresh") else { return };
        assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "{mount}: {outcome:?}");
        assert_eq!(world.browser_opened(), 1, "{mount}: {outcome:?}");
        world.ok("use prod --fresh");
    }
}

#[test]
fn a_reader_never_trips_over_a_writer_that_truncates() {
    let world = logged_in();
    world.ok("use prod");
    let cache = fs::read_dir(world.path(".aws/cli/cache")).expect("the cache").flatten();
    let entry = cache.map(|entry| entry.path()).next().expect("an entry");
    let token = world.path(TOKEN_FILE);
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for path in [entry, token] {
            let stop = &stop;
            scope.spawn(move || {
                let text = fs::read(&path).expect("a cache file");
                while !stop.load(Ordering::SeqCst) {
                    // As the AWS CLI writes: truncated, then filled.
                    let mut file = fs::File::create(&path).expect("the file");
                    thread::sleep(Duration::from_micros(300));
                    let (first, rest) = text.split_at(text.len() / 2);
                    file.write_all(first).expect("the first half");
                    thread::sleep(Duration::from_micros(300));
                    file.write_all(rest).expect("the second half");
                    drop(file);
                    thread::sleep(Duration::from_millis(2));
                }
            });
        }
        for _ in 0..60 {
            let outcome = world.run("use prod --no-login");
            // Without both files there is nothing to go on: that is said, and is no other error.
            assert!(
                outcome.code == 0 || (outcome.code == 3 && outcome.err.contains("ssoenv login")),
                "{outcome:?}"
            );
        }
        stop.store(true, Ordering::SeqCst);
    });
    world.ok("use prod --no-login");
}

#[test]
fn broken_cache_files_are_absent_and_never_deleted() {
    let texts = [
        "",
        "{",
        "[]",
        "null",
        "{}",
        "\u{feff}{}",
        "{\"Credentials\": 1}",
        "x".repeat(1 << 16).leak(),
    ];
    for text in texts {
        let world = logged_in();
        world.ok("use prod");
        let names: Vec<_> = files(&world, ".aws/cli").into_keys().collect();
        assert_eq!(names.len(), 1);
        fs::write(&names[0], text).expect("a broken entry");
        world.write(".aws/sso/cache/botocore-client-id-us-east-1.json", text);
        world.write(".aws/cli/cache/other.json", text);
        world.ok("use prod --no-login");
        assert_eq!(world.read(".aws/cli/cache/other.json"), text, "another tool's file");
        fs::write(world.path(TOKEN_FILE), text).expect("a broken token");
        world.ok("use prod --no-login");
        let outcome = world.run("use prod --no-login --fresh");
        assert_eq!(outcome.code, 3, "{text}: {outcome:?}");
        let outcome = world.run("-v use prod --no-login --fresh");
        assert!(outcome.err.contains("ignored: "), "{text}: {outcome:?}");
        assert_eq!(fs::read_to_string(world.path(TOKEN_FILE)).expect("the file"), text);
        world.ok("use prod --fresh");
    }
}

#[test]
fn unknown_fields_survive_a_refresh() {
    let world = refreshable();
    world.ok("use prod --no-login");
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
    assert_eq!(world.token()["madeBy"], "another tool");
}

#[test]
fn links_and_other_users_files_are_refused_for_trust_locks_and_stamps() {
    let world = refreshable();
    world.ok("use prod --no-login");
    let state = world.path(".local/state/ssoenv");
    let victim = world.path("victim");
    fs::write(&victim, "untouched").expect("a file");
    let mut paths = Vec::new();
    let mut folders = vec![state];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("state").flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { paths.push(path) }
        }
    }
    assert!(paths.len() >= 3, "{paths:?}");
    for path in paths {
        fs::remove_file(&path).expect("a state file");
        symlink(&victim, &path).expect("a link in its place");
        world.ic.lifetimes(Lifetimes::default());
        token(&world, &world.ic.session(), Duration::from_secs(60));
        let outcome = world.run("use prod --no-login --fresh");
        assert_eq!(fs::read_to_string(&victim).expect("the victim"), "untouched", "{outcome:?}");
        let said = outcome.err.contains("symbolic link") || outcome.code == 0;
        assert!(said, "{}: {outcome:?}", path.display());
        fs::remove_file(&path).expect("the link");
        world.ok("use prod --no-login --fresh");
    }
}

#[test]
fn files_with_secrets_are_0600_whatever_the_umask() {
    for umask in ["000", "077", "022"] {
        let world = World::new();
        let script = format!("umask {umask}; exec \"$SSOENV\" use prod");
        let mut command = world.command("sh");
        command.args(["-c", &script]).env("SSOENV", env!("CARGO_BIN_EXE_ssoenv"));
        let outcome = Outcome::of(&mut command);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        for folder in [".aws/sso", ".aws/cli", ".local/state", ".cache/ssoenv"] {
            for name in files(&world, folder).keys() {
                let mode = fs::metadata(name).expect("a file").permissions().mode() & 0o777;
                assert_eq!(mode, 0o600, "umask {umask}: {name}");
            }
        }
        for folder in [".aws/sso/cache", ".aws/cli/cache", ".local/state/ssoenv"] {
            let mode = fs::metadata(world.path(folder)).expect("a folder").mode() & 0o777;
            assert_eq!(mode, 0o700, "umask {umask}: {folder}");
        }
    }
}

#[test]
fn the_mode_of_what_exists_stays() {
    let world = refreshable();
    for (path, mode) in [(".aws/sso/cache", 0o755), (".aws", 0o750)] {
        fs::set_permissions(world.path(path), fs::Permissions::from_mode(mode)).expect("a mode");
    }
    world.ok("use prod --no-login");
    for (path, mode) in [(".aws/sso/cache", 0o755), (".aws", 0o750)] {
        assert_eq!(fs::metadata(world.path(path)).expect("a folder").mode() & 0o777, mode);
    }
    let mode = fs::metadata(world.path(TOKEN_FILE)).expect("the token").mode() & 0o777;
    assert_eq!(mode, 0o600, "a token is never left readable");
}

#[test]
fn a_config_that_is_replaced_while_it_is_read_is_the_old_or_the_new() {
    let world = logged_in();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let longer = format!("{CONFIG}\n{}", "# comment\n".repeat(20_000));
            while !stop.load(Ordering::SeqCst) {
                for text in [CONFIG, &longer] {
                    world.write(".aws/config.new", text);
                    fs::rename(world.path(".aws/config.new"), world.path(".aws/config"))
                        .expect("a rename");
                }
            }
        });
        for _ in 0..60 {
            world.ok("use prod --no-login");
        }
        stop.store(true, Ordering::SeqCst);
    });
}
