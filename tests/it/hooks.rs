//! The wrapper function in real shells: odd options, aliases and functions over builtins, traps,
//! attributes of variables, traces. Every line of a table is one start of a shell.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use crate::support::run;
use crate::support::shells::{have, path, script};
use crate::support::world::Outcome;
use crate::support::{World, can_trace};

/// A shell with the hook in a world whose `prod` and `dev` are in the cache.
struct Matrix {
    world: World,
    shell: &'static str,
}

/// What must come of a setup.
#[derive(Clone, Copy, PartialEq)]
enum Expect {
    Right,
    /// A variable is read-only: a clear failure, nothing changed.
    Refused,
}

impl Matrix {
    fn new(shell: &'static str) -> Option<Self> {
        if !have(shell) {
            return None;
        }
        let world = World::new();
        world.ok("use prod");
        world.ok("use dev");
        Some(Self { world, shell })
    }

    /// Runs the body after the setup, with what it leaves behind taken from files.
    fn run(&self, options: &[&str], body: &str) -> (Outcome, BTreeMap<String, String>) {
        let seen = self.world.path("seen");
        let _ = fs::remove_file(&seen);
        let mut command: Command = script(&self.world, self.shell, options, body);
        command.env("AWS_PROFILE", "before");
        let outcome = Outcome::of(&mut command);
        let seen = fs::read_to_string(seen).unwrap_or_default();
        let pairs = seen.split('\0').filter_map(|line| line.split_once('='));
        (outcome, pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    fn check(
        &self,
        name: &str,
        outcome: &Outcome,
        seen: &BTreeMap<String, String>,
        expect: Expect,
    ) {
        let what = format!("{} {name}: {outcome:?}", self.shell);
        self.world.assert_no_secret(&outcome.err);
        self.world.assert_no_secret(&outcome.out);
        let has = |name: &str| seen.get(name).map(String::as_str);
        match expect {
            Expect::Right => {
                assert_eq!(has("SSOENV_PROFILE"), Some("prod"), "{what}");
                assert_eq!(has("AWS_REGION"), Some("eu-west-1"), "{what}");
                assert_eq!(has("AWS_ACCESS_KEY_ID"), has("SSOENV_KEY_ID"), "{what}");
                assert!(has("AWS_SESSION_TOKEN").is_some_and(|t| !t.is_empty()), "{what}");
                assert_eq!(has("AWS_PROFILE"), None, "{what}");
                assert_eq!(has("SSOENV_SHELL"), None, "{what}");
                assert_eq!(has("CODE_USE"), Some("0"), "{what}");
                assert_eq!(has("CODE_FAIL"), Some("6"), "{what}");
                assert_eq!(has("CODE_CHILD"), Some("2"), "{what}");
            }
            Expect::Refused => {
                assert_eq!(has("SSOENV_PROFILE"), None, "{what}");
                assert_eq!(has("AWS_ACCESS_KEY_ID"), None, "{what}");
                assert_eq!(has("CODE_USE"), Some("1"), "{what}");
                assert!(outcome.err.contains("all stays as it was"), "{what}");
            }
        }
        let exported = seen.keys().find(|name| name.starts_with("__ssoenv"));
        assert_eq!(exported, None, "{what}");
    }
}

/// What is done in bash and zsh after the setup. Only externals and the hook are used, because a
/// setup may have replaced everything else.
const POSIX_BODY: &str = r#"
ssoenv use nope 2>/dev/null || fail=$?
used=0
ssoenv -v --color never use prod || used=$?
child=0
ssoenv list --nothing 2>/dev/null || child=$?
/usr/bin/env CODE_USE="$used" CODE_FAIL="$fail" CODE_CHILD="$child" env -0 >|"$HOME/seen"
"#;

fn bash(setup: &str) -> String {
    format!(
        "{setup}\n\
         __t_state() {{ \\builtin set +o; \\builtin shopt -p; \\builtin trap -p; \\builtin declare -p IFS; }} 2>&1\n\
         __t_before=$(__t_state)\n\
         __t_loaded=$( {{ \\builtin eval \"$(\\builtin command ssoenv init bash)\"; }} 2>&1 )\n\
         \\builtin eval \"$(\\builtin command ssoenv init bash)\"\n\
         \\builtin eval \"$(\\builtin command ssoenv init bash)\"\n\
         {POSIX_BODY}\n\
         __t_after=$(__t_state)\n\
         if [[ $__t_before != \"$__t_after\" ]]; then /usr/bin/env echo \"STATE $__t_before|$__t_after\"; fi\n\
         if [[ -n $__t_loaded && $- != *[xv]* ]]; then /usr/bin/env echo \"LOAD $__t_loaded\"; fi\n"
    )
}

/// Setups that hold for bash and zsh alike.
const COMMON: &[(&str, &str, Expect)] = &[
    ("plain", "", Expect::Right),
    ("errexit", "set -e", Expect::Right),
    ("nounset", "set -u", Expect::Right),
    ("pipefail", "set -o pipefail", Expect::Right),
    ("strict", "set -euo pipefail", Expect::Right),
    ("noclobber", "set -C", Expect::Right),
    ("noglob", "set -f", Expect::Right),
    ("allexport", "set -a", Expect::Right),
    ("xtrace", "set -x", Expect::Right),
    ("verbose", "set -v", Expect::Right),
    ("xtrace and verbose", "set -xv", Expect::Right),
    ("IFS of letters", "IFS='x=;s'", Expect::Right),
    ("IFS empty", "IFS=", Expect::Right),
    ("IFS unset", "unset IFS", Expect::Right),
    (
        "functions over builtins",
        "export() { :; }; eval() { :; }; printf() { :; }; local() { :; }; unset() { :; }\n\
         return() { :; }; read() { :; }; set() { :; }; shift() { :; }; true() { false; }",
        Expect::Right,
    ),
    ("a function called command", "command() { echo evil; }", Expect::Right),
    ("a function called ssoenv", "ssoenv() { echo evil; }", Expect::Right),
    ("integer variables", "typeset -i AWS_ACCESS_KEY_ID AWS_REGION SSOENV_PROFILE", Expect::Right),
    ("upper case", "typeset -u AWS_REGION SSOENV_PROFILE AWS_SESSION_TOKEN", Expect::Right),
    ("tables", "unset AWS_PROFILE; typeset -A AWS_PROFILE AWS_REGION", Expect::Right),
    ("lists", "typeset -a AWS_REGION AWS_SECRET_ACCESS_KEY", Expect::Right),
    ("ERR trap", "trap 'true' ERR", Expect::Right),
    ("EXIT and INT traps", "trap 'true' EXIT INT", Expect::Right),
    ("DEBUG trap", "trap 'true' DEBUG", Expect::Right),
    ("readonly key", "readonly AWS_SECRET_ACCESS_KEY", Expect::Refused),
    ("readonly profile", "readonly AWS_PROFILE", Expect::Refused),
    ("readonly own", "readonly SSOENV_SAVED=x", Expect::Refused),
];

#[test]
fn bash_matrix() {
    let Some(matrix) = Matrix::new("bash") else { return };
    let own = [
        ("posix", "set -o posix", Expect::Right),
        ("inherit_errexit", "set -e; shopt -s inherit_errexit", Expect::Right),
        ("extdebug", "shopt -s extdebug", Expect::Right),
        ("globbing", "shopt -s failglob nullglob dotglob extglob globstar", Expect::Right),
        ("nocasematch", "shopt -s nocasematch", Expect::Right),
        (
            "aliases",
            "shopt -s expand_aliases\nalias export=evil local=evil command=evil builtin=evil eval=evil \
             printf=evil return=evil unset=evil read=evil exec=evil ssoenv=evil declare=evil",
            Expect::Right,
        ),
        ("functrace", "set -ET; trap 'true' ERR DEBUG RETURN", Expect::Right),
        ("a function called exec", "exec() { echo evil; }", Expect::Right),
        ("lower case", "declare -l AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY", Expect::Right),
        ("trace to a file", "exec 9>\"$HOME/trace\"; BASH_XTRACEFD=9; set -x", Expect::Right),
        ("errtrace", "set -eE; trap 'true' ERR", Expect::Right),
    ];
    for (name, setup, expect) in COMMON.iter().chain(&own) {
        let (outcome, seen) = matrix.run(&[], &bash(setup));
        matrix.check(name, &outcome, &seen, *expect);
        assert_eq!(outcome.out, "", "{name}: {outcome:?}");
        if matrix.world.path("trace").exists() {
            matrix.world.assert_no_secret(&matrix.world.read("trace"));
        }
    }
}

fn zsh(setup: &str) -> String {
    format!(
        "{setup}\n\
         __t_before=\"$(\\builtin setopt 2>&1)\"\n\
         __t_loaded=$( {{ \\builtin eval \"$(\\builtin command ssoenv init zsh)\"; }} 2>&1 )\n\
         \\builtin eval \"$(\\builtin command ssoenv init zsh)\"\n\
         \\builtin eval \"$(\\builtin command ssoenv init zsh)\"\n\
         {POSIX_BODY}\n\
         __t_after=\"$(\\builtin setopt 2>&1)\"\n\
         if [[ $__t_before != \"$__t_after\" ]]; then /usr/bin/env echo \"STATE $__t_before|$__t_after\"; fi\n\
         if [[ -n $__t_loaded && ! -o xtrace && ! -o verbose ]]; then /usr/bin/env echo \"LOAD $__t_loaded\"; fi\n"
    )
}

#[test]
fn zsh_matrix() {
    let Some(matrix) = Matrix::new("zsh") else { return };
    let own = [
        ("err_return", "setopt err_return", Expect::Right),
        ("emulate sh", "emulate sh", Expect::Right),
        ("emulate ksh", "emulate ksh", Expect::Right),
        ("emulate -R sh", "emulate -R sh", Expect::Right),
        ("ksh_arrays", "setopt ksh_arrays", Expect::Right),
        ("sh_word_split", "setopt sh_word_split glob_subst", Expect::Right),
        ("rc_quotes", "setopt rc_quotes csh_junkie_quotes", Expect::Right),
        ("warn", "setopt warn_create_global warn_nested_var", Expect::Right),
        ("no_global_export", "setopt no_global_export", Expect::Right),
        ("posix_builtins", "setopt posix_builtins posix_aliases posix_identifiers", Expect::Right),
        ("globbing", "setopt extended_glob null_glob ksh_glob magic_equal_subst", Expect::Right),
        ("no_nomatch", "setopt csh_null_glob no_equals", Expect::Right),
        ("nocasematch", "setopt no_case_match no_case_glob", Expect::Right),
        ("prompt_subst", "setopt prompt_subst prompt_bang", Expect::Right),
        ("no_aliases", "setopt no_aliases", Expect::Right),
        (
            "aliases",
            "setopt aliases\nalias export=evil local=evil command=evil eval=evil print=evil \
             return=evil unset=evil read=evil ssoenv=evil typeset=evil setopt=evil emulate=evil",
            Expect::Right,
        ),
        (
            "global aliases",
            "setopt aliases\nalias -g use=evil init=evil prod=evil clear=evil keys=evil changed=evil expired=evil",
            Expect::Right,
        ),
        (
            "more functions",
            "emulate() { echo evil }; setopt() { echo evil }; print() { echo evil }; typeset() { echo evil }",
            Expect::Right,
        ),
        ("tied", "typeset -T AWS_REGION aws_region", Expect::Right),
        ("ZERR", "TRAPZERR() { : }", Expect::Right),
        ("local caller", "setopt local_options local_traps", Expect::Right),
    ];
    for (name, setup, expect) in COMMON.iter().chain(&own) {
        // A global alias on a word of the test itself is the test's own problem.
        let body = if *name == "global aliases" {
            zsh("").replacen(POSIX_BODY, &format!("{setup}\n{}", quoted_words(POSIX_BODY)), 1)
        } else {
            zsh(setup)
        };
        let (outcome, seen) = matrix.run(&[], &body);
        matrix.check(name, &outcome, &seen, *expect);
        assert_eq!(outcome.out, "", "{name}: {outcome:?}");
    }
}

fn quoted_words(body: &str) -> String {
    let mut body = body.to_owned();
    for word in ["use", "prod"] {
        body = body.replace(&format!(" {word} "), &format!(" '{word}' "));
    }
    body
}

/// fish has no options of this kind: traps, scopes and functions.
const FISH_BODY: &str = r"
ssoenv use nope 2>/dev/null
set -l fail $status
ssoenv -v --color never use prod
set -l used $status
ssoenv list --nothing 2>/dev/null
set -l child $status
/usr/bin/env CODE_USE=$used CODE_FAIL=$fail CODE_CHILD=$child env -0 >$HOME/seen
";

#[test]
fn fish_matrix() {
    let Some(matrix) = Matrix::new("fish") else { return };
    for (name, setup) in [
        ("plain", ""),
        ("IFS", "set -g IFS x"),
        (
            "functions over builtins",
            "function printf; end; function string; end; function read; end; function source; end\n\
             function test; end; function echo; builtin echo evil; end; function math; end",
        ),
        ("a function called ssoenv", "function ssoenv; echo evil; end"),
        ("an alias", "alias ssoenv 'echo evil'"),
        ("trace", "set -g fish_trace 1"),
        ("exported trace", "set -gx fish_trace 1"),
        ("lists", "set -gx AWS_REGION a b c; set -g AWS_SECRET_ACCESS_KEY 1 2"),
        ("not exported", "set -g AWS_ACCESS_KEY_ID x; set -g SSOENV_PROFILE y"),
    ] {
        let body = format!(
            "{setup}\ncommand ssoenv init fish | builtin source\n\
             command ssoenv init fish | builtin source\n{FISH_BODY}"
        );
        let (outcome, seen) = matrix.run(&[], &body);
        matrix.check(name, &outcome, &seen, Expect::Right);
        assert_eq!(outcome.out, "", "{name}: {outcome:?}");
    }
}

/// What `use` removes is hidden from children also where it is an exported universal variable: it keeps
/// its value, other shells keep exporting it, and `clear` or the shell's end shows it again.
#[test]
fn fish_hides_universal_variables_while_a_profile_is_in_use() {
    let Some(matrix) = Matrix::new("fish") else { return };
    // `--no-config` would be without universal variables.
    let run = |script: &str| {
        let mut command = matrix.world.command("fish");
        command.env("PATH", path()).args(["-i", "-c", script]);
        Outcome::of(&mut command)
    };
    let names = "AWS_SECURITY_TOKEN AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE AWS_PROFILE";
    let seen = "env | string match -rq '^(AWS_SECURITY|AWS_ROLE_ARN|AWS_WEB|AWS_PROFILE)'; and echo seen; or echo hidden";
    let set = format!("for name in {names}; set -Ux $name stale; end; {seen}");
    assert!(run(&set).out.contains("seen"));
    let other = format!("ssoenv init fish | source; emit fish_prompt; {seen}");
    let script = format!(
        "ssoenv init fish | source; ssoenv use prod; {seen}; emit fish_prompt; {seen}\n\
         env -u SSOENV_MODE fish -i -c '{}'; emit fish_prompt; {seen}; ssoenv clear; {seen}; set -qUx {names}; and echo back; set -qg {names}; or echo alone\n\
         ssoenv use prod; {seen}",
        other.replace('\'', "\\'")
    );
    let outcome = run(&script);
    let words: Vec<_> = outcome.out.split_whitespace().collect();
    let said = ["hidden", "seen", "back", "alone"];
    // Some stand behind what fish tells the terminal.
    let words = words.into_iter().filter_map(|word| said.iter().find(|said| word.ends_with(*said)));
    let words: Vec<_> = words.copied().collect();
    let expected = ["hidden", "hidden", "seen", "hidden", "seen", "back", "alone", "hidden"];
    assert_eq!(words, expected, "{outcome:?}");
    assert!(!outcome.err.contains("was changed since"), "{outcome:?}");
    // The shell that used something has ended.
    assert!(run(seen).out.contains("seen"));
}

/// The script that loads the hook in each shell.
fn load(shell: &str) -> &'static str {
    match shell {
        "fish" => "ssoenv init fish | source\n",
        "zsh" => "eval \"$(ssoenv init zsh)\"\n",
        _ => "eval \"$(ssoenv init bash)\"\n",
    }
}

const HOOKED: [&str; 3] = ["bash", "zsh", "fish"];

/// The same small script in each shell; `$?` is the last status in all of them.
fn in_each(body: &str, check: impl Fn(&str, Outcome, &World)) {
    for shell in HOOKED {
        let Some(matrix) = Matrix::new(shell) else { continue };
        let body = if shell == "fish" { body.replace("$?", "$status") } else { body.to_owned() };
        let (outcome, _) = matrix.run(&[], &format!("{}{body}", load(shell)));
        check(shell, outcome, &matrix.world);
    }
}

#[test]
fn clear_gives_back_and_use_dash_goes_back_even_then() {
    in_each(
        "ssoenv use prod; ssoenv clear; echo \"$? $AWS_PROFILE $SSOENV_PREV\"\n\
         ssoenv use -; echo \"$? $SSOENV_PROFILE\"\n\
         ssoenv use dev; ssoenv use -; echo \"$SSOENV_PROFILE\"\n\
         ssoenv use --account 111122223333 --role ReadOnly; ssoenv clear; ssoenv use -; echo $SSOENV_ROLE\n\
         env | grep -c __ssoenv",
        |shell, outcome, _| {
            assert_eq!(
                outcome.out, "0 before \n0 prod\nprod\nReadOnly\n0\n",
                "{shell}: {outcome:?}"
            );
        },
    );
}

#[test]
fn nothing_active_is_nothing_to_clear() {
    in_each("ssoenv clear; echo $?", |shell, outcome, _| {
        assert_eq!((&*outcome.out, &*outcome.err), ("0\n", ""), "{shell}");
    });
}

#[test]
fn plain_text_is_printed_and_not_evaluated() {
    in_each(
        "ssoenv use --help | head -n 1; ssoenv use '-?' | head -n 1; ssoenv clear -h >/dev/null; echo $?\n\
         ssoenv use prod --shell sh | grep -c 'export AWS_ACCESS_KEY_ID'; echo \"[$SSOENV_PROFILE]\"\n\
         ssoenv --version | grep -c ssoenv",
        |shell, outcome, _| {
            let lines: Vec<_> = outcome.out.lines().collect();
            assert!(!lines[0].is_empty(), "{shell}: {outcome:?}");
            assert_eq!(lines[0], lines[1], "{shell}: {outcome:?}");
            assert_eq!(lines[2..], ["0", "1", "[]", "1"], "{shell}: {outcome:?}");
        },
    );
}

/// Puts another program in the place of ours, and gives the line that a shell finds it by.
fn stand_in(matrix: &Matrix, body: &str) -> &'static str {
    matrix.world.program("other/ssoenv", &format!("#!/bin/sh\n{body}\n"));
    if matrix.shell == "fish" {
        "set -gx PATH $HOME/other $PATH\n"
    } else {
        "PATH=$HOME/other:$PATH\n"
    }
}

