//! TAB in real shells: the line that stands there afterwards is run, and the words are compared.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use ssoenv::config::header::profile_section;

use crate::support::tmux::Terminal;
use crate::support::{World, find};

/// Profiles with every character that means something to a shell, account and role of each.
const PROFILES: [(&str, &str, &str); 19] = [
    ("plain", "111111111111", "Admin"),
    ("plain-audit", "111111111111", "Auditor"),
    ("with space", "222222222222", "ReadOnly"),
    ("it's", "222222222222", "ReadOnly"),
    ("dollar$HOME", "222222222222", "ReadOnly"),
    ("semi;colon", "222222222222", "ReadOnly"),
    ("paren(s)", "222222222222", "ReadOnly"),
    ("back\\slash", "222222222222", "ReadOnly"),
    ("brack[et]", "222222222222", "ReadOnly"),
    ("star*", "222222222222", "ReadOnly"),
    ("team:web", "222222222222", "ReadOnly"),
    ("\u{fc}n\u{ef}", "222222222222", "ReadOnly"),
    ("me@home", "222222222222", "ReadOnly"),
    ("bang!x", "222222222222", "ReadOnly"),
    ("rock'", "222222222222", "ReadOnly"),
    ("inch\"", "222222222222", "ReadOnly"),
    ("now!", "222222222222", "ReadOnly"),
    ("run$(touch CANARY)", "222222222222", "ReadOnly"),
    ("tick`touch CANARY`", "222222222222", "ReadOnly"),
];

/// What is typed before TAB, and the words that the program would get. Run in every shell.
const CASES: &[(&str, &[&str])] = &[
    ("ssoenv use plain-", &["use", "plain-audit"]),
    ("ssoenv use wi", &["use", "with space"]),
    ("ssoenv use it", &["use", "it's"]),
    ("ssoenv use dol", &["use", "dollar$HOME"]),
    ("ssoenv use sem", &["use", "semi;colon"]),
    ("ssoenv use par", &["use", "paren(s)"]),
    ("ssoenv use bac", &["use", "back\\slash"]),
    ("ssoenv use bra", &["use", "brack[et]"]),
    ("ssoenv use st", &["use", "star*"]),
    ("ssoenv use te", &["use", "team:web"]),
    ("ssoenv use team:", &["use", "team:web"]),
    ("ssoenv use \u{fc}n", &["use", "\u{fc}n\u{ef}"]),
    ("ssoenv use me@", &["use", "me@home"]),
    ("ssoenv use bang", &["use", "bang!x"]),
    ("ssoenv use run", &["use", "run$(touch CANARY)"]),
    ("ssoenv use roc", &["use", "rock'"]),
    ("ssoenv use 'roc", &["use", "rock'"]),
    ("ssoenv use \"roc", &["use", "rock'"]),
    ("ssoenv use inc", &["use", "inch\""]),
    ("ssoenv use 'inc", &["use", "inch\""]),
    ("ssoenv use \"inc", &["use", "inch\""]),
    ("ssoenv use no", &["use", "now!"]),
    ("ssoenv use \"no", &["use", "now!"]),
    ("ssoenv use \"tic", &["use", "tick`touch CANARY`"]),
    ("ssoenv use 'wi", &["use", "with space"]),
    ("ssoenv use \"wi", &["use", "with space"]),
    ("ssoenv use \"team:", &["use", "team:web"]),
    ("ssoenv use \"dol", &["use", "dollar$HOME"]),
    ("ssoenv use with\\ s", &["use", "with space"]),
    ("ssoenv use --account=1", &["use", "--account=111111111111"]),
    ("ssoenv use --account 1", &["use", "--account", "111111111111"]),
    (
        "ssoenv use --account 111111111111 --role Au",
        &["use", "--account", "111111111111", "--role", "Auditor"],
    ),
    (
        "ssoenv use --account=222222222222 --role=Re",
        &["use", "--account=222222222222", "--role=ReadOnly"],
    ),
    ("ssoenv login --sso-session co", &["login", "--sso-session", "corp"]),
    ("ssoenv cred", &["credentials"]),
    ("ssoenv credentials --for", &["credentials", "--format"]),
    ("ssoenv credentials --format win", &["credentials", "--format", "windows-cmd"]),
    ("ssoenv -v --color never use plain-", &["-v", "--color", "never", "use", "plain-audit"]),
    ("ssoenv exec plain-", &["exec", "plain-audit"]),
    ("ssoenv exec team:web -- ssoenv-test-com", &["exec", "team:web", "--", "ssoenv-test-command"]),
    ("ssoenv exec plain -- cat onl", &["exec", "plain", "--", "cat", "only-file"]),
    ("ssoenv exec me@home -- cat onl", &["exec", "me@home", "--", "cat", "only-file"]),
    (
        "ssoenv exec --region=eu-west-1 'with space' -- cat onl",
        &["exec", "--region=eu-west-1", "with space", "--", "cat", "only-file"],
    ),
    ("ssoenv exec plain cat onl", &["exec", "plain", "cat", "only-file"]),
    ("ssoenv configure --profile=wi", &["configure", "--profile=with space"]),
    ("ssoenv configure --profile=\"wi", &["configure", "--profile=with space"]),
    ("ssoenv configure --profile='team:", &["configure", "--profile=team:web"]),
    ("ssoenv exec 'wi", &["exec", "with space"]),
    ("ssoenv exec \"with space\" -- cat onl", &["exec", "with space", "--", "cat", "only-file"]),
    ("ssoenv exec with\\ space -- cat onl", &["exec", "with space", "--", "cat", "only-file"]),
    ("ssoenv doctor --bundle onl", &["doctor", "--bundle", "only-file"]),
    ("ssoenv allow ../wor", &["allow", "../work/"]),
    ("FOO=1 ssoenv use wi", &["use", "with space"]),
    ("true; ssoenv use wi", &["use", "with space"]),
    ("ssoenv use nosuchprofile", &["use", "nosuchprofile"]),
    // Behind a whole name nothing is put in.
    ("ssoenv use plain-audit ", &["use", "plain-audit"]),
    ("ssoenv profile show plain-audit ", &["profile", "show", "plain-audit"]),
];

