//! What the prompt and the variables of a hooked shell say is what the shell is: after a logout, in
//! directories, beside direnv, under traps, with hostile values. Shells here believe that they are
//! interactive; their prompts are drawn by calling what draws them.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use identity_center::{Operation, Trust};

use crate::support::World;
use crate::support::run::{self, Running};
use crate::support::shells::{have, no_start_files, path};
use crate::support::world::Outcome;

const SHELLS: [&str; 3] = ["bash", "zsh", "fish"];

/// Words that each shell spells in its own way: `LOAD` loads the hook, `DRAW` draws a prompt, `SHOW`
/// prints it, `STATUS` is what the last command returned.
fn spell(shell: &str, script: &str) -> String {
    let words = match shell {
        "bash" => [
            ("LOAD", "PS1='> '; eval \"$(ssoenv init bash)\""),
            ("DRAW", "eval \"${PROMPT_COMMAND[0]}\""),
            ("SHOW", "printf '[%s]\\n' \"${PS1@P}\""),
            ("STATUS", "$?"),
        ],
        "zsh" => [
            ("LOAD", "PROMPT='> '; eval \"$(ssoenv init zsh)\""),
            ("DRAW", "for f in $precmd_functions; do $f; done"),
            ("SHOW", "print -nP -- '['$PROMPT; print ']'"),
            ("STATUS", "$?"),
        ],
        _ => [
            ("LOAD", "function fish_prompt; printf '> '; end; ssoenv init fish | source"),
            ("DRAW", "emit fish_prompt; fish_prompt >/dev/null"),
            ("SHOW", "printf '[%s]\\n' (fish_prompt)"),
            ("STATUS", "$status"),
        ],
    };
    words.iter().fold(script.to_owned(), |script, (word, text)| script.replace(word, text))
}

fn shell(world: &World, shell: &str, script: &str) -> Command {
    let mut command = world.command(shell);
    command.env("PATH", path()).env("TERM", "xterm-256color").env("NO_COLOR", "1");
    command.args(no_start_files(shell)).args(["-i", "-c", &spell(shell, script)]);
    command
}

/// The same script in each shell.
fn in_each(script: &str, check: impl Fn(&str, &World, &Outcome)) {
    for name in SHELLS {
        if !have(name) {
            continue;
        }
        let world = World::new();
        world.ok("use prod");
        world.ok("use dev");
        let outcome = Outcome::of(&mut shell(&world, name, script));
        check(name, &world, &outcome);
    }
}

#[test]
fn every_logout_is_noticed() {
    in_each(
        "LOAD; ssoenv use prod; DRAW; ssoenv logout; DRAW; echo \"<$AWS_ACCESS_KEY_ID,$AWS_PROFILE>\"\n\
         ssoenv use prod; DRAW; ssoenv logout; DRAW; echo \"<$AWS_ACCESS_KEY_ID,$AWS_PROFILE>\"; SHOW",
        |name, _, outcome| {
            let lines: Vec<_> = outcome.out.lines().collect();
            assert_eq!(lines[..2], ["<,prod>", "<,prod>"], "{name}: {outcome:?}");
            assert_eq!(outcome.err.matches("were removed").count(), 2, "{name}: {outcome:?}");
        },
    );
}

#[test]
fn a_role_is_left_with_its_directory_right_after_allow_and_deny() {
    for verb in ["allow", "deny"] {
        in_each(
            &format!(
                "mkdir -p tree; echo 'profile = dev' >tree/.ssoenv; ssoenv allow tree; LOAD\n\
                 cd tree; DRAW; echo $SSOENV_PROFILE; ssoenv {verb}; cd ..; DRAW; echo \"<$SSOENV_PROFILE>\""
            ),
            |name, _, outcome| {
                assert_eq!(outcome.out, "dev\n<>\n", "{name} {verb}: {outcome:?}");
            },
        );
    }
}

/// A file that was changed in the tree and cannot be allowed is no way back to production.
#[test]
fn a_file_that_changed_changes_nothing() {
    in_each(
        "mkdir -p tree; echo 'profile = dev' >tree/.ssoenv; ssoenv allow tree; LOAD; ssoenv use prod\n\
         cd tree; DRAW; echo 'profile = nope' >.ssoenv; ssoenv allow; DRAW; echo \"<$SSOENV_PROFILE>\"\n\
         cd ..; DRAW; echo \"<$SSOENV_PROFILE>\"",
        |name, _, outcome| {
            assert_eq!(outcome.out, "<dev>\n<prod>\n", "{name}: {outcome:?}");
            assert!(outcome.err.contains("until you leave"), "{name}: {outcome:?}");
        },
    );
}