#[test]
fn an_unknown_marker_is_neither_printed_nor_evaluated() {
    for (text, code) in
        [("echo evil", 0), ("#ssoenv/2\\necho evil", 0), ("#ssoenv/10\\necho evil", 0)]
    {
        for shell in HOOKED {
            let Some(matrix) = Matrix::new(shell) else { continue };
            let path = stand_in(&matrix, &format!("printf '{text}\\n'\nexit {code}"));
            let status = if shell == "fish" { "$status" } else { "$?" };
            // The short hook and the whole one.
            for first in ["", "ssoenv --version >/dev/null\n"] {
                let body = format!("{}{first}{path}ssoenv use prod; echo {status}", load(shell));
                let (outcome, _) = matrix.run(&[], &body);
                assert_eq!(outcome.out, "1\n", "{shell}: {outcome:?}");
                assert!(outcome.err.contains("open a new shell"), "{shell}: {outcome:?}");
            }
        }
    }
}

/// The variables that a hook may leave in its shell: all that it names but functions and locals.
fn variables(shell: &str) -> BTreeSet<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join(format!("shell/ssoenv.{shell}"))).expect("the hook");
    let (mut named, mut others) = (BTreeSet::new(), BTreeSet::new());
    for line in text.lines() {
        let is_other = ["local ", "set -l", "function ", "functions ", "() {"];
        let is_other = is_other.iter().any(|mark| line.contains(mark));
        for (at, _) in line.match_indices("__ssoenv_") {
            let end = line[at..].find(|c: char| c != '_' && !c.is_ascii_alphanumeric());
            let name = line[at..][..end.unwrap_or(line.len() - at)].to_owned();
            let is_used = line[..at].ends_with(['$', '{']);
            if is_other && !is_used {
                others.insert(name)
            } else {
                named.insert(name)
            };
        }
    }
    let found: BTreeSet<_> = named.difference(&others).cloned().collect();
    assert!(found.len() > 10, "{shell}: {found:?}");
    found
}

