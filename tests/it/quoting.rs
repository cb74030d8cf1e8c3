//! What is printed for a shell, put through the real shell, byte for byte, and never run.
//!
//! Random values from fixed seeds go into hundreds of variables at once; what a child of the shell
//! sees in its environment must be the very same. A file that only executed text could make must
//! not be there.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};

use ssoenv::domain::env_delta::EnvDelta;
use ssoenv::shell::{Dialect, render};
use tempfile::TempDir;

use crate::support::Dice;
use crate::support::run;
use crate::support::shells::{have, no_start_files};

/// Variables set by one start of a shell.
const BATCH: usize = 400;
/// Values for each shell in its plain form; other forms get a tenth.
const VALUES: usize = 20_000;

/// Characters and words that some shell reads as code, pattern, quote, comment or line end.
const PIECES: &[&str] = &[
    "'",
    "\"",
    "\\",
    "`",
    "$",
    "!",
    "#",
    "~",
    "*",
    "?",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    "<",
    ">",
    "|",
    "&",
    ";",
    "=",
    "%",
    "^",
    "+",
    "@",
    ":",
    ",",
    ".",
    "/",
    "-",
    "_",
    " ",
    "  ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\u{1}",
    "\u{7}",
    "\u{8}",
    "\u{1b}",
    "\u{1f}",
    "\u{7f}",
    "\u{80}",
    "\u{9b}",
    "\u{a0}",
    "\u{2018}",
    "\u{2019}",
    "\u{201a}",
    "\u{201c}",
    "\u{2013}",
    "\u{2028}",
    "\u{202e}",
    "\u{feff}",
    "\u{fdd0}",
    "\u{f600}",
    "\u{f6ff}",
    "\u{ffff}",
    "\u{1f600}",
    "\u{10ffff}",
    "é",
    "日本",
    "ソ",
    "許",
    "a",
    "Z",
    "0",
    "n",
    "x41",
    "u0041",
    "000",
    "$(touch CANARY)",
    "`touch CANARY`",
    "';touch CANARY;'",
    "\";touch CANARY;\"",
    "\\$(touch CANARY)",
    "=ls",
    "==",
    "{a,b}",
    "{1..3}",
    "~root",
    "$HOME",
    "${HOME}",
    "$'a'",
    "%n",
    "!!",
    "!x",
    "-n",
    "--",
    "-e",
    "\\n",
    "\\'",
    "\\\\",
    "'\\''",
    "$((1))",
    "<(x)",
    ">(x)",
    "#ssoenv/1",
    "&&",
    "||",
    "EOF",
    "* x",
    "a b",
];

fn value(dice: &mut Dice, index: usize) -> String {
    // Every character of one and two bytes stands alone once.
    if let Some(c) = u32::try_from(index + 1).ok().filter(|n| *n < 0x800).and_then(char::from_u32) {
        return c.into();
    }
    (0..dice.below(12)).map(|_| dice.pick(PIECES)).collect()
}

/// How a text reaches a shell.
struct Way {
    dialect: Dialect,
    shell: &'static [&'static str],
    /// The script that evaluates the file `text` and prints the environment.
    script: &'static str,
    locale: &'static str,
    values: usize,
}

/// Shells that read characters and not bytes, and in the locale `C` know none beyond ASCII.
const ASCII_ALONE: [&str; 2] = ["tcsh", "yash"];

const QUOTED: &str = r#"eval "$(cat text)"; env -0"#;
const UNQUOTED: &str = r"eval $(cat text); env -0";
const SOURCED: &str = ". ./text; env -0";

