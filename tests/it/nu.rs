//! The hook in the real Nushell, in every version that is there: commands of two words, overlays, the
//! look before each prompt, completion.

use identity_center::Trust;

use crate::support::shells::{have, path};
use crate::support::tmux::Terminal;
use crate::support::world::Outcome;
use crate::support::{World, can_trace, started};

/// The newest, and the oldest of each kind of text that `init nu` knows.
const VERSIONS: [&str; 3] = ["nu", "nu-0.114", "nu-0.108"];

/// Loads the hook twice, and has what a terminal would do before each prompt.
const PRELUDE: &str = r#"
source ~/hook.nu
source ~/hook.nu
def --env tick [] { for one in $env.config.hooks.pre_prompt { do --env $one.code } }
# How much is left depends on how fast this machine is.
def shown [] { do $env.PROMPT_COMMAND | str replace -ar '\e\[[0-9;]*m' '' | str replace -r ' (59m|1h00m) ' ' LEFT ' }
def is [what: string, found: any, wanted: any] {
    if $found != $wanted { print $"WRONG ($what): ($found | to nuon) and not ($wanted | to nuon)" }
}
def child [name: string] { ^env | lines | where ($it | str starts-with $"($name)=") | get -o 0 | default "" | str replace $"($name)=" "" }
$env.PROMPT_COMMAND = {|| "theirs> "}
"#;

/// Runs a script with the hook, whose failures are lines that start with `WRONG`.
fn run(world: &World, nu: &str, script: &str) -> Outcome {
    let mut init = world.command(nu);
    init.env("PATH", path()).args(["-n", "-c", "ssoenv init nu | save -f ~/hook.nu"]);
    assert_eq!(Outcome::of(&mut init).code, 0, "{nu}");
    world.write("script.nu", &format!("{PRELUDE}\n{script}\nprint END\n"));
    let mut command = world.command(nu);
    command.env("PATH", path()).args(["-n", "-i", "script.nu"]);
    Outcome::of(&mut command)
}

fn check(world: &World, nu: &str, script: &str) {
    let outcome = run(world, nu, script);
    world.assert_no_secret(&outcome.out);
    world.assert_no_secret(&outcome.err);
    assert!(outcome.out.ends_with("END\n") && !outcome.out.contains("WRONG"), "{nu}: {outcome:?}");
}

fn each(script: &str, world: impl Fn() -> World) {
    for nu in VERSIONS {
        if have(nu) {
            check(&world(), nu, script);
        }
    }
}

fn cached() -> World {
    let world = World::new();
    world.ic.add_iam_role("arn:aws:iam::777788889999:role/Deploy", Trust::anyone());
    world.ok("use prod");
    world.ok("use dev");
    world
}