struct Shell {
    world: World,
    terminal: Terminal,
    words: PathBuf,
}

impl Shell {
    /// A shell in which `ssoenv` is a function that writes its words down; completion asks the
    /// program itself. `before` is what the user's start file says first, `after` last; `by` prints
    /// what registers completion.
    fn start(name: &str, by: &str, before: &str, after: &str) -> Option<Self> {
        let shell = find(name, "SSOENV_TEST_SHELLS")?;
        find("tmux", "SSOENV_TEST_CLIENTS")?;
        let world = World::empty();
        world.write(".aws/config", &config());
        for (path, text) in [("bin/ssoenv-test-command", "#!/bin/sh\n"), ("work/only-file", "")] {
            world.write(path, text);
        }
        for file in ["work/star2", "work/starfile", "work/plain-file"] {
            world.write(file, "");
        }
        let command = world.path("bin/ssoenv-test-command");
        fs::set_permissions(&command, fs::Permissions::from_mode(0o755)).expect("mode");
        symlink(env!("CARGO_BIN_EXE_ssoenv"), world.path("bin/ssoenv")).expect("link");
        let words = world.path("words");
        let out = words.display().to_string();
        let posix = "ssoenv() { printf '<%s>\\n' \"$@\" >\"$OUT.new\"; mv \"$OUT.new\" \"$OUT\"; }";
        let (start, args): (String, &[&str]) = match name {
            "bash" => (
                format!(
                    "bind 'set bell-style none'\nbind 'set show-all-if-ambiguous on'\nbind 'set completion-query-items 0'\n\
                     bind 'set page-completions off'\nPS1='READY> '\n. ./completions\n{posix}\ncd work\n"
                ),
                &["--noprofile", "--rcfile", "start", "-i"],
            ),
            "zsh" => (
                format!(
                    "PS1='READY> '\nautoload -Uz compinit\n[[ -n ${{LATE-}} ]] || compinit -u -D\nunsetopt beep\n\
                     zstyle ':completion:*' menu no\n. ./completions\n{posix}\ncd work\n"
                ),
                &["-i"],
            ),
            _ => (
                "function fish_prompt; echo 'READY> '; end\nset -g fish_greeting\n\
                 set -g fish_autosuggestion_enabled 0\n\
                 source ./completions\nfunction ssoenv\n\
                 printf '<%s>\\n' $argv >$OUT.new; mv $OUT.new $OUT\nend\ncd work\n"
                    .to_owned(),
                &["-C", "source ./start", "-i"],
            ),
        };
        let start = format!("{before}\n{start}{after}\n");
        world.write("start", &start);
        world.write(".zshrc", &start);
        world.write("completions", &world.ok(&format!("{by} {name}")));
        let path = format!("{}:{}", world.path("bin").display(), crate::support::world::path());
        let mut command = vec![shell.to_str().expect("UTF-8")];
        command.extend(args);
        let extra = [("OUT", out), ("PATH", path)];
        let terminal = Terminal::start(&world, extra, &command);
        terminal.wait("the prompt", |screen| screen.contains("READY>"));
        Some(Self { world, terminal, words })
    }

    /// Types the line, TAB and Enter, and gives the words that the program would have got.
    fn complete(&self, line: &str) -> Vec<String> {
        self.complete_in(line, "")
    }

    /// The same with `behind` standing behind the cursor.
    fn complete_in(&self, line: &str, behind: &str) -> Vec<String> {
        self.terminal.text(&format!("{line}{behind}"));
        self.terminal.keys(&vec!["Left"; behind.chars().count()]);
        self.terminal.keys(&["Tab", "Enter"]);
        let text = self.terminal.file(&self.words, line);
        text.trim_end_matches('\n')
            .trim_start_matches('<')
            .trim_end_matches('>')
            .split(">\n<")
            .map(str::to_owned)
            .collect()
    }

