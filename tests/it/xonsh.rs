//! The hook in the real xonsh, in every version that is there.

use identity_center::Trust;

use crate::support::shells::{have, path};
use crate::support::tmux::Terminal;
use crate::support::world::Outcome;
use crate::support::{World, can_trace, started};

/// The newest, and the oldest that the hook is for.
const VERSIONS: [&str; 2] = ["xonsh", "xonsh-0.19"];

/// Loads the hook twice, and has what a terminal would do before each prompt.
const PRELUDE: &str = r#"
# xonsh 0.19 takes a pause of a busy machine for the end of what `$()` reads.
$XONSH_PROC_FREQUENCY = 0.1
execx($(ssoenv init xonsh))
execx($(ssoenv init xonsh))
$XONSH_SHOW_TRACEBACK = False
$XONSH_SUBPROC_CMD_RAISE_ERROR = False
$PROMPT = "theirs> "
import re
from xonsh.prompt.base import PromptFormatter
def tick():
    events.on_pre_prompt_format.fire()
def shown():
    tick()
    # What fields gave is kept for one prompt.
    $PROMPT_FIELDS.reset()
    text = PromptFormatter()(template=$PROMPT)
    text = re.sub(r"\{[A-Z_]+\}|[\x01\x02]|\x1b\[[0-9;]*m", "", text)
    # How much is left depends on how fast this machine is.
    return re.sub(r" (59m|1h00m) ", " LEFT ", text)
def equal(what, found, wanted):
    if found != wanted:
        print(f"WRONG {what}: {found!r} and not {wanted!r}")
def child(name):
    lines = [one for one in $(env).splitlines() if one.startswith(name + "=")]
    return lines[0].replace(name + "=", "", 1) if lines else ""
"#;

fn run(world: &World, xonsh: &str, script: &str) -> Outcome {
    world.write("script.xsh", &format!("{PRELUDE}\n{script}\nprint('END')\n"));
    let mut command = world.command(xonsh);
    command.env("PATH", path()).args(["--no-rc", "script.xsh"]);
    Outcome::of(&mut command)
}

fn each(script: &str, world: impl Fn() -> World) {
    for xonsh in VERSIONS {
        if !have(xonsh) {
            continue;
        }
        let world = world();
        let outcome = run(&world, xonsh, script);
        world.assert_no_secret(&outcome.out);
        world.assert_no_secret(&outcome.err);
        let right = outcome.out.ends_with("END\n") && !outcome.out.contains("WRONG");
        assert!(right, "{xonsh}: {outcome:?}");
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
equal("used", [$SSOENV_PROFILE, child("SSOENV_PROFILE"), child("AWS_REGION")], ["prod", "prod", "eu-west-1"])
equal("the key", child("AWS_ACCESS_KEY_ID"), $SSOENV_KEY_ID)
equal("not exported", child("SSOENV_SHELL"), "")
equal("a failure", !(ssoenv use nope).rtn, 6)
equal("nothing changed", $SSOENV_PROFILE, "prod")
ssoenv -v --color never use dev
equal("options before the verb", $SSOENV_PROFILE, "dev")
ssoenv use -
equal("the one before", $SSOENV_PROFILE, "prod")
ssoenv clear
equal("cleared", ["SSOENV_PROFILE" in ${...}, child("AWS_ACCESS_KEY_ID"), child("SSOENV_MODE")], [False, "", ""])
ssoenv clear
ssoenv use -
equal("the one before `clear`", $SSOENV_PROFILE, "prod")
ssoenv use prod --role-arn arn:aws:iam::777788889999:role/Deploy --policy '{"Sid":"$HOME"}'
ssoenv clear
ssoenv use -
equal("with what was on top", [$SSOENV_PROFILE, $SSOENV_ROLE], ["prod", "Deploy"])
equal("text is only shown", $(ssoenv use --help).startswith("Switch"), True)
import json
equal("a shell by name", json.loads($(ssoenv use dev --shell xonsh))["SSOENV_PROFILE"], "dev")
equal("a pipe", $(ssoenv list | grep -c prod).strip(), "1")
equal("an account's zero", !(ssoenv use --account 012345678901 --role ReadOnly).rtn, 0)
equal("an account's zero", $SSOENV_ACCOUNT_ID, "012345678901")
equal("a program's words", $(ssoenv exec prod -- printf '%s|' 007 1kb --flag="a b" -x:y a,b "").strip(), $(printf '%s|' 007 1kb --flag="a b" -x:y a,b "").strip())
equal("a child's failure", !(ssoenv list --nothing e> /dev/null).rtn, 2)
"#,
        cached,
    );
}