#[test]
fn the_hook_can_be_taken_out_of_a_running_shell() {
    for (shell, after) in [
        (
            "bash",
            "declare -F | grep -c ssoenv; set | grep '^__ssoenv'; echo 0; complete -p | grep -c ssoenv",
        ),
        ("zsh", "typeset +f | grep -c ssoenv; typeset + | grep __ssoenv; echo 0; echo 0"),
        (
            "fish",
            "functions -a | grep -c ssoenv; set -n | grep __ssoenv; echo 0; complete | grep -c ssoenv",
        ),
    ] {
        let Some(matrix) = Matrix::new(shell) else { continue };
        for remove in
            ["ssoenv init SHELL --remove", "eval \"$(command ssoenv init SHELL --remove)\""]
        {
            let remove = match (shell, remove.starts_with("eval")) {
                ("fish", true) => "command ssoenv init fish --remove | source".to_owned(),
                _ => remove.replace("SHELL", shell),
            };
            let set = if shell == "fish" { "set -g NAME 1\n" } else { "NAME=1\n" };
            let set: String =
                variables(shell).iter().map(|name| set.replace("NAME", name)).collect();
            let body = format!(
                "{}ssoenv use prod\n{set}{remove}\n{after}\necho $SSOENV_PROFILE",
                load(shell)
            );
            let (outcome, _) = matrix.run(&[], &body);
            assert_eq!(
                (&*outcome.out, &*outcome.err),
                ("0\n0\n0\nprod\n", ""),
                "{shell}: {outcome:?}"
            );
        }
    }
}