fn check(way: &Way) {
    let program = way.shell[0];
    if !have(program) {
        return;
    }
    let folder = TempDir::new().expect("a folder");
    // What a pattern in the text would match.
    for name in ["a", "x", "A='x'", "'", "*"] {
        fs::write(folder.path().join(name), "").expect("a file");
    }
    let mut dice = Dice::new(7);
    let mut values: Vec<_> = (0..way.values).map(|index| value(&mut dice, index)).collect();
    if way.locale == "C" && ASCII_ALONE.contains(&program) {
        values.retain(|value| value.is_ascii());
    }
    for batch in values.chunks(BATCH) {
        let mut delta = EnvDelta::new();
        delta.unset("SSOENV_GONE");
        for (index, value) in batch.iter().enumerate() {
            delta.set(format!("SSOENV_V{index}"), value.clone());
        }
        let text = render(way.dialect, &delta, false).expect("no NUL");
        fs::write(folder.path().join("text"), text).expect("the text");
        // zsh wants `--emulate` first, bash its long options.
        let (mut words, last) = (way.shell[1..].to_vec(), no_start_files(program));
        let at = if program == "zsh" { words.len() } else { 0 };
        words.splice(at..at, last.iter().copied());
        let output = run::output(
            Command::new(program)
                .args(words)
                .args(["-c", way.script])
                .env_clear()
                .env("PATH", crate::support::world::path())
                .env("HOME", folder.path())
                .env("LC_ALL", way.locale)
                .env("SSOENV_GONE", "still here")
                .current_dir(folder.path())
                .stdin(Stdio::null()),
        );
        let seen: BTreeMap<String, String> = String::from_utf8_lossy(&output.stdout)
            .split('\0')
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let said = String::from_utf8_lossy(&output.stderr);
        for (index, value) in batch.iter().enumerate() {
            let got = seen.get(&format!("SSOENV_V{index}"));
            assert_eq!(
                got,
                Some(value),
                "{:?} {}: {}\n{said:.500}",
                way.shell,
                way.script,
                way.dialect.quote(value)
            );
        }
        assert!(!seen.contains_key("SSOENV_GONE"), "{:?} {}", way.shell, way.script);
        assert_eq!(said, "", "{:?} {}", way.shell, way.script);
    }
    assert!(!folder.path().join("CANARY").exists(), "{:?} {}", way.shell, way.script);
}

fn each(dialect: Dialect, shells: &[&'static [&'static str]], scripts: &[&'static str]) {
    for shell in shells {
        for script in scripts {
            // There a lone `(` is a broken pattern.
            if shell.contains(&"csh") && *script == UNQUOTED {
                continue;
            }
            let plain = *shell == shells[0] && *script == scripts[0];
            let values = if plain { VALUES } else { VALUES / 10 };
            check(&Way { dialect, shell, script, locale: "C.UTF-8", values });
        }
        check(&Way { dialect, shell, script: scripts[0], locale: "C", values: VALUES / 10 });
    }
}

#[test]
fn bash_reads_back_every_value() {
    each(
        Dialect::Bash,
        &[
            &["bash"],
            &["bash", "--posix"],
            &["bash", "-euo", "pipefail"],
            &["bash", "-O", "extglob", "-O", "nullglob"],
            &["bash", "-O", "failglob", "-O", "dotglob"],
            &["bash", "-H", "-a", "-T"],
        ],
        &[QUOTED, UNQUOTED, SOURCED],
    );
}

#[test]
fn zsh_reads_back_every_value() {
    each(
        Dialect::Zsh,
        &[
            &["zsh"],
            &["zsh", "-o", "rcquotes", "-o", "extendedglob", "-o", "nullglob"],
            &["zsh", "-o", "cshjunkiequotes"],
            &["zsh", "-o", "shwordsplit", "-o", "ksharrays", "-o", "posixbuiltins"],
            &["zsh", "-o", "magicequalsubst", "-o", "kshglob", "-o", "braceccl"],
            &["zsh", "--emulate", "sh"],
            &["zsh", "--emulate", "ksh"],
            &["zsh", "--emulate", "csh"],
        ],
        &[QUOTED, UNQUOTED, SOURCED],
    );
}

#[test]
fn fish_reads_back_every_value() {
    const PIPED: &str = "cat text | source; env -0";
    const LISTED: &str = "eval (cat text); env -0";
    const COLLECTED: &str = "eval (cat text | string collect); env -0";
    each(Dialect::Fish, &[&["fish"]], &[PIPED, LISTED, COLLECTED]);
}

