//! The segment beside everything that people have in their prompt, in real interactive shells:
//! environments that keep a prompt and put it back, prompts that are set anew, lines as wide as the
//! window, terminals' marks, traps. Each tool is loaded before the hook and after it; then comes a
//! use, a reload of the hook, the tool's end, and the hook's.
//!
//! The tools are small stand-ins that do to the prompt what the real ones do.

use std::fs;

use crate::support::World;
use crate::support::shells::{have, no_start_files, path};
use crate::support::tmux::Terminal;
use crate::support::world::Outcome;

/// What a tool does in one shell, and what its prompt is then without the segment.
struct Tool {
    name: &'static str,
    /// Defines `on` and `off`.
    setup: &'static str,
    /// The prompt while it is on; `WIDE` is a line of nearly the window's width.
    shown: &'static [&'static str],
    /// The prompt after `off`.
    off: &'static [&'static str],
}

const BASE: &[&str] = &["READY>"];
const WIDE: usize = 119;

const BASH: &[Tool] = &[
    Tool {
        name: "venv",
        setup: "on() { _OLD_PS1=$PS1; PS1=\"(venv) $PS1\"; export PS1; }\n\
                off() { PS1=$_OLD_PS1; export PS1; unset _OLD_PS1; }\n",
        shown: &["(venv) READY>"],
        off: BASE,
    },
    // A program is handed the prompt and answers with code.
    Tool {
        name: "conda",
        setup: "on() { eval \"$(printf 'PS1=%q' \"(base) $PS1\")\"; }\n\
                off() { PS1=${PS1/'(base) '/}; }\n",
        shown: &["(base) READY>"],
        off: BASE,
    },
    Tool {
        name: "a prompt set anew",
        setup: "on() { theirs() { PS1='anew> '; }; PROMPT_COMMAND=\"${PROMPT_COMMAND:+$PROMPT_COMMAND; }theirs\"; }\n\
                off() { theirs() { PS1='READY> '; }; }\n",
        shown: &["anew>"],
        off: BASE,
    },
    Tool {
        name: "an array that sets it anew",
        setup: "on() { theirs() { PS1='anew> '; }; PROMPT_COMMAND=(\"${PROMPT_COMMAND[@]}\" theirs); }\n\
                off() { theirs() { PS1='READY> '; }; }\n",
        shown: &["anew>"],
        off: BASE,
    },
    Tool {
        name: "two lines",
        setup: "on() { PS1=\"\\[\\e[32m\\]$(printf '%0119d' 0)\\[\\e[0m\\]\\nREADY> \"; }\n\
                off() { PS1='READY> '; }\n",
        shown: &["WIDE", "READY>"],
        off: BASE,
    },
    Tool {
        name: "marks",
        setup: "on() { PS1='\\[\\e]133;D\\a\\e]133;A\\a\\]READY> \\[\\e]133;B\\a\\]'; }\n\
                off() { PS1='\\nREADY> '; }\n",
        shown: BASE,
        off: &["", "READY>"],
    },
    Tool {
        name: "a DEBUG trap",
        setup: "on() { set -T; trap 'printf \"%s\\n\" \"$BASH_COMMAND\" >>\"$HOME/log\"' DEBUG; }\n\
                off() { :; }\n",
        shown: BASE,
        off: BASE,
    },
];

