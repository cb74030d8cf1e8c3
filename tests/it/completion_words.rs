//! What completion scripts get from the program, asked directly.

use std::process::Command;

use ssoenv::cli::complete::line;
use ssoenv::config::header::profile_section;

use crate::completion::config;
use crate::support::world::Outcome;
use crate::support::{Dice, World, find, run};

/// What a completion script gets: the first line, and the values.
fn ask(world: &World, shell: &str, words: &[&str]) -> (String, Vec<String>) {
    let outcome = Outcome::of(world.ssoenv(words).env("SSOENV_COMPLETE", shell));
    assert_eq!((outcome.code, outcome.err.as_str()), (0, ""), "{words:?}");
    let mut lines = outcome.out.lines();
    let first = lines.next().unwrap_or_default().to_owned();
    (first, lines.map(|line| line.split('\t').next().unwrap_or_default().to_owned()).collect())
}

#[test]
fn nothing_is_said_whatever_is_wrong() {
    let world = World::empty();
    let words = ["ssoenv", "use", ""];
    assert_eq!(ask(&world, "zsh", &words), (":ok ".to_owned(), vec!["-".to_owned()]));
    world.write(".aws/config", "[profile a]\nregion = us-east-1\n[broken\n");
    assert_eq!(ask(&world, "zsh", &words).1, ["-"]);
    assert_eq!(ask(&world, "tcsh", &words).0, "");
    assert_eq!(ask(&world, "bash", &["ls; "]).0, "");
    assert_eq!(ask(&world, "powershell", &[]).0, "");
    let mut homeless = world.ssoenv(words);
    let outcome = Outcome::of(homeless.env("SSOENV_COMPLETE", "fish").env_remove("HOME"));
    assert_eq!((outcome.code, outcome.err.as_str()), (0, ""));
}

#[test]
fn names_follow_the_files_at_once() {
    let world = World::empty();
    world.write(".aws/config", &config());
    let plain = ["plain", "plain-audit"];
    for _ in 0..3 {
        assert_eq!(ask(&world, "zsh", &["ssoenv", "use", "pla"]).1, plain);
        std::thread::sleep(std::time::Duration::from_millis(60));
    }
    world.write(
        ".aws/credentials",
        "[planet]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = x\n",
    );
    let more = ["plain", "plain-audit", "planet"];
    assert_eq!(ask(&world, "zsh", &["ssoenv", "use", "pla"]).1, more);
    // Where nothing starts as typed, the shell gets what its own rules may still find.
    assert_eq!(ask(&world, "zsh", &["ssoenv", "use", "PLANE"]).1, ["planet"]);
    assert_eq!(ask(&world, "fish", &["ssoenv", "use", "eb"]).1, ["team:web"]);
    assert_eq!(ask(&world, "bash", &["ssoenv use eb"]).1, Vec::<String>::new());
}

#[test]
fn names_that_steer_a_terminal_are_not_offered() {
    let world = World::empty();
    let names = ["ok", "esc\u{1b}]52;c;eA==\u{7}", "bidi\u{202e}x", "c1\u{9b}31m", "tab\tx"];
    let sections = names.map(|name| format!("[{}]\nregion = us-east-1\n", profile_section(name)));
    world.write(".aws/config", &sections.concat());
    for _ in 0..2 {
        assert_eq!(ask(&world, "zsh", &["ssoenv", "exec", ""]).1, ["ok"]);
        std::thread::sleep(std::time::Duration::from_millis(60));
    }
}

#[test]
fn the_rest_of_the_words_counts() {
    let world = World::empty();
    world.write(".aws/config", &config());
    for (words, expected) in [
        (
            &["ssoenv", "use", "--account", "111111111111", "--role", ""][..],
            &["Admin", "Auditor"][..],
        ),
        (&["ssoenv", "use", "--account=222222222222", "--role", ""], &["ReadOnly"]),
        (&["ssoenv", "whoami", "--role", "Au"], &["Auditor"]),
        (&["ssoenv", "accounts", "--sso-session", ""], &["corp"]),
        (&["ssoenv", "console", "--service", "dyn"], &["dynamodb"]),
        (&["ssoenv", "use", "--region", "eu-central"], &["eu-central-1", "eu-central-2"]),
        (&["ssoenv", "settings", "set", "login"], &["login_flow", "login"]),
        (&["ssoenv", "settings", "set", "login_flow", "d"], &["device"]),
        (&["ssoenv", "profile", "rename", "team"], &["team:web"]),
        (&["ssoenv", "init", "po"], &["powershell"]),
        (&["ssoenv", "use", "--account", "3"], &[]),
    ] {
        assert_eq!(ask(&world, "zsh", words).1, expected, "{words:?}");
    }
    assert_eq!(ask(&world, "zsh", &["ssoenv", "exec", "plain", "--", "git", "l"]).0, ":delegate 4");
}