#[test]
fn nu_reads_back_every_value() {
    const LOADED: &str = "open --raw text | from json | load-env; ^env -0";
    for shell in [&["nu", "-n"], &["nu-0.114", "-n"], &["nu-0.108", "-n"]] {
        each(Dialect::Nu, &[shell], &[LOADED]);
    }
}

#[test]
fn elvish_reads_back_every_value() {
    const LOADED: &str = "var c = (from-json < text)\n\
        for k [(keys $c)] { if (eq $c[$k] $nil) { unset-env $k } else { set-env $k $c[$k] } }\n\
        e:env -0";
    each(Dialect::Elvish, &[&["elvish", "-norc"]], &[LOADED]);
}

/// Many values in one start: xonsh takes its time to begin. Too many of them take it more.
#[test]
fn xonsh_reads_back_every_value() {
    const LOADED: &str = "import json\n\
        for name, value in json.load(open('text')).items():\n    \
        __xonsh__.env.pop(name, None) if value is None else __xonsh__.env.__setitem__(name, value)\n\
        $[/usr/bin/env -0]";
    for program in ["xonsh", "xonsh-0.19"] {
        if !have(program) {
            continue;
        }
        let folder = TempDir::new().expect("a folder");
        let mut dice = Dice::new(7);
        let values: Vec<_> = (0..VALUES).map(|index| value(&mut dice, index)).collect();
        for values in values.chunks(300) {
            let mut delta = EnvDelta::new();
            delta.unset("SSOENV_GONE");
            for (index, value) in values.iter().enumerate() {
                delta.set(format!("SSOENV_V{index}"), value.clone());
            }
            let text = render(Dialect::Xonsh, &delta, false).expect("no NUL");
            fs::write(folder.path().join("text"), text).expect("the text");
            let output = run::output(
                Command::new(program)
                    .args(["--no-rc", "-c", LOADED])
                    .env_clear()
                    .env("PATH", crate::support::world::path())
                    .env("HOME", folder.path())
                    .env("LC_ALL", "C.UTF-8")
                    .env("SSOENV_GONE", "still here")
                    .current_dir(folder.path())
                    .stdin(Stdio::null()),
            );
            let text = String::from_utf8_lossy(&output.stdout);
            let seen: BTreeMap<&str, &str> =
                text.split('\0').filter_map(|line| line.split_once('=')).collect();
            for (index, value) in values.iter().enumerate() {
                let got = seen.get(format!("SSOENV_V{index}").as_str());
                assert_eq!(got, Some(&value.as_str()), "{program}");
            }
            assert!(!seen.contains_key("SSOENV_GONE"), "{program}");
        }
        assert!(!folder.path().join("CANARY").exists(), "{program}");
    }
}

#[test]
fn posix_shells_read_back_every_value() {
    each(
        Dialect::Sh,
        &[&["dash"], &["busybox", "ash"], &["bash", "--posix"], &["mksh"], &["ksh93"], &["yash"]],
        &[QUOTED, SOURCED],
    );
}

#[test]
fn tcsh_reads_back_every_value() {
    const BACKTICKS: &str = "eval \"`cat text`\"; env -0";
    const BARE: &str = "eval `cat text`; env -0";
    const FILE: &str = "source text; env -0";
    each(Dialect::Tcsh, &[&["tcsh", "-f"]], &[BACKTICKS, BARE, FILE]);
}

