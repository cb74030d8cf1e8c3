//! Who the text is for where nobody says so: the shell that runs the program, a script of it, or
//! nobody that could read it.

use std::process::Command;

use crate::support::shells::{have, path};
use crate::support::tmux::Terminal;
use crate::support::world::Outcome;
use crate::support::{World, find};

fn cached() -> World {
    let world = World::new();
    world.ok("use prod");
    world
}

/// A copy of `dash`, which nobody knows by this name, that runs a script.
fn stranger(world: &World, name: &str, script: &str) -> Command {
    let dash = find("dash", "SSOENV_TEST_SHELLS").expect("dash, which is `sh` here");
    let mut command = world.command(world.copy_of(dash, name));
    command.env("PATH", path()).args(["-c", script]);
    command
}

#[test]
fn every_shell_takes_what_is_printed_for_it() {
    const SH: &str = "eval \"$(ssoenv use prod)\"\necho \"$SSOENV_PROFILE\"\n\
                      eval \"$(ssoenv clear)\"\necho \"[${SSOENV_PROFILE-}]\"\n";
    let tcsh = "eval \"`ssoenv use prod`\"\necho $SSOENV_PROFILE\n\
                eval \"`ssoenv clear`\"\necho \"[$?SSOENV_PROFILE]\"\n";
    for (line, script, end) in [
        ("bash", SH, "[]"),
        ("zsh", SH, "[]"),
        ("dash", SH, "[]"),
        ("ksh93", SH, "[]"),
        ("mksh", SH, "[]"),
        ("yash", SH, "[]"),
        ("busybox ash", SH, "[]"),
        ("tcsh -f", tcsh, "[0]"),
        (
            "fish --no-config",
            "ssoenv use prod | source\necho $SSOENV_PROFILE\nssoenv clear | source\n\
             echo \"[$SSOENV_PROFILE]\"\n",
            "[]",
        ),
        (
            "nu -n",
            "ssoenv use prod | from json | load-env\nprint $env.SSOENV_PROFILE\n\
             ssoenv clear | from json | load-env\nprint $\"[($env.SSOENV_PROFILE?)]\"\n",
            "[]",
        ),
    ] {
        let mut words = line.split(' ');
        let program = words.next().expect("a program");
        if !have(program) {
            continue;
        }
        let world = cached();
        let mut command = world.command(program);
        command.env("PATH", path()).args(words.clone()).args(["-c", script]);
        let outcome = Outcome::of(&mut command);
        assert_eq!(outcome.out, format!("prod\n{end}\n"), "{line}: {outcome:?}");
        // A script that is started by its name has that name.
        let first = find(program, "SSOENV_TEST_SHELLS").expect("it is there").display().to_string();
        let words: Vec<_> = words.collect();
        let text = format!("#!{first} {}\n{script}", words.join(" "));
        let deploy = world.program("deploy", &text);
        let outcome = Outcome::of(world.command(deploy).env("PATH", path()));
        assert_eq!(outcome.out, format!("prod\n{end}\n"), "a script of {line}: {outcome:?}");
    }
}

#[test]
fn a_shell_that_nobody_knows_is_refused_by_its_name() {
    let world = cached();
    for verb in ["use prod", "use prod --no-login", "use"] {
        let script = format!("ssoenv {verb} | cat");
        let mut command = stranger(&world, "murmur", &script);
        let outcome = Outcome::of(command.env("SHELL", "/usr/bin/murmur"));
        assert_eq!((outcome.code, outcome.out.as_str()), (0, ""), "{outcome:?}");
        assert!(outcome.err.starts_with("error: "), "{outcome:?}");
    }
    let mut command = stranger(&world, "murmur", "ssoenv use prod; exit $?");
    world.says("use/unknown-shell", &Outcome::of(command.env("SHELL", "/usr/bin/murmur")));
    let mut command = stranger(&world, "cmd", "ssoenv use prod; exit $?");
    world.says("use/cmd", &Outcome::of(&mut command));
    // What is in use shows that `clear` would have printed something.
    let active = "eval \"$(ssoenv use prod --shell sh)\"; ssoenv clear; exit $?";
    let mut command = stranger(&world, "rc", active);
    let outcome = Outcome::of(&mut command);
    assert_eq!((outcome.code, outcome.out.as_str()), (2, ""), "{outcome:?}");
    // It is asked for, and nothing has to be guessed.
    let mut command = stranger(&world, "rc", "ssoenv use prod --shell fish");
    assert!(Outcome::of(&mut command).out.contains("set -gx SSOENV_PROFILE "));
}

#[test]
fn what_is_no_shell_gets_sh() {
    let world = cached();
    let mut command = stranger(&world, "builder", "eval \"$(ssoenv use prod)\" && env");
    let outcome = Outcome::of(command.env("SHELL", "/usr/bin/fish"));
    assert!(outcome.out.contains("SSOENV_PROFILE=prod\n"), "{outcome:?}");
}

#[test]
fn shells_without_a_hook_say_what_does_without() {
    let world = World::new();
    world.says("init/tcsh", &world.run("init tcsh"));
    world.says("setup/sh", &world.run("setup sh"));
}

#[test]
fn tcsh_shows_the_segment_and_runs_nothing_in_it() {
    if !have("tcsh") || !have("tmux") {
        return;
    }
    let world = cached();
    let terminal = Terminal::start(&world, [("PATH", path())], &["tcsh", "-f"]);
    for line in [
        "alias precmd 'set prompt = \"`ssoenv prompt --shell tcsh --color always`> \"'",
        "alias ssouse 'eval \"`ssoenv use \\!*`\"'",
        "ssouse prod --no-login",
    ] {
        terminal.text(line);
        terminal.keys(&["Enter"]);
    }
    terminal.wait("the segment", |screen| screen.contains("\nAcme Prod Admin "));
    let label = r#"%n !! ^A \c $HOME `id` "x""#;
    world.write("label", label);
    terminal.text("setenv SSOENV_LABEL \"`cat label`\"");
    terminal.keys(&["Enter"]);
    terminal.wait("the label", |screen| {
        screen.contains("\n%n !! ^A \\c $HOME `id` \"x\"") && !screen.contains("uid=")
    });
}
