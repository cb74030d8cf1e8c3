//! `accounts` and `roles`: all of them, at the pace that the portal allows, and resumed.

use std::process::Stdio;
use std::time::{Duration, Instant};

use identity_center::{Operation, Reply};
use serde_json::json;

use crate::support::run::Running;
use crate::support::world::{CONFIG, Outcome};
use crate::support::{World, json};

#[test]
fn accounts_and_roles_as_the_portal_has_them() {
    let world = World::new();
    world.ic.page_size(2);
    world.ic.add_account("999900001111", "", "", &["Only"]);
    let accounts = world.json("accounts --json");
    assert_eq!(
        accounts[0],
        json!({"account_id": "999900001111", "account_name": null, "email": null, "sso_session": "corp"})
    );
    assert_eq!(accounts[1]["account_name"], "Acme Dev");
    assert_eq!(accounts.as_array().expect("a list").len(), 4);
    let roles = world.json("roles --json");
    assert_eq!(roles.as_array().expect("a list").len(), 6);
    assert_eq!(
        roles[1],
        json!({"account_id": "444455556666", "account_name": "Acme Dev", "role": "Developer", "sso_session": "corp"})
    );
    assert_eq!(world.browser_opened(), 1);
}

/// A proxy that answers from its memory, for example.
#[test]
fn pages_that_come_again_end_the_list() {
    let world = World::new();
    world.ok("login");
    let configure =
        "--yes configure --sso-session corp --account 111122223333 --role Admin --profile new";
    for (words, operation, list) in [
        ("accounts", Operation::ListAccounts, "accountList"),
        ("roles", Operation::ListAccountRoles, "roleList"),
        ("roles 111122223333", Operation::ListAccountRoles, "roleList"),
        (configure, Operation::ListAccountRoles, "roleList"),
    ] {
        for (tokens, asked) in [(&["A"][..], 2), (&["A", "B"], 3), (&["A", "B", "C"], 4)] {
            world.ic.clear_requests();
            let page = |token| Reply::json(&json!({ list: [], "nextToken": token }).to_string());
            let pages = tokens.iter().map(page).cycle().take(60);
            world.ic.script(operation, pages);
            let outcome = world.run(words);
            assert_eq!((outcome.code, outcome.out.as_str()), (5, ""), "{words}: {outcome:?}");
            assert!(outcome.err.contains("pages that repeat"), "{words}: {outcome:?}");
            // Eight accounts are asked at once; of each no more than the pages and one.
            assert!(world.ic.count(operation) <= asked * 3, "{words}");
            world.ic.unscript(operation);
        }
    }
}

/// A session that lacks a key is told, with its place, and the others are listed.
#[test]
fn a_broken_session_hides_no_other() {
    let world = World::new();
    world.ok("login");
    let lines = CONFIG.lines().count();
    world.write(".aws/config", &format!("{CONFIG}[sso-session bad]\nsso_region = us-east-1\n"));
    for (words, shown) in [("status", "session corp"), ("accounts", "Acme Dev"), ("roles", "Admin")]
    {
        let outcome = world.run(words);
        assert_eq!(outcome.code, 0, "{words}: {outcome:?}");
        assert!(outcome.out.contains(shown), "{words}: {outcome:?}");
        let place = format!(".aws/config:{}", lines + 1);
        for said in ["warning: the session `bad` lacks `sso_start_url`", &place, "hint: add"] {
            assert!(outcome.err.contains(said), "{words}: {said}: {outcome:?}");
        }
    }
    for words in ["accounts --sso-session bad", "roles --sso-session bad"] {
        let outcome = world.run(words);
        assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "{words}: {outcome:?}");
    }
    // With no other there is nothing to list.
    world.write(".aws/config", "[sso-session bad]\nsso_region = us-east-1\n");
    for words in ["status", "accounts", "roles"] {
        assert_eq!(world.run(words).code, 6, "{words}");
    }
}

#[test]
fn the_second_call_is_answered_from_the_cache() {
    let world = World::new();
    let first = world.ok("roles --json");
    let asked = world.ic.requests().len();
    let mut command = world.ssoenv(["roles", "--json"]);
    command.env("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:1");
    assert_eq!(Outcome::of(&mut command).out, first);
    assert_eq!(world.ic.requests().len(), asked);
    world.ic.add_account("777700001111", "New", "new@example.com", &["Admin"]);
    world.ic.remove_account("012345678901");
    assert!(!world.ok("accounts").contains("New"));
    let fresh = world.ok("accounts --refresh");
    assert!(fresh.contains("New") && !fresh.contains("012345678901"), "{fresh}");
    assert!(world.ok("roles New").contains("Admin"));
}