#[test]
fn commands_change_the_shell_and_keep_their_codes() {
    each(
        r#"
        ssoenv use prod
        is "used" [$env.SSOENV_PROFILE (child SSOENV_PROFILE) (child AWS_REGION) $env.LAST_EXIT_CODE] [prod prod eu-west-1 0]
        is "the key" (child AWS_ACCESS_KEY_ID) $env.SSOENV_KEY_ID
        is "not exported" [(child SSOENV_SHELL) (child __ssoenv)] ["" ""]
        is "a failure" (try { ssoenv use nope; 0 } catch {|e| $e.exit_code }) 6
        is "its code" $env.LAST_EXIT_CODE 6
        is "nothing changed" $env.SSOENV_PROFILE prod
        ssoenv -v --color never use dev
        is "options before the verb" $env.SSOENV_PROFILE dev
        ssoenv --color never -v use prod
        is "an option with a value" $env.SSOENV_PROFILE prod
        ssoenv use dev
        ssoenv use -
        is "the one before" $env.SSOENV_PROFILE prod
        ssoenv clear
        is "cleared" [$env.SSOENV_PROFILE? (child AWS_ACCESS_KEY_ID) (child SSOENV_MODE)] [null "" ""]
        ssoenv clear
        ssoenv use -
        is "the one before `clear`" $env.SSOENV_PROFILE prod
        ssoenv use prod --role-arn arn:aws:iam::777788889999:role/Deploy --policy '{"Sid":"$env.HOME"}'
        ssoenv clear
        ssoenv use -
        is "with what was on top" [$env.SSOENV_PROFILE $env.SSOENV_ROLE] [prod Deploy]
        def --env inside [] { ssoenv use dev }
        inside
        is "a function that keeps it" $env.SSOENV_PROFILE dev
        is "text is only shown" ((ssoenv use --help | lines | get 0) =~ 'Switch') true
        is "a shell by name" (ssoenv use prod --shell nu | from json | get SSOENV_PROFILE) prod
        is "another shell's text" ((ssoenv use prod --shell fish | lines | get 0) =~ '^set -gx ') true
        is "an account's zero" (try { ssoenv use --account 012345678901 --role ReadOnly --no-login; $env.SSOENV_ACCOUNT_ID } catch {|e| $e.exit_code }) "012345678901"
        def show [...words: string] { $words | str join "|" }
        is "a program's words" (ssoenv exec prod -- printf '%s|' 007 1.0 1kb --flag="a b" -x:y a,b "" | str trim) "007|1.0|1kb|--flag=a b|-x:y|a,b||"
        is "a child's failure" (try { ssoenv list --nothing e> /dev/null; 0 } catch {|e| $e.exit_code }) 2
        "#,
        cached,
    );
}

#[test]
fn a_shell_without_the_hook_takes_json() {
    for nu in VERSIONS {
        if !have(nu) {
            continue;
        }
        let world = cached();
        let script = "ssoenv clear --shell nu | from json | load-env\n\
             ssoenv use prod --shell nu | from json | load-env\n\
             print (^env | lines | where $it =~ '^SSOENV_PROFILE=|^AWS_PROFILE=' | sort | str join ' ')\n\
             ssoenv clear --shell nu | from json | load-env\n\
             print (^env | lines | where $it =~ '^(SSOENV|AWS_(ACCESS|SECRET|SESSION|PROFILE))' and $it !~ '^SSOENV_(LOGIN|TEST)' | str join ' ')\n\
             ssoenv use prod --shell nu | from json | load-env\n\
             print $env.SSOENV_PROFILE\n";
        world.write("script.nu", script);
        let mut command = world.command(nu);
        let outcome =
            Outcome::of(command.env("PATH", path()).env("AWS_PROFILE", "before").arg("script.nu"));
        assert_eq!(
            outcome.out, "SSOENV_PROFILE=prod\nAWS_PROFILE=before\nprod\n",
            "{nu}: {outcome:?}"
        );
    }
}

#[test]
fn an_overlay_hides_nothing_from_a_clear() {
    each(
        r#"
        ssoenv use prod
        overlay new one
        ssoenv use dev
        is "in the overlay" (child SSOENV_PROFILE) dev
        ssoenv clear
        is "nothing of the layer below" [(child AWS_ACCESS_KEY_ID) (child SSOENV_PROFILE) (child AWS_SESSION_TOKEN)] ["" "" ""]
        ssoenv use dev
        is "again" (child SSOENV_PROFILE) dev
        "#,
        cached,
    );
}