const ZSH: &[Tool] = &[
    Tool {
        name: "venv",
        setup: "on() { _OLD_PS1=$PS1; PS1=\"(venv) $PS1\"; export PS1 }\n\
                off() { PS1=$_OLD_PS1; export PS1; unset _OLD_PS1 }\n",
        shown: &["(venv) READY>"],
        off: BASE,
    },
    Tool {
        name: "conda",
        setup: "on() { eval \"PS1=${(qq):-\"(base) $PS1\"}\" }\n\
                off() { PS1=${PS1/'(base) '/} }\n",
        shown: &["(base) READY>"],
        off: BASE,
    },
    Tool {
        name: "a prompt set anew",
        setup: "on() { theirs() { psvar=(a b); PROMPT='anew> ' }; precmd_functions+=(theirs) }\n\
                off() { theirs() { PROMPT='READY> ' } }\n",
        shown: &["anew>"],
        off: BASE,
    },
    Tool {
        name: "two lines",
        setup: "on() { PROMPT=\"%F{green}${(l:119::0:)}%f\"$'\\n''READY> ' }\n\
                off() { PROMPT='READY> ' }\n",
        shown: &["WIDE", "READY>"],
        off: BASE,
    },
    Tool {
        name: "marks",
        setup: "on() { PROMPT=$'%{\\e]133;D\\a\\e]133;A\\a%}READY> %{\\e]133;B\\a%}' }\n\
                off() { PROMPT=$'\\nREADY> ' }\n",
        shown: BASE,
        off: &["", "READY>"],
    },
    Tool {
        name: "a DEBUG trap",
        setup: "on() { TRAPDEBUG() { print -r -- \"$ZSH_DEBUG_CMD\" >>$HOME/log } }\n\
                off() { : }\n",
        shown: BASE,
        off: BASE,
    },
];

const FISH: &[Tool] = &[
    Tool {
        name: "venv",
        setup: "function on; functions -c fish_prompt _old_fish_prompt\n\
                function fish_prompt; printf '(venv) '; _old_fish_prompt; end; end\n\
                function off; functions -e fish_prompt; functions -c _old_fish_prompt fish_prompt\n\
                functions -e _old_fish_prompt; end\n",
        shown: &["(venv) READY>"],
        off: BASE,
    },
    // It stays, and shows its part or not.
    Tool {
        name: "conda",
        setup: "function on; set -g MODIFIER '(base) '; functions -q __orig; and return\n\
                functions -c fish_prompt __orig\n\
                function fish_prompt; echo -n $MODIFIER; __orig; end; end\n\
                function off; set -e MODIFIER; end\n",
        shown: &["(base) READY>"],
        off: BASE,
    },
    Tool {
        name: "a prompt set anew",
        setup: "function on; function fish_prompt; echo 'anew> '; end; end\n\
                function off; function fish_prompt; printf 'READY> '; end; end\n",
        shown: &["anew>"],
        off: BASE,
    },
    Tool {
        name: "two lines",
        setup: "function on; function fish_prompt; set_color green; string repeat -n 119 0; set_color normal; printf 'READY> '; end; end\n\
                function off; function fish_prompt; printf 'READY> '; end; end\n",
        shown: &["WIDE", "READY>"],
        off: BASE,
    },
    Tool {
        name: "marks",
        setup: "function on; function fish_prompt; printf '\\e]133;D\\a\\e]133;A\\aREADY> '; end; end\n\
                function off; function fish_prompt; printf '\\nREADY> '; end; end\n",
        shown: BASE,
        off: &["", "READY>"],
    },
    // fish has no such trap; it has events.
    Tool {
        name: "a DEBUG trap",
        setup: "function on; function theirs --on-event fish_preexec --on-event fish_postexec --on-event fish_prompt\n\
                echo $argv (status stack-trace) >>$HOME/log; end; end\n\
                function off; end\n",
        shown: BASE,
        off: BASE,
    },
];

struct Session {
    terminal: Terminal,
    world: World,
    shell: &'static str,
    what: String,
}

impl Session {
    fn start(shell: &'static str, tool: &Tool, first: bool) -> Self {
        let world = World::new();
        world.ok("use prod");
        let load = load(shell);
        let base = match shell {
            "bash" => "PS1='READY> '",
            "zsh" => "PROMPT='READY> '",
            _ => "function fish_prompt; printf 'READY> '; end",
        };
        let order = if first { format!("on\n{load}") } else { format!("{load}\non") };
        let rc = format!("{base}\n{}{order}\n", tool.setup);
        let home = world.home().display().to_string();
        let words = match shell {
            "bash" => {
                world.write("rc", &rc);
                vec!["bash".into(), "--noprofile".into(), "--rcfile".into(), format!("{home}/rc")]
            }
            "zsh" => {
                world.write(".zshrc", &rc);
                vec!["zsh".to_owned(), "-d".into()]
            }
            _ => {
                world.write("rc.fish", &rc);
                let mut words = vec!["fish".to_owned()];
                words.extend(no_start_files("fish").iter().map(ToString::to_string));
                words.extend(["-C".into(), format!("source {home}/rc.fish")]);
                words
            }
        };
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let terminal = Terminal::start(&world, [("PATH", path())], &words);
        let order = if first { "before" } else { "after" };
        let what = format!("{shell}, {} {order} the hook", tool.name);
        Self { terminal, world, shell, what }
    }