#[test]
fn accounts_and_roles_of_the_portal_are_known_by_name() {
    let world = World::new();
    world.ok("login --sso-session corp");
    world.ok("roles --refresh");
    let requests = world.ic.requests().len();
    for (words, expected) in [
        (&["ssoenv", "use", "--account", "Acme"][..], &["Acme Prod", "Acme Dev"][..]),
        (&["ssoenv", "use", "--account=Acme P"], &["--account=Acme Prod"]),
        (&["ssoenv", "use", "--account", "4444"], &["444455556666"]),
        (&["ssoenv", "use", "--account", "Acme Prod", "--role", ""], &["Admin", "ReadOnly"]),
        (
            &["ssoenv", "use", "--sso-session", "corp", "--account", "acme dev", "--role", "D"],
            &["Developer"],
        ),
        (&["ssoenv", "roles", "Too"], &["Tools"]),
    ] {
        let mut values = ask(&world, "zsh", words).1;
        let mut expected = expected.to_vec();
        values.sort();
        expected.sort_unstable();
        assert_eq!(values, expected, "{words:?}");
    }
    let outcome =
        Outcome::of(world.ssoenv(["ssoenv use --account 'Acme P"]).env("SSOENV_COMPLETE", "bash"));
    assert_eq!(outcome.out, ":ok Acme P\nAcme Prod\t111122223333\n");
    let outcome =
        Outcome::of(world.ssoenv(["ssoenv", "use", "pro"]).env("SSOENV_COMPLETE", "fish"));
    assert_eq!(outcome.out, ":ok pro\nprod\tAcme Prod Admin\n");
    assert_eq!(world.ic.requests().len(), requests, "completion asks nobody");
}

/// The fuzzer reads back what is inserted with our own reader; this asks bash.
#[test]
fn what_is_inserted_is_one_word_for_bash() {
    let Some(bash) = find("bash", "SSOENV_TEST_SHELLS") else { return };
    let mut dice = Dice::new(7);
    let pieces = [
        "a",
        "B9",
        " ",
        "'",
        "\"",
        "\\",
        "$",
        "$(x)",
        "`x`",
        "!",
        "!!",
        "*",
        "?",
        "[a]",
        "{a,b}",
        "~",
        "#",
        "&",
        ";",
        "|",
        "<",
        ">",
        "(",
        ")",
        "=",
        "%",
        "^",
        ":",
        "@",
        ",",
        "-",
        "\u{fc}",
        "\u{1f600}",
    ];
    let mut values = Vec::new();
    let mut script = String::new();
    for _ in 0..3_000 {
        let value: String = (0..=dice.below(8)).map(|_| dice.pick(&pieces)).collect();
        let quote = dice.pick(&["", "'", "\""]);
        let typed = line::read(&format!("ssoenv use {quote}"), " \t\n\"'@><=;|&(:");
        let current = typed.expect("a command").current;
        let inserted = current.insertion(&value).expect("it begins as typed");
        // As readline does.
        let end = if inserted.ends_with(quote) { "" } else { quote };
        script.extend(["printf '%s\\0' ", quote, &inserted, end, "\n"]);
        values.push(value);
    }
    let mut command = Command::new(bash);
    let output = run::output(command.args(["--norc", "-c", &script]).env("LC_ALL", "C.UTF-8"));
    let read = String::from_utf8(output.stdout).expect("UTF-8");
    let read: Vec<_> = read.split_terminator('\0').collect();
    assert_eq!(read.len(), values.len());
    for (read, value) in read.iter().zip(&values) {
        assert_eq!(read, value);
    }
}
