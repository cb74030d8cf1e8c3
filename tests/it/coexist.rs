//! The hooks in real interactive shells in a terminal, alone and beside other tools: one run per
//! prompt, the last exit code kept, `use` works, nothing is drawn that should not be.

use std::fs;

use crate::support::World;
use crate::support::shells::{have, no_start_files, path};
use crate::support::tmux::Terminal;

/// A shell in a terminal, with `rc` read before the first prompt.
struct Session {
    terminal: Terminal,
    world: World,
    shell: &'static str,
}

fn rc_file(world: &World, shell: &str, rc: &str) -> Vec<String> {
    let home = world.home().display().to_string();
    match shell {
        "bash" => {
            world.write("rc", rc);
            vec![
                "bash".into(),
                "--noprofile".into(),
                "--rcfile".into(),
                format!("{home}/rc"),
                "-i".into(),
            ]
        }
        "zsh" => {
            world.write(".zshrc", rc);
            vec!["zsh".into(), "-d".into(), "-i".into()]
        }
        _ => {
            world.write("rc.fish", rc);
            let mut words = vec!["fish".to_owned()];
            words.extend(no_start_files("fish").iter().map(ToString::to_string));
            words.extend(["-i".into(), "-C".into(), format!("source {home}/rc.fish")]);
            words
        }
    }
}

impl Session {
    fn start(shell: &'static str, rc: &str) -> Option<Self> {
        if !have(shell) || !have("tmux") {
            return None;
        }
        let world = World::new();
        world.ok("use prod");
        world.ok("use dev");
        let words = rc_file(&world, shell, rc);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let terminal =
            Terminal::start(&world, [("PATH", path()), ("SHELL", "/bin/sh".into())], &words);
        let session = Self { terminal, world, shell };
        session.terminal.wait("the prompt", |screen| screen.contains("READY>"));
        Some(session)
    }

    /// Types a line and waits until the shell has done it: a file is the sign, because the screen
    /// shows what was typed too.
    fn line(&self, line: &str) -> String {
        let answer = self.world.path("answer");
        let status = if self.shell == "fish" { "$status" } else { "$?" };
        self.terminal.text(&format!(
            "{line}; echo \"{status}\" >$HOME/answer.tmp; mv $HOME/answer.tmp $HOME/answer"
        ));
        self.terminal.keys(&["Enter"]);
        self.terminal.file(&answer, line).trim().to_owned()
    }

    fn prompts(&self) -> usize {
        fs::read_to_string(self.world.path("prompts")).unwrap_or_default().lines().count()
    }

    /// Waits until the number of prompts no longer changes and is at least `least`.
    fn prompts_after(&self, least: usize) -> usize {
        self.terminal.wait("the next prompt", |_| self.prompts() >= least);
        self.prompts()
    }
}