#[test]
fn what_another_version_prints_is_neither_shown_nor_taken() {
    for nu in VERSIONS {
        if !have(nu) {
            continue;
        }
        for printed in ["#ssoenv/2\\n{\"A\":\"SECRET\"}", "#ssoenv/1\\nSECRET", "export A=SECRET"] {
            let world = World::new();
            let script = format!(
                "mkdir ~/bin; \"#!/bin/sh\\nprintf '{}'\\n\" | save -f ~/bin/ssoenv; ^chmod 700 ~/bin/ssoenv\n\
                 $env.PATH = ([~/bin] | path expand | append $env.PATH)\n\
                 let seen = (try {{ ssoenv use prod; '' }} catch {{|e| $e.msg }})\n\
                 is 'the message' $seen 'the hook is older than the binary: run `ssoenv setup nu`, then open a new shell'\n\
                 is 'nothing is set' $env.A? null",
                printed.replace('\\', "\\\\").replace('"', "\\\"")
            );
            let outcome = run(&world, nu, &script);
            assert!(
                outcome.out.ends_with("END\n") && !outcome.out.contains("WRONG"),
                "{outcome:?}"
            );
            assert!(
                !outcome.out.contains("SECRET") && !outcome.err.contains("SECRET"),
                "{outcome:?}"
            );
        }
    }
}

#[test]
fn the_prompt_shows_what_is_used_before_the_users() {
    each(
        r#"
        tick
        is "nothing in use" (shown) "theirs> "
        ssoenv use prod
        tick; tick
        is "in use" (shown) "Acme Prod Admin LEFT theirs> "
        $env.LAST_EXIT_CODE = 7
        tick
        is "the user's code" $env.LAST_EXIT_CODE 7
        $env.SSOENV_LABEL = 'a $1 $0x {RED} (1 + 1)' + "\e]0;x\u{7}\u{202e}"
        tick
        is "a name is a text" (shown) 'a $1 $0x {RED} (1 + 1)]0;x LEFT theirs> '
        $env.AWS_ACCESS_KEY_ID = 'other'
        tick
        is "changed" ((shown) =~ 'changed theirs> $') true
        $env.PROMPT_COMMAND = {|| "\nnext> "}
        tick
        is "another prompt" ((shown) =~ '^\n.*changed next> $') true
        is "one hook" ($env.config.hooks.pre_prompt | length) 1
        ssoenv init nu --remove
        is "removed" [(shown) ($env.config.hooks.pre_prompt | length) ($env.config.completions.external.completer)] ["\nnext> " 0 null]
        is "the program speaks for itself" ((ssoenv use dev --shell nu | from json).SSOENV_PROFILE) dev
        "#,
        cached,
    );
}

#[test]
fn a_prompt_takes_newer_credentials_and_follows_directories() {
    each(
        r#"
        ssoenv use prod
        tick
        let first = $env.AWS_ACCESS_KEY_ID
        ^ssoenv use prod --fresh --shell sh | ignore
        $env.LAST_EXIT_CODE = 7
        tick
        is "newer keys" ($env.AWS_ACCESS_KEY_ID != $first) true
        is "and the user's code" $env.LAST_EXIT_CODE 7
        is "what the child has" (child AWS_ACCESS_KEY_ID) $env.SSOENV_KEY_ID
        mkdir ~/tree/deep
        "profile = dev\n" | save -f ~/tree/.ssoenv
        cd ~/tree/deep
        tick
        is "not trusted yet" $env.SSOENV_PROFILE prod
        ssoenv allow
        tick
        is "in the tree" $env.SSOENV_PROFILE dev
        cd ~
        tick
        is "left again" $env.SSOENV_PROFILE prod
        "#,
        cached,
    );
}

#[test]
fn ten_prompts_start_no_process() {
    for nu in VERSIONS {
        let world = cached();
        if !have(nu) || !can_trace(&world) {
            continue;
        }
        let outcome = run(&world, nu, "ssoenv use prod");
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let body = "ssoenv use prod; tick; shown; ^env BEGIN=1 true\n\
                    for _ in 1..10 { tick; shown }\n^env END=1 true\n";
        world.write("script.nu", &format!("{PRELUDE}\n{body}"));
        let trace = world.path("trace");
        // On a terminal: elsewhere Nushell asks another program for the width.
        let mut command = world.command("script");
        let line = format!("strace -f -e trace=execve -o {} {nu} -n -i script.nu", trace.display());
        command.env("PATH", path()).args(["-qec", &line, "/dev/null"]);
        let outcome = Outcome::of(&mut command);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let calls = world.read("trace");
        let mut programs = started(&calls).into_iter();
        assert!(programs.any(|line| line.contains("BEGIN=1")), "{nu}: {calls}");
        // `env` starts `true`.
        assert!(programs.next().is_some_and(|line| line.contains("[\"true\"]")), "{nu}: {calls}");
        assert!(programs.next().is_some_and(|line| line.contains("END=1")), "{nu}: {calls}");
    }
}