    /// Types the line and TAB, and gives the screen once it shows all of `wanted`.
    fn list(&self, line: &str, tabs: usize, wanted: &[&str]) -> String {
        self.terminal.keys(&["C-l"]);
        self.terminal.text(line);
        for _ in 0..tabs {
            self.terminal.keys(&["Tab"]);
        }
        let screen = self.terminal.wait(&format!("{wanted:?} for {line}"), |screen| {
            wanted.iter().all(|word| screen.contains(word))
        });
        // No signal: the terminal would throw away what is typed behind it.
        self.terminal.keys(&["C-u"]);
        screen
    }
}

pub fn config() -> String {
    let mut text = "[sso-session corp]\nsso_start_url = https://example.awsapps.com/start\n\
                    sso_region = us-east-1\n\n"
        .to_owned();
    for (name, account, role) in PROFILES {
        let section = profile_section(name);
        write!(
            text,
            "[{section}]\nsso_session = corp\nsso_account_id = {account}\nsso_role_name = {role}\n\n",
        )
        .expect("a String takes all");
    }
    text
}

fn cases(name: &str) {
    let Some(shell) = Shell::start(name, "completions", "", "") else { return };
    let mut wrong = Vec::new();
    for (line, expected) in CASES {
        let words = shell.complete(line);
        if words != *expected {
            wrong.push(format!("{line}: {words:?}"));
        }
    }
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
    if name != "bash" {
        // bash has no completion of git by itself.
        let words = shell.complete("ssoenv exec plain -- git cherry-p");
        assert_eq!(words, ["exec", "plain", "--", "git", "cherry-pick"], "{name}");
    }
    let words = shell.complete_in("ssoenv use wi", " --no-login");
    assert_eq!(words, ["use", "with space", "--no-login"], "{name}: in the middle of a line");
    assert!(!shell.world.path("work/CANARY").exists(), "{name}: a name was run");
    // The first TAB completes what is common, the second lists; fish does both at once.
    let tabs = if name == "fish" { 1 } else { 2 };
    let screen = shell.list("ssoenv use pl", tabs, &["plain-audit"]);
    assert!(!screen.contains("plain-file"), "{name} offers files:\n{screen}");
    if name != "bash" {
        shell.list("ssoenv use pl", tabs, &["111111111111 Admin", "111111111111 Auditor"]);
    }
    shell.list("ssoenv use --account 111111111111 --role ", tabs, &["Admin", "Auditor"]);
    let screen =
        shell.list("ssoenv credentials --format ", tabs, &["windows-cmd", "env-no-export"]);
    assert!(!screen.contains("error"), "{screen}");
    drop(shell.terminal);
    drop(shell.world);
}

#[test]
fn tab_in_bash() {
    cases("bash");
}

/// A few cases in a shell that is set up in an odd way.
fn odd(name: &str, before: &str, after: &str) {
    few(name, "completions", before, after);
}

fn few(name: &str, by: &str, before: &str, after: &str) {
    let Some(shell) = Shell::start(name, by, before, after) else { return };
    for (line, expected) in [
        ("ssoenv use wi", &["use", "with space"][..]),
        ("ssoenv use team:", &["use", "team:web"]),
        ("ssoenv use --account=1", &["use", "--account=111111111111"]),
        ("ssoenv exec plain -- cat onl", &["exec", "plain", "--", "cat", "only-file"]),
        ("ssoenv use nosuch", &["use", "nosuch"]),
    ] {
        assert_eq!(shell.complete(line), expected, "{name}: {before}: {line}");
    }
}

/// The whole hook: the short one loads it at the first TAB, in the place of the function that writes
/// words down here.
#[test]
fn the_hook_brings_completion() {
    for name in ["bash", "zsh", "fish"] {
        few(name, "init --full", "", "");
    }
}

#[test]
fn the_short_command_completes_as_use_does() {
    for name in ["bash", "zsh", "fish"] {
        let Some(shell) = Shell::start(name, "init --cmd s", "", "") else { continue };
        for (line, expected) in [
            ("s plain-", &["use", "plain-audit"][..]),
            ("s wi", &["use", "with space"]),
            ("true; s --account=1", &["use", "--account=111111111111"]),
            ("ssoenv use plain-", &["use", "plain-audit"]),
        ] {
            assert_eq!(shell.complete(line), expected, "{name}: {line}");
        }
    }
}

#[test]
fn tab_in_bash_with_odd_settings() {
    odd("bash", "", "set -u; shopt -s nullglob failglob extglob dotglob; set -o posix; IFS=x=;");
    odd("bash", "alias local=false return=false compopt=false", "set -o noclobber; set -f");
    odd("bash", "", "COMP_WORDBREAKS=$' \\t\\n\"><;|&('; unset -v CDPATH");
}

#[test]
fn tab_in_zsh_with_odd_settings() {
    odd("zsh", "LATE=1", "compinit -u -D");
    odd("zsh", "setopt noglob nounset ksharrays shwordsplit", "");
    odd("zsh", "alias local=false typeset=false return=false compadd=false", "");
}

#[test]
fn tab_in_zsh() {
    cases("zsh");
}

#[test]
fn tab_in_fish() {
    cases("fish");
}