#[test]
fn accounts_are_searched_and_roles_are_asked_for_by_id_or_name() {
    let world = World::new();
    let found = |search: &str| {
        let rows = world.json(&format!("accounts {search} --json"));
        rows.as_array().expect("a list").len()
    };
    assert_eq!((found("acme"), found("0123"), found("dev@")), (2, 1, 1));
    for account in ["111122223333", "acme prod"] {
        let outcome = Outcome::of(&mut world.ssoenv(["roles", account, "--json"]));
        assert_eq!(json(&outcome.out).as_array().map(Vec::len), Some(2), "{outcome:?}");
    }
    for (wrong, near) in [("Acme Prdo", "acme Prod"), ("111122223332", "111122223333")] {
        let outcome = Outcome::of(&mut world.ssoenv(["roles", wrong]));
        assert!(outcome.err.contains(&format!("did you mean `{near}`?")), "{outcome:?}");
    }
    world.ic.add_account("888800001111", "Acme Prod", "x@example.com", &["Admin"]);
    world.ok("accounts --refresh");
    let outcome = Outcome::of(&mut world.ssoenv(["roles", "Acme Prod"]));
    assert_eq!(outcome.code, 2, "{outcome:?}");
    world.says("directory/accounts_are_searched_and_roles_are_asked_for_by_id_or_name-2", &outcome);
}

#[test]
fn a_service_that_stops_is_5_and_the_next_call_goes_on() {
    let world = World::new();
    for number in 0..20 {
        let name = format!("Team {number}");
        world.ic.add_account(&format!("7000000000{number:02}"), &name, "", &["Admin"]);
    }
    world.ok("accounts");
    world.ic.script(Operation::ListAccountRoles, vec![Reply::Normal; 10]);
    world.ic.always(Operation::ListAccountRoles, Some(Reply::Status(503)));
    let run = |words: &[&str]| {
        let mut command = world.ssoenv(words);
        Outcome::of(command.env("AWS_MAX_ATTEMPTS", "1"))
    };
    let outcome = run(&["roles", "--json"]);
    assert_eq!((outcome.code, outcome.out.as_str()), (5, ""), "{outcome:?}");
    world.says("directory/a_service_that_stops_is_5_and_the_next_call_goes_on", &outcome);
    let partial = run(&["roles", "--json", "--partial"]);
    assert_eq!(partial.code, 5, "{partial:?}");
    let document = json(&partial.out);
    assert_eq!(document["complete"], false);
    assert!(document["roles"].as_array().is_some_and(|rows| rows.len() >= 10), "{document}");
    world.ic.always(Operation::ListAccountRoles, None);
    world.ic.clear_requests();
    assert_eq!(world.json("roles --json").as_array().map(Vec::len), Some(25));
    assert_eq!(world.ic.count(Operation::ListAccountRoles), 13);
}

#[test]
fn a_refused_token_is_refreshed_once_on_the_way() {
    let world = World::new();
    world.ok("accounts");
    world.ic.revoke_tokens();
    assert_eq!(world.json("roles --json").as_array().map(Vec::len), Some(5));
    assert_eq!(world.browser_opened(), 1);
}

/// Names and words of the portal that steer a terminal, or are code for a shell.
const HOSTILE: &str =
    "$(touch canary)`touch canary`;touch canary\u{1b}]0;y\u{7}\u{9b}31m\u{202e}z\r\n";

#[test]
fn hostile_names_do_not_reach_the_terminal() {
    let world = World::new();
    world.ic.add_account("666600001111", HOSTILE, &format!("a{HOSTILE}@example.com"), &[]);
    world.ic.add_account("666600002222", HOSTILE, "", &["Admin", &format!("Read{HOSTILE}")]);
    world.ok("roles");
    let profile = |role: &str| {
        format!(
            "{CONFIG}\n[profile near]\nsso_session = corp\nsso_account_id = 666600002222\n\
             sso_role_name = {role}\nregion = eu-west-1\n"
        )
    };
    world.write(".aws/config", &profile("Read"));
    let refused =
        Reply::Error { status: 400, code: format!("X{HOSTILE}"), message: format!("no {HOSTILE}") };
    let mut seen = String::new();
    let mut run = |words: &str| {
        let outcome = world.run(words);
        seen.extend([words, ":\n", &outcome.out, &outcome.err]);
    };
    for words in [
        "accounts",
        "accounts touch",
        "roles",
        "roles 666600002222",
        "roles touch",
        "roles 66660000",
        "list",
        "status",
        "doctor",
        "use near --shell sh --no-login",
        "use --account touch --role Admin --shell sh",
        "whoami near",
    ] {
        run(words);
    }
    world.ic.always(Operation::GetRoleCredentials, Some(refused.clone()));
    world.ic.always(Operation::ListAccounts, Some(refused));
    for words in ["use prod --shell sh --no-login", "accounts --refresh", "-vv accounts --refresh"]
    {
        run(words);
    }
    assert!(seen.contains("$(touch canary)"), "the name is shown: {seen}");
    let steers = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{202e}' | '\u{9b}');
    assert_eq!(seen.lines().find(|line| line.contains(steers)), None);
    assert!(!world.path("canary").exists());
}

/// 120 accounts with three roles each beside the usual ones; logged in.
fn organization() -> World {
    let world = World::empty();
    world.write(".aws/config", CONFIG);
    for number in 0..120 {
        let id = format!("500000000{number:03}");
        world.ic.add_account(&id, &format!("Account {number}"), "", &["A", "B", "C"]);
    }
    world.ok("login");
    world
}

