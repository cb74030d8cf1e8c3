//! The hook in the real PowerShell: the suite of `tests/powershell`, each file in a process and a
//! world of its own. What can be said without PowerShell is tested beside the code and in
//! `tests/powershell-grammar`.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use ssoenv::domain::env_delta::EnvDelta;
use ssoenv::shell::{Dialect, render};

use crate::powershell_quoting::strings;
use crate::support::world::Outcome;
use crate::support::{World, find};

/// Values that break quoting, splitting, decoding or date reading somewhere.
const VALUES: [&str; 16] = [
    "plain",
    "",
    "a b\tc",
    "line\nline\r\nline\rline",
    "'single' \"double\" `back`",
    "\u{2018}\u{2019}\u{201a}\u{201b} \u{201c}\u{201d}\u{201e}",
    "x\u{2019}; New-Item CANARY #",
    "$(New-Item CANARY) $env:HOME ${x} @{a=1} @(1)",
    "2026-11-21T05:14:54Z",
    "/Date(1)/",
    "\u{fc}n\u{ef} \u{65e5}\u{672c} \u{1f600}",
    "-x --% -- /?",
    "007",
    "%PATH% !x! ^&|<>",
    "\u{2013}\u{2014}\u{2015}\u{a0}\u{2028}\u{feff}\u{202e}",
    "[a]*?~\\",
];

/// Runs one file of the suite; `None` where PowerShell is not installed.
fn run(file: &str, world: &World) -> Option<()> {
    let pwsh = find("pwsh", "SSOENV_TEST_SHELLS")?;
    let folder = world.path("test");
    fs::create_dir_all(&folder).expect("a folder");
    world.write("hook.ps1", &world.ok("init powershell --full"));
    let argv = world
        .program("argv", "#!/bin/sh\nfor word in \"$@\"; do printf '<%s>\\n' \"$word\"; done\n");
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/powershell");
    let mut command = world.command(&pwsh);
    command
        .args(["-NoLogo", "-NoProfile", "-NonInteractive", "-File"])
        .arg(suite.join(file))
        .env("SSOENV_TEST_HOOK", world.path("hook.ps1"))
        .env("SSOENV_TEST_ARGV", &argv)
        .env("SSOENV_TEST_DIR", &folder)
        .env("SSOENV_TEST_EXE", env!("CARGO_BIN_EXE_ssoenv"))
        .env("SSOENV_TEST_PWSH", &pwsh)
        // Where and how .NET runs here is not the test's to say.
        .envs(std::env::vars().filter(|(name, _)| name.starts_with("DOTNET_")))
        .env("POWERSHELL_TELEMETRY_OPTOUT", "1")
        .env("POWERSHELL_UPDATECHECK", "Off");
    let outcome = Outcome::of(&mut command);
    assert_eq!(outcome.code, 0, "{file}:\n{}\n{}", outcome.out, outcome.err);
    assert!(outcome.out.contains("asserts, 0 failures"), "{file}: {}", outcome.out);
    Some(())
}

/// What the program prints to the hook.
fn message(changes: &[(String, Option<&str>)]) -> String {
    let mut delta = EnvDelta::new();
    for (name, value) in changes {
        let name: &'static str = name.clone().leak();
        match value {
            Some(value) => delta.set(name, *value),
            None => delta.unset(name),
        }
    }
    render(Dialect::PowerShell, &delta, true).expect("no NUL in them")
}

#[test]
fn words_are_what_a_program_called_directly_gets() {
    run("words.ps1", &World::new());
}

#[test]
fn use_and_clear_through_the_hook() {
    let world = World::new();
    fs::create_dir_all(world.path("test")).expect("a folder");
    let name = |index: usize| format!("SSOENV_TEST_VALUE_{index}");
    let set: Vec<_> = VALUES.iter().enumerate().map(|(i, v)| (name(i), Some(*v))).collect();
    let unset: Vec<_> = (0..VALUES.len()).map(|i| (name(i), None)).collect();
    world.write("test/set", &message(&set));
    world.write("test/unset", &message(&unset));
    if run("session.ps1", &world).is_none() {
        return;
    }
    let variables = environment(&world.path("test/after-set"));
    for (index, value) in VALUES.iter().enumerate() {
        assert_eq!(variables.get(&name(index)).map(String::as_str), Some(*value), "{value:?}");
    }
    assert!(!world.path("CANARY").exists() && !world.path("test/CANARY").exists());
}

