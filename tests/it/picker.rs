//! The picker in a terminal: chosen by keys while standard output is captured.

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

use identity_center::IdentityCenter;

use crate::support::run;
use crate::support::shells::path;
use crate::support::tmux::Terminal;
use crate::support::world::sh;
use crate::support::{World, find};

/// What is above the picker on the screen, and below it afterwards.
const SCRIPT: &str = r#"
echo "above the list"
modes=$(stty -g)
code=0
text=$(ssoenv COMMAND) || code=$?
[ "$modes" = "$(stty -g)" ] && echo "modes restored"
echo "end=$code bytes=${#text}"
eval "$text"
echo "profile=$SSOENV_PROFILE account=$SSOENV_ACCOUNT_ID role=$SSOENV_ROLE"
sleep 600
"#;

/// `ssoenv COMMAND` captured in a terminal of 80×24; `None` where tmux is not installed.
fn start(world: &World, command: &str) -> Option<Terminal> {
    start_with(world, command, &[])
}

fn start_with(world: &World, command: &str, extra: &[(&'static str, &str)]) -> Option<Terminal> {
    find("tmux", "SSOENV_TEST_CLIENTS")?;
    // The window must have its size before the list is drawn.
    let script =
        format!("while [ ! -e go ]; do sleep 0.01; done{}", SCRIPT.replace("COMMAND", command));
    let mut env = vec![("PATH", path())];
    env.extend(extra.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let terminal = Terminal::start(world, env, &["sh", "-c", &script]);
    terminal.resize(80, 24);
    world.write("go", "");
    Some(terminal)
}

fn shown(terminal: &Terminal) -> String {
    terminal.wait("the list", |screen| screen.contains("enter to choose"))
}

fn type_in(terminal: &Terminal, text: &str) -> String {
    terminal.text(text);
    terminal.wait(text, |screen| screen.starts_with(&format!("> {text}")))
}

fn end(terminal: &Terminal, code: i32) -> String {
    terminal.wait("the end", |screen| screen.contains(&format!("end={code} ")))
}

/// What is left when nothing was chosen: the screen as it was, the modes, the cursor.
fn assert_left_as_it_was(terminal: &Terminal) {
    let screen = end(terminal, 130);
    assert!(
        screen.starts_with("above the list\ninterrupted\nmodes restored\nend=130 bytes=0\n"),
        "{screen}"
    );
    assert_eq!(terminal.property("#{alternate_on} #{cursor_flag}"), "0 1");
}

#[test]
fn a_profile_is_chosen_by_parts_of_its_names() {
    let world = World::new();
    world.ok("accounts");
    let Some(terminal) = start(&world, "use") else { return };
    let screen = shown(&terminal);
    assert!(screen.starts_with(">  "), "{screen}");
    assert!(screen.contains("> prod   Acme Prod  Admin      eu-west-1"), "{screen}");
    assert!(screen.contains("\nprofile prod, Admin in Acme Prod (111122223333), "));
    assert_eq!(terminal.property("#{alternate_on}"), "1");
    // Account name and role, in any case and order.
    let screen = type_in(&terminal, "DEVELOPER ac");
    assert!(screen.contains("\n> dev"), "{screen}");
    // Roles that nobody has asked for yet come while the list is open.
    terminal
        .wait("every role", |screen| screen.lines().next().is_some_and(|l| l.ends_with(" 1/5")));
    terminal.keys(&["Enter"]);
    let screen = terminal.wait("the end", |screen| screen.contains("profile=dev "));
    assert!(screen.starts_with("above the list\nmodes restored\nend=0 bytes="), "{screen}");
    assert!(screen.contains("account=444455556666 role=Developer"), "{screen}");
}

#[test]
fn escape_and_control_c_leave_everything_as_it_was() {
    for key in ["Escape", "C-c"] {
        let world = World::new();
        let Some(terminal) = start(&world, "use") else { return };
        shown(&terminal);
        type_in(&terminal, "pr");
        terminal.keys(&[key]);
        assert_left_as_it_was(&terminal);
        assert_eq!(world.ic.requests().len(), 0);
    }
}

#[test]
fn standard_error_and_input_may_be_elsewhere() {
    for redirection in ["2>log", "</dev/null"] {
        let world = World::new();
        let Some(terminal) = start(&world, &format!("use {redirection}")) else { return };
        shown(&terminal);
        type_in(&terminal, "tools");
        terminal.keys(&["Enter"]);
        terminal.wait("the end", |screen| screen.contains("profile=tools "));
        if redirection == "2>log" {
            let log = world.read("log");
            assert!(!log.contains('\u{1b}') && !log.contains("enter to choose"), "{log}");
        }
    }
}

#[test]
fn roles_without_a_profile_are_offered_and_marked() {
    let world = World::new();
    world.ok("roles");
    world.ok("use prod");
    let Some(terminal) = start(&world, "use") else { return };
    let screen = shown(&terminal);
    for line in screen.lines() {
        assert!(line.chars().count() < 80, "{line}");
    }
    // What is left of cached credentials, and the most used first.
    let first = screen.lines().nth(1).unwrap_or_default();
    assert!(
        first.starts_with("> prod") && (first.ends_with("59m") || first.ends_with("h00m")),
        "{screen}"
    );
    assert!(screen.contains(", credentials for "), "{screen}");
    let screen = type_in(&terminal, "acme prod readonly");
    assert!(screen.contains(" 1/5\n"), "{screen}");
    assert!(screen.contains("\nno profile, ReadOnly in Acme Prod (111122223333), session corp"));
    terminal.keys(&["Enter"]);
    let screen = terminal.wait("the end", |screen| screen.contains("role="));
    assert!(screen.contains("profile= account=111122223333 role=ReadOnly"), "{screen}");
    // It is remembered too.
    assert!(world.read(".local/state/ssoenv/history").contains(" //111122223333/ReadOnly/corp\n"));
}

#[test]
fn hostile_names_reach_the_terminal_as_text() {
    let ic = IdentityCenter::start();
    let names = [
        "$(touch fired) `touch fired`",
        "\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}[2J\u{9b}31m",
        "\u{202e}drawkcab\u{200b}\u{2066}",
        "quotes ' \" \\ %n %(?..)",
        "two\nlines\tand\r",
    ];
    for (at, name) in names.iter().enumerate() {
        ic.add_account(&format!("00000000000{at}"), name, "x@example.com", &["Role\u{1b}[7m"]);
    }
    let long = "x".repeat(200);
    ic.add_account("000000000009", &long, "x@example.com", &["ReadOnly"]);
    let world = World::with(ic);
    world.write(".aws/config", crate::support::world::CONFIG);
    world.ok("roles");
    let Some(terminal) = start(&world, "use") else { return };
    shown(&terminal);
    for (typed, seen) in [
        ("touch", "$(touch fired) `touch fired`"),
        ("52;c", "]52;c;ZXZpbA==[2J31m"),
        ("drawk", "drawkcab"),
        ("quotes", "quotes ' \" \\ %n %(?..)"),
        ("two", "two lines and"),
        ("xxxx", "xxxxxxxxxxxxx..xxxx"),
    ] {
        let screen = type_in(&terminal, typed);
        assert!(screen.contains(seen), "{typed}: {screen}");
        assert_eq!(screen.lines().count(), 24, "{screen}");
        terminal.keys(&["C-u"]);
        terminal.wait("an empty query", |screen| screen.starts_with(">   "));
    }
    type_in(&terminal, "touch");
    terminal.keys(&["Enter"]);
    terminal.wait("the end", |screen| screen.contains("account=000000000000"));
    assert!(!world.path("fired").exists());
}

#[test]
fn ten_thousand_rows() {
    let world = World::new();
    let mut config = crate::support::world::CONFIG.to_owned();
    for n in 0..10_000 {
        write!(
            config,
            "[profile team-{n:04}-admin]\nsso_session = corp\nsso_account_id = {n:012}\n\
             sso_role_name = AdministratorAccess\nregion = eu-west-1\n"
        )
        .expect("a string");
    }
    world.write(".aws/config", &config);
    let Some(terminal) = start(&world, "use") else { return };
    let screen = shown(&terminal);
    assert!(screen.contains("10003/10003"), "{screen}");
    let begin = Instant::now();
    // Matches every row: the most work that a key can make.
    type_in(&terminal, "administratoraccess");
    let typed = begin.elapsed();
    terminal.keys(&["End"]);
    terminal.wait("the last row", |screen| screen.contains("> team-9999-admin"));
    terminal.keys(&["C-u"]);
    let screen = type_in(&terminal, "77t");
    assert!(screen.contains("/10003"), "{screen}");
    terminal.text(" 4242");
    let screen = terminal.wait("fewer rows", |screen| screen.starts_with("> 77t 4242 "));
    assert!(!screen.contains("team-0000"), "{screen}");
    terminal.keys(&["C-u"]);
    type_in(&terminal, "team-4242");
    terminal.wait("one row", |screen| screen.contains("> team-4242-admin"));
    terminal.keys(&["Escape"]);
    assert_left_as_it_was(&terminal);
    // Ten times the budget of each key, for an unoptimized build on a busy machine.
    assert!(typed < Duration::from_millis(19 * 200), "{typed:?}");
}

#[test]
fn the_window_may_change_its_size() {
    let world = World::new();
    let Some(terminal) = start(&world, "use") else { return };
    shown(&terminal);
    terminal.resize(30, 5);
    terminal.wait("a small list", |screen| {
        !screen.contains("choose") && screen.contains("> prod") && screen.contains("tools")
    });
    terminal.resize(100, 30);
    let screen = shown(&terminal);
    assert_eq!(screen.matches("> prod").count(), 1, "{screen}");
    terminal.keys(&["Down", "Down", "Up", "Enter"]);
    terminal.wait("the end", |screen| screen.contains("profile=dev "));
}

#[test]
fn without_a_terminal_it_is_wrong_usage() {
    let world = World::new();
    let outcome = world.run("use --shell sh");
    assert_eq!((outcome.code, outcome.out.as_str()), (2, ""), "{outcome:?}");
    assert!(outcome.err.contains("error: no profile was named, and there is no terminal"));
    world.says("picker/without_a_terminal_it_is_wrong_usage", &outcome);
    let Some(terminal) = start_with(&world, "use", &[("TERM", "dumb")]) else { return };
    let screen = end(&terminal, 2);
    assert!(screen.contains("error: this terminal (`TERM=dumb`) cannot show a list"), "{screen}");
}

#[test]
fn nothing_to_choose_from_is_a_configuration_error() {
    let world = World::empty();
    let outcome = world.run("use --shell sh");
    assert_eq!(outcome.code, 6, "{outcome:?}");
    world.says("picker/nothing_to_choose_from_is_a_configuration_error", &outcome);
}

/// A picker of the user's own: takes the row that `WANTED` matches, or ends with `CODE`.
fn own_picker(world: &World) -> String {
    let path = world.program(
        "my picker",
        "#!/bin/sh\ncat > rows\n[ -z \"$1\" ] || exit \"$1\"\ngrep \"$WANTED\" rows\n",
    );
    format!("'{}'", path.display())
}

#[test]
fn the_users_own_picker_gets_rows_and_names_one() {
    let world = World::new();
    world.ok("accounts");
    let own = own_picker(&world);
    world.write(".config/ssoenv/config.ini", &format!("[ssoenv]\npicker = {own}\n"));
    let Some(terminal) = start_with(&world, "use", &[("WANTED", "Developer")]) else { return };
    terminal.wait("the end", |screen| screen.contains("profile=dev "));
    let rows = world.read("rows");
    assert_eq!(rows.lines().next(), Some("prod   Acme Prod  Admin      eu-west-1"), "{rows}");
    assert_eq!(rows.lines().count(), 3, "{rows}");
}

#[test]
fn the_users_own_picker_may_fail() {
    let world = World::new();
    let own = own_picker(&world);
    for (picker, code, text) in [
        (format!("{own} 130"), 130, "interrupted"),
        (format!("{own} 1"), 130, "interrupted"),
        (format!("{own} 2"), 6, "cause: it ended with exit code 2"),
        ("/nowhere/fzf".to_owned(), 6, "error: the picker `/nowhere/fzf` cannot be used"),
        ("echo unknown".to_owned(), 6, "cause: it printed a line that it was not given"),
    ] {
        let _ = fs::remove_file(world.path("go"));
        let Some(terminal) = start_with(&world, "use", &[("SSOENV_PICKER", &picker)]) else {
            return;
        };
        let screen = end(&terminal, code);
        assert!(screen.contains(text), "{picker}: {screen}");
    }
    let outcome = sh(&world, "SSOENV_PICKER=cat ssoenv use </dev/null");
    assert_eq!(outcome.code, 2, "{outcome:?}");
}

#[test]
fn fzf_itself() {
    if find("fzf", "SSOENV_TEST_CLIENTS").is_none() {
        return;
    }
    let world = World::new();
    let Some(terminal) = start_with(&world, "use", &[("SSOENV_PICKER", "fzf")]) else { return };
    terminal.wait("fzf", |screen| screen.contains("3/3"));
    terminal.text("tools");
    terminal.wait("one row", |screen| screen.contains("1/3"));
    terminal.keys(&["Enter"]);
    terminal.wait("the end", |screen| screen.contains("profile=tools "));
}

#[test]
fn other_commands_ask_where_nothing_is_named_and_nothing_in_use() {
    let world = World::new();
    let outcome = world.run("exec -- true");
    assert_eq!(outcome.code, 2, "{outcome:?}");
    world.says("picker/other_commands_ask_where_nothing_is_named_and_nothing_in_use", &outcome);
    let command = "exec -- sh -c 'echo \"echo ran with $SSOENV_PROFILE\"'";
    let Some(terminal) = start(&world, command) else { return };
    shown(&terminal);
    type_in(&terminal, "tools");
    terminal.keys(&["Enter"]);
    terminal.wait("the command", |screen| screen.contains("ran with tools"));
}

/// Names that differ late, in sessions and accounts of a large organization.
fn organization() -> World {
    let world = World::empty();
    let mut config = String::from(
        "[sso-session corp]\nsso_start_url = https://example.awsapps.com/start\n\
         sso_region = us-east-1\nsso_registration_scopes = sso:account:access\n",
    );
    for (at, name, profile) in [
        (0, "acme-checkout-staging", "acme-checkout-staging-AdministratorAccess"),
        (1, "acme-checkout-sandbox", "acme-checkout-sandbox-AdministratorAccess"),
        (2, "acme-checkout-production", ""),
        (3, "acme-data-production", "data"),
        (4, "東京の本番環境", ""),
    ] {
        let id = format!("22222222222{at}");
        world.ic.add_account(
            &id,
            name,
            "x@example.com",
            &["AdministratorAccess", "ReadOnlyAccess"],
        );
        if !profile.is_empty() {
            write!(
                config,
                "[profile {profile}]\nsso_session = corp\nsso_account_id = {id}\n\
                 sso_role_name = AdministratorAccess\nregion = eu-central-1\n"
            )
            .expect("a String");
        }
    }
    world.write(".aws/config", &config);
    world.ok("roles");
    world
}

#[test]
fn every_width_tells_rows_apart() {
    let world = organization();
    let mut picture = String::new();
    for columns in [120, 80, 60, 40, 20, 0] {
        let _ = fs::remove_file(world.path("go"));
        // tmux has no terminal of no size.
        let before = if columns == 0 { "stty rows 0 cols 0; " } else { "" };
        let script =
            format!("while [ ! -e go ]; do sleep 0.01; done; {before}ssoenv use >out; sleep 600");
        if find("tmux", "SSOENV_TEST_CLIENTS").is_none() {
            return;
        }
        let terminal = Terminal::start(&world, [("PATH", path())], &["sh", "-c", &script]);
        terminal.resize(if columns == 0 { 80 } else { columns }, 24);
        world.write("go", "");
        let screen = terminal.wait("the list", |screen| screen.contains("type to search"));
        let lines: Vec<_> = screen.lines().map(str::trim_end).collect();
        writeln!(picture, "## {columns} columns\n{}", lines.join("\n")).expect("a String");
        let mut rows: Vec<_> = lines[1..].iter().filter(|line| line.starts_with("  ")).collect();
        let all = rows.len();
        rows.sort();
        rows.dedup();
        assert_eq!((all, rows.len()), (14, 14), "{columns}: {screen}");
    }
    crate::support::messages::compare("picker/widths", &picture);
}

#[test]
fn the_first_list_has_what_the_session_offers() {
    let world = World::empty();
    world.write(
        ".aws/config",
        "[sso-session corp]\nsso_start_url = https://example.awsapps.com/start\n\
         sso_region = us-east-1\nsso_registration_scopes = sso:account:access\n",
    );
    let Some(terminal) = start(&world, "use") else { return };
    shown(&terminal);
    let screen = terminal.wait("every row", |screen| {
        screen.lines().next().is_some_and(|line| line.ends_with(" 5/5"))
    });
    assert!(
        screen.contains("Acme Prod  Admin") && screen.contains("Tools      ReadOnly"),
        "{screen}"
    );
    type_in(&terminal, "dev only");
    terminal.keys(&["Enter"]);
    terminal.wait("the end", |screen| screen.contains("account=444455556666 role=ReadOnly"));
}

#[test]
fn signals_give_the_terminal_back() {
    for (signal, code) in [("TERM", 143), ("HUP", 129), ("QUIT", 131)] {
        let world = World::new();
        if find("tmux", "SSOENV_TEST_CLIENTS").is_none() {
            return;
        }
        let script = "ulimit -c 0; modes=$(stty -g); sh -c 'echo $$ >pid; exec ssoenv use >out'; code=$?; \
                      [ \"$modes\" = \"$(stty -g)\" ] && echo \"modes restored\"; echo \"end=$code \"; sleep 600";
        let terminal = Terminal::start(&world, [("PATH", path())], &["sh", "-c", script]);
        shown(&terminal);
        let pid = world.read("pid");
        let killed = run::output(
            std::process::Command::new("kill").args([&format!("-{signal}"), pid.trim()]),
        )
        .status;
        assert!(killed.success());
        let screen = end(&terminal, code);
        assert!(screen.contains("modes restored"), "{signal}: {screen}");
        assert_eq!(terminal.property("#{alternate_on} #{cursor_flag}"), "0 1", "{signal}");
    }
}
