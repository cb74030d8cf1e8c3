//! The hook in the real Elvish, on a terminal: without one there is no editor to hook into.

use identity_center::Trust;
use ssoenv::shell::Dialect;

use crate::support::shells::{have, path};
use crate::support::tmux::Terminal;
use crate::support::{World, can_trace, started};

/// Loads the hook twice, over a prompt that the user has.
const START: &str = "set edit:prompt = { put 'theirs> ' }\n\
                     eval (ssoenv init elvish | slurp)\neval (ssoenv init elvish | slurp)\n";

/// What a script uses: a look as before each prompt, and what the prompt shows.
const PRELUDE: &str = r#"
use re
use str
var wrong = []
fn equal {|what found wanted|
  if (not-eq $found $wanted) {
    set wrong = [$@wrong (print 'WRONG '$what': '(repr $found)' and not '(repr $wanted) | slurp)]
  }
}
fn tick { for f $edit:before-readline { $f } }
fn shown { tick; str:join '' [($edit:prompt | each {|one| re:replace "\e\\[[0-9;]*m" '' (to-string $one) })] }
fn child {|name| e:sh -c 'printf %s "${'$name'-unset}"' | slurp }
fn code {|call| try { $call >/dev/null 2>&1; put 0 } catch e { put $e[reason][exit-status] } }
"#;

fn cached() -> World {
    let world = World::new();
    world.ic.add_iam_role("arn:aws:iam::777788889999:role/Deploy", Trust::anyone());
    world.ok("use prod");
    world.ok("use dev");
    world.write(".config/elvish/rc.elv", START);
    world
}

fn start(world: &World, line: &[&str]) -> Terminal {
    let extra = [("PATH", path()), ("LC_ALL", "C.UTF-8".to_owned())];
    let terminal = Terminal::start(world, extra, line);
    terminal.wait("the prompt", |screen| screen.contains("theirs>"));
    terminal
}

/// Runs the script in an interactive shell; it writes what is wrong.
fn run(world: &World, line: &[&str], script: &str) {
    let end = "\nprint (str:join \"\\n\" $wrong)\"\\nEND\\n\" > out.part\ne:mv out.part out\n";
    world.write("script.elv", &format!("{PRELUDE}{script}{end}"));
    let terminal = start(world, line);
    terminal.text("eval (slurp < script.elv)");
    terminal.keys(&["Enter"]);
    let out = terminal.file(&world.path("out"), "the end of the script");
    assert_eq!(out, "\nEND\n");
    terminal.screen();
}

fn have_elvish() -> bool {
    have("elvish") && have("tmux")
}

#[test]
fn commands_change_the_shell_and_keep_their_codes() {
    if !have_elvish() {
        return;
    }
    run(
        &cached(),
        &["elvish"],
        r##"
ssoenv use prod
equal 'used' [$E:SSOENV_PROFILE (child SSOENV_PROFILE) (child AWS_REGION)] [prod prod eu-west-1]
equal 'the key' (child AWS_ACCESS_KEY_ID) $E:SSOENV_KEY_ID
equal 'not exported' (child SSOENV_SHELL) unset
equal 'a failure' (code { ssoenv use nope }) 6
equal 'nothing changed' $E:SSOENV_PROFILE prod
ssoenv -v --color never use dev
equal 'options before the verb' $E:SSOENV_PROFILE dev
ssoenv use -
equal 'the one before' $E:SSOENV_PROFILE prod
ssoenv clear
equal 'cleared' [(child SSOENV_PROFILE) (child AWS_ACCESS_KEY_ID) (child SSOENV_MODE)] [unset unset unset]
ssoenv clear
ssoenv use -
equal 'the one before `clear`' $E:SSOENV_PROFILE prod
ssoenv use prod --role-arn arn:aws:iam::777788889999:role/Deploy --policy '{"Sid":"$E:HOME"}'
ssoenv clear
ssoenv use -
equal 'with what was on top' [$E:SSOENV_PROFILE $E:SSOENV_ROLE] [prod Deploy]
equal 'text is only shown' (str:has-prefix (ssoenv use --help | slurp) Switch) $true
equal 'a shell by name' (ssoenv use dev --shell elvish | from-json)[SSOENV_PROFILE] dev
equal 'a pipe' (ssoenv list | grep -c prod) 1
ssoenv use --account 012345678901 --role ReadOnly
equal 'the zero of an account' $E:SSOENV_ACCOUNT_ID 012345678901
var words = [007 1kb '--flag=a b' -x:y a,b '' 'it''s' '$x' '*' (num 5)]
equal 'words of a program' [(ssoenv exec prod -- printf '%s|' $@words)] [(e:printf '%s|' $@words)]
equal 'a failure of a child' (code { ssoenv list --nothing }) 2
e:mkdir fake
print "#!/bin/sh\necho 'set-env CANARY 1'\n" > fake/ssoenv
chmod +x fake/ssoenv
set paths = [$pwd/fake $@paths]
equal 'an unknown mark' (try { ssoenv use prod; put none } catch e { put $e[reason][content] }) ^
  'the hook is older than the binary: open a new shell'
equal 'and nothing of it' (has-env CANARY) $false
"##,
    );
}