/// The prompt shows what the shell has, also where direnv has changed it before the same prompt.
#[test]
fn the_segment_is_right_beside_direnv_in_any_order() {
    if !have("direnv") {
        return;
    }
    for first in [true, false] {
        for name in SHELLS {
            if !have(name) {
                continue;
            }
            let world = World::new();
            world.ok("use prod");
            world.ok("use dev");
            world.write("proj/.envrc", "eval \"$(ssoenv use dev)\"\n");
            let run = run::output(
                Command::new("direnv")
                    .env_clear()
                    .envs(world.env())
                    .args(["allow", "proj/.envrc"])
                    .current_dir(world.home()),
            );
            assert!(run.status.success(), "direnv");
            let direnv = match name {
                "fish" => "direnv hook fish | source".to_owned(),
                _ => format!("eval \"$(direnv hook {name})\""),
            };
            let script = if first { format!("{direnv}; LOAD") } else { format!("LOAD; {direnv}") };
            // fish's own prompt runs its handlers; here each of them is called.
            let script = format!(
                "{script}; ssoenv use prod; DRAW; SHOW; cd proj; DRAW; SHOW; cd ..; DRAW; SHOW"
            );
            let outcome = Outcome::of(&mut shell(&world, name, &script));
            let shown: Vec<_> = outcome.out.lines().collect();
            let accounts = ["Acme Prod", "Acme Dev", "Acme Prod"];
            assert_eq!(shown.len(), 3, "{name} {first}: {outcome:?}");
            for (line, account) in shown.iter().zip(accounts) {
                assert!(line.starts_with(&format!("[{account}")), "{name} {first}: {outcome:?}");
            }
        }
    }
}

/// DEBUG traps are shown each command; none of them is one with keys.
#[test]
fn no_trap_sees_a_key() {
    for (name, setup) in [
        ("bash", "trap 'echo \"$BASH_COMMAND\" >>$HOME/log' DEBUG"),
        ("bash", "set -T; trap 'echo \"$BASH_COMMAND\" >>$HOME/log' DEBUG"),
        ("bash", "shopt -s extdebug; trap 'echo \"$BASH_COMMAND\" >>$HOME/log' DEBUG"),
        ("bash", "set -ET; trap 'echo \"$BASH_COMMAND\" >>$HOME/log' DEBUG RETURN ERR"),
        ("zsh", "trap 'print -r -- \"$ZSH_DEBUG_CMD\" >>$HOME/log' DEBUG"),
        ("zsh", "TRAPDEBUG() { print -r -- \"$ZSH_DEBUG_CMD\" >>$HOME/log }"),
    ] {
        if !have(name) {
            continue;
        }
        let world = World::new();
        world.ok("use prod");
        world.ok("use dev");
        world.write("tree/.ssoenv", "profile = dev\n");
        world.ok("allow tree");
        let script = format!(
            "LOAD\n{setup}\nssoenv use prod\necho $SSOENV_PROFILE\ncd tree\nDRAW\necho $SSOENV_PROFILE\n\
             echo $- >$HOME/flags; ssoenv use prod --fresh; echo $- >>$HOME/flags; echo last"
        );
        let outcome = Outcome::of(&mut shell(&world, name, &script));
        assert_eq!(outcome.out, "prod\ndev\nlast\n", "{name} {setup}: {outcome:?}");
        let log = world.read("log");
        world.assert_no_secret(&log);
        assert!(!log.contains("ASIA"), "{name} {setup}: {log}");
        // The trap is there still, and so are the options.
        assert!(log.trim_end().ends_with("last"), "{name} {setup}: {log}");
        let flags = world.read("flags");
        let flags: Vec<_> = flags.lines().collect();
        assert_eq!(flags[0], flags[1], "{name} {setup}");
    }
}

