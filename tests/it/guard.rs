//! The question before a guarded profile is used.

use crate::support::run;
use crate::support::shells::path;
use crate::support::tmux::Terminal;
use crate::support::{World, find};

const SETTINGS: &str = "\
[match \"prod*\"]
class = production
confirm = true
[match \"tools\"]
class = production
";

fn guarded() -> World {
    let world = World::new();
    world.write(".config/ssoenv/config.ini", SETTINGS);
    world
}

/// `ssoenv use prod` captured in a terminal; `None` where tmux is not installed.
fn start(world: &World, words: &str) -> Option<Terminal> {
    find("tmux", "SSOENV_TEST_CLIENTS")?;
    let script = format!(
        "trap : INT; code=0; text=$(ssoenv {words}) || code=$?; echo \"end=$code bytes=${{#text}}\"; sleep 600"
    );
    Some(Terminal::start(world, [("PATH", path())], &["sh", "-c", &script]))
}

#[test]
fn a_person_is_asked_before_anything_happens() {
    let world = guarded();
    let Some(terminal) = start(&world, "use prod") else { return };
    terminal.wait("the question", |s| s.contains("Use `prod`, Admin in 111122223333 (class pro"));
    assert_eq!(world.ic.requests().len(), 0);
    terminal.text("y");
    terminal.keys(&["Enter"]);
    terminal.wait("the end", |screen| screen.contains("end=0 ") && !screen.contains("bytes=0"));
}

/// Settings that go by the account's name count from the first login, when nothing knew it before.
#[test]
fn names_that_the_login_teaches_are_guarded_by() {
    let world = World::new();
    world.write(".config/ssoenv/config.ini", "[match \"Acme P*\"]\non = account\nconfirm = true\n");
    let outcome = world.run("use prod --shell sh");
    assert_eq!((outcome.code, outcome.out.as_str()), (2, ""), "{outcome:?}");
    assert_eq!(world.browser_opened(), 1);
    world.ok("use dev --shell sh");
    assert!(world.ok("use prod --shell sh --yes").contains("SSOENV_ACCOUNT_NAME='Acme Prod'"));
}

/// Nothing depends on the names: a portal that does not list accounts stops no login.
#[test]
fn a_login_is_good_without_names() {
    let world = World::new();
    world.ic.always(
        identity_center::Operation::ListAccounts,
        Some(identity_center::Reply::Status(500)),
    );
    let outcome = world.run("use prod --shell sh");
    assert_eq!((outcome.code, outcome.err.contains("warning")), (0, false), "{outcome:?}");
    assert!(!outcome.out.contains("SSOENV_ACCOUNT_NAME="), "{outcome:?}");
}

#[test]
fn no_is_a_failure_and_nothing_is_the_same_as_no() {
    for keys in [&["n", "Enter"][..], &["Enter"]] {
        let world = guarded();
        let Some(terminal) = start(&world, "use prod") else { return };
        terminal.wait("the question", |screen| screen.contains("Use `prod`"));
        terminal.keys(keys);
        let screen = terminal.wait("the end", |screen| screen.contains("end=1 bytes=0"));
        assert!(screen.contains("error: `prod` was not confirmed"), "{screen}");
        assert_eq!(world.ic.requests().len(), 0);
    }
}

#[test]
fn escape_and_control_c_interrupt() {
    for key in ["Escape", "C-c"] {
        let world = guarded();
        let Some(terminal) = start(&world, "use prod 2>/dev/null") else { return };
        terminal.wait("the question", |screen| screen.contains("Use `prod`"));
        terminal.keys(&[key]);
        terminal.wait("the end", |screen| screen.contains("end=130 bytes=0"));
    }
}

#[test]
fn scripts_say_yes_beforehand() {
    let world = guarded();
    let outcome = world.run("use prod --shell sh");
    assert_eq!((outcome.code, outcome.out.as_str()), (2, ""), "{outcome:?}");
    world.says("guard/scripts_say_yes_beforehand", &outcome);
    assert_eq!(world.ic.requests().len(), 0);
    world.ok("use prod --shell sh --yes");
    // Also where everything is in the cache.
    assert_eq!(world.run("use prod --shell sh").code, 2);
    let mut command = world.ssoenv(["use", "prod"]);
    command.env("SSOENV_ASSUME_YES", "1");
    assert!(run::output(&mut command).status.success());
}

#[test]
fn a_class_alone_asks_nothing() {
    let world = guarded();
    let text = world.ok("use tools --shell sh");
    assert!(text.contains("SSOENV_COLOR=red") || text.contains("SSOENV_COLOR='red'"), "{text}");
    world.ok("use dev --shell sh");
}
