//! `storage = keyring` against a real Secret Service: what is in it, what is not in files, and what
//! is said when it cannot be had.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use identity_center::Operation;
use serde_json::Value;

use crate::support::World;
use crate::support::run::Running;
use crate::support::secret_service::{Person, SecretService};
use crate::support::world::Outcome;

/// `sha1("corp")`.
const TOKEN: &str = "ee0bfd2552fbd840c02cc48b6e823320543c450f";
const USE: &str = "use prod --shell sh";
/// In every secret that the simulated services issue.
const MARK: &[u8] = b"SENTINEL";

/// A world with a keyring that is chosen; `None` where there is none.
fn start() -> Option<(World, SecretService)> {
    let world = World::chained("");
    let service = SecretService::start(&world)?;
    service.ok(&world, "settings set storage keyring");
    Some((world, service))
}

/// The same with somebody at the keyring's dialog, and locked.
fn locked_with_person(seconds: u64, agrees: bool) -> Option<(World, SecretService)> {
    let world = World::chained("");
    let person = Person { after: Duration::from_secs(seconds), agrees };
    let service = SecretService::with_person(&world, person)?;
    service.ok(&world, "settings set storage keyring");
    service.lock(&world);
    Some((world, service))
}

/// The files below a folder that hold a secret.
fn with_secrets(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(with_secrets(&path));
        } else if std::fs::read(&path)
            .is_ok_and(|bytes| bytes.windows(MARK.len()).any(|window| window == MARK))
        {
            found.push(path.display().to_string());
        }
    }
    found
}

#[track_caller]
fn no_file_has_a_secret(world: &World) {
    assert_eq!(with_secrets(world.home()), Vec::<String>::new());
}

#[track_caller]
fn refused(outcome: &Outcome, what: &str) {
    assert_eq!(outcome.code, 6, "{outcome:?}");
    assert!(outcome.out.is_empty(), "{outcome:?}");
    assert!(outcome.err.contains(what), "{outcome:?}");
    assert!(outcome.err.contains("hint: "), "{outcome:?}");
    assert!(outcome.err.contains("ssoenv settings set storage files"), "{outcome:?}");
}

fn expire_token(world: &World, service: &SecretService) {
    let text = service.entry(world, TOKEN).expect("a token");
    let mut token: Value = serde_json::from_str(&text).expect("JSON");
    token["expiresAt"] = "2020-01-01T00:00:00Z".into();
    service.replace(world, TOKEN, &token.to_string());
}

#[test]
fn secrets_are_in_the_keyring_alone() {
    let Some((world, service)) = start() else { return };
    service.ok(&world, "login");
    let token = service.entry(&world, TOKEN).expect("the token is an entry");
    let token: Value = serde_json::from_str(&token).expect("JSON");
    assert!(token["accessToken"].is_string() && token["refreshToken"].is_string(), "its document");
    let first = service.ok(&world, USE);
    let chained = service.ok(&world, "use chained --shell sh");
    assert!(first.contains("SENTINEL"));
    assert_eq!(service.entries(&world), 4, "token, registration, role, assumed role");
    no_file_has_a_secret(&world);

    // Again, from the keyring alone.
    world.ic.clear_requests();
    assert_eq!(service.ok(&world, USE), first);
    assert_eq!(service.ok(&world, "use chained --shell sh"), chained);
    assert!(service.ok(&world, "credentials prod").contains("SENTINEL"));
    assert!(service.ok(&world, "status").contains("credentials of 1 profile still live"));
    assert!(service.ok(&world, "status").contains("logged in, "));
    assert!(world.ic.requests().is_empty(), "{:?}", world.ic.requests());
    assert_eq!(world.browser_opened(), 1);

    let loud = service.run(&world, "-vv use prod --shell sh --fresh");
    assert!(loud.code == 0 && !loud.err.contains("SENTINEL"), "{}", loud.err);
    let bundle = service.run(&world, "doctor --offline --all --bundle report.txt");
    assert!(!bundle.out.contains("SENTINEL") && bundle.out.contains("ok  storage"), "{bundle:?}");
    no_file_has_a_secret(&world);
}

