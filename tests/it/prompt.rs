//! The segment: the same text in every hook and in `ssoenv prompt`, without a process, and whatever
//! is in the environment, never as code.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::support::World;
use crate::support::shells::{have, no_start_files, path};
use crate::support::tmux::Terminal;
use crate::support::world::Outcome;

/// Shells with a hook that can draw a prompt here, each with what draws it.
const DRAW: [(&str, &str); 3] = [
    ("bash", "PS1='> '; eval \"$(ssoenv init bash)\"; __ssoenv_prompt; printf '%s' \"${PS1@P}\""),
    ("zsh", "PROMPT='> '; eval \"$(ssoenv init zsh)\"; __ssoenv_prompt; print -rnP -- \"$PROMPT\""),
    (
        "fish",
        "function fish_prompt; printf '> '; end; ssoenv init fish | source; emit fish_prompt; fish_prompt",
    ),
];

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}

/// A shell that believes that it is interactive.
fn interactive(world: &World, shell: &str, script: &str) -> Command {
    let mut command = world.command(shell);
    command.env("PATH", path()).env("TERM", "xterm-256color").env("NO_COLOR", "1");
    command.args(no_start_files(shell)).args(["-i", "-c", script]);
    command
}

/// What a shell shows before its own `> `, less the blank between them.
fn shown(world: &World, shell: &str, draw: &str, env: &[(&str, String)]) -> String {
    let mut command = interactive(world, shell, draw);
    command.envs(env.iter().map(|(name, value)| (*name, value.as_str())));
    let outcome = Outcome::of(&mut command);
    let segment = outcome.out.trim_end_matches('\n').strip_suffix("> ");
    let segment = segment.unwrap_or_else(|| panic!("{shell}: {outcome:?}"));
    segment.strip_suffix(' ').unwrap_or(segment).to_owned()
}