/// 120 accounts at 20 requests a second, with one in twenty refused at random on top. `cargo bench`
/// does it with 1,000.
#[test]
fn the_limit_of_the_service_is_used_and_kept() {
    let world = organization();
    world.ic.rate_limit(Some(20.0), false);
    world.ic.refuse_at_random(50, 1);
    let started = Instant::now();
    let roles = world.json("roles --json");
    let took = started.elapsed();
    assert_eq!(roles.as_array().map(Vec::len), Some(365));
    assert!(world.ic.max_in_flight() <= 8, "{}", world.ic.max_in_flight());
    // 124 requests with those of the accounts, of which the limit gives a second's worth at once.
    let allowed = 124.0 / 20.0 - 1.0;
    assert!(took < Duration::from_secs_f64(allowed * 1.3), "{took:?} of {allowed} s");
}

/// In a thousand accounts, those of one are one question.
#[test]
fn the_roles_of_one_account_are_asked_for_alone() {
    let world = World::new();
    world.ok("login");
    let roles = || world.ic.count(Operation::ListAccountRoles);
    for (account, asked) in [("111122223333", 1), ("444455556666", 2), ("111122223333", 3)] {
        let rows = world.json(&format!("roles {account} --json"));
        assert_eq!(rows.as_array().map(Vec::len), Some(2), "{rows}");
        assert_eq!(roles(), asked, "{account}");
    }
    assert_eq!(world.run("roles nothing").code, 6);
    assert_eq!(roles(), 3);
    // Those that are known count: only the others are asked for. Then all are.
    world.ok("roles");
    assert_eq!(roles(), 4);
    world.ok("roles 111122223333");
    assert_eq!(roles(), 4);
    world.ok("roles 111122223333 --refresh");
    assert_eq!(roles(), 5);
}

/// Ctrl-C at half of 120 accounts: what came is kept, and no account is asked twice.
#[cfg(unix)]
#[test]
fn an_interrupted_listing_goes_on_where_it_was() {
    let world = organization();
    world.ic.rate_limit(Some(40.0), false);
    world.ic.refuse_at_random(50, 2);
    let answered = || {
        let log = world.ic.requests();
        let done = log.iter().filter(|l| l.op == Operation::ListAccountRoles && l.status == 200);
        done.filter_map(|logged| logged.param("account_id")).collect::<Vec<_>>()
    };
    let mut command = world.ssoenv(["roles", "--json"]);
    let child = Running::start(command.stdout(Stdio::piped()));
    let started = Instant::now();
    while answered().len() < 60 {
        assert!(started.elapsed() < Duration::from_secs(20), "{} answers", answered().len());
        std::thread::sleep(Duration::from_millis(5));
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("signalled");
    let outcome = Outcome::from(&child.end());
    assert_eq!((outcome.code, outcome.out.as_str()), (130, ""), "{outcome:?}");
    let before = answered().len();
    let roles = world.json("roles --json");
    assert_eq!(roles.as_array().map(Vec::len), Some(365));
    // Answers that were on their way when it was interrupted are lost: one per connection.
    let asked = answered();
    let mut once = asked.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), 123);
    assert!(asked.len() - once.len() <= 8, "{before} before, {} asked twice", asked.len() - 123);
}

#[test]
fn an_interrupted_refresh_keeps_the_old_roles_and_goes_on() {
    let world = World::new();
    let before = world.ok("roles --json");
    world.ic.add_account("777700001111", "New", "", &["Admin"]);
    world.ic.script(Operation::ListAccountRoles, vec![Reply::Normal; 2]);
    world.ic.always(Operation::ListAccountRoles, Some(Reply::Status(503)));
    let mut command = world.ssoenv(["roles", "--refresh"]);
    assert_eq!(Outcome::of(command.env("AWS_MAX_ATTEMPTS", "1")).code, 5);
    world.ic.always(Operation::ListAccountRoles, None);
    world.ic.clear_requests();
    let after = world.json("roles --refresh --json");
    assert_eq!(after.as_array().map(Vec::len), Some(6));
    assert_eq!(world.ic.count(Operation::ListAccountRoles), 2, "two of four were listed before");
    assert_eq!(json(&before).as_array().map(Vec::len), Some(5));
    // A refresh that was finished starts anew.
    world.ic.clear_requests();
    world.ok("roles --refresh");
    assert_eq!(world.ic.count(Operation::ListAccountRoles), 4);
}

#[test]
fn a_stale_directory_is_served_and_refreshed_in_the_background() {
    let world = World::new();
    world.ok("roles");
    for entry in std::fs::read_dir(world.path(".cache/ssoenv/directory")).expect("there").flatten()
    {
        let text = std::fs::read_to_string(entry.path()).expect("a directory");
        let mut directory = json(&text);
        directory["roles_at"] = 1_000_000.into();
        std::fs::write(entry.path(), directory.to_string()).expect("written");
    }
    world.ic.add_account("777700001111", "New", "", &["Admin"]);
    assert!(!world.ok("roles").contains("New"));
    let started = Instant::now();
    while !world.ok("roles").contains("New") {
        assert!(started.elapsed() < Duration::from_secs(20), "no refresh in the background");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(world.browser_opened(), 1);
}
