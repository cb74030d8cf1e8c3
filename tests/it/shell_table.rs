//! A shell is one entry of the table: a made-up one needs nothing else, and no other file of `src`
//! has a case for any of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ssoenv::domain::env_delta::EnvDelta;
use ssoenv::domain::speech::Say;
use ssoenv::io::env::Env;
use ssoenv::shell::Dialect;
use ssoenv::shell::entry::{
    Completion, Hook, Likeness, Parts, Prompt, Shell, StartFile, Text, Typed,
};

use crate::support::imports::rust_files;

/// All that a shell which nobody has heard of would have to say of itself.
const MURMUR: Shell = Shell {
    programs: &["murmurd"],
    quote: |value| format!("<{value}>"),
    changes: |changes| changes.iter().map(|(name, _)| format!("murmur {name}\n")).collect(),
    message: |changes| format!("{}\n", changes.len()),
    nothing: "",
    prompt: Prompt { open: "(", close: ")", instead: &[('%', "%%")] },
    say: Say {
        evaluate: |command| format!("heed {command}"),
        set: |name, value| format!("{name} is {value}"),
        unset: |names| format!("forget {}", names.join(" ")),
        word: |word| format!("<{word}>"),
        own_command: None,
    },
    hook: Some(Hook {
        text: Text::Plain("heed\n# {prompt}\nsegment\n# {end}\n"),
        line: "heed ssoenv init murmur",
        load_now: "heed ssoenv init murmur",
        other_start_files: |_| Vec::new(),
        earlier_lines: &["ssoenv init murmur"],
        start_file: StartFile::Line(|_| Ok(PathBuf::from("/home/alice/.murmur"))),
        removal: "unheed\n",
        removal_message: "gone\n",
        completion: Completion {
            script: "complete\n",
            typed: Typed::Words,
            unquote: str::to_owned,
            insert: str::to_owned,
            likeness: &[Likeness::Prefix],
        },
    }),
};

#[test]
fn a_shell_is_one_entry() {
    let mut delta = EnvDelta::new();
    delta.set("AWS_REGION", "eu-west-1");
    delta.unset("AWS_PROFILE");
    let text = |wrapped| MURMUR.render(&delta, wrapped).expect("no NUL");
    assert_eq!(text(false), "murmur AWS_REGION\nmurmur AWS_PROFILE\n");
    assert_eq!(text(true), "#ssoenv/1\n2\n");
    assert_eq!(MURMUR.prompt.escape("50%"), "50%%");
    let hook = MURMUR.hook.as_ref().expect("it has one");
    let parts = |yes| Parts { prompt: yes, completions: yes, full: true, cmd: None };
    let env = Env::process();
    assert_eq!(hook.of_files(&env, parts(true)).as_deref(), Some("heed\nsegment\ncomplete\n"));
    assert_eq!(hook.of_files(&env, parts(false)).as_deref(), Some("heed\n"));
    assert!(hook.is_own_line("ssoenv init murmur") && !hook.is_own_line("heed"));
}

/// Files that name shells for another reason than to have a case for them.
const OTHER_LISTS: [(&str, &str); 2] = [
    ("commands/credentials/format.rs", "output formats, which have names of their own"),
    ("io/process.rs", "a .NET tool's process has the name of its runtime"),
];

#[test]
fn the_table_and_its_own_file_are_all_that_knows_a_shell() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for dialect in Dialect::ALL {
        let name = dialect.name();
        let marks =
            [format!("Dialect::{dialect:?}"), format!("\"{name}\""), format!("ssoenv.{name}")];
        let mut found = BTreeSet::new();
        for file in rust_files(&root) {
            let path = file.strip_prefix(&root).expect("below src").to_string_lossy().into_owned();
            let path = path.replace('\\', "/");
            let text = fs::read_to_string(&file).expect("a source file");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let known = OTHER_LISTS.iter().any(|(other, _)| *other == path);
            let a_test = path.ends_with("/tests.rs");
            let is_code = |line: &&str| !line.trim_start().starts_with("//");
            if !known
                && !a_test
                && code.lines().filter(is_code).any(|line| marks.iter().any(|m| line.contains(m)))
            {
                found.insert(path);
            }
        }
        let own = |path: &str| {
            path == "shell/mod.rs"
                || path == format!("shell/{name}.rs")
                || path.starts_with(&format!("shell/{name}/"))
        };
        assert!(found.iter().all(|path| own(path)), "{name} is known in {found:?}");
        assert!(found.contains("shell/mod.rs"), "{name}");
    }
}