/// Counts runs of the hook and keeps what status it left for those that come after it; again when the
/// whole hook takes the place of the short one.
const BASH_COUNT: &str = "
__t_theirs() { local rc=$? all=\"${PIPESTATUS[*]}\"; echo \"$rc $all\" >>\"$HOME/theirs\"; return $rc; }
__t_count() {
    eval \"__ssoenv_real() $(declare -f __ssoenv_prompt | tail -n +2)\"
    __ssoenv_prompt() {
        local rc=$?; (exit $rc)
        if [[ -n ${__t_in-} ]]; then __ssoenv_real; return; fi
        local __t_in=1; (exit $rc); __ssoenv_real; local after=$?; echo \"$after\" >>\"$HOME/prompts\"; return $after
    }
}
__t_count
eval \"__t_whole() $(declare -f __ssoenv_whole | tail -n +2)\"
__ssoenv_whole() { __t_whole && __t_count; }
";

const ZSH_COUNT: &str = "
__t_count() {
    functions -c __ssoenv_prompt __ssoenv_real
    __ssoenv_prompt() { local rc=$?; [[ -n ${__t_in-} ]] || print -r -- $rc >>$HOME/prompts; local __t_in=1; __ssoenv_real }
}
__t_count
functions -c __ssoenv_whole __t_whole
__ssoenv_whole() { __t_whole && __t_count }
";

const FISH_COUNT: &str = "
function __t_count --on-event fish_prompt; echo $status >>$HOME/prompts; end
";

/// The course that every combination has to stand.
fn course(shell: &'static str, name: &str, rc: &str) {
    let Some(session) = Session::start(shell, rc) else { return };
    let before = session.prompts_after(1);
    assert_eq!(
        session.line("ssoenv use prod"),
        "0",
        "{shell} {name}: {}",
        session.terminal.screen()
    );
    let shown = session.terminal.wait(&format!("{shell} {name}: the segment"), |screen| {
        name.contains("theme") || screen.contains("Admin 59m") || screen.contains("Admin 1h00m")
    });
    assert!(
        !shown.contains("command not found") && !shown.contains("__ssoenv"),
        "{shell} {name}: {shown}"
    );
    let one = session.prompts_after(before + 1);
    assert_eq!(one, before + 1, "{shell} {name}: one run per prompt");
    assert_eq!(session.line("ssoenv use nope 2>/dev/null"), "6", "{shell} {name}");
    session.prompts_after(before + 2);
    let code = if shell == "fish" { "sh -c 'exit 42'" } else { "(exit 42)" };
    session.terminal.text(code);
    session.terminal.keys(&["Enter"]);
    session.prompts_after(before + 3);
    // What the last command returned is what the next one sees.
    let status = if shell == "fish" { "$status" } else { "$?" };
    session
        .terminal
        .text(&format!("echo {status} >$HOME/answer.tmp; mv $HOME/answer.tmp $HOME/answer"));
    session.terminal.keys(&["Enter"]);
    let kept = session.terminal.file(&session.world.path("answer"), "the status");
    assert_eq!(kept.trim(), "42", "{shell} {name}: {}", session.terminal.screen());
    let seen = fs::read_to_string(session.world.path("prompts")).expect("counted");
    // zoxide's own hook, which runs first here, does not keep it.
    let kept = name.contains("zoxide") || seen.lines().any(|line| line == "42");
    assert!(kept, "{shell} {name}: {seen}");
    // Others see what they would see without the hook.
    if let Ok(theirs) = fs::read_to_string(session.world.path("theirs")) {
        assert!(theirs.lines().any(|line| line == "42 42"), "{shell} {name}: {theirs}");
    }
    assert_eq!(session.line("ssoenv clear"), "0", "{shell} {name}");
    session.world.assert_no_secret(&session.terminal.screen());
}

fn tools(names: &[&str]) -> bool {
    names.iter().all(|name| have(name))
}

const BASH_HOOK: &str = "eval \"$(ssoenv init bash)\"\n";
const ZSH_HOOK: &str = "eval \"$(ssoenv init zsh)\"\n";

/// Each shell with nothing but the hook.
fn hooked() -> [(&'static str, String); 3] {
    let fish = "function fish_prompt; printf 'READY> '; end\nssoenv init fish | source\n";
    [
        ("bash", format!("PS1='READY> '\n{BASH_HOOK}{BASH_COUNT}")),
        ("zsh", format!("PROMPT='READY> '\n{ZSH_HOOK}{ZSH_COUNT}")),
        ("fish", format!("{fish}{FISH_COUNT}")),
    ]
}

#[test]
fn bash_beside_other_tools() {
    for (name, needs, before, after) in [
        ("alone", &[][..], "", ""),
        ("twice", &[], BASH_HOOK, ""),
        ("string", &[], "PROMPT_COMMAND='__t_theirs'", ""),
        ("string with a semicolon", &[], "PROMPT_COMMAND='__t_theirs; '", ""),
        ("string with a newline", &[], "PROMPT_COMMAND=$'__t_theirs\\n'", ""),
        ("exported string", &[], "export PROMPT_COMMAND='__t_theirs'", ""),
        ("array", &[], "PROMPT_COMMAND=(__t_theirs '__t_theirs 2')", ""),
        ("array with an empty first", &[], "PROMPT_COMMAND=('' __t_theirs)", ""),
        ("array after", &[], "PROMPT_COMMAND=(__t_theirs)", "PROMPT_COMMAND+=(__t_theirs)"),
        ("appended after", &[], "", "PROMPT_COMMAND+=';__t_theirs'"),
        ("nounset", &[], "set -u", ""),
        ("DEBUG trap", &[], "trap ':' DEBUG", ""),
        ("direnv before", &["direnv"], "eval \"$(direnv hook bash)\"", ""),
        ("direnv after", &["direnv"], "", "eval \"$(direnv hook bash)\""),
        ("zoxide before", &["zoxide"], "eval \"$(zoxide init bash)\"", ""),
        (
            "direnv and zoxide around",
            &["direnv", "zoxide"],
            "eval \"$(direnv hook bash)\"",
            "eval \"$(zoxide init bash)\"",
        ),
    ] {
        if tools(needs) {
            let rc = format!("PS1='READY> '\n{before}\n{BASH_HOOK}{after}\n{BASH_COUNT}");
            course("bash", name, &rc);
        }
    }
}

#[test]
fn zsh_beside_other_tools() {
    for (name, needs, before, after) in [
        ("alone", &[][..], "", ""),
        ("twice", &[], ZSH_HOOK, ""),
        ("nounset and pipefail", &[], "setopt no_unset pipe_fail", ""),
        ("prompt_subst", &[], "setopt prompt_subst", ""),
        ("emulate ksh", &[], "emulate ksh", ""),
        ("another precmd", &[], "precmd() { true }; precmd_functions=(precmd)", ""),
        ("compinit", &[], "autoload -Uz compinit && compinit -u", ""),
        ("direnv before", &["direnv"], "eval \"$(direnv hook zsh)\"", ""),
        ("direnv after", &["direnv"], "", "eval \"$(direnv hook zsh)\""),
        ("zoxide before", &["zoxide"], "eval \"$(zoxide init zsh)\"", ""),
    ] {
        if tools(needs) {
            let rc = format!("PROMPT='READY> '\n{before}\n{ZSH_HOOK}{after}\n{ZSH_COUNT}");
            course("zsh", name, &rc);
        }
    }
}

#[test]
fn fish_beside_other_tools() {
    const HOOK: &str = "ssoenv init fish | source\n";
    const PROMPT: &str = "function fish_prompt; printf 'READY> '; end\n";
    for (name, needs, before, after) in [
        ("alone", &[][..], "", ""),
        ("twice", &[], HOOK, ""),
        ("a prompt after", &[], "", PROMPT),
        ("direnv before", &["direnv"], "direnv hook fish | source", ""),
        ("direnv after", &["direnv"], "", "direnv hook fish | source"),
        ("zoxide before", &["zoxide"], "zoxide init fish | source", ""),
    ] {
        if tools(needs) {
            course("fish", name, &format!("{PROMPT}{before}\n{HOOK}{after}\n{FISH_COUNT}"));
        }
    }
}

/// A prompt function of the user's sees the status of the last command, all of them.
#[test]
fn fish_prompts_keep_the_statuses_of_a_pipe() {
    let prompt =
        "function fish_prompt; echo $status $pipestatus >$HOME/statuses; printf 'READY> '; end\n";
    let Some(session) =
        Session::start("fish", &format!("{prompt}ssoenv init fish | source\n{FISH_COUNT}"))
    else {
        return;
    };
    session.line("ssoenv use prod");
    let before = session.prompts_after(2);
    session.terminal.text("sh -c 'exit 3' | sh -c 'exit 4' | sh -c 'exit 5'");
    session.terminal.keys(&["Enter"]);
    session.prompts_after(before + 1);
    let statuses = session.world.path("statuses");
    session.terminal.wait("the statuses", |_| {
        fs::read_to_string(&statuses).is_ok_and(|text| text.trim() == "5 3 4 5")
    });
}

#[test]
fn a_nested_shell_that_inherits_the_entry_says_nothing() {
    let Some(session) = Session::start(
        "bash",
        &format!(
            "PS1='READY> '\nexport PROMPT_COMMAND\n{BASH_HOOK}{BASH_COUNT}export PROMPT_COMMAND"
        ),
    ) else {
        return;
    };
    session.terminal.text("PS1='INNER> ' bash --norc --noprofile -i");
    session.terminal.keys(&["Enter"]);
    session.terminal.wait("the inner prompt", |screen| screen.contains("INNER>"));
    session.terminal.keys(&["Enter"]);
    let screen =
        session.terminal.wait("two prompts", |screen| screen.matches("INNER>").count() >= 2);
    assert!(!screen.contains("not found"), "{screen}");
}

/// A long line wraps where the terminal ends: what has no width is marked as such.
#[test]
fn long_lines_wrap_in_the_right_place() {
    for (shell, rc) in [
        ("bash", format!("PS1='READY> '\n{BASH_HOOK}{BASH_COUNT}")),
        ("zsh", format!("PROMPT='READY> '\n{ZSH_HOOK}{ZSH_COUNT}")),
    ] {
        let Some(session) = Session::start(shell, &rc) else { continue };
        session.line("ssoenv use prod; clear");
        session
            .terminal
            .wait("the segment", |s| s.lines().next().is_some_and(|l| l.contains("Admin ")));
        let typed = format!("{}z", "x".repeat(129));
        session.terminal.text(&typed);
        let right = |screen: &str, last: char| {
            // Whether tmux joins the two lines depends on how the shell has wrapped them.
            let lines: Vec<_> = screen.lines().filter(|line| !line.is_empty()).collect();
            let text: String = lines.concat();
            let width = text.find('x').map_or(0, |at| at + 130);
            text.chars().count() == width
                && text.matches('x').count() == 129
                && text.ends_with(last)
                && (lines.len() == 1 || lines[0].chars().count() == 120)
        };
        session.terminal.wait("the text where it belongs", |screen| right(screen, 'z'));
        // A prompt that is taken for wider or narrower than it is shows when the line is redrawn.
        session.terminal.keys(&["C-a", "C-e", "BSpace", "y"]);
        session.terminal.wait("the line as typed", |screen| right(screen, 'y'));
        session.terminal.keys(&["C-u"]);
    }
}

/// Another shell has fetched new credentials, or logged out: the next prompt knows.
#[test]
fn prompts_follow_what_other_shells_did() {
    for (shell, rc) in hooked() {
        let Some(session) = Session::start(shell, &rc) else { continue };
        let key = || {
            session.line("echo \"$AWS_ACCESS_KEY_ID,$AWS_PROFILE\" >$HOME/key");
            fs::read_to_string(session.world.path("key")).expect("the key").trim().to_owned()
        };
        session.line("ssoenv use prod");
        let first = key();
        assert!(first.starts_with("ASIA"), "{shell}: {first}");
        session.world.ok("use prod --fresh");
        session.line("true");
        let second = key();
        assert!(second.starts_with("ASIA") && second != first, "{shell}: {second}");
        session.world.ok("logout");
        session.line("true");
        assert_eq!(key(), ",prod", "{shell}: {}", session.terminal.screen());
        session.terminal.wait("a line that says so", |s| s.contains("were removed: run"));
        assert_eq!(session.world.browser_opened(), 1);
    }
}

/// Once a refresh is due, a prompt starts it and waits for nothing; a later prompt has the new keys.
#[test]
fn a_due_refresh_happens_in_the_background() {
    for (shell, rc) in hooked() {
        let Some(session) = Session::start(shell, &rc) else { continue };
        session.line("ssoenv use prod");
        session.world.ic.clear_requests();
        let set = if shell == "fish" {
            "set -gx SSOENV_REFRESH_AT 5"
        } else {
            "export SSOENV_REFRESH_AT=5"
        };
        session.line(set);
        let old = session.line("echo $AWS_ACCESS_KEY_ID >$HOME/old");
        assert_eq!(old, "0");
        session.terminal.wait("a request", |_| {
            session.world.ic.count(identity_center::Operation::GetRoleCredentials) == 1
        });
        let old = fs::read_to_string(session.world.path("old")).expect("the key");
        session.terminal.wait("new keys", |_| {
            session.line("echo $AWS_ACCESS_KEY_ID >$HOME/new");
            fs::read_to_string(session.world.path("new")).is_ok_and(|new| new != old)
        });
        assert_eq!(session.world.ic.count(identity_center::Operation::GetRoleCredentials), 1);
    }
}

/// In tmux the status line gets what it needs to count by itself.
#[test]
fn tmux_panes_know_where_they_are() {
    let Some(session) = Session::start("bash", &format!("PS1='READY> '\n{BASH_HOOK}{BASH_COUNT}"))
    else {
        return;
    };
    // The sessions of these tests start with an empty environment.
    session.line("export TMUX_TMPDIR=$(echo $HOME/tmux*)");
    session.line(
        "export $(tmux -L t display -p -t test 'TMUX=#{socket_path},#{pid},0 TMUX_PANE=#{pane_id}')",
    );
    session.line("ssoenv use prod");
    session.line("tmux show -pv @ssoenv_label >$HOME/label; tmux show -pv @ssoenv_exp >$HOME/exp");
    let screen = session.terminal.screen();
    assert_eq!(session.world.read("label").trim_end(), "Acme Prod Admin", "{screen}");
    assert!(session.world.read("exp").trim().bytes().all(|b| b.is_ascii_digit()));
    // The status line of docs/prompts.md.
    let docs = include_str!("../../docs/prompts.md");
    let status = docs.split("status-right '").nth(1).and_then(|rest| rest.split('\'').next());
    let status = status.expect("the recipe").replace("%H:%M", "");
    session.line(&format!("tmux display -p -t $TMUX_PANE '{status}' >$HOME/status"));
    let shown = session.world.read("status");
    assert!(shown.starts_with("Acme Prod Admin ") && shown.trim_end().ends_with('m'), "{shown}");
    session.line("ssoenv clear; tmux show -pv @ssoenv_label >$HOME/label");
    assert_eq!(session.world.read("label").trim(), "");
}

/// Entering a tree with a trusted `.ssoenv` switches, leaving restores, and only then does anything
/// run.
#[test]
fn directories_switch_at_the_prompt() {
    for (shell, rc) in hooked() {
        let Some(session) = Session::start(shell, &rc) else { continue };
        let used = || {
            session.line("echo \"$SSOENV_PROFILE,$AWS_REGION\" >$HOME/used");
            fs::read_to_string(session.world.path("used")).expect("the profile").trim().to_owned()
        };
        session.world.write("tree/.ssoenv", "profile = prod\n");
        session.world.write("tree/a/b/c/file", "");
        session.line("ssoenv use dev");
        session.line("cd tree");
        session.terminal.wait("what to do", |screen| screen.contains("ssoenv allow"));
        assert_eq!(used(), "dev,", "{shell}");
        session.line("ssoenv allow");
        assert_eq!(used(), "prod,eu-west-1", "{shell}: {}", session.terminal.screen());
        session.line("cd a/b/c");
        assert_eq!(used(), "prod,eu-west-1", "{shell}");
        session.line("cd /");
        assert_eq!(used(), "dev,", "{shell}: {}", session.terminal.screen());
        session.line("cd $HOME/tree/a");
        assert_eq!(used(), "prod,eu-west-1", "{shell}");
        session.line("ssoenv use tools; cd ..");
        assert_eq!(used(), "tools,us-west-2", "{shell}");
    }
}
