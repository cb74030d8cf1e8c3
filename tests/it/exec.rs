//! `exec`: the command as if ssoenv were not there, but for its credentials.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use identity_center::{Lifetimes, Operation};

use crate::support::World;
use crate::support::run::{self, Running};
use crate::support::world::Outcome;

/// A program that writes its arguments, each ended by NUL.
const ARGUMENTS: &str = "#!/bin/sh\nfor word; do printf '%s\\0' \"$word\"; done\n";

fn exec<const N: usize>(world: &World, words: [&str; N]) -> Command {
    world.ssoenv(["exec", "prod"].into_iter().chain(words))
}

/// A world whose credentials are cached already.
fn ready() -> World {
    let world = World::new();
    world.ok("use prod --shell sh");
    world.ic.clear_requests();
    world
}

#[test]
fn arguments_arrive_byte_by_byte() {
    let world = ready();
    let show = world.program("show", ARGUMENTS);
    let latin = OsString::from_vec(b"caf\xe9 \xff".to_vec());
    let long = "x".repeat(100_000);
    let cases: Vec<Vec<OsString>> = [
        vec![],
        vec![""],
        vec!["", "", ""],
        vec!["a b"],
        vec![" a ", "  "],
        vec!["a\nb"],
        vec!["\n"],
        vec!["a\tb"],
        vec!["a\r\nb"],
        vec!["'"],
        vec!["\""],
        vec!["it's \"quoted\""],
        vec!["\\"],
        vec!["a\\b", "\\\\", "\\n"],
        vec!["$HOME", "${HOME}", "$(id)", "`id`"],
        vec!["*", "?", "[a-z]", "~", "~root"],
        vec!["a;b", "a&b", "a|b", "a>b", "a<b"],
        vec!["!", "!!", "#x"],
        vec!["-"],
        vec!["--"],
        vec!["--", "--"],
        vec!["-x", "--long", "--long=value", "--long="],
        vec!["--region", "x"],
        vec!["--profile=y"],
        vec!["--help"],
        vec!["-h"],
        vec!["--version", "-V"],
        vec!["-v", "-vv"],
        vec!["--no-login"],
        vec!["--yes", "--color", "never"],
        vec!["é", "日本語", "😀"],
        vec!["\u{202e}"],
        vec!["\u{1b}[31m"],
        vec!["\u{1}\u{7f}"],
        vec!["%s", "%", "%PATH%"],
        vec!["{}", "{a,b}"],
        vec!["=", "a=b", "=a"],
        vec!["@file"],
        vec![&long],
    ]
    .into_iter()
    .map(|words| words.into_iter().map(OsString::from).collect())
    .chain([vec![latin]])
    .collect();
    assert_eq!(cases.len(), 40);
    for words in &cases {
        for separator in [Some("--"), None] {
            // Without it the first `--` of the words is the separator.
            if separator.is_none() && words.iter().any(|word| word == "--") {
                continue;
            }
            let mut command = exec(&world, []);
            command.args(separator).arg(&show).args(words);
            let output = run::output(&mut command);
            let expected: Vec<u8> = words
                .iter()
                .flat_map(|word| word.clone().into_vec().into_iter().chain([0]))
                .collect();
            assert_eq!(output.stdout, expected, "{separator:?} {words:?} {output:?}");
            assert!(output.status.success() && output.stderr.is_empty(), "{words:?} {output:?}");
        }
    }
    assert_eq!(world.ic.requests().len(), 0);
}

#[test]
fn every_exit_code_comes_from_the_child() {
    let world = ready();
    for code in 0..=255 {
        let outcome = Outcome::of(&mut exec(&world, ["--", "sh", "-c", &format!("exit {code}")]));
        assert_eq!((outcome.code, outcome.err.as_str()), (code, ""));
    }
}

#[test]
fn commands_that_do_not_run_have_the_shells_codes() {
    let world = World::new();
    world.write("data", "not a program");
    let data = world.path("data").display().to_string();
    // Nobody logs in for a command that is not there.
    let outcome = Outcome::of(&mut exec(&world, ["--", "no-such-command"]));
    assert_eq!((outcome.code, outcome.out.as_str()), (127, ""));
    assert!(outcome.err.starts_with("error: the command `no-such-command` was not found\n"));
    assert_eq!(world.ic.requests().len(), 0);
    world.ok("use prod --shell sh");
    for (program, code) in [(&*data, 126), ("/no/such/file", 127), ("/bin", 126), ("", 127)] {
        let outcome = Outcome::of(&mut exec(&world, ["--", program]));
        assert_eq!((outcome.code, outcome.out.as_str()), (code, ""), "{program}: {outcome:?}");
        assert!(outcome.err.starts_with("error: "), "{outcome:?}");
    }
    // What shells run, `exec` runs.
    let bare = world.program("bare", "echo bare \"$1\"\n").display().to_string();
    let outcome = Outcome::of(&mut exec(&world, ["--", &bare, "a b"]));
    assert_eq!((outcome.code, outcome.out.as_str()), (0, "bare a b\n"), "{outcome:?}");
    // On the path, one that may not be run does not hide one that may.
    fs::create_dir_all(world.path("bin1")).expect("folder");
    world.write("bin1/tool", "x");
    world.program("bin2/tool", "#!/bin/sh\necho found\n");
    let path =
        format!("{0}/bin1:{0}/bin2:{1}", world.home().display(), crate::support::world::path());
    let outcome = Outcome::of(exec(&world, ["--", "tool"]).env("PATH", path));
    assert_eq!(outcome.out, "found\n", "{outcome:?}");
}

