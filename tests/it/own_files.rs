//! Files of ssoenv's own where somebody else has put something, and disks that cannot do everything.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};

use crate::support::world::{CONFIG, Outcome};
use crate::support::{World, can_trace, run, skip};

const VICTIM: &str = "precious\n";

/// A link at `below` that leads to a file of the user's.
fn planted(world: &World, below: &str) {
    world.write("precious", VICTIM);
    let path = world.path(below);
    fs::create_dir_all(path.parent().expect("below home")).expect("folders");
    symlink(world.path("precious"), path).expect("a link");
}

#[test]
fn links_in_the_place_of_own_files_are_not_followed() {
    for (link, words) in [
        (".aws/config.ssoenv.bak", "profile copy dev new"),
        ("report.txt", "doctor --offline --yes --bundle report.txt"),
        (".local/state/ssoenv/serve/47113.token", "serve --docker --port 47113 dev"),
    ] {
        let world = World::new();
        world.ok("login --sso-session corp");
        planted(&world, link);
        let mut command = world.ssoenv(words.split(' '));
        let outcome = Outcome::of(command.current_dir(world.home()));
        assert_eq!(outcome.code, 6, "{words}: {}", outcome.err);
        assert!(outcome.err.contains("is a symbolic link"), "{}", outcome.err);
        assert!(outcome.err.contains("hint: "), "{}", outcome.err);
        assert_eq!(world.read("precious"), VICTIM, "{words}");
    }
}

#[test]
fn links_that_lead_to_no_file_yet_stay() {
    let world = World::empty();
    fs::create_dir_all(world.path("dotfiles")).expect("a folder");
    fs::create_dir_all(world.path(".aws")).expect("a folder");
    symlink("../dotfiles/aws", world.path(".aws/config")).expect("a link");
    symlink("dotfiles/bashrc", world.path(".bashrc")).expect("a link");
    world.ok("setup bash");
    let words = "configure --yes --sso-session corp --start-url https://example.awsapps.com/start \
                 --sso-region us-east-1 --account 111122223333 --role Admin --region eu-west-1 \
                 --output json --profile prod";
    world.ok(&words.split_whitespace().collect::<Vec<_>>().join(" "));
    for (link, target) in [(".aws/config", "dotfiles/aws"), (".bashrc", "dotfiles/bashrc")] {
        assert!(world.path(link).is_symlink(), "{link}");
        assert!(world.read(target).contains("prod") || world.read(target).contains("ssoenv init"));
    }
    // Where the folder is not there, the link stays and the hint names the folder.
    fs::remove_file(world.path(".bashrc")).expect("the link");
    symlink("gone/bashrc", world.path(".bashrc")).expect("a link");
    let refused = world.run("setup bash");
    assert_eq!(refused.code, 6, "{}", refused.err);
    assert!(refused.err.contains("gone/bashrc") && !world.path("gone").exists(), "{}", refused.err);
}

/// Runs a command whose system calls fail as a disk's of another kind.
fn injected(world: &World, inject: &str, words: &str) -> Outcome {
    let mut command = world.command("strace");
    command.args(["-qq", "-o", "/dev/null", "-e", &format!("inject={inject}")]);
    command.arg(env!("CARGO_BIN_EXE_ssoenv")).args(words.split(' '));
    Outcome::of(&mut command)
}

#[test]
fn what_the_disk_cannot_do_is_left_out_and_told_once() {
    if !can_trace(&World::new()) {
        return skip("strace cannot trace here");
    }
    for (inject, told) in [
        ("fsync:error=EINVAL", "cannot flush files"),
        ("fchmod:error=EPERM", "no file modes"),
        ("flock:error=ENOLCK", "knows no locks"),
        ("flock:error=ENOSYS", "knows no locks"),
        ("rename,renameat,renameat2:error=EBUSY", "written in place"),
    ] {
        let world = World::new();
        let outcome = injected(&world, inject, "-v profile copy prod new");
        assert_eq!(outcome.code, 0, "{inject}: {}", outcome.err);
        assert_eq!(outcome.err.matches(told).count(), 1, "{inject}: {}", outcome.err);
        let config = world.read(".aws/config");
        assert!(config.starts_with(CONFIG) && config.contains("[profile new]"), "{config}");
        // A login is not lost for it either.
        let outcome = injected(&world, inject, "login --sso-session corp");
        assert_eq!(outcome.code, 0, "{inject}: {}", outcome.err);
        world.ok("use prod --no-login --shell sh");
    }
}

/// `words` as a user without rights, in a home that is theirs.
fn as_nobody(world: &World, words: &str) -> Option<Outcome> {
    let mut probe = world.command("setpriv");
    probe.args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"]);
    probe.arg(env!("CARGO_BIN_EXE_ssoenv")).args(words.split(' '));
    if !is_root(world) || run::try_output(&mut probe).is_none() {
        skip("only root can become another user");
        return None;
    }
    Some(Outcome::of(&mut probe))
}

fn is_root(world: &World) -> bool {
    // What a process makes is its user's.
    fs::metadata(world.home()).expect("the home").uid() == 0
}

fn give_home_away(world: &World) {
    let mut folders = vec![world.home().to_owned()];
    while let Some(folder) = folders.pop() {
        chown(&folder, Some(65534), Some(65534)).expect("root may");
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                chown(entry.path(), Some(65534), Some(65534)).expect("root may");
            }
        }
    }
}

#[test]
fn root_in_another_home_makes_what_its_user_can_use() {
    let world = World::new();
    if !is_root(&world) {
        return skip("only root has such files");
    }
    give_home_away(&world);
    world.ok("login --sso-session corp");
    world.ok("use prod --shell sh");
    world.ok("profile copy prod new");
    let mut folders = vec![world.home().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            let meta = entry.metadata().expect("there");
            if !entry.path().starts_with(world.path("opened")) {
                assert_eq!(meta.uid(), 65534, "{}", entry.path().display());
            }
            if meta.is_dir() {
                folders.push(entry.path());
            }
        }
    }
}

#[test]
fn folders_of_root_are_named_with_the_command_that_helps() {
    let world = World::new();
    if !is_root(&world) {
        return skip("only root has such files");
    }
    give_home_away(&world);
    let state = world.path(".local/state/ssoenv");
    fs::create_dir_all(&state).expect("folders");
    fs::set_permissions(&state, fs::Permissions::from_mode(0o700)).expect("a mode");
    let Some(outcome) = as_nobody(&world, "profile copy prod new") else { return };
    assert_eq!(outcome.code, 6, "{}", outcome.err);
    assert!(outcome.err.contains("sudo chown -R 65534 "), "{}", outcome.err);
    let report = as_nobody(&world, "doctor --offline").expect("root");
    assert_eq!(report.code, 1, "{}", report.out);
    assert!(report.out.contains("sudo chown -R"), "{}", report.out);
}