/// Neither does one in a shell without the hook, where the text itself has to see to that.
#[test]
fn no_trap_sees_a_key_of_an_eval() {
    const BASH: &str = "trap 'echo \"$BASH_COMMAND\" >>$HOME/log' DEBUG";
    let world = World::new();
    world.ok("use prod");
    for (name, setup, state) in [
        ("bash", BASH.to_owned(), "set +o; trap -p"),
        ("bash", format!("set -T; {BASH}"), "set +o; trap -p"),
        ("bash", format!("shopt -s extdebug; {BASH} RETURN ERR"), "set +o; trap -p"),
        ("zsh", "trap 'print -r -- \"$ZSH_DEBUG_CMD\" >>$HOME/log' DEBUG".to_owned(), "setopt"),
        ("zsh", "TRAPDEBUG() { print -r -- \"$ZSH_DEBUG_CMD\" >>$HOME/log }".to_owned(), "setopt"),
        (
            "zsh",
            "setopt no_debug_before_cmd warn_create_global\nTRAPDEBUG() { echo x >>$HOME/log }"
                .to_owned(),
            "setopt",
        ),
    ] {
        if !have(name) {
            continue;
        }
        for load in ["", "LOAD\n"] {
            drop(std::fs::remove_file(world.path("log")));
            let load = if load.is_empty() {
                String::new()
            } else {
                format!("eval \"$(command ssoenv init {name} --no-prompt)\"\n")
            };
            let script = format!(
                "{load}{setup}\n{{ {state}; }} >$HOME/before\n\
                 f() {{ eval \"$(ssoenv use prod)\"; }}; f\n: first\n\
                 eval \"$(ssoenv use prod)\"\necho $? $SSOENV_PROFILE\n: second\n\
                 {{ {state}; }} >$HOME/after\nreadonly AWS_REGION\n\
                 eval \"$(ssoenv clear)\" 2>/dev/null\necho $? $SSOENV_PROFILE\n\
                 {{ {state}; }} >$HOME/refused\necho last"
            );
            let mut command = crate::support::shells::script(&world, name, &[], &script);
            let outcome = Outcome::of(&mut command);
            // With the hook it is a subshell that refuses, and `eval` gets nothing.
            let refused = i32::from(load.is_empty());
            let wanted = format!("0 prod\n{refused} prod\nlast\n");
            assert_eq!(outcome.out, wanted, "{setup}: {outcome:?}");
            let log = world.read("log");
            world.assert_no_secret(&log);
            assert!(!log.contains("ASIA"), "{setup}: {log}");
            let silent = setup.contains("no_debug");
            assert!(silent || log.contains("last"), "{setup}: {log}");
            let before = world.read("before");
            assert_eq!(world.read("after"), before, "{setup}");
            assert_eq!(world.read("refused"), before, "{setup}");
        }
    }
}

/// A command that has to end by itself, and what it put out.
fn in_time(mut command: Command) -> Outcome {
    let mut child = Running::start(command.stdout(Stdio::piped()));
    let patience = Instant::now() + Duration::from_secs(20);
    while child.try_wait().expect("a child").is_none() {
        assert!(Instant::now() < patience, "the shell hangs");
        std::thread::sleep(Duration::from_millis(10));
    }
    Outcome::from(&child.end())
}

#[test]
fn no_directory_is_an_endless_one() {
    let folders = "mkdir -p \"$HOME/a\nb/c\n/d\"; cd \"$HOME/a\nb/c\n/d\"; DRAW; echo 'profile = dev' >../.ssoenv\n\
                   ssoenv allow; DRAW; echo $SSOENV_PROFILE; cd ..; DRAW; echo $SSOENV_PROFILE; cd ..; DRAW; echo \"<$SSOENV_PROFILE>\"";
    for name in SHELLS {
        if !have(name) {
            continue;
        }
        let world = World::new();
        world.ok("use dev");
        let outcome = in_time(shell(&world, name, &format!("LOAD; {folders}")));
        assert_eq!(outcome.out, "dev\ndev\n<>\n", "{name}: {outcome:?}");
        if name != "fish" {
            let script = "LOAD; PWD=secret; DRAW; read -r PWD <<<'a b/c'; DRAW; echo over";
            let outcome = in_time(shell(&world, name, script));
            assert_eq!(outcome.out, "over\n", "{name}: {outcome:?}");
        }
    }
}

/// What steers a terminal, in whatever encoding, stays off the screen; the rest is shown.
#[test]
fn labels_from_the_environment_are_cleaned() {
    use std::os::unix::ffi::OsStrExt;
    let world = World::new();
    let hostile =
        b"a\xe2\x80\xaeb\xc2\x9b31mc\x1b]52;c;eA==\x07\xe2\x81\xa6d\xef\xbb\xbf\xc2\xade\xd8\x9cf";
    for name in SHELLS {
        if !have(name) {
            continue;
        }
        for locale in ["C.UTF-8", "C"] {
            for tail in [&b""[..], b"\x9b31m"] {
                let label = [&hostile[..], tail].concat();
                let mut command = shell(&world, name, "LOAD; DRAW; SHOW");
                command.env("LC_ALL", locale).env("SSOENV_MODE", "keys");
                command.env("SSOENV_LABEL", std::ffi::OsStr::from_bytes(&label));
                let output = run::output(&mut command);
                let shown = String::from_utf8_lossy(&output.stdout).into_owned();
                // zsh spells out what it cannot show.
                let bad = |c: char| {
                    (c.is_control() && c != '\n')
                        || "\u{202e}\u{2066}\u{feff}\u{ad}\u{61c}".contains(c)
                };
                let raw = output.stdout.contains(&0x9b);
                assert!(!shown.contains(bad) && !raw, "{name} {locale}: {shown:?}");
                assert!(
                    shown.contains('a') && shown.contains("52;c"),
                    "{name} {locale}: {shown:?}"
                );
            }
        }
    }
}

