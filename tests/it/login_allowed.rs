//! Who is asked to log in: nobody where `SSOENV_LOGIN` or the setting forbids it, and nobody who did not
//! say so where no person is.

use crate::support::tty::Tty;
use crate::support::world::{Outcome, SYSTEM, path};
use crate::support::{World, run};

const SETTINGS: &str = ".config/ssoenv/config.ini";

/// Commands that log in where they need it, without a word about it.
const IMPLIED: &[&str] = &[
    "use prod --shell sh",
    "use prod --shell sh --mode profile",
    "exec prod -- true",
    "exec --all prod -- true",
    "whoami prod",
    "accounts",
    "roles",
    "sync --sso-session corp",
    "console prod --federate --print",
    "use --account Prod --role Admin --shell sh",
];

/// Commands that say that they want a login.
const TOLD: &[&str] = &[
    "login",
    "login --device-code",
    "login prod",
    "credentials prod --login",
    "use prod --shell sh --device-code",
];

/// The call in another environment; `None` takes a variable away.
fn with(world: &World, words: &str, env: &[(&str, Option<&str>)]) -> Outcome {
    let mut command = world.ssoenv(words.split_whitespace());
    for (name, value) in env {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    Outcome::from(&run::output(&mut command))
}

const NOBODY: (&str, Option<&str>) = ("SSOENV_LOGIN", None);

#[track_caller]
fn no_login(world: &World, words: &str, outcome: &Outcome, why: &str) {
    assert_eq!((outcome.code, &*outcome.out), (3, ""), "{words}: {outcome:?}");
    assert!(outcome.err.contains(why), "{words}: {outcome:?}");
    assert_eq!(world.browser_opened(), 0, "{words}");
    let codes = world.ic.count(identity_center::Operation::StartDeviceAuthorization);
    assert_eq!(codes, 0, "{words}");
}

#[test]
fn without_a_terminal_nobody_is_asked() {
    let world = World::new();
    for words in IMPLIED {
        no_login(&world, words, &with(&world, words, &[NOBODY]), "there is no terminal");
    }
    world.says("login/nobody_is_asked", &with(&world, "use prod", &[NOBODY]));
    for words in TOLD {
        let world = World::new();
        let outcome = world.hurry(|| with(&world, words, &[NOBODY]));
        assert_eq!(outcome.code, 0, "{words}: {outcome:?}");
    }
}

#[test]
fn never_is_never() {
    let world = World::new();
    let never = ("SSOENV_LOGIN", Some("never"));
    for words in IMPLIED.iter().chain(TOLD).chain(&["credentials prod", "console prod"]) {
        no_login(
            &world,
            words,
            &with(&world, words, &[never]),
            "`SSOENV_LOGIN=never` forbids logins",
        );
    }
    world.write(SETTINGS, "[ssoenv]\nlogin = never\n");
    for words in IMPLIED.iter().chain(TOLD).chain(&["credentials prod", "console prod"]) {
        no_login(&world, words, &world.run(words), "`login = never` in `");
    }
    world.says("login/never", &world.run("login"));
    // What is there is used and refreshed.
    world.write(SETTINGS, "");
    world.ok("login");
    world.expire();
    world.write(SETTINGS, "[ssoenv]\nlogin = never\n");
    world.ok("use prod --shell sh");
    world.ok("login");
    assert_eq!(world.run("login --force").code, 3);
    assert!(world.ok("console prod --print").starts_with("https://"));
    assert_eq!(world.browser_opened(), 1);
    // The system's word stays.
    world.write(SETTINGS, "[ssoenv]\nlogin = auto\n");
    world.write(SYSTEM, "[ssoenv]\nlogin = never\n");
    assert_eq!(world.run("login --force").code, 3);
}

/// A value that was meant to forbid must not allow.
#[test]
fn another_value_is_an_error() {
    let world = World::new();
    let outcome = with(&world, "use prod", &[("SSOENV_LOGIN", Some("nevr"))]);
    assert_eq!((outcome.code, &*outcome.out), (6, ""), "{outcome:?}");
    assert_eq!(with(&world, "login", &[("SSOENV_LOGIN", Some("Never"))]).code, 3);
    assert_eq!(world.browser_opened(), 0);
}

/// A terminal is no person where a build or a coding agent has it.
#[test]
fn a_terminal_of_a_machine_is_nobody() {
    let world = World::new();
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_ssoenv")).parent().expect("a folder");
    let search = format!("PATH={}:{}", bin.display(), path());
    for (set, why) in [
        ("CI=true", "this is a build machine"),
        ("GITHUB_ACTIONS=true", "this is a build machine"),
        ("CLAUDECODE=1", "a coding agent runs this"),
    ] {
        let line = format!("env -u SSOENV_LOGIN '{search}' {set} ssoenv exec prod -- true");
        let Some(tty) = Tty::start(&world, &line) else { return };
        let (code, said) = tty.end();
        assert_eq!(code, 3, "{set}: {said}");
        assert!(said.contains(why), "{set}: {said}");
    }
    assert_eq!(world.browser_opened(), 0);
    let line = format!("env -u SSOENV_LOGIN '{search}' CI=false ssoenv exec prod -- true");
    let (code, said) = Tty::start(&world, &line).expect("there is `script`").end();
    assert_eq!((code, world.browser_opened()), (0, 1), "{said}");
    let told = with(&world, "login --force", &[("CI", Some("true")), NOBODY]);
    assert_eq!(told.code, 0, "{told:?}");
}