#[test]
fn twenty_processes_refresh_once_and_fetch_once() {
    let Some((world, service)) = start() else { return };
    service.ok(&world, "login");
    expire_token(&world, &service);
    world.ic.clear_requests();
    world.ic.latency_of(Operation::CreateToken, Duration::from_millis(200));
    let children: Vec<_> = (0..20)
        .map(|_| {
            let mut command = service.ssoenv(&world, "use prod --shell sh --no-login");
            Running::start(command.stdout(Stdio::piped()))
        })
        .collect();
    for child in children {
        let outcome = Outcome::from(&child.end());
        assert_eq!(outcome.code, 0, "{outcome:?}");
    }
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 1);
    assert_eq!(world.browser_opened(), 1);
    no_file_has_a_secret(&world);
}

#[test]
fn a_logout_removes_the_entries() {
    let Some((world, service)) = start() else { return };
    service.ok(&world, USE);
    service.ok(&world, "use chained --shell sh");
    let outcome = service.run(&world, "logout");
    assert!(outcome.code == 0 && outcome.err.contains("Logged out of `corp`."), "{outcome:?}");
    assert_eq!(service.entry(&world, TOKEN), None);
    assert_eq!(service.entries(&world), 1, "the client's registration stays, as with files");
    assert_eq!(world.ic.count(Operation::Logout), 1);
    assert!(service.run(&world, "logout").err.contains("Not logged in."));

    service.ok(&world, USE);
    service.ok(&world, "logout --all");
    assert_eq!(service.entries(&world), 0);
    assert_eq!(world.ic.count(Operation::Logout), 2);
}

#[test]
fn a_shell_drops_what_was_logged_out_elsewhere_and_keeps_what_is_locked() {
    let Some((world, mut service)) = start() else { return };
    let text = service.ok(&world, USE);
    let active = |service: &SecretService, words: &str| {
        let script = format!("{text}\nexec \"$0\" {words}");
        let mut shell = service.command(&world, "sh");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_ssoenv")]);
        Outcome::of(&mut shell)
    };
    service.lock(&world);
    let kept = active(&service, "use --from-cache --shell sh");
    assert_eq!((kept.code, &*kept.out, &*kept.err), (0, "", ""));
    let failed = active(&service, "refresh --foreground");
    assert_eq!(failed.code, 6, "{failed:?}");
    let noted = world.path(".local/state/ssoenv/refresh");
    assert_eq!(std::fs::read_dir(noted).expect("a note").count(), 1, "the next try waits");

    service.unlock(&world);
    let renewed = active(&service, "refresh --foreground");
    assert_eq!(renewed.code, 0, "{renewed:?}");
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 2);
    assert!(active(&service, "use --from-cache --shell sh").out.contains("SENTINEL"));
    service.ok(&world, "logout");
    let dropped = active(&service, "use --from-cache --shell sh");
    assert!(dropped.err.contains("were removed: run `ssoenv use prod`"), "{dropped:?}");
    assert!(dropped.out.contains("AWS_PROFILE"), "{dropped:?}");
    no_file_has_a_secret(&world);
}

#[test]
fn a_locked_keyring_is_not_waited_for() {
    let Some((world, mut service)) = start() else { return };
    service.ok(&world, USE);
    service.lock(&world);
    let started = Instant::now();
    for words in ["use prod --shell sh --no-login", "credentials prod", "status"] {
        refused(&service.run(&world, words), "the keyring is locked");
    }
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    // Where a login is allowed its dialog is waited for; here is no desktop to show one.
    refused(&service.run(&world, USE), "the keyring is locked");
    let doctor = service.run(&world, "doctor --offline");
    assert!(doctor.out.contains("fail  storage: the keyring is locked"), "{doctor:?}");
    no_file_has_a_secret(&world);

    service.unlock(&world);
    world.ic.clear_requests();
    service.ok(&world, USE);
    assert!(world.ic.requests().is_empty());
}

