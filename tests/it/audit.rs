//! The audit log: a whole line each time that credentials leave ssoenv, and never a secret.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use serde_json::{Value, json};

use super::serve::Server;
use crate::support::World;
use crate::support::run::Running;
use crate::support::tty::Tty;
use crate::support::world::{Outcome, SYSTEM};

const LOG: &str = "logs/audit.jsonl";
const USER: &str = ".config/ssoenv/config.ini";

/// A world with a log that the user asks for.
fn audited() -> World {
    let world = World::chained("");
    world.write(USER, &format!("[ssoenv]\naudit = ~/{LOG}\n"));
    world
}

fn lines(world: &World) -> Vec<Value> {
    let text = fs::read_to_string(world.path(LOG)).unwrap_or_default();
    assert!(text.is_empty() || text.ends_with('\n'), "{text}");
    world.assert_no_secret(&text);
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

#[test]
fn each_hand_out_is_a_line() {
    let world = audited();
    let hand_outs = [
        ("use prod --shell sh", "use", "prod"),
        ("use prod --shell sh", "use", "prod"),
        ("use --account 444455556666 --role Developer --shell sh", "use", "dev"),
        ("use chained --shell sh", "use", "chained"),
        ("exec prod -- true", "exec", "prod"),
        ("credentials dev", "credentials", "dev"),
        ("credentials dev", "credentials", "dev"),
        ("credentials dev --format env", "credentials", "dev"),
        ("credentials dev --write written", "credentials", "dev"),
        ("console prod --federate --print", "console", "prod"),
    ];
    for (at, (words, command, profile)) in hand_outs.iter().enumerate() {
        world.ok(words);
        let lines = lines(&world);
        assert_eq!(lines.len(), at + 1, "{words}: {lines:?}");
        let line = &lines[at];
        assert_eq!((&line["command"], &line["profile"]), (&json!(command), &json!(profile)));
        assert!(line["access_key_id"].as_str().is_some_and(|id| id.starts_with("ASIA")), "{line}");
    }
    let line = &lines(&world)[0];
    let fields = [
        "time",
        "command",
        "profile",
        "account_id",
        "account_name",
        "role",
        "access_key_id",
        "pid",
        "parent",
        "directory",
        "terminal",
    ];
    assert_eq!(line.as_object().expect("an object").keys().collect::<Vec<_>>(), fields);
    assert_eq!((&line["account_id"], &line["role"]), (&json!("111122223333"), &json!("Admin")));
    assert_eq!(line["account_name"], "Acme Prod");
    assert_eq!(line["directory"], json!(world.home()));
    assert!(line["pid"].as_u64().is_some_and(|pid| pid > 1) && line["parent"].is_string());
    let mode = fs::metadata(world.path(LOG)).expect("the log").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn an_address_and_a_name_are_lines_without_a_key() {
    let world = audited();
    world.ok("console prod --print");
    world.ok("use dev --mode profile --shell sh");
    let lines = lines(&world);
    let seen: Vec<_> =
        lines.iter().map(|l| (l["command"].clone(), l["access_key_id"].clone())).collect();
    assert_eq!(seen, [(json!("console"), json!(null)), (json!("use"), json!(null))]);
}

#[test]
fn each_answer_of_an_endpoint_is_a_line() {
    let world = audited();
    world.ok("login");
    let server = Server::start(&world, &["prod", "dev"]);
    let before = lines(&world).len();
    for index in [0, 1, 1] {
        assert_eq!(server.ask(index).0, 200);
    }
    let lines = lines(&world).split_off(before);
    let seen: Vec<_> = lines.iter().map(|l| (l["command"].clone(), l["profile"].clone())).collect();
    assert_eq!(seen, ["prod", "dev", "dev"].map(|name| (json!("serve"), json!(name))));
}

#[test]
fn what_hands_out_nothing_writes_nothing() {
    let world = audited();
    for words in ["login", "status", "list", "whoami prod", "doctor", "prompt", "clear"] {
        world.run(words);
    }
    assert!(!world.path(LOG).exists());
    let outcome =
        Outcome::of(world.ssoenv(["exec", "dev", "--", "true"]).env("SSOENV_LOGIN", "never"));
    assert_eq!((outcome.code, lines(&world).len()), (0, 1));
}

#[test]
fn the_terminal_and_the_parent_are_named() {
    let world = audited();
    world.ok("login");
    let program = env!("CARGO_BIN_EXE_ssoenv");
    let line = format!("/bin/sh -c '{program} credentials dev > /dev/null; echo at $(tty)'");
    let Some(terminal) = Tty::start(&world, &line) else { return };
    let (code, said) = terminal.end();
    assert_eq!(code, 0, "{said}");
    let line = &lines(&world)[0];
    assert_eq!(line["parent"], "sh");
    let terminal = line["terminal"].as_str().expect("a terminal");
    assert!(said.contains(&format!("at {terminal}")), "{said}: {line}");
}

#[test]
fn fifty_writers_and_a_rotation_lose_no_line() {
    let world = audited();
    world.ok("use prod --shell sh");
    let start = |number: usize| {
        let mut command = world.ssoenv(["credentials", "prod"]);
        // Long enough that a second write would show.
        let folder = world.path(&format!("{}/{number}", "deep".repeat(40)));
        fs::create_dir_all(&folder).expect("a folder");
        command.current_dir(folder).stdout(Stdio::null());
        Running::start(&mut command)
    };
    let writers: Vec<Running> = (0..50).map(start).collect();
    fs::rename(world.path(LOG), world.path("logs/audit.1")).expect("rotated");
    for writer in writers {
        assert!(writer.end().status.success());
    }
    world.ok("credentials prod");
    let rotated = fs::read_to_string(world.path("logs/audit.1")).expect("the old log");
    let rotated = rotated.lines().map(|line| serde_json::from_str::<Value>(line).expect(line));
    let all: Vec<Value> = rotated.chain(lines(&world)).collect();
    assert_eq!(all.len(), 52);
    let pids: std::collections::BTreeSet<_> = all.iter().map(|l| l["pid"].as_u64()).collect();
    assert_eq!(pids.len(), 52);
    assert!(!lines(&world).is_empty());
}

#[test]
fn a_log_that_cannot_be_written_stops_only_where_it_is_required() {
    let world = audited();
    world.write("logs/file", "");
    let broken = "[ssoenv]\naudit = ~/logs/file/audit\n";
    world.write(USER, broken);
    let outcome = world.run("use prod --shell sh");
    assert!(outcome.code == 0 && outcome.out.contains("AWS_ACCESS_KEY_ID"), "{outcome:?}");
    world.says("audit/not_written", &outcome);
    // A user cannot require it.
    world.write(USER, &format!("{broken}audit_required = true\n"));
    let outcome = world.run("use prod --shell sh");
    assert!(outcome.code == 0 && outcome.err.contains("no effect in a user's file"), "{outcome:?}");
    world.write(SYSTEM, &format!("{broken}audit_required = true\n"));
    world.write(USER, &format!("[ssoenv]\naudit = ~/{LOG}\n"));
    for words in [
        "use prod --shell sh",
        "use prod --mode profile --shell sh",
        "exec prod -- echo leaked",
        "credentials prod",
        "console prod --print",
    ] {
        let outcome = world.run(words);
        assert_eq!((outcome.code, &*outcome.out), (6, ""), "{words}: {outcome:?}");
    }
    world.says("audit/required", &world.run("use prod --shell sh"));
    assert!(!world.path(LOG).exists(), "the user's own log takes the place of the required one");
    world.write(SYSTEM, "[ssoenv]\naudit_required = true\n");
    world.says("audit/no_place", &world.run("use prod --shell sh"));
    world.write(SYSTEM, &format!("[ssoenv]\naudit = ~/{LOG}\naudit_required = true\n"));
    world.ok("use prod --shell sh");
    assert_eq!(lines(&world).len(), 1);
}

#[test]
fn doctor_looks_at_the_log() {
    let world = audited();
    let found = || {
        let all: Value = serde_json::from_str(&world.run("doctor --json").out).expect("a list");
        let rows = all.as_array().expect("a list").iter();
        rows.filter(|row| row["check"] == "audit").cloned().collect::<Vec<_>>()
    };
    assert_eq!(found()[0]["status"], "ok");
    assert!(!world.path(LOG).exists());
    world.ok("use prod --shell sh");
    assert_eq!(found()[0]["status"], "ok");
    fs::set_permissions(world.path(LOG), Permissions::from_mode(0o622)).expect("a mode");
    assert_eq!(found()[0]["status"], "warn");
    world.write(USER, "[ssoenv]\naudit = ~/.aws/config/audit\n");
    assert_eq!(found()[0]["status"], "warn");
    world.write(SYSTEM, "[ssoenv]\naudit_required = true\n");
    assert_eq!(found()[0]["status"], "fail");
}