    /// Types a line and waits until the shell has done it; what it returned.
    fn line(&self, line: &str) -> String {
        let status = if self.shell == "fish" { "$status" } else { "$?" };
        self.terminal.text(&format!(
            "{line}; echo {status} >$HOME/answer.tmp; mv $HOME/answer.tmp $HOME/answer"
        ));
        self.terminal.keys(&["Enter"]);
        self.terminal.file(&self.world.path("answer"), line).trim().to_owned()
    }

    /// The next prompt alone is on the screen, with so many segments, and the rest is the tool's.
    fn check(&self, stage: &str, segments: usize, theirs: &[&str]) {
        let wide = "0".repeat(WIDE);
        let theirs: Vec<_> =
            theirs.iter().map(|line| if *line == "WIDE" { wide.as_str() } else { line }).collect();
        self.terminal.text("clear");
        self.terminal.keys(&["Enter"]);
        let what = format!("{}, {stage}: {segments} in {theirs:?}", self.what);
        self.terminal.wait(&what, |screen| {
            let (count, rest) = without_segments(screen.trim_end());
            let rest: Vec<_> = rest.lines().map(str::trim_end).collect();
            count == segments && rest == theirs
        });
    }
}

/// How many segments there are, and the text without them.
fn without_segments(screen: &str) -> (usize, String) {
    let mut rest = screen.to_owned();
    let mut count = 0;
    while let Some(at) = rest.find("Acme Prod Admin ") {
        let minutes = at + "Acme Prod Admin ".len();
        let end = rest[minutes..].find(' ').map_or(rest.len(), |end| minutes + end + 1);
        rest.replace_range(at..end, "");
        count += 1;
    }
    (count, rest)
}

fn load(shell: &str) -> String {
    match shell {
        "fish" => "ssoenv init fish | source".to_owned(),
        _ => format!("eval \"$(ssoenv init {shell})\""),
    }
}

fn course(shell: &'static str, tools: &[Tool]) {
    if !have(shell) || !have("tmux") {
        return;
    }
    for tool in tools {
        for first in [true, false] {
            let session = Session::start(shell, tool, first);
            session.check("loaded", 0, tool.shown);
            assert_eq!(session.line("ssoenv use prod"), "0", "{}", session.what);
            session.check("in use", 1, tool.shown);
            let fail = if shell == "fish" { "sh -c 'exit 42'" } else { "(exit 42)" };
            session.terminal.text(fail);
            session.terminal.keys(&["Enter"]);
            assert_eq!(session.line("true & wait; :"), "0");
            session.terminal.text(fail);
            session.terminal.keys(&["Enter"]);
            let kept = if shell == "fish" { "test $status = 42" } else { "[ $? = 42 ]" };
            assert_eq!(session.line(kept), "0", "{}", session.what);
            session.line(&load(shell));
            session.line(&load(shell));
            session.check("loaded again", 1, tool.shown);
            session.line("off");
            session.check("off", 1, tool.off);
            session.line("on");
            session.check("on again", 1, tool.shown);
            session.line(&format!("ssoenv init {shell} --remove"));
            session.check("removed", 0, tool.shown);
            session.line("off");
            session.check("removed and off", 0, tool.off);
            session.line(&load(shell));
            session.check("loaded anew", 1, tool.off);
            if let Ok(log) = fs::read_to_string(session.world.path("log")) {
                session.world.assert_no_secret(&log);
                assert!(log.contains("init") && !log.contains("ASIA"), "{}: {log}", session.what);
            }
        }
    }
}