#[test]
fn words_reach_the_program_as_typed() {
    for shell in HOOKED {
        let Some(matrix) = Matrix::new(shell) else { continue };
        let path = stand_in(&matrix, "printf '[%s]' \"$@\"; cat; exit 7");
        let words = "exec prod -- run a,b '*' '' 'c d' -- -x:y \"it's\" '$HOME' '~'";
        let status = if shell == "fish" { "$status" } else { "$?" };
        let body = format!(
            "{}echo first | ssoenv exec prod -- cat; ssoenv --version >/dev/null\n\
             {path}echo piped | ssoenv {words}; echo {status}",
            load(shell)
        );
        let (outcome, _) = matrix.run(&[], &body);
        let wanted =
            "first\n[exec][prod][--][run][a,b][*][][c d][--][-x:y][it's][$HOME][~]piped\n7\n";
        assert_eq!(outcome.out, wanted, "{shell}: {outcome:?}");
    }
}

#[test]
fn hostile_account_names_run_nothing() {
    let hostile = "$(touch canary)`touch canary`'\"\\;%n%1~\u{1b}]52;c;eA==\u{7}{}!x* \u{202e}";
    for shell in HOOKED {
        let Some(matrix) = Matrix::new(shell) else { continue };
        matrix.world.ic.add_account("111122223333", hostile, "x@example.com", &["Admin"]);
        matrix.world.ok("accounts --refresh");
        let env = if shell == "fish" {
            "/usr/bin/env -0 >$HOME/seen"
        } else {
            "/usr/bin/env -0 >\"$HOME/seen\""
        };
        let (outcome, seen) = matrix.run(&[], &format!("{}ssoenv use prod\n{env}", load(shell)));
        assert_eq!(
            seen.get("SSOENV_ACCOUNT_NAME").map(String::as_str),
            Some(hostile),
            "{outcome:?}"
        );
        assert!(!matrix.world.path("canary").exists(), "{shell}");
        assert!(!outcome.err.contains('\u{1b}'), "{shell}: {outcome:?}");
    }
}

