//! Without /proc: as macOS has none, and as a chroot or a container on Linux may have none.

use crate::support::shells::{have, no_start_files, path};
use crate::support::tmux::Terminal;
use crate::support::world::Outcome;
use crate::support::{World, skip};

/// Where there is no /proc, as on macOS, `eval "$(ssoenv use prod)"` works in an interactive shell, and
/// fails with a way out where nobody can tell who reads.
#[test]
fn without_proc_a_substitution_works_or_fails_with_a_word() {
    if !have("bash") || !have("tmux") {
        return;
    }
    let world = World::new();
    world.ok("use prod");
    let load = "eval \"$(ssoenv init bash --full | sed 's#/proc/#/no-proc/#g')\"\n";
    let script = format!(
        "{load}keys=$(ssoenv use prod) || {{ echo \"$? [$keys]\"; }}; (ssoenv use prod) | cat"
    );
    let mut command = world.command("bash");
    let outcome = Outcome::of(command.env("PATH", path()).args(["--norc", "-c", &script]));
    assert_eq!(outcome.out, "1 []\n", "{outcome:?}");
    assert!(
        outcome.err.contains("hint: run `eval \"$(command ssoenv use PROFILE)\"`"),
        "{outcome:?}"
    );

    world.write("rc", &format!("PS1='READY> '\n{load}"));
    let rc = world.path("rc").display().to_string();
    let words = ["bash", "--noprofile", "--rcfile", &rc, "-i"];
    let terminal = Terminal::start(&world, [("PATH", path())], &words);
    for (line, wanted) in [
        ("eval \"$(ssoenv use prod)\"; echo \"$? $SSOENV_PROFILE\"", "0 prod"),
        ("ssoenv clear; x=$(ssoenv use prod); eval \"$x\"; echo \"$? $SSOENV_PROFILE\"", "0 prod"),
        (
            "ssoenv clear; (ssoenv use prod; echo $SSOENV_PROFILE) | cat; echo \"<$SSOENV_PROFILE>\"",
            "prod\n<>",
        ),
        ("(ssoenv use prod | cat; echo done) 2>/dev/null | cat", "done"),
    ] {
        terminal
            .text(&format!("{{ {line}; }} >$HOME/answer.tmp; mv $HOME/answer.tmp $HOME/answer"));
        terminal.keys(&["Enter"]);
        let answer = terminal.file(&world.path("answer"), line);
        assert_eq!(answer.trim(), wanted, "{line}: {}", terminal.screen());
    }
}

/// In a chroot or a container without /proc there is no /dev/fd either.
#[test]
fn without_a_proc_file_system_it_works_or_says_why() {
    let world = World::new();
    let hidden = "mount -t tmpfs none /proc && exec \"$@\"";
    let inside = |words: &[&str]| {
        let mut command = world.command("unshare");
        command.env("PATH", path()).args(["--mount", "sh", "-c", hidden, "sh"]).args(words);
        Outcome::of(&mut command)
    };
    if !have("unshare") || inside(&["true"]).code != 0 {
        skip("this user cannot hide /proc");
        return;
    }
    let whole = "ssoenv login && ssoenv status >/dev/null && ssoenv credentials prod >/dev/null && \
                 ssoenv doctor --offline >/dev/null && ssoenv exec prod -- sh -c 'echo \"$AWS_SSO_PROFILE\"'";
    let outcome = inside(&["sh", "-c", whole]);
    assert_eq!((outcome.code, outcome.out.trim()), (0, "prod"), "{outcome:?}");

    let load = "eval \"$(ssoenv init SHELL)\"; ";
    let used = "echo \"$? $SSOENV_PROFILE\"";
    for (shell, script, wanted) in [
        ("bash", format!("{load}ssoenv use prod; {used}"), "0 prod"),
        ("bash", format!("{load}eval \"$(command ssoenv use prod)\"; {used}"), "0 prod"),
        ("bash", format!("eval \"$(ssoenv use prod)\"; {used}"), "0 prod"),
        ("bash", format!("{load}keys=$(ssoenv use prod) || echo \"$? [$keys]\""), "1 []"),
        ("zsh", format!("{load}ssoenv use prod; {used}"), "0 prod"),
        ("zsh", format!("{load}eval \"$(ssoenv use prod)\"; {used}"), "0 prod"),
        (
            "fish",
            "ssoenv init fish | source; ssoenv use prod; echo \"$status $SSOENV_PROFILE\"".into(),
            "0 prod",
        ),
    ] {
        if !have(shell) {
            continue;
        }
        let script = script.replace("SHELL", shell);
        let mut words = vec![shell];
        words.extend(no_start_files(shell));
        words.extend(["-c", &script]);
        let outcome = inside(&words);
        assert_eq!(outcome.out.trim(), wanted, "{shell}: {script}: {outcome:?}");
        let hint = "hint: run `eval \"$(command ssoenv use PROFILE)\"`";
        assert_eq!(outcome.err.contains(hint), wanted == "1 []", "{shell}: {script}: {outcome:?}");
    }
}