#[test]
fn a_logout_goes_as_far_as_a_keyring_lets_it() {
    for (trouble, words, what) in [
        ("locked", "logout", "the keyring is locked"),
        ("locked", "logout --all", "the keyring is locked"),
        ("silent", "logout", "the keyring does not answer"),
        ("absent", "logout --sso-session corp", "there is no keyring in this session"),
    ] {
        let world = World::chained("");
        let Some(mut service) = SecretService::start(&world) else { return };
        service.ok(&world, USE);
        service.ok(&world, "use chained --shell sh");
        service.ok(&world, "settings set storage keyring");
        service.ok(&world, USE);
        assert!(!with_secrets(world.home()).is_empty() && stamps(&world) > 0);

        let started = Instant::now();
        let outcome = match trouble {
            "locked" => {
                service.lock(&world);
                service.run(&world, words)
            }
            "silent" => {
                service.pause(true);
                let outcome = service.run(&world, words);
                service.pause(false);
                outcome
            }
            _ => world.run(words),
        };
        refused(&outcome, what);
        assert!(outcome.err.contains("then run it again"), "{outcome:?}");
        assert!(!outcome.err.contains("Not logged in."), "{outcome:?}");
        assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
        no_file_has_a_secret(&world);
        assert_eq!(stamps(&world), 0);
        assert_eq!(world.ic.count(Operation::Logout), 1, "the token of the file");

        service.unlock(&world);
        assert_eq!(service.entries(&world), 3, "token, registration, role");
        let outcome = service.run(&world, "logout");
        assert!(outcome.code == 0 && outcome.err.contains("Logged out of `corp`."), "{outcome:?}");
        assert_eq!(service.entries(&world), 1, "the registration");
        assert_eq!(world.ic.count(Operation::Logout), 2);
    }
}

fn stamps(world: &World) -> usize {
    std::fs::read_dir(world.path(".local/state/ssoenv/stamps")).map_or(0, Iterator::count)
}

#[test]
fn a_logout_waits_for_a_person_at_the_dialog() {
    let world = World::chained("");
    let person = Person { after: Duration::from_secs(2), agrees: true };
    let Some(service) = SecretService::with_person(&world, person) else { return };
    service.ok(&world, "settings set storage keyring");
    service.ok(&world, USE);
    service.lock(&world);
    let outcome = service.run(&world, "logout");
    assert!(outcome.code == 0 && outcome.err.contains("Logged out of `corp`."), "{outcome:?}");
    assert!(outcome.err.contains("waiting for the keyring to be unlocked"), "{outcome:?}");
    assert_eq!(service.entries(&world), 1, "the registration");
}

#[test]
fn a_person_is_waited_for_at_the_dialog() {
    let Some((world, service)) = locked_with_person(2, true) else { return };
    // The one dialog is not spent for these.
    for words in ["status", "credentials prod", "use prod --shell sh --no-login"] {
        refused(&service.run(&world, words), "the keyring is locked");
    }
    let outcome = service.run(&world, USE);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.err.contains("waiting for the keyring to be unlocked"), "{outcome:?}");
    service.ok(&world, "status");
    no_file_has_a_secret(&world);
}