#[test]
fn own_failures_are_told_apart() {
    let world = World::new();
    for (words, code) in [
        ("exec prod", 2),
        ("exec", 2),
        ("exec nope -- true", 6),
        ("exec prod --no-login -- true", 3),
        ("exec prod --account 111122223333 --role Admin --region", 2),
        ("exec prod --min-ttl soon -- true", 2),
        ("exec --each /no/such/list -- true", 6),
        ("exec --all none-* -- true", 6),
        ("exec prod --all dev -- true", 2),
    ] {
        let outcome = world.run(words);
        assert_eq!((outcome.code, outcome.out.as_str()), (code, ""), "{words}: {outcome:?}");
        assert!(outcome.err.contains("error: "), "{words}: {outcome:?}");
    }
}

#[test]
fn the_environment_is_that_of_keys_mode_and_nothing_else() {
    let world = ready();
    let shell = world.ok("use prod --shell sh");
    let mut command = exec(&world, ["--", "env", "-0"]);
    for (name, value) in [
        ("AWS_PROFILE", "mine"),
        ("AWS_SECURITY_TOKEN", "old"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/x"),
        ("SSOENV_SAVED", "x"),
        ("SSOENV_PREV", "dev"),
        ("OTHER", "kept \n as it is"),
    ] {
        command.env(name, value);
    }
    let outcome = Outcome::of(&mut command);
    let seen: Vec<_> = outcome.out.split('\0').filter_map(|line| line.split_once('=')).collect();
    let names = |prefix: &str| {
        let mut names: Vec<_> = seen
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| name.starts_with(prefix) && !name.starts_with("AWS_ENDPOINT"))
            .collect();
        names.sort_unstable();
        names
    };
    assert_eq!(
        names("AWS_"),
        [
            "AWS_ACCESS_KEY_ID",
            "AWS_ACCOUNT_ID",
            "AWS_CREDENTIAL_EXPIRATION",
            "AWS_DEFAULT_REGION",
            "AWS_REGION",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_SSO_PROFILE",
        ]
    );
    // The caller's own stay.
    let callers = ["SSOENV_LOGIN", "SSOENV_TEST_SYSTEM"];
    for name in names("SSOENV_").into_iter().filter(|name| !callers.contains(name)) {
        assert!(shell.contains(&format!("export {name}=")), "{name} is not one of `use`");
    }
    assert!(names("SSOENV_").contains(&"SSOENV_PROFILE"));
    assert!(!names("SSOENV_").iter().any(|name| ["SSOENV_SAVED", "SSOENV_PREV"].contains(name)));
    assert!(seen.contains(&("OTHER", "kept \n as it is")));
    let outcome = Outcome::of(&mut exec(&world, ["--region", "ap-south-1", "--", "env"]));
    assert!(outcome.out.contains("AWS_REGION=ap-south-1\n"), "{outcome:?}");
}

#[test]
fn account_and_role_stand_in_for_the_profile() {
    let world = ready();
    for separator in [&["--"][..], &[]] {
        let mut command = world.ssoenv(["exec", "--account", "012345678901", "--role", "ReadOnly"]);
        let outcome = Outcome::of(command.args(separator).args(["printenv", "SSOENV_ROLE"]));
        assert_eq!((outcome.code, outcome.out.as_str()), (0, "ReadOnly\n"), "{outcome:?}");
    }
}