/// Whatever others have put around the hook's entry: what is left is theirs, whole and in its place.
#[test]
fn leaving_takes_nothing_from_others() {
    if !have("bash") {
        return;
    }
    let world = World::new();
    let load = "eval \"$(ssoenv init bash)\"";
    for (before, after, left) in [
        ("", "", ""),
        ("PROMPT_COMMAND='history -a'", "PROMPT_COMMAND+=(true)", "history -a|true|"),
        ("PROMPT_COMMAND='a; '", "PROMPT_COMMAND=\"$PROMPT_COMMAND ; b\"", "a; \n b|"),
        ("PROMPT_COMMAND='a'", "PROMPT_COMMAND=\"b;$PROMPT_COMMAND;c\"", "b;a\nc|"),
        ("PROMPT_COMMAND=(a b)", "PROMPT_COMMAND=(c \"${PROMPT_COMMAND[@]}\")", "c|a|b|"),
        ("PROMPT_COMMAND=('' a)", "", "|a|"),
        (
            "",
            "PROMPT_COMMAND=\"$PROMPT_COMMAND\"$'\\n'__bp_interactive_mode",
            "__bp_interactive_mode|",
        ),
    ] {
        for reload in ["", load, "__ssoenv_prompt"] {
            let script = format!(
                "{before}\n{load}\n{after}\n{reload}\nssoenv init bash --remove\n\
                 for each in \"${{PROMPT_COMMAND[@]}}\"; do printf '%s|' \"$each\"; done; eval \"${{PROMPT_COMMAND[*]}}\" 2>&1 | grep syntax"
            );
            let mut command = shell(&world, "bash", &script);
            let outcome = Outcome::of(&mut command);
            assert_eq!(outcome.out, left, "{before} {after} {reload}: {outcome:?}");
        }
    }
    let mut command =
        shell(&world, "bash", "LOAD; ssoenv init bash --remove; SHOW; declare -p PROMPT_COMMAND");
    let outcome = Outcome::of(&mut command);
    assert_eq!(outcome.out, "[> ]\n", "{outcome:?}");
}

/// fish evaluates the text line by line, and the last line counts.
#[test]
fn text_for_fish_ends_with_success() {
    if !have("fish") {
        return;
    }
    let world = World::new();
    world.ok("use dev");
    for script in [
        "ssoenv use dev --shell fish | source; and echo right",
        "eval (ssoenv use dev --shell fish); and echo right",
        "ssoenv use dev --shell fish | source; ssoenv clear --shell fish | source; and echo right",
    ] {
        let outcome = Outcome::of(&mut shell(&world, "fish", script));
        assert_eq!(outcome.out, "right\n", "{script}: {outcome:?}");
    }
}

/// A role with a session policy goes to and fro: its JSON is nothing that a shell reads.
#[test]
fn what_is_on_top_comes_back_with_use_minus() {
    const ROLE: &str = "arn:aws:iam::444455556666:role/Deploy";
    const POLICY: &str = r#"{"Sid":"$HOME `id` a  b"}"#;
    for name in SHELLS {
        if !have(name) {
            continue;
        }
        let world = World::new();
        world.ic.add_iam_role(ROLE, Trust::anyone());
        world.ok("use prod");
        world.ok("use dev");
        let script = format!(
            "LOAD\nssoenv use prod --role-arn {ROLE} --policy '{POLICY}'\necho $SSOENV_ROLE\n\
             ssoenv use dev\necho $SSOENV_ROLE\nssoenv use -\necho $SSOENV_ROLE\n\
             ssoenv clear\nssoenv use -\necho $SSOENV_ROLE"
        );
        let outcome = Outcome::of(&mut shell(&world, name, &script));
        let roles: Vec<_> = outcome.out.lines().collect();
        assert_eq!(roles, ["Deploy", "Developer", "Deploy", "Deploy"], "{name}: {outcome:?}");
        let calls = world.ic.requests().into_iter().filter(|it| it.op == Operation::AssumeRole);
        let bodies: Vec<_> = calls.map(|call| call.body).collect();
        assert_eq!(bodies.len(), 1, "{name}: {bodies:?}");
        let pairs: Vec<_> = url::form_urlencoded::parse(bodies[0].as_bytes()).collect();
        assert!(pairs.contains(&("Policy".into(), POLICY.into())), "{name}: {pairs:?}");
    }
}