#[test]
fn a_dialog_may_be_refused_or_interrupted() {
    let Some((world, service)) = locked_with_person(0, false) else { return };
    refused(&service.run(&world, "login"), "the keyring is locked");
    assert_eq!((world.browser_opened(), world.ic.requests().len()), (0, 0));

    let Some((world, service)) = locked_with_person(60, true) else { return };
    let mut login = service.ssoenv(&world, "login");
    let login = Running::start(login.stdout(Stdio::piped()));
    std::thread::sleep(Duration::from_secs(2));
    let pid = i32::try_from(login.id()).expect("an id");
    let pid = rustix::process::Pid::from_raw(pid).expect("an id");
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("signalled");
    let started = Instant::now();
    let outcome = Outcome::from(&login.end());
    assert_eq!(outcome.code, 130, "{outcome:?}");
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[test]
fn without_a_bus_nothing_is_written() {
    let Some((world, _service)) = start() else { return };
    for words in ["login", USE, "credentials prod", "status", "logout", "logout --all"] {
        refused(&world.run(words), "there is no keyring in this session");
    }
    let doctor = world.run("doctor --offline");
    assert!(doctor.out.contains("fail  storage: there is no keyring"), "{doctor:?}");
    assert_eq!((world.browser_opened(), world.ic.requests().len()), (0, 0));
    // What needs no secret works, and so does the way back.
    world.ok("list");
    world.ok("settings set storage files");
    world.ok(USE);
}

#[test]
fn a_keyring_that_dies_or_hangs_is_not_waited_for() {
    let Some((world, mut service)) = start() else { return };
    service.ok(&world, USE);
    service.pause(true);
    let started = Instant::now();
    let hung = service.run(&world, "use prod --shell sh --no-login");
    service.pause(false);
    refused(&hung, "the keyring does not answer");
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());

    // It dies while the login is under way: the token cannot be kept, and goes nowhere else.
    service.ok(&world, "logout");
    world.ic.latency_of(Operation::CreateToken, Duration::from_secs(1));
    let mut login = service.ssoenv(&world, "login");
    let login = Running::start(login.stdout(Stdio::piped()));
    let started = Instant::now();
    while world.ic.count(Operation::CreateToken) == 0 {
        assert!(started.elapsed() < Duration::from_secs(30), "no login in 30 s");
        std::thread::sleep(Duration::from_millis(5));
    }
    service.kill();
    let died = Outcome::from(&login.end());
    assert_eq!(died.code, 6, "{died:?}");
    no_file_has_a_secret(&world);
    refused(&service.run(&world, "status"), "keyring");

    service.unlock(&world);
    service.ok(&world, USE);
    no_file_has_a_secret(&world);
}

#[test]
fn a_refresh_token_is_not_spent_for_a_successor_that_cannot_be_kept() {
    let Some((world, mut service)) = start() else { return };
    service.ok(&world, "login");
    expire_token(&world, &service);
    service.lock(&world);
    world.ic.clear_requests();
    refused(&service.run(&world, "use prod --shell sh --no-login"), "the keyring is locked");
    assert!(world.ic.requests().is_empty());
    service.unlock(&world);
    service.ok(&world, "use prod --shell sh --no-login");
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
}

#[test]
fn what_a_killed_process_left_of_its_attempt_to_write_is_nothing() {
    let Some((world, service)) = start() else { return };
    service.ok(&world, "login");
    service.add(&world, &format!("{TOKEN}-probe"), "{}");
    service.ok(&world, USE);
    service.ok(&world, "logout");
    assert_eq!(service.entries(&world), 1, "the registration");
    service.add(&world, &format!("{TOKEN}-probe"), "{}");
    service.ok(&world, "login");
    assert_eq!(service.entries(&world), 2, "the next attempt takes it along");
}