#[test]
fn standard_input_is_passed_on_as_it_is() {
    let world = ready();
    let huge: Vec<u8> =
        (0..8_000_000_u32).map(|n| n.to_le_bytes()[usize::from(n % 7 == 0)]).collect();
    let mut command = exec(&world, ["--", "cat"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = Running::start(&mut command);
    let mut stdin = child.stdin.take().expect("piped");
    let input = huge.clone();
    let writer = std::thread::spawn(move || std::io::Write::write_all(&mut stdin, &input));
    let output = child.end();
    writer.join().expect("written").expect("all of it");
    assert!(output.stdout == huge);
    let mut command = world.command("/bin/sh");
    let line = format!("exec {} exec prod -- cat <&-", env!("CARGO_BIN_EXE_ssoenv"));
    let outcome = Outcome::of(command.args(["-c", &line]));
    assert_eq!((outcome.code, outcome.out.as_str()), (0, ""), "{outcome:?}");
}

#[test]
fn credentials_that_live_too_short_are_renewed_or_refused() {
    let world = World::with(identity_center::IdentityCenter::start());
    world.write(".aws/config", crate::support::world::CONFIG);
    world
        .ic
        .lifetimes(Lifetimes { role_credentials: Duration::from_mins(20), ..Lifetimes::default() });
    world.ok("use prod --shell sh");
    assert_eq!(world.run("exec prod --min-ttl 15m -- true").code, 0);
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 1);
    let outcome = world.run("exec prod --min-ttl 30m -- true");
    assert_eq!(outcome.code, 6, "{outcome:?}");
    world.says("exec/credentials_that_live_too_short_are_renewed_or_refused", &outcome);
    world.ic.lifetimes(Lifetimes::default());
    assert_eq!(world.run("exec prod --min-ttl 30m -- true").code, 0);
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 3);
}

#[test]
fn every_profile_has_its_turn() {
    let world = World::new();
    let line =
        "echo $SSOENV_PROFILE; printf bare; echo err >&2; test $SSOENV_PROFILE != dev || exit 7";
    let mut command = world.ssoenv(["exec", "--all", "*", "--", "sh", "-c", line]);
    let outcome = Outcome::of(&mut command);
    let mut out: Vec<_> = outcome.out.lines().collect();
    out.sort_unstable();
    assert_eq!(
        out,
        [
            "dev   | bare",
            "dev   | dev",
            "prod  | bare",
            "prod  | prod",
            "tools | bare",
            "tools | tools"
        ]
    );
    assert_eq!(outcome.code, 7, "{outcome:?}");
    assert!(outcome.err.contains("prod  | err\n"), "{outcome:?}");
    assert!(
        outcome.err.contains("3 profiles: 2 done, 1 failed\n  dev: exit code 7\n"),
        "{outcome:?}"
    );
    assert_eq!(world.browser_opened(), 1, "one login for all");

    world.write("list", "# some\nprod\n\n dev \nprod\n");
    world.ic.remove_role("444455556666", "Developer");
    fs::remove_dir_all(world.path(".aws/cli")).expect("cache");
    let outcome = world.run("exec --each list --parallel 1 echo hello");
    assert_eq!((outcome.code, outcome.out.as_str()), (4, "prod | hello\n"), "{outcome:?}");
    world.says("exec/every_profile_has_its_turn", &outcome);
}

#[test]
fn a_line_that_is_no_profile_fails_alone() {
    let world = ready();
    world.write("list", "# mine\nnope\nprod\nprdo\ntools\n");
    let outcome = world.run("exec --each list --parallel 1 echo hello");
    assert_eq!(outcome.code, 6, "{outcome:?}");
    assert_eq!(outcome.out, "prod  | hello\ntools | hello\n", "{outcome:?}");
    // With their lines, before anything else is said.
    let says = ["error: list:2: the profile `nope`", "error: list:4: the profile `prdo`"];
    let at =
        says.map(|text| outcome.err.find(text).unwrap_or_else(|| panic!("{text}: {outcome:?}")));
    assert!(at[0] == 0 && at[1] > at[0], "{outcome:?}");
    world.says("exec/a_line_that_is_no_profile_fails_alone", &outcome);
    let summary = "4 profiles: 2 done, 2 failed\n  nope: exit code 6\n  prdo: exit code 6\n";
    assert!(outcome.err.ends_with(summary), "{outcome:?}");
    for (text, says) in [("", "names no profile"), ("\n# none\n", "names no profile")] {
        world.write("list", text);
        let outcome = world.run("exec --each list echo hello");
        assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "{outcome:?}");
        assert!(outcome.err.contains(says), "{outcome:?}");
    }
    fs::write(world.path("list"), b"prod\n\xff\n").expect("the list");
    let outcome = world.run("exec --each list echo hello");
    assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "nothing runs: {outcome:?}");
    let outcome = crate::support::world::sh(
        &world,
        "printf 'nope\\nprod\\n' | ssoenv exec --each - echo hello",
    );
    assert_eq!((outcome.code, outcome.out.as_str()), (6, "prod | hello\n"), "{outcome:?}");
    assert!(outcome.err.starts_with("error: line 1: "), "{outcome:?}");
}