#[test]
fn a_failing_use_changes_nothing_and_stops_what_follows() {
    in_each(
        "ssoenv use nope 2>/dev/null && echo evil; echo \"$AWS_PROFILE\"",
        |shell, outcome, _| {
            assert_eq!(outcome.out, "before\n", "{shell}: {outcome:?}");
        },
    );
}

/// `eval "$(ssoenv use prod)"` is what one types without the hook, and what stands in scripts.
#[test]
fn eval_of_a_substitution_switches_the_shell_around_it_too() {
    let fish = [
        "eval (ssoenv use prod | string collect); and test $SSOENV_PROFILE = prod",
        "ssoenv use prod | source; and test $SSOENV_PROFILE = prod",
        // What was there before is no longer the status.
        "false; ssoenv use prod; and false; ssoenv use dev --shell fish | source; and test $SSOENV_PROFILE = dev",
        "false; command ssoenv clear | source",
        "ssoenv use prod; command ssoenv clear --shell fish | source; and false; command ssoenv clear --shell fish | source",
        "set x (ssoenv use prod; and echo in $SSOENV_PROFILE); and test \"$x\" = 'in prod'",
    ];
    let posix = [
        "eval \"$(ssoenv use prod)\" && [ \"$SSOENV_PROFILE\" = prod ]",
        "eval $(ssoenv use prod) && [ \"$SSOENV_PROFILE\" = prod ]",
        "eval `ssoenv use prod` && [ \"$SSOENV_PROFILE\" = prod ]",
        "X=1 eval \"$(ssoenv use prod)\" && [ \"$SSOENV_PROFILE\" = prod ]",
        "source <(ssoenv use prod) && [ \"$SSOENV_PROFILE\" = prod ]",
        "x=$(ssoenv use prod) && eval \"$x\" && [ \"$SSOENV_PROFILE\" = prod ]",
        "f() { local x; x=\"$(ssoenv use \"$1\")\" || return; eval \"$x\"; }; f prod; [ \"$SSOENV_PROFILE\" = prod ]",
        "set -eu; eval \"$(ssoenv use prod)\" && [ \"$SSOENV_PROFILE\" = prod ]",
        // What was there before is no longer the status.
        "x=$(false); ssoenv use prod",
        "false; ssoenv clear",
        "eval \"$(ssoenv use prod; echo :)\" && [ \"$SSOENV_PROFILE\" = prod ]",
        "(eval \"$(ssoenv use prod)\" && [ \"$SSOENV_PROFILE\" = prod ]) | cat",
        "ssoenv use prod; eval \"$(ssoenv use dev)\"; eval \"$(ssoenv use -)\"; [ \"$SSOENV_PROFILE\" = prod ]",
        "ssoenv use prod; eval \"$(ssoenv clear)\" && [ \"$AWS_PROFILE\" = before ]",
        "x=$(ssoenv use nope 2>/dev/null) || [ -z \"$x\" ]",
        // A trace would show the keys.
        "set -x; x=$(ssoenv use prod) || { eval \"$x\"; [ -z \"${SSOENV_PROFILE-}\" ]; }",
    ];
    for shell in HOOKED {
        let Some(matrix) = Matrix::new(shell) else { continue };
        let bodies: &[&str] = if shell == "fish" { &fish } else { &posix };
        for body in bodies {
            let (outcome, _) = matrix.run(&[], &format!("{}{body}", load(shell)));
            assert_eq!(
                (outcome.code, outcome.out.as_str()),
                (0, ""),
                "{shell} {body}: {outcome:?}"
            );
        }
    }
}