fn active() -> Vec<(&'static str, String)> {
    [
        ("SSOENV_MODE", "keys"),
        ("SSOENV_PROFILE", "prod"),
        ("SSOENV_ROLE", "Admin"),
        ("SSOENV_LABEL", "Acme Production Admin"),
        ("SSOENV_KEY_ID", "ASIAX"),
        ("AWS_ACCESS_KEY_ID", "ASIAX"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

#[test]
fn every_hook_and_the_command_say_the_same() {
    let world = World::new();
    let later = |seconds: u64| (now() + seconds).to_string();
    let rows: Vec<(Vec<(&'static str, String)>, &str)> = vec![
        (vec![("SSOENV_EXPIRES_AT", later(1_830))], "Acme Production Admin 30m"),
        (vec![("SSOENV_EXPIRES_AT", later(30))], "Acme Production Admin 0m"),
        (vec![("SSOENV_EXPIRES_AT", later(3_630))], "Acme Production Admin 1h00m"),
        (vec![("SSOENV_EXPIRES_AT", later(7_530))], "Acme Production Admin 2h05m"),
        (vec![("SSOENV_EXPIRES_AT", later(126_030))], "Acme Production Admin 35h00m"),
        (vec![("SSOENV_EXPIRES_AT", "100".into())], "Acme Production Admin expired"),
        (vec![("SSOENV_EXPIRES_AT", "0000000100".into())], "Acme Production Admin expired"),
        (vec![], "Acme Production Admin"),
        (vec![("AWS_ACCESS_KEY_ID", "AKIAOTHER".into())], "Acme Production Admin changed"),
        (vec![("AWS_PROFILE", String::new())], "Acme Production Admin changed"),
        (
            vec![("SSOENV_MODE", "profile".into()), ("AWS_PROFILE", "ASIAX".into())],
            "Acme Production Admin changed",
        ),
        (vec![("SSOENV_EXPIRES_AT", "a[$(touch canary)0]".into())], "Acme Production Admin"),
        (vec![("SSOENV_EXPIRES_AT", "99999999999999999999".into())], "Acme Production Admin"),
        (
            vec![("SSOENV_EXPIRES_AT", later(1_830)), ("SSOENV_LEFT", "|{}] {}".into())],
            "Acme Production Admin|30m] {}",
        ),
        (
            vec![("SSOENV_EXPIRES_AT", later(1_830)), ("SSOENV_LEFT", "-".into())],
            "Acme Production Admin",
        ),
        (
            vec![("SSOENV_EXPIRES_AT", "5".into()), ("SSOENV_LEFT", "-".into())],
            "Acme Production Admin expired",
        ),
        (vec![("SSOENV_LEFT", " {} end".into())], "Acme Production Admin end"),
        (
            vec![("SSOENV_LABEL", "$(touch canary)`touch canary`\\u%n%1~!{}*".into())],
            "$(touch canary)`touch canary`\\u%n%1~!{}*",
        ),
        (vec![("SSOENV_LABEL", "Zürich 日本 %% \\[x\\]".into())], "Zürich 日本 %% \\[x\\]"),
        (vec![("SSOENV_MODE", String::new())], ""),
    ];
    for (shell, draw) in DRAW {
        if !have(shell) {
            continue;
        }
        for (extra, wanted) in &rows {
            let mut env = active();
            env.extend(extra.iter().cloned());
            assert_eq!(shown(&world, shell, draw, &env), *wanted, "{shell} {extra:?}");
        }
    }
    for (extra, wanted) in &rows {
        let mut command = world.ssoenv(["prompt"]);
        command.envs(active().into_iter().chain(extra.iter().cloned()));
        let outcome = Outcome::of(&mut command);
        assert_eq!(outcome.out.trim_end_matches('\n'), *wanted, "{extra:?}");
        assert_eq!((outcome.code, outcome.err.as_str()), (0, ""), "{extra:?}");
    }
    assert!(!world.path("canary").exists());
}

/// What was drawn once is drawn anew when its minute is over.
#[test]
fn the_segment_follows_the_clock() {
    let world = World::new();
    // They look at the system's clock, each for some seconds.
    thread::scope(|scope| {
        for (shell, draw) in DRAW.into_iter().filter(|(shell, _)| have(shell)) {
            let draw = match shell {
                "fish" => draw.replacen("; emit", "; emit fish_prompt; sleep 4; emit", 1),
                _ => draw.replacen("; __ssoenv", "; __ssoenv_prompt; sleep 4; __ssoenv", 1),
            };
            for (seconds, wanted) in
                [(62, "Acme Production Admin 0m"), (2, "Acme Production Admin expired")]
            {
                let (world, draw) = (&world, draw.clone());
                scope.spawn(move || {
                    let mut env = active();
                    env.push(("SSOENV_EXPIRES_AT", (now() + seconds).to_string()));
                    assert_eq!(shown(world, shell, &draw, &env), wanted, "{shell}");
                });
            }
        }
    });
}

#[test]
fn a_format_of_the_users_own_is_the_same_everywhere() {
    let world = World::new();
    // Not at the turn of a minute.
    world.ic.lifetimes(identity_center::Lifetimes {
        role_credentials: std::time::Duration::from_secs(2_730),
        ..identity_center::Lifetimes::default()
    });
    world.ok("login");
    for (format, start, end) in [
        ("[{role}@{account_id} {left}]", "[Admin@111122223333 ", "m]"),
        ("{left} {profile}", "", "m prod"),
        ("{profile} in {region}", "prod in eu-west-1", ""),
    ] {
        world.write(".config/ssoenv/config.ini", &format!("[ssoenv]\nprompt_format = {format}\n"));
        let command = {
            let script = "eval \"$(ssoenv use prod)\"; ssoenv prompt";
            crate::support::world::sh(&world, script)
        };
        let wanted = command.out.trim_end();
        assert!(wanted.starts_with(start) && wanted.ends_with(end), "{format}: {command:?}");
        for (shell, draw) in DRAW {
            if !have(shell) {
                continue;
            }
            let draw = match shell {
                "fish" => draw.replacen("; emit", "; ssoenv use prod; emit", 1),
                _ => draw.replacen("; __ssoenv", "; ssoenv use prod; __ssoenv", 1),
            };
            assert_eq!(shown(&world, shell, &draw, &[]), wanted, "{shell} {format}");
        }
    }
}

#[test]
fn what_steers_a_terminal_never_comes_out() {
    let world = World::new();
    for text in ["a\u{1b}]52;c;eA==\u{7}b", "a\u{1b}[31mb", "a\rb", "a\u{1}b\u{2}"] {
        let mut env = active();
        env.push(("SSOENV_LABEL", text.to_owned()));
        for (shell, draw) in DRAW {
            if have(shell) {
                let segment = shown(&world, shell, draw, &env);
                assert!(!segment.contains(char::is_control), "{shell}: {segment:?}");
            }
        }
        let outcome = Outcome::of(world.ssoenv(["prompt"]).envs(env));
        assert!(!outcome.out.trim_end().contains(char::is_control), "{outcome:?}");
    }
}

/// `draw` in a terminal of so many columns.
fn draw_at(shell: &str, draw: &str, columns: &str) -> String {
    match shell {
        "fish" => draw.replacen("emit", &format!("set -g COLUMNS {columns}; emit"), 1),
        _ => draw.replacen("; __ssoenv", &format!("; COLUMNS={columns}; __ssoenv"), 1),
    }
}

/// The account is the last to go: what real accounts look like at every width, in every shell.
#[test]
fn narrow_terminals_get_the_account() {
    let world = World::empty();
    let mut config = String::from(
        "[sso-session corp]\nsso_start_url = https://example.awsapps.com/start\n\
         sso_region = us-east-1\nsso_registration_scopes = sso:account:access\n",
    );
    for (id, name, role) in [
        ("111122223331", "acme-checkout-production", "AdministratorAccess"),
        ("111122223332", "acme-checkout-proof", "ReadOnly"),
        ("111122223334", "東京の本番環境のアカウント", "Admin"),
        ("111122223335", "Dev", "Developer"),
    ] {
        world.ic.add_account(id, name, "x@example.com", &[role]);
        let lines = "sso_session = corp\nsso_account_id = ";
        writeln!(config, "[profile {id}]\n{lines}{id}\nsso_role_name = {role}").expect("a String");
    }
    world.write(".aws/config", &config);
    world.ok("login");
    world.ok("accounts");
    let mut picture = String::new();
    for id in ["111122223331", "111122223332", "111122223334", "111122223335"] {
        for columns in ["120", "80", "60", "59", "40", "39", "20", "0"] {
            let script = format!(
                "eval \"$(ssoenv use {id})\"; unset SSOENV_EXPIRES_AT; COLUMNS={columns} ssoenv prompt"
            );
            let wanted = crate::support::world::sh(&world, &script).out.trim_end().to_owned();
            writeln!(picture, "{columns:>4} |{wanted}").expect("a String");
            for (shell, draw) in DRAW {
                if !have(shell) {
                    continue;
                }
                let draw = draw_at(shell, draw, columns);
                let (at, what) = match shell {
                    "fish" => ("; set -g", format!("; ssoenv use {id}; set -e SSOENV_EXPIRES_AT")),
                    _ => ("; COLUMNS", format!("; ssoenv use {id}; unset SSOENV_EXPIRES_AT")),
                };
                let draw = draw.replacen(at, &format!("{what}{at}"), 1);
                assert_eq!(shown(&world, shell, &draw, &[]), wanted, "{shell} {columns}");
            }
        }
    }
    crate::support::messages::compare("prompt/widths", &picture);
}

/// A terminal outside of UTF-8 locales would show other letters, or none.
#[test]
fn outside_of_utf_8_the_label_is_ascii() {
    let world = World::empty();
    world.ic.add_account("111122223332", "Zürich", "x@example.com", &["Admin"]);
    world.ic.add_account("111122223334", "本番", "x@example.com", &["Admin"]);
    world.write(".aws/config", crate::support::world::CONFIG);
    world.ok("login");
    world.ok("accounts");
    for (locale, account, wanted) in [
        ("C", "111122223332", "Z?rich Admin"),
        ("POSIX", "111122223334", "111122223334 Admin"),
        ("de_DE.ISO-8859-1", "111122223332", "Z?rich Admin"),
        ("C.utf8", "111122223332", "Zürich Admin"),
    ] {
        for (shell, draw) in DRAW {
            if !have(shell) {
                continue;
            }
            let (at, end) = match shell {
                "fish" => ("; emit", "set -e SSOENV_EXPIRES_AT"),
                _ => ("; __ssoenv", "unset SSOENV_EXPIRES_AT"),
            };
            let call = format!("; ssoenv use --account {account} --role Admin; {end}{at}");
            let draw = draw.replacen(at, &call, 1);
            let env = [("LC_ALL", locale.to_owned())];
            assert_eq!(shown(&world, shell, &draw, &env), wanted, "{shell} {locale}");
        }
    }
    // A label of a shell in another locale.
    for (shell, draw) in DRAW.into_iter().filter(|(shell, _)| *shell != "fish") {
        if have(shell) {
            let mut env = active();
            env.extend([("LC_ALL", "C"), ("SSOENV_LABEL", "Zürich \u{9b}31m")].map(own));
            assert_eq!(shown(&world, shell, draw, &env), "Zrich 31m", "{shell}");
        }
    }
}

fn own((name, value): (&'static str, &str)) -> (&'static str, String) {
    (name, value.to_owned())
}

#[test]
fn colors_follow_the_class_and_the_environment() {
    let world = World::new();
    for (shell, draw) in DRAW {
        if !have(shell) {
            continue;
        }
        let raw = |extra: &[(&str, &str)]| {
            let mut command = interactive(&world, shell, draw);
            command.env_remove("NO_COLOR").envs(active()).envs(extra.iter().copied());
            Outcome::of(&mut command).out
        };
        let red = if shell == "zsh" { "\u{1b}[31mAcme" } else { "\u{1b}[31m" };
        let colored = raw(&[("SSOENV_COLOR", "red")]);
        assert!(colored.contains(red), "{shell}: {colored:?}");
        assert!(raw(&[("SSOENV_COLOR", "208")]).contains("38;5;208m"), "{shell}");
        assert!(raw(&[]).contains("[36m"), "{shell}: {:?}", raw(&[]));
        assert!(raw(&[("SSOENV_COLOR", "$(touch canary)")]).contains("[36m"), "{shell}");
        for (extra, code) in [
            (&[("SSOENV_WARN_AT", "5")][..], "33"),
            (&[("SSOENV_WARN_AT", "5"), ("SSOENV_COLOR", "red")], "31"),
            (&[("SSOENV_EXPIRES_AT", "5"), ("SSOENV_COLOR", "red")], "33"),
            (&[("AWS_PROFILE", "other")], "33"),
        ] {
            let warned = raw(extra);
            let wanted = match shell {
                "zsh" => format!("\u{1b}[1m\u{1b}[{code}mAcme"),
                _ => format!("\u{1b}[{code};1m"),
            };
            assert!(warned.contains(&wanted), "{shell} {extra:?}: {warned:?}");
        }
        for quiet in [("NO_COLOR", "1"), ("TERM", "dumb")] {
            let plain = raw(&[quiet, ("SSOENV_COLOR", "red")]);
            assert!(!plain.contains('\u{1b}'), "{shell}: {plain:?}");
        }
    }
    assert!(!world.path("canary").exists());
}

#[test]
fn prompts_expand_nothing_whatever_the_options_are() {
    let world = World::new();
    let mut env = active();
    let hostile = "$(touch canary)`touch canary`${HOME}%n%(?.a.b)\\u!";
    env.push(("SSOENV_LABEL", hostile.to_owned()));
    for (shell, draw) in [
        (
            "zsh",
            "setopt prompt_subst prompt_bang; PROMPT='> '; eval \"$(ssoenv init zsh)\"; __ssoenv_prompt; print -rnP -- \"$PROMPT\"",
        ),
        (
            "zsh",
            "setopt no_prompt_percent; setopt prompt_percent; PROMPT='> '; eval \"$(ssoenv init zsh)\"; __ssoenv_prompt; __ssoenv_prompt; print -rnP -- \"$PROMPT\"",
        ),
        (
            "bash",
            "set -o posix; PS1='> '; eval \"$(ssoenv init bash)\"; __ssoenv_prompt; printf '%s' \"${PS1@P}\"",
        ),
        (
            "bash",
            "set -eu; PS1='> '; eval \"$(ssoenv init bash)\"; __ssoenv_prompt; __ssoenv_prompt; printf '%s' \"${PS1@P}\"",
        ),
    ] {
        if have(shell) {
            let segment = shown(&world, shell, draw, &env);
            assert_eq!(segment, hostile, "{draw}");
        }
    }
    // Without promptvars bash would show the name of the variable.
    if have("bash") {
        let draw = "PS1='> '; eval \"$(ssoenv init bash)\"; __ssoenv_prompt; shopt -u promptvars; \
                    __ssoenv_prompt; printf '%s' \"$PS1\"";
        assert_eq!(shown(&world, "bash", draw, &env), "");
    }
    assert!(!world.path("canary").exists());
}

/// The look at the stamp, at what else is set, and at the directory, in each of these.
const ODD_OPTIONS: [(&str, &str); 13] = [
    ("bash", ""),
    ("bash", "IFS=$'\n'"),
    ("bash", "IFS="),
    ("bash", "unset IFS"),
    ("bash", "IFS=x; readonly IFS"),
    ("bash", "shopt -s nocasematch"),
    ("bash", "set -E; shopt -s nocasematch extglob"),
    ("zsh", ""),
    ("zsh", "IFS=$'\n'"),
    ("zsh", "IFS="),
    ("zsh", "unset IFS"),
    ("zsh", "IFS=x; readonly IFS"),
    ("zsh", "setopt no_case_match no_case_glob"),
];

#[test]
fn prompts_notice_the_same_whatever_the_options_are() {
    let world = World::new();
    // It says what it was asked.
    world.program("other/ssoenv", "#!/bin/sh\nprintf '#ssoenv/1\\nasked=\"%s\"\\n' \"$*\"\n");
    world.write("stamp", "1700000001 1900000000\n");
    for folder in ["case", "CASE"] {
        world.write(&format!("{folder}/.ssoenv"), "profile = prod\n");
    }
    let mut env = active();
    env.push(("SSOENV_STAMP", world.path("stamp").display().to_string()));
    env.push(("SSOENV_GEN", "1700000000".to_owned()));
    env.extend(
        [("SSOENV_MODE", "profile"), ("AWS_PROFILE", "ASIAX")].map(|(k, v)| (k, v.to_owned())),
    );
    env.retain(|(name, _)| *name != "AWS_ACCESS_KEY_ID");
    let script = "PATH=$HOME/other:$PATH; cd case
        __ssoenv_prompt; /usr/bin/printf '%s\\n' \"$asked\"; SSOENV_GEN=1700000001
        asked=; __ssoenv_prompt; /usr/bin/printf '%s\\n' \"$asked$TEXT\"
        AWS_PROFILE=asiax; __ssoenv_prompt; /usr/bin/printf '%s\\n' \"$TEXT\"
        cd ../CASE; __ssoenv_prompt; /usr/bin/printf '%s\\n' \"$asked\"
        (exit 7); __ssoenv_prompt; /usr/bin/printf '%s\\n' \"KEPT\"";
    for (shell, setup) in ODD_OPTIONS {
        if !have(shell) {
            continue;
        }
        let text = if shell == "bash" { "__ssoenv_ps1" } else { "__ssoenv_text" };
        // zsh itself keeps the status.
        let kept = if shell == "bash" { "$?" } else { "7" };
        let script = script.replace("TEXT", text).replace("KEPT", kept);
        let script = format!("eval \"$(ssoenv init {shell})\"; {setup}\n{script}");
        let mut command = interactive(&world, shell, &script);
        command.envs(env.iter().map(|(name, value)| (*name, value.as_str())));
        let outcome = Outcome::of(&mut command);
        let lines: Vec<_> = outcome.out.lines().map(str::trim_end).collect();
        let label = "Acme Production Admin";
        let directory = format!("directory {}", world.path("CASE/.ssoenv").display());
        let changed = format!("{label} changed");
        assert_eq!(
            lines,
            ["use --from-cache", label, &changed, &directory, "7"],
            "{shell} {setup}: {outcome:?}"
        );
        assert!(!outcome.err.contains("IFS"), "{shell} {setup}: {outcome:?}");
    }
}

/// Pasted into the prompt by value, the text of `--shell` still runs nothing.
#[test]
fn the_commands_text_is_safe_by_value() {
    let world = World::new();
    let hostile = "$(touch canary) `touch canary` ${HOME} $((1+1)) \\u \\$HOME %n %(?.a.b) $HOME";
    for (shell, draw, wanted) in [
        (
            "bash",
            "PS1=\"$(ssoenv prompt --shell bash)> \"; printf '%s' \"${PS1@P}\"",
            hostile.replace('`', "'"),
        ),
        (
            "bash",
            "PS1='$(ssoenv prompt --shell bash)> '; printf '%s' \"${PS1@P}\"",
            hostile.replace('`', "'"),
        ),
        (
            "zsh",
            "PROMPT=\"$(ssoenv prompt --shell zsh)> \"; print -rnP -- \"$PROMPT\"",
            hostile.replace('`', "'"),
        ),
        (
            "zsh",
            "setopt prompt_subst; PROMPT=\"$(ssoenv prompt --shell zsh)> \"; print -rnP -- \"$PROMPT\"",
            hostile.replace('`', "'"),
        ),
        (
            "zsh",
            "setopt prompt_subst; PROMPT='$(ssoenv prompt --shell zsh)> '; print -rnP -- \"$PROMPT\"",
            hostile.replace('`', "'"),
        ),
    ] {
        if have(shell) {
            let mut env = active();
            env.push(("SSOENV_LABEL", "x".to_owned()));
            env.push(("SSOENV_LEFT", format!(" {{}}{hostile}")));
            // bash leaves its marks without width to readline.
            let segment = shown(&world, shell, draw, &env).replace(['\u{1}', '\u{2}'], "");
            assert_eq!(segment, format!("x{wanted}"), "{draw}");
        }
    }
    assert!(!world.path("canary").exists());
}

/// The lines of docs/prompts.md, drawn by shells on a terminal.
#[test]
fn prompts_by_hand_show_names_as_they_are() {
    if !have("tmux") {
        return;
    }
    let world = World::new();
    let name = "R&D $x$HOME $(touch canary) `touch canary` a\\u\\w\\\\ \\$x %n 50% $1 \\1 $0x";
    let quoted = name.replace('`', "'");
    let fish = "function fish_prompt; printf '%s > ' (ssoenv prompt); end";
    for (shell, line, wanted) in [
        ("bash", r"PS1='$(ssoenv prompt --shell bash) \$ '", format!("{quoted} $")),
        ("bash", r#"PS1="$(ssoenv prompt --shell bash) \\$ ""#, format!("{quoted} $")),
        ("bash", r"PS1='$(ssoenv prompt --shell bash --color always) \$ '", format!("{quoted} $")),
        (
            "zsh",
            "setopt prompt_subst; PROMPT='$(ssoenv prompt --shell zsh) %# '",
            format!("{quoted} %"),
        ),
        (
            "zsh",
            "setopt prompt_subst; PROMPT='$(ssoenv prompt --shell zsh --color always) %# '",
            format!("{quoted} %"),
        ),
        ("fish", fish, format!("{name} >")),
    ] {
        let Some(program) = crate::support::find(shell, "SSOENV_TEST_SHELLS") else { continue };
        let mut env = active();
        env.push(("SSOENV_LABEL", "x".to_owned()));
        // A label is cut.
        env.push(("SSOENV_LEFT", format!(" {{}}{name}")));
        env.push(("PATH", path()));
        let mut words = vec![program.display().to_string()];
        words.extend(no_start_files(shell).iter().map(|word| (*word).to_owned()));
        words.push("-i".to_owned());
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let terminal = Terminal::start(&world, env, &words);
        // root has another sign.
        let wanted = format!("x{wanted}");
        let wanted = [wanted.clone(), format!("{} #", &wanted[..wanted.len() - 2])];
        terminal.text(&format!("{line}; clear"));
        terminal.keys(&["Enter"]);
        terminal.wait(&format!("{shell}: {}", wanted[0]), |screen| {
            screen.lines().any(|line| wanted.iter().any(|wanted| line.trim_end() == wanted))
        });
    }
    assert!(!world.path("canary").exists());
}

#[test]
fn without_the_segment_the_prompt_is_left_alone() {
    let world = World::new();
    for (shell, draw) in DRAW {
        if have(shell) {
            let draw = draw.replace("init bash", "init bash --no-prompt");
            let draw = draw.replace("init zsh", "init zsh --no-prompt");
            let draw = draw.replace("init fish", "init fish --no-prompt");
            assert_eq!(shown(&world, shell, &draw, &active()), "", "{shell}");
        }
    }
}

/// Ten prompts start nothing: the trace of a shell that draws them has as many new processes as
/// that of one that draws none.
#[test]
fn ten_prompts_start_no_process() {
    if !have("strace") {
        return;
    }
    let world = World::new();
    world.ok("use prod");
    let stamps: Vec<_> = fs::read_dir(world.path(".local/state/ssoenv/stamps"))
        .expect("the stamps")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    let stamp = fs::read_to_string(&stamps[0]).expect("a stamp");
    let generation = stamp.split(' ').next().expect("two numbers").to_owned();
    let mut env = active();
    env.push(("SSOENV_STAMP", stamps[0].display().to_string()));
    env.push(("SSOENV_GEN", generation));
    env.push(("SSOENV_REFRESH_AT", (now() + 1_000).to_string()));
    env.push(("SSOENV_EXPIRES_AT", (now() + 2_000).to_string()));
    env.push(("SSOENV_WARN_AT", (now() + 1_500).to_string()));
    for (shell, load, prompt) in [
        (
            "bash",
            "eval \"$(ssoenv init bash)\"",
            "for i in 1 2 3 4 5 6 7 8 9 10; do __ssoenv_prompt; done",
        ),
        (
            "zsh",
            "eval \"$(ssoenv init zsh)\"",
            "for i in 1 2 3 4 5 6 7 8 9 10; do __ssoenv_prompt; done",
        ),
        (
            "fish",
            "function fish_prompt; printf '> '; end; ssoenv init fish | source",
            "for i in (seq 10); emit fish_prompt; fish_prompt; end",
        ),
    ] {
        if !have(shell) {
            continue;
        }
        let count = |script: &str| {
            let trace = world.path("trace");
            let mut command = world.command("strace");
            command.args(["-f", "-qq", "-e", "trace=fork,vfork,clone,clone3,execve", "-o"]);
            command.arg(&trace).arg(shell).args(no_start_files(shell)).args(["-i", "-c", script]);
            command.env("PATH", path()).env("TERM", "xterm").envs(env.iter().cloned());
            let outcome = Outcome::of(&mut command);
            let trace = fs::read_to_string(&trace).expect("a trace");
            // Threads are no processes.
            let lines = trace.lines().filter(|line| !line.contains("CLONE_THREAD"));
            let lines = lines.filter(|line| !line.contains("resumed>"));
            (lines.filter(|line| line.contains('(')).count(), outcome)
        };
        let seq = if shell == "fish" { "seq 10 >/dev/null; " } else { "" };
        let (none, _) = count(&format!("{load}; {seq}true"));
        let (ten, outcome) = count(&format!("{load}; {prompt}; true"));
        assert_eq!(ten, none, "{shell}: {outcome:?}");
        assert!(!outcome.err.contains("ssoenv"), "{shell}: {outcome:?}");
    }
}