/// Without quotes a newline at the end of a value becomes a blank in POSIX sh: nothing can be done
/// about that there. All else comes back, and nothing runs.
#[test]
fn posix_shells_survive_an_unquoted_eval() {
    for shell in [&["dash"][..], &["busybox", "ash"], &["bash", "--posix"], &["mksh"], &["yash"]] {
        if !have(shell[0]) {
            continue;
        }
        let folder = TempDir::new().expect("a folder");
        for name in ["a", "x", "';touch CANARY;'", "*"] {
            fs::write(folder.path().join(name), "").expect("a file");
        }
        let mut dice = Dice::new(11);
        for _ in 0..20 {
            let mut delta = EnvDelta::new();
            let values: Vec<_> = (0..BATCH / 4)
                .map(|index| value(&mut dice, 0x800 + index).trim_end_matches('\n').to_owned())
                .collect();
            for (index, value) in values.iter().enumerate() {
                delta.set(format!("SSOENV_V{index}"), value.clone());
            }
            let text = render(Dialect::Sh, &delta, false).expect("no NUL");
            fs::write(folder.path().join("text"), text).expect("the text");
            let output = run::output(
                Command::new(shell[0])
                    .args(&shell[1..])
                    .args(["-c", UNQUOTED])
                    .env_clear()
                    .env("LC_ALL", "C.UTF-8")
                    .env("PATH", crate::support::world::path())
                    .current_dir(folder.path()),
            );
            let seen = String::from_utf8_lossy(&output.stdout).into_owned();
            for (index, value) in values.iter().enumerate() {
                let wanted = format!("SSOENV_V{index}={value}");
                assert!(
                    seen.split('\0').any(|line| line == wanted),
                    "{shell:?}: {}\n{output:?}",
                    Dialect::Sh.quote(value)
                );
            }
        }
        assert!(!folder.path().join("CANARY").exists(), "{shell:?}");
    }
}

#[test]
fn a_readonly_variable_stops_everything_before_it_starts() {
    for (dialect, shell) in [
        (Dialect::Bash, "bash"),
        (Dialect::Zsh, "zsh"),
        (Dialect::Sh, "dash"),
        (Dialect::Sh, "mksh"),
        (Dialect::Sh, "busybox"),
        (Dialect::Sh, "yash"),
        (Dialect::Sh, "ksh93"),
    ] {
        if !have(shell) {
            continue;
        }
        let mut delta = EnvDelta::new();
        delta.set("SSOENV_A", "new");
        delta.unset("SSOENV_B");
        delta.set("SSOENV_C", "new");
        let text = render(dialect, &delta, false).expect("no NUL");
        for readonly in ["SSOENV_A", "SSOENV_B", "SSOENV_C"] {
            let script = format!(
                "export SSOENV_A=old SSOENV_B=old SSOENV_C=old; readonly {readonly}\n\
                 eval \"$TEXT\"\necho \"$? $SSOENV_A $SSOENV_B $SSOENV_C\""
            );
            let words: &[&str] = if shell == "busybox" { &["ash", "-c"] } else { &["-c"] };
            let output =
                run::output(Command::new(shell).args(words).arg(&script).env("TEXT", &text));
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(
                String::from_utf8_lossy(&output.stdout),
                "1 old old old\n",
                "{shell}: {said}"
            );
            assert!(said.contains(readonly) && said.contains("all stays as it was"), "{said}");
        }
    }
}

#[test]
fn the_longest_token_fits() {
    let token = "A/b+=".repeat(20_000);
    for (dialect, shell) in [(Dialect::Bash, "bash"), (Dialect::Zsh, "zsh"), (Dialect::Sh, "dash")]
    {
        if !have(shell) {
            continue;
        }
        let mut delta = EnvDelta::new();
        delta.set("AWS_SESSION_TOKEN", token.clone());
        let folder = TempDir::new().expect("a folder");
        let text = render(dialect, &delta, false).expect("no NUL");
        fs::write(folder.path().join("text"), text).expect("the text");
        let script = r#"eval "$(cat text)"; printenv AWS_SESSION_TOKEN"#;
        let output =
            run::output(Command::new(shell).args(["-c", script]).current_dir(folder.path()));
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), token, "{shell}");
    }
}

#[test]
fn a_nul_is_refused() {
    let mut delta = EnvDelta::new();
    delta.set("SSOENV_A", "a\0b");
    for dialect in Dialect::ALL {
        assert!(render(*dialect, &delta, false).is_err());
    }
}