#[test]
fn the_prompt_shows_what_is_used_and_takes_newer_credentials() {
    if !have_elvish() {
        return;
    }
    run(
        &cached(),
        &["elvish"],
        r#"
equal 'nothing in use' (shown) 'theirs> '
ssoenv use prod
equal 'in use' (shown) 'Acme Prod Admin theirs> '
var first = $E:AWS_ACCESS_KEY_ID
ssoenv use prod --fresh --shell sh >/dev/null
tick
equal 'newer keys' (not-eq $E:AWS_ACCESS_KEY_ID $first) $true
equal 'what the child has' (child AWS_ACCESS_KEY_ID) $E:SSOENV_KEY_ID
set-env SSOENV_LABEL "a $1 (x) {RED} \e]0;x\a\u202e"
equal 'a name is a text' (shown) 'a $1 (x) {RED} ]0;x theirs> '
set-env SSOENV_LEFT ' {} left'
equal 'behind what is left' (shown) 'a $1 (x) {RED} ]0;x left theirs> '
set-env SSOENV_COLOR 'x; put CANARY'
equal 'a strange color' (shown) 'a $1 (x) {RED} ]0;x left theirs> '
unset-env SSOENV_LEFT
set-env AWS_ACCESS_KEY_ID other
equal 'changed' (shown) 'a $1 (x) {RED} ]0;x changed theirs> '
set edit:prompt = { put 'next> ' }
equal 'another prompt' (str:has-suffix (shown) 'changed next> ') $true
var ours = $edit:prompt
set edit:prompt = { put '>'; $ours }
equal 'a prompt over ours' (str:count (shown) changed) (num 1)
e:mkdir -p tree/deep
ssoenv use prod
echo 'profile = dev' > tree/.ssoenv
cd tree/deep
tick
equal 'not trusted yet' $E:SSOENV_PROFILE prod
ssoenv allow
tick
equal 'in the tree' $E:SSOENV_PROFILE dev
cd ~
tick
equal 'left again' $E:SSOENV_PROFILE prod
ssoenv logout --all 2>/dev/null
tick
equal 'removed elsewhere' [(child AWS_ACCESS_KEY_ID) (child AWS_PROFILE)] [unset prod]
eval (ssoenv init elvish | slurp)
equal 'loaded again' (str:count (shown) Acme) (num 1)
ssoenv init elvish --remove
equal 'removed' [(shown) (has-key $edit:completion:arg-completer ssoenv)] ['>next> ' $false]
"#,
    );
}