#[test]
fn completion_has_descriptions_and_quotes() {
    const SCRIPT: &str = r#"
        let complete = {|...spans| do $env.config.completions.external.completer $spans }
        is "a verb" (do $complete ssoenv cred | get value) [credentials]
        is "verbs of two words are the shell's" (do $complete ssoenv us | get value) []
        is "profiles" (__ssoenv_complete ["ssoenv use" p] | get value) [prod]
        is "with descriptions" (__ssoenv_complete ["ssoenv use" p] | get description) ["Acme Prod Admin"]
        is "options" (__ssoenv_complete ["ssoenv use" --mode k] | get value) [keys]
        is "an open quote" (__ssoenv_complete ["ssoenv use" "'pr"] | get value) [prod]
        is "an account with a blank" (do $complete ...[ssoenv console --account Acm] | get value) ['"Acme Prod"' '"Acme Dev"']
        is "an account's number" (do $complete ssoenv roles '0123' | get value) ["012345678901"]
        is "other programs" (do $complete git che) null
    "#;
    each(SCRIPT, cached);
}

#[test]
fn setup_makes_a_file_that_a_new_shell_loads() {
    if !have("nu") {
        return;
    }
    let world = cached();
    let file = ".local/share/nushell/vendor/autoload/ssoenv.nu";
    let done = world.run("setup nu");
    assert_eq!((done.code, done.out.as_str()), (0, ""), "{done:?}");
    assert_eq!(world.read(file), world.ok("init nu"));
    assert!(world.run("setup nu").err.contains("already"));
    let terminal = Terminal::start(
        &world,
        [("PATH", path()), ("LC_ALL", "C.UTF-8".to_owned())],
        &["nu", "--no-std-lib"],
    );
    terminal.wait("> ", |screen| screen.contains("> "));
    terminal.text("ssoenv use pr");
    terminal.keys(&["Tab"]);
    terminal.wait("ssoenv use prod", |screen| screen.contains("ssoenv use prod"));
    terminal.keys(&["Enter"]);
    terminal.wait("Acme Prod Admin", |screen| screen.contains("Acme Prod Admin"));
    terminal.resize(50, 40);
    terminal.keys(&["Enter"]);
    terminal.wait("the account without its role", |screen| {
        let last = screen.trim_end().lines().last().unwrap_or_default();
        last.starts_with("Acme Prod ") && !last.contains("Admin")
    });
    terminal.resize(120, 40);
    terminal.text("ssoenv use nope");
    terminal.keys(&["Enter"]);
    terminal.wait("hint:", |screen| screen.contains("hint:"));
    terminal.text("exit");
    terminal.keys(&["Enter"]);
    let gone = world.run("setup nu --remove");
    assert!(gone.code == 0 && !world.path(file).exists(), "{gone:?}");
    assert_eq!(world.run("setup nu --remove").code, 0);
}

#[test]
fn a_short_command_is_use() {
    for nu in VERSIONS {
        if !have(nu) {
            continue;
        }
        let world = cached();
        world.ok("roles");
        let outcome = run(
            &world,
            nu,
            &"^ssoenv init nu --cmd s | save -f ~/short.nu\nNU -n -c 'source ~/short.nu; s acme adm; print $env.SSOENV_PROFILE' | print".replace("NU", &format!("^{nu}")),
        );
        assert!(outcome.out.contains("prod\n"), "{nu}: {outcome:?}");
    }
}
