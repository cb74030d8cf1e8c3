//! Every command × what a machine does: disks, clocks, signals in between, files that change.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::commands::{Files, VERBS, Verb, ready, renew, snapshot};
use super::is_temporary;
use super::report::tried;
use crate::support::world::Outcome;
use crate::support::{World, find, skip};

/// In a mount namespace of its own: the home on a file system that is full to the last byte. What
/// stands there afterwards is in `$COPY`.
const FULL: &str = "
cp -a \"$HOME/.\" \"$COPY\" && mount -t tmpfs -o size=1m tmpfs \"$HOME\" &&
cp -a \"$COPY/.\" \"$HOME\" || exit 99
dd if=/dev/zero of=\"$HOME/filler\" bs=4k 2>/dev/null
cd \"$HOME\" || exit 99
\"$@\"
code=$?
rm -f \"$HOME/filler\"; rm -rf \"$COPY\"; cp -a \"$HOME\" \"$COPY\"
exit $code";

/// The same with a home in which nothing can be written.
const READ_ONLY: &str = "
mount --bind \"$HOME\" \"$HOME\" && mount -o remount,bind,ro \"$HOME\" || exit 99
cd \"$HOME\" || exit 99
\"$@\"
code=$?
rm -rf \"$COPY\"; cp -a \"$HOME\" \"$COPY\"
exit $code";

const NAMESPACE: [&str; 6] = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"];

fn can_mount(world: &World) -> bool {
    let mut command = world.command("unshare");
    let allowed = Outcome::of(command.args(&NAMESPACE[1..4]).arg("true")).code == 0;
    if !allowed {
        skip("mount namespaces are not allowed here");
    }
    allowed
}

/// What a snapshot holds, by the names below the home.
fn below(files: &Files, home: &Path) -> Files {
    let strip = |name: &String| {
        let name = Path::new(name).strip_prefix(home).expect("below it");
        name.display().to_string()
    };
    files.iter().map(|(name, bytes)| (strip(name), bytes.clone())).collect()
}

fn nothing_can_be_written(kind: &'static str, script: &str) {
    let world = ready();
    if !can_mount(&world) {
        return;
    }
    let clean = snapshot(&world);
    let mut before_words = NAMESPACE.to_vec();
    before_words.extend([script, "sh"]);
    for verb in &VERBS {
        let before = renew(&world, &clean);
        let copy = tempfile::tempdir().expect("a folder");
        let copy = copy.path().join("home");
        fs::create_dir(&copy).expect("a folder");
        let opened = world.browser_opened();
        let outcome = Outcome::of(verb.command(&world, &before_words).env("COPY", &copy));
        let about = format!("`{}`, {kind}: {outcome:?}", verb.words);
        let expected = if kind == "full" { verb.full } else { verb.read_only };
        assert_eq!(outcome.code, expected, "{about}");
        if outcome.code != 0 {
            assert_eq!(outcome.out, "", "{about}");
            assert!(outcome.err.contains("\nhint: "), "{about}");
        }
        assert_eq!(world.browser_opened(), opened, "{about}");
        world.assert_no_secret(&outcome.err);
        let mut after = BTreeMap::new();
        super::collect(&copy, &mut after);
        let (before, after) = (below(&before, world.home()), below(&after, &copy));
        for (name, bytes) in &before {
            let goes = verb.name == "logout" && !name.starts_with(".aws/c");
            // A line may fit into the last block of a log.
            let longer = after.get(name).is_some_and(|now| now.starts_with(bytes));
            let goes = goes || (name.starts_with(".local/") && longer);
            assert!(goes || after.get(name) == Some(bytes), "{name} changed, {about}");
        }
        let left = after.keys().find(|name| is_temporary(name));
        assert_eq!(left, None, "{about}");
        renew(&world, &clean);
        let outcome = Outcome::of(&mut verb.command(&world, &[]));
        assert_eq!(outcome.code, 0, "`{}` after {about}: {outcome:?}", verb.words);
        tried(kind, verb.name, 1);
    }
}

#[test]
fn a_full_disk_loses_nothing_of_any_command() {
    nothing_can_be_written("full", FULL);
}

#[test]
fn a_read_only_home_loses_nothing_of_any_command() {
    nothing_can_be_written("read-only", READ_ONLY);
}

#[test]
fn clocks_that_are_off_and_jump_stop_no_command() {
    let world = ready();
    if find("faketime", "SSOENV_TEST_CLIENTS").is_none() {
        return;
    }
    let clean = snapshot(&world);
    for verb in &VERBS {
        // Each finds what the one before has left, written by another clock.
        renew(&world, &clean);
        for by in ["+10m", "-10m", "+0m"] {
            let outcome = Outcome::of(&mut verb.command(&world, &["faketime", "-f", by]));
            let done = verb.once && by != "+10m" && [2, 6].contains(&outcome.code);
            assert!(outcome.code == 0 || done, "`{}`, {by}: {outcome:?}", verb.words);
            world.assert_no_secret(&outcome.err);
            tried("clock", verb.name, 1);
        }
    }
}

/// Files that hold what is the user's alone, and the folders that are made for them.
fn assert_private(world: &World, before: &Files, verb: &Verb, umask: &str) {
    for name in snapshot(world).keys() {
        let mode = fs::metadata(name).expect("a file").mode() & 0o777;
        assert_eq!(mode, 0o600, "{name}, `{}`, umask {umask}", verb.words);
    }
    let mut folders = vec![world.home().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if !path.is_dir() {
                continue;
            }
            let is_new = !before.keys().any(|name| Path::new(name).starts_with(&path));
            let ours = [".aws", ".local", ".cache", ".config"].iter().any(|own| {
                path.strip_prefix(world.home()).is_ok_and(|below| below.starts_with(own))
            });
            if is_new && ours {
                let mode = fs::metadata(&path).expect("a folder").mode() & 0o777;
                let about = path.display();
                assert_eq!(mode, 0o700, "{about}, `{}`, umask {umask}", verb.words);
            }
            folders.push(path);
        }
    }
}

#[test]
fn modes_are_private_whatever_the_umask_and_the_command() {
    let world = ready();
    let clean = snapshot(&world);
    for verb in &VERBS {
        for umask in ["000", "077"] {
            let before = renew(&world, &clean);
            let script = format!("umask {umask}; exec \"$@\"");
            let outcome = Outcome::of(&mut verb.command(&world, &["sh", "-c", &script, "sh"]));
            assert_eq!(outcome.code, 0, "`{}`, umask {umask}: {outcome:?}", verb.words);
            assert_private(&world, &before, verb, umask);
        }
    }
}