#[test]
fn ten_prompts_start_no_process() {
    let world = cached();
    if !have_elvish() || !can_trace(&world) {
        return;
    }
    let trace = world.path("trace").display().to_string();
    let line = ["strace", "-f", "-e", "trace=execve", "-o", &trace, "elvish"];
    run(
        &world,
        &line,
        "ssoenv use prod\nnop (shown)\ne:env BEGIN=1 true\n\
         for n [(range 10)] { nop (shown) }\ne:env END=1 true\n",
    );
    let calls = world.read("trace");
    let calls = started(&calls).into_iter();
    let started: Vec<_> = calls.skip_while(|line| !line.contains("BEGIN=1")).collect();
    // `env` starts `true`.
    assert!(started.len() >= 4 && started[1].contains("true"), "{started:?}");
    assert!(started[2].contains("END=1"), "{started:?}");
}

#[test]
fn completion_has_descriptions_and_quotes() {
    if !have_elvish() {
        return;
    }
    run(
        &cached(),
        &["elvish"],
        r#"
fn complete {|@words|
  put [($edit:completion:arg-completer[ssoenv] ssoenv $@words | each {|one| put [$one[stem] (re:replace "\e\\[m" '' (to-string $one[display]))] })]
}
equal 'a verb' [(each {|one| put $one[0] } (complete cred))] [credentials]
equal 'profiles' (complete use p) [[prod 'prod (Acme Prod Admin)']]
equal 'options' [(each {|one| put $one[0] } (complete use --mode k))] [keys]
equal 'an account with a blank' [(each {|one| put $one[0] } (complete console --account Acm))] ['Acme Prod' 'Acme Dev']
equal 'nothing' (complete use nothing) []
"#,
    );
}

fn last_line(screen: &str) -> &str {
    screen.lines().rfind(|line| !line.is_empty()).unwrap_or_default()
}

/// Whether the last line is a prompt with nothing behind it, but the host on the right.
fn waits_for_words(screen: &str) -> bool {
    let rest = last_line(screen).split_once("theirs>").map(|(_, rest)| rest.trim());
    rest.is_some_and(|rest| rest.is_empty() || rest.contains('@') && !rest.contains(' '))
}

#[test]
fn the_editor_completes_and_shows_the_segment() {
    if !have_elvish() {
        return;
    }
    let world = cached();
    assert_eq!(world.ok("clear --shell elvish"), "{}\n");
    world.write(".config/elvish/rc.elv", "set edit:prompt = { put 'theirs> ' }\n");
    let done = world.run("setup elvish");
    assert_eq!(done.code, 0, "{done:?}");
    let terminal = start(&world, &["elvish"]);
    // What is typed before the editor is there would be lost.
    let prompt = || terminal.wait("a prompt", waits_for_words);
    prompt();
    terminal.text("ssoenv use pro");
    terminal.keys(&["Tab"]);
    terminal.wait("the name", |screen| screen.contains("use prod "));
    terminal.keys(&["Enter"]);
    terminal.wait("the segment", |screen| screen.contains("Acme Prod Admin theirs>"));
    // Behind the profile the command is completed as it would be by itself.
    terminal.text("ssoenv exec prod -- printen");
    terminal.keys(&["Tab"]);
    terminal.wait("a program", |screen| screen.contains("-- printenv"));
    terminal.keys(&["C-c"]);
    prompt();
    terminal.text("ssoenv use nope; touch on");
    terminal.keys(&["Enter"]);
    terminal.wait("what failed", |screen| screen.contains("Exception: ssoenv exited with 6"));
    assert!(!world.path("on").exists());
    prompt();
    // Without the hook, by the line that messages show.
    terminal.text("ssoenv init elvish --remove");
    terminal.keys(&["Enter"]);
    terminal.wait("no segment", |screen| {
        waits_for_words(screen) && last_line(screen).starts_with("theirs>")
    });
    terminal.text(&(Dialect::Elvish.shell().say.evaluate)("ssoenv use dev"));
    terminal.keys(&["Enter"]);
    prompt();
    terminal.text("clear; printenv SSOENV_PROFILE");
    terminal.keys(&["Enter"]);
    terminal.wait("what is used", |screen| screen.starts_with("dev\n"));
}