#[test]
fn no_key_in_logs_traces_and_runspaces() {
    let world = World::new();
    let secret = [("SSOENV_TEST_SECRET".to_owned(), Some("TOP-SECRET-1"))];
    world.write("test/secret", &message(&secret));
    run("secrets.ps1", &world);
}

#[test]
fn streams() {
    run("streams.ps1", &World::new());
}

#[test]
fn loading() {
    run("load.ps1", &World::new());
}

/// What `env -0` wrote.
fn environment(path: &Path) -> BTreeMap<String, String> {
    let dump = fs::read(path).expect("the environment of a child");
    let pairs = dump.split(|byte| *byte == 0).filter_map(|pair| std::str::from_utf8(pair).ok());
    let pairs = pairs.filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn random_values_come_back_through_the_hook_and_through_invoke_expression() {
    const BATCH: usize = 400;
    let world = World::new();
    let values: Vec<_> = strings(20_000).collect();
    let name = |index: usize| format!("SSOENV_TEST_VALUE_{index}");
    for (batch, values) in values.chunks(BATCH).enumerate() {
        let mut delta = EnvDelta::new();
        for (index, value) in values.iter().enumerate() {
            delta.set(name(index), value.clone());
        }
        let text = |wrapped| render(Dialect::PowerShell, &delta, wrapped).expect("no NUL in them");
        world.write(&format!("test/message-{batch}"), &text(true));
        world.write(&format!("test/text-{batch}"), &text(false));
    }
    if run("quoting.ps1", &world).is_none() {
        return;
    }
    for (batch, values) in values.chunks(BATCH).enumerate() {
        for way in ["hook", "lines"] {
            let variables = environment(&world.path(&format!("test/{way}-{batch}")));
            for (index, value) in values.iter().enumerate() {
                assert_eq!(variables.get(&name(index)), Some(value), "{way}");
            }
        }
    }
}

#[test]
fn the_prompt_and_what_it_looks_at() {
    run("prompt.ps1", &World::new());
}

#[test]
fn tab() {
    let world = World::empty();
    world.write(".aws/config", &super::completion::config());
    run("complete.ps1", &world);
}

#[test]
fn constrained_language_mode() {
    run("constrained.ps1", &World::new());
}

#[test]
fn init_prints_one_line_that_loads_the_rest() {
    let world = World::new();
    let program = env!("CARGO_BIN_EXE_ssoenv");
    let line = |options: &str| {
        format!(
            "Invoke-Expression ((& '{program}' init powershell --full{options}) -join \"`n\")\n"
        )
    };
    assert_eq!(world.ok("init powershell"), line(""));
    assert_eq!(world.ok("init powershell --no-prompt"), line(" --no-prompt"));
    let both = "init powershell --no-completions --no-prompt";
    assert_eq!(world.ok(both), line(" --no-prompt --no-completions"));
}

#[test]
fn init_writes_the_script_and_prints_the_rest() {
    let world = World::new();
    let text = world.ok("init powershell --full");
    let script = world.path(".local/state/ssoenv/powershell/ssoenv.ps1");
    let named = format!("$global:__ssoenv_script = '{}' ", script.display());
    assert!(text.contains(&named), "{text}");
    assert!(text.is_ascii());
    assert!(
        fs::read_to_string(&script).expect("the script").contains("exit $global:LASTEXITCODE\n")
    );
    assert_eq!(world.ok("init powershell --full"), text);
    let bare = world.ok("init powershell --full --no-completions --no-prompt");
    assert!(!bare.contains("Register-ArgumentCompleter"));
    assert!(bare.contains("$global:__ssoenv_show = $false"));

    // A folder that others may write to: a function, and no alias to what they could change.
    let folder = script.parent().expect("a folder");
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).expect("mode");
    let text = world.ok("init powershell --full");
    assert!(text.contains("$global:__ssoenv_script = '' "), "{text}");
}

#[test]
fn removal_is_one_statement_or_a_message_to_the_hook() {
    let world = World::new();
    let plain = world.ok("init powershell --remove");
    assert_eq!(plain.lines().count(), 1, "{plain}");
    let mut wrapped = world.ssoenv(["init", "powershell", "--remove"]);
    let outcome = Outcome::of(wrapped.env("SSOENV_SHELL", "powershell"));
    assert_eq!(outcome.out, "#ssoenv/1\n#end\n");
}