/// Where it is not the shell that reads, in a pipeline or a file, keys are for nobody's eyes, and it is
/// the subshell that is meant.
#[test]
fn a_subshell_shows_its_keys_to_nobody_else() {
    let bodies = [
        "(ssoenv use prod; echo $SSOENV_PROFILE) | cat",
        "(ssoenv use prod; echo $SSOENV_PROFILE) >$HOME/log; cat $HOME/log",
        "echo 'ssoenv use prod; echo $SSOENV_PROFILE' >$HOME/deploy; . $HOME/deploy 2>&1 | cat",
        "echo 'ssoenv use prod; echo $SSOENV_PROFILE' >$HOME/deploy; (. $HOME/deploy) 2>/dev/null | cat",
        "cmd='ssoenv use prod && echo $SSOENV_PROFILE'; eval \"$cmd\" 2>&1 | cat",
        "cmd='ssoenv use prod && echo $SSOENV_PROFILE'; eval \"$cmd\" >$HOME/log & wait; cat $HOME/log",
        "run() { eval \"$@\" 2>&1 | sed 's/^//'; }; run ssoenv use prod '&&' echo prod",
        "(ssoenv use prod 2>/dev/null; echo $SSOENV_PROFILE)",
        // What the user has put on the end of a subshell stays there.
        "(trap 'echo prod' EXIT; ssoenv use prod; :) | cat",
    ];
    for shell in ["bash", "zsh"] {
        let Some(matrix) = Matrix::new(shell) else { continue };
        for body in bodies {
            let (outcome, _) = matrix.run(&[], &format!("{}{body}", load(shell)));
            assert_eq!(outcome.out, "prod\n", "{shell} {body}: {outcome:?}");
        }
    }
}