#[test]
fn from_files_to_the_keyring_and_back() {
    let world = World::chained("");
    let Some(service) = SecretService::start(&world) else { return };
    let file = world.path(&format!(".aws/sso/cache/{TOKEN}.json"));
    service.ok(&world, USE);
    std::thread::sleep(Duration::from_millis(100));
    // A plan is kept, and names the file with the credentials.
    service.ok(&world, USE);
    service.ok(&world, USE);
    assert!(file.is_file() && service.entries(&world) == 0);

    service.ok(&world, "settings set storage keyring");
    let outcome = service.run(&world, "use prod --shell sh --no-login");
    assert_eq!(outcome.code, 3, "files do not count: {outcome:?}");
    let doctor = service.run(&world, "doctor --offline");
    assert!(
        doctor.out.contains("warn  storage: a login of `corp` is left in a file"),
        "{doctor:?}"
    );
    assert!(doctor.out.contains("storage: credentials of `prod` are left in a file"), "{doctor:?}");
    service.ok(&world, USE);
    assert_eq!(world.browser_opened(), 2);
    service.ok(&world, "logout");
    assert!(!file.exists(), "the file goes too");
    assert_eq!(world.ic.count(Operation::Logout), 2, "both tokens end at the portal");
    no_file_has_a_secret(&world);

    service.ok(&world, USE);
    service.ok(&world, "settings set storage files");
    assert_eq!(service.run(&world, "use prod --shell sh --no-login").code, 3);
    service.ok(&world, USE);
    assert!(file.is_file());
    // Entries of before: `logout --all` is for all of it.
    assert_eq!(service.entries(&world), 3);
    service.ok(&world, "logout --all");
    assert!(service.entries(&world) == 0 && !file.exists());
}

#[test]
fn profile_mode_says_that_sdks_do_not_find_the_token() {
    let Some((world, service)) = start() else { return };
    let outcome = service.run(&world, "use prod --mode profile --shell sh");
    assert!(outcome.code == 0 && outcome.out.contains("AWS_PROFILE"), "{outcome:?}");
    assert!(outcome.err.contains("AWS tools do not find the token of `prod`"), "{outcome:?}");
    assert!(outcome.err.contains("hint: run `ssoenv profile use-process prod`"), "{outcome:?}");
    service.ok(&world, "profile use-process prod");
    let outcome = service.run(&world, "use prod-process --mode profile --shell sh");
    assert!(outcome.code == 0 && !outcome.err.contains("warning"), "{outcome:?}");
}

#[test]
fn broken_settings_keep_nobody_logged_in() {
    let world = World::chained("");
    world.ok(USE);
    world.write(".config/ssoenv/config.ini", "[ssoenv]\nstorage = cloud\n");
    for words in [USE, "status", "logout"] {
        let outcome = world.run(words);
        assert!(outcome.code == 6 && outcome.err.contains("config.ini:2"), "{words}: {outcome:?}");
    }
    let outcome = world.run("logout --all");
    assert!(outcome.code == 0 && outcome.err.contains("Logged out of"), "{outcome:?}");
    assert_eq!(world.ic.count(Operation::Logout), 1);
    assert!(!world.path(&format!(".aws/sso/cache/{TOKEN}.json")).exists());
}

#[test]
fn a_build_without_a_keyring_says_so() {
    if ssoenv::io::keyring::BUILT {
        return;
    }
    let world = World::chained("");
    let outcome = world.run("settings set storage keyring");
    refused(&outcome, "this ssoenv cannot use a keyring");
    assert!(!outcome.err.contains("is set"), "{outcome:?}");
    world.ok("use prod --shell sh");
    world.write(".config/ssoenv/config.ini", "[ssoenv]\nstorage = keyring\n");
    world.ic.clear_requests();
    for words in ["login", USE, "credentials prod", "exec prod -- true", "status"] {
        let outcome = world.run(words);
        refused(&outcome, "this ssoenv cannot use a keyring");
        assert!(outcome.err.contains("cause: `storage = keyring` is set\n"), "{outcome:?}");
    }
    let doctor = world.run("doctor --offline");
    assert_eq!(doctor.code, 1);
    assert!(doctor.out.contains("fail  storage: this ssoenv cannot use a keyring"), "{doctor:?}");
    assert!(world.ic.requests().is_empty());
    refused(&world.run("logout"), "this ssoenv cannot use a keyring");
    no_file_has_a_secret(&world);
    assert_eq!(world.ic.count(Operation::Logout), 1);
    world.ok("settings set storage files");
    world.ok(USE);
    assert!(world.ok("doctor --offline --all").contains("ok  storage"));
}