#[test]
fn bash_beside_every_kind_of_prompt() {
    course("bash", BASH);
}

#[test]
fn zsh_beside_every_kind_of_prompt() {
    course("zsh", ZSH);
}

#[test]
fn fish_beside_every_kind_of_prompt() {
    course("fish", FISH);
}

/// The segment belongs to the prompt that a terminal's mark begins, not to what a command printed.
#[test]
fn the_segment_stands_behind_the_mark_of_a_prompt() {
    for (shell, tools) in [("bash", BASH), ("zsh", ZSH), ("fish", FISH)] {
        if !have(shell) || !have("tmux") {
            continue;
        }
        let tool = tools.iter().find(|tool| tool.name == "marks").expect("marks");
        for first in [true, false] {
            let session = Session::start(shell, tool, first);
            session.line("ssoenv use prod");
            let raw = session.world.path("raw");
            session.terminal.record(&raw);
            session.check("in use", 1, tool.shown);
            let drawn = session.terminal.wait("the raw prompt", |_| {
                fs::read(&raw).is_ok_and(|raw| String::from_utf8_lossy(&raw).contains("READY> "))
            });
            let text = fs::read(&raw).expect("recorded");
            let text = String::from_utf8_lossy(&text);
            let prompt = text.rsplit("\u{1b}]133;A\u{7}").next().expect("a prompt");
            let before = prompt.split("Acme Prod Admin").next().expect("a segment");
            let only_codes = before.split('\u{1b}').all(|code| {
                code.is_empty() || code.starts_with('[') && code.ends_with(char::is_alphabetic)
            });
            assert!(
                prompt.contains("Acme Prod Admin") && only_codes,
                "{shell}: {prompt:?} {drawn}"
            );
        }
    }
}

/// The recipes of docs/prompts.md for prompts that no hook can change, with stand-ins for what they call.
#[test]
fn recipes_show_the_segment() {
    if !have("zsh") {
        return;
    }
    let docs = include_str!("../../docs/prompts.md");
    let recipe = |function: &str| {
        let blocks = docs.split("```zsh\n").skip(1).filter_map(|rest| rest.split("```").next());
        blocks.into_iter().find(|block| block.starts_with(function)).expect("the recipe")
    };
    let part = docs.split('`').find(|text| text.starts_with("%(91V")).expect("the part");
    let world = World::new();
    let name = "R&D $x $(touch canary) 50% $1 \\1";
    for (recipe, before, after, wanted) in [
        (
            recipe("spaceship_ssoenv"),
            "spaceship() { print -r -- $* }; spaceship::section::v4() { print -rP -- ${@[-1]} }",
            "spaceship_ssoenv".to_owned(),
            format!("add --before dir ssoenv\n{name} 30m\n"),
        ),
        (
            recipe("ssoenv_segment"),
            "",
            format!("for f in $precmd_functions; do $f; done; print -rP -- '{part}>'"),
            format!("{name} 30m >\n"),
        ),
        (
            recipe("prompt_ssoenv"),
            "p10k() { print -rP -- ${@[-1]} }",
            "prompt_ssoenv".to_owned(),
            format!("{name} 30m\n"),
        ),
    ] {
        let load = "eval \"$(ssoenv init zsh --no-prompt)\"";
        let script = format!(
            "{load}\n{before}\nexport SSOENV_MODE=keys SSOENV_EXPIRES_AT=$(( EPOCHSECONDS + 1830 ))\n{recipe}\n{after}"
        );
        let mut command = world.command("zsh");
        command.env("PATH", path()).env("TERM", "dumb").env("SSOENV_LABEL", name);
        let outcome = Outcome::of(command.args(["--no-rcs", "-i", "-c", &script]));
        let shown = outcome.out.replace("\u{1b}[36m", "").replace("\u{1b}[39m", "");
        assert_eq!(shown, wanted, "{outcome:?}");
    }
    assert!(!world.path("canary").exists());
}