#[test]
fn hooks_are_clean_for_their_shells_and_for_shellcheck() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("shell");
    for (program, words, files) in [
        ("bash", &["-n"][..], &["idle.bash", "ssoenv.bash", "remove.bash"][..]),
        ("zsh", &["-n"], &["idle.zsh", "ssoenv.zsh", "remove.zsh"]),
        ("fish", &["-n"], &["idle.fish", "ssoenv.fish", "remove.fish"]),
        ("fish_indent", &["--check"], &["idle.fish", "ssoenv.fish", "remove.fish"]),
        ("shellcheck", &["-s", "bash"], &["idle.bash", "ssoenv.bash", "remove.bash"]),
    ] {
        if !have(program) {
            continue;
        }
        for file in files {
            let output = run::output(Command::new(program).args(words).arg(root.join(file)));
            assert!(
                output.status.success() && output.stdout.is_empty(),
                "{program} {file}: {output:?}"
            );
        }
    }
}

/// The program, and nothing else: whether a variable is read-only is seen without a subshell, but not
/// where it may be a function's own.
#[test]
fn use_starts_one_process() {
    for (shell, words) in [("bash", &["--noprofile", "--norc", "-c"][..]), ("zsh", &["-f", "-c"])] {
        let Some(matrix) = Matrix::new(shell) else { continue };
        if !can_trace(&matrix.world) {
            continue;
        }
        let log = matrix.world.path("trace");
        let count = |uses: usize| {
            let body = format!("{}{}true", load(shell), "ssoenv use prod\n".repeat(uses));
            let mut traced = matrix.world.command("strace");
            traced.args(["-f", "-e", "trace=clone,clone3,fork,vfork", "-o"]).arg(&log);
            traced.arg(shell).args(words).arg(body).env("PATH", path());
            let outcome = Outcome::of(&mut traced);
            assert_eq!(outcome.code, 0, "{shell}: {outcome:?}");
            let text = fs::read_to_string(&log).expect("a trace");
            text.lines()
                .filter(|l| {
                    ["clone", "fork"].iter().any(|w| l.contains(w)) && !l.contains("resumed")
                })
                .count()
        };
        assert_eq!(count(3) - count(2), 1, "{shell}");
        let body = format!(
            "{}f() {{ local -r AWS_PROFILE=x; ssoenv use prod 2>/dev/null; echo $? \"[${{AWS_ACCESS_KEY_ID-}}]\"; }}; f",
            load(shell)
        );
        let (outcome, _) = matrix.run(&[], &format!("AWS_ACCESS_KEY_ID=theirs; {body}"));
        assert_eq!(outcome.out, "1 [theirs]\n", "{shell}: {outcome:?}");
    }
}