#[test]
fn the_prompt_shows_what_is_used_and_takes_newer_credentials() {
    each(
        r#"
equal("nothing in use", shown(), "theirs> ")
ssoenv use prod
tick()
equal("in use", shown(), "Acme Prod Admin LEFT theirs> ")
first = $AWS_ACCESS_KEY_ID
$(ssoenv use prod --fresh --shell sh)
tick()
equal("newer keys", $AWS_ACCESS_KEY_ID != first, True)
equal("what the child has", child("AWS_ACCESS_KEY_ID"), $SSOENV_KEY_ID)
$SSOENV_LABEL = "a $1 {RED} {$HOME} {" + chr(27) + "]0;x" + chr(7) + chr(0x202e)
equal("a name is a text", shown(), "a $1 (RED) ($HOME) (]0;x LEFT theirs> ")
$SSOENV_LABEL, $SSOENV_LABEL_60, $SSOENV_LABEL_40 = "acme-checkout-prod Admin", "acme-checkout-prod", "acme-..-prod"
import os
size, shapes = os.get_terminal_size, []
for width in (0, 60, 59, 40, 39):
    os.get_terminal_size = lambda *_: os.terminal_size((width, 24))
    shapes.append(shown())
os.get_terminal_size = size
long, narrow = "acme-checkout-prod Admin LEFT theirs> ", "acme-checkout-prod LEFT theirs> "
equal("narrow", shapes, [long, long, narrow, narrow, "acme-..-prod LEFT theirs> "])
$SSOENV_COLOR = "208"
tick()
$AWS_ACCESS_KEY_ID = "other"
equal("changed", shown().endswith("changed theirs> "), True)
$PROMPT = lambda: "\nnext> "
equal("another prompt", re.match(r"\n.*changed next> $", shown()) is not None, True)
os.makedirs("tree/deep")
ssoenv use prod
open("tree/.ssoenv", "w").write("profile = dev\n")
cd tree/deep
tick()
equal("not trusted yet", $SSOENV_PROFILE, "prod")
ssoenv allow
tick()
equal("in the tree", $SSOENV_PROFILE, "dev")
cd ~
tick()
equal("left again", $SSOENV_PROFILE, "prod")
ssoenv init xonsh --remove
equal("removed", [shown(), "ssoenv" in aliases], ["\nnext> ", False])
"#,
        cached,
    );
}

#[test]
fn ten_prompts_start_no_process() {
    let world = cached();
    if !have("xonsh") || !can_trace(&world) {
        return;
    }
    let body = "ssoenv use prod\nshown()\n/usr/bin/env BEGIN=1 /bin/true\n\
                for _ in range(10):\n    shown()\n/usr/bin/env END=1 /bin/true\n";
    world.write("script.xsh", &format!("{PRELUDE}\n{body}"));
    let trace = world.path("trace");
    let mut command = world.command("strace");
    command.env("PATH", path()).args(["-f", "-e", "trace=execve", "-o"]).arg(&trace);
    let outcome = Outcome::of(command.args(["xonsh", "--no-rc", "script.xsh"]));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let calls = world.read("trace");
    let calls = started(&calls).into_iter();
    let started: Vec<_> = calls.skip_while(|line| !line.contains("BEGIN=1")).collect();
    // `env` starts `true`.
    assert!(started.len() == 4 && started[1].contains("/bin/true"), "{started:?}");
    assert!(started[2].contains("END=1"), "{started:?}");
}

#[test]
fn completion_has_descriptions_and_quotes() {
    each(
        r#"
from xonsh.parsers.completion_context import CompletionContextParser
def complete(line):
    found = __xonsh__.completers["ssoenv"](CompletionContextParser().parse(line, len(line)))
    return [(str(one).rstrip(), getattr(one, "description", "")) for one in found]
equal("a verb", [one for one, _ in complete("ssoenv cred")], ["credentials"])
equal("profiles", complete("ssoenv use p"), [("prod", "Acme Prod Admin")])
equal("options", [one for one, _ in complete("ssoenv use --mode k")], ["keys"])
equal("an account with a blank", [one for one, _ in complete("ssoenv console --account Acm")], ["r'Acme Prod'", "r'Acme Dev'"])
"#,
        cached,
    );
}

#[test]
fn an_interactive_shell_loads_the_line_of_setup() {
    if !have("xonsh") {
        return;
    }
    let world = cached();
    assert_eq!(world.ok("clear --shell xonsh"), "{}\n");
    let done = world.run("setup xonsh");
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(world.read(".xonshrc"), "execx($(ssoenv init xonsh))\n");
    let extra = [("PATH", path()), ("LC_ALL", "C.UTF-8".to_owned())];
    let terminal = Terminal::start(&world, extra, &["xonsh"]);
    // What is typed before the editor is there would be lost.
    terminal.wait("the prompt", |screen| screen.contains('@'));
    terminal.text("ssoenv use prod");
    terminal.keys(&["Enter"]);
    terminal.wait("the segment", |screen| screen.contains("Acme Prod Admin"));
    terminal.text("exit");
    terminal.keys(&["Enter"]);
}

#[test]
fn a_short_command_is_use() {
    each(
        r#"
execx($(env ssoenv init xonsh --cmd s))
s acme adm
equal("by parts", $SSOENV_PROFILE, "prod")
s dev
equal("by name", $SSOENV_PROFILE, "dev")
ssoenv init xonsh --remove
equal("removed", "s" in aliases, False)
"#,
        || {
            let world = cached();
            world.ok("roles");
            world
        },
    );
}