/// bash 3.2, which macOS has, knows none of these.
#[test]
fn bash_hook_uses_nothing_newer_than_3_2() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in
        ["shell/idle.bash", "shell/ssoenv.bash", "shell/remove.bash", "completions/ssoenv.bash"]
    {
        let text = fs::read_to_string(root.join(file)).expect("the hook");
        for new in [
            "mapfile",
            "readarray",
            "local -",
            "declare -g",
            "declare -A",
            "|&",
            "&>>",
            ";&",
            "@Q}",
            "@a}",
            ",,}",
            "^^}",
            "[[ -v",
        ] {
            let used = text.lines().filter(|line| !line.trim_start().starts_with('#'));
            let used: Vec<_> = used.filter(|line| line.contains(new)).collect();
            assert!(used.is_empty(), "{file}: {new}: {used:?}");
        }
    }
}

/// `init --cmd NAME`: several words reach the program, its exit code the shell, and it goes with the hook.
#[test]
fn a_short_command_is_use() {
    for (shell, load, remove) in [
        ("bash", "eval \"$(ssoenv init bash --cmd s-x)\"", "ssoenv init bash --remove"),
        ("zsh", "eval \"$(ssoenv init zsh --cmd s-x)\"", "ssoenv init zsh --remove"),
        ("fish", "ssoenv init fish --cmd s-x | source", "ssoenv init fish --remove"),
    ] {
        if !have(shell) {
            continue;
        }
        let world = World::new();
        world.ok("roles");
        let status = if shell == "fish" { "$status" } else { "$?" };
        let body = format!(
            "{load}\n{load}\ns-x acme adm\necho {status} $SSOENV_PROFILE\ns-x nope\necho {status} $SSOENV_PROFILE\n\
             s-x -\n{remove}\ns-x dev\necho {status}"
        );
        let outcome = Outcome::of(&mut script(&world, shell, &[], &body));
        assert_eq!(outcome.out, "0 prod\n6 prod\n127\n", "{shell}: {outcome:?}");
    }
    let world = World::new();
    for wrong in ["ssoenv", "a b", "$(x)", "-x", ""] {
        let outcome = Outcome::of(&mut world.ssoenv(["init", "bash", &format!("--cmd={wrong}")]));
        assert_eq!((outcome.code, outcome.out.as_str()), (2, ""), "{wrong}");
    }
}
