//! What the hook costs inside the shells: a prompt with it, without it, and a fork of `/bin/true`.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::stage::Home;

/// Microseconds for one prompt in one shell.
pub struct PromptCost {
    pub shell: &'static str,
    /// The hook loaded and a profile in use.
    pub hooked: f64,
    /// The same prompt without the hook.
    pub plain: f64,
    /// `$(/bin/true)` in the same shell.
    pub fork: f64,
    /// One TAB among 10,000 profiles: the shell's own function, up to its answer.
    pub tab: Option<f64>,
    /// What the contract allows for `hooked - plain`.
    pub budget: f64,
}

struct Shell {
    name: &'static str,
    words: &'static [&'static str],
    /// Prints `hooked`, `plain` and `fork` in microseconds, the best of many rounds each.
    script: &'static str,
    budget: f64,
}

const SHELLS: [Shell; 7] = [
    Shell {
        name: "bash",
        words: &["--noprofile", "--norc", "-i", "-c"],
        script: include_str!("prompt.bash"),
        budget: 50.0,
    },
    Shell {
        name: "zsh",
        words: &["-f", "-i", "-c"],
        script: include_str!("prompt.zsh"),
        budget: 50.0,
    },
    Shell {
        name: "fish",
        words: &["--no-config", "-i", "-c"],
        script: include_str!("prompt.fish"),
        budget: 300.0,
    },
    Shell {
        name: "pwsh",
        words: &["-NoLogo", "-NoProfile", "-Command"],
        script: include_str!("prompt.ps1"),
        budget: 300.0,
    },
    Shell { name: "nu", words: &["-n", "-c"], script: include_str!("prompt.nu"), budget: 400.0 },
    Shell {
        name: "xonsh",
        words: &["--no-rc", "-c"],
        script: include_str!("prompt.xonsh"),
        budget: 300.0,
    },
    Shell {
        name: "elvish",
        words: &["-norc", "-c"],
        script: include_str!("prompt.elvish"),
        budget: 300.0,
    },
];

/// A shell's figures, or its name and why there are none.
pub type Measured = Result<PromptCost, (&'static str, String)>;

/// Measures every shell that is there.
pub fn prompt_costs(binary: &Path, home: &Home) -> Vec<Measured> {
    SHELLS.iter().filter_map(|shell| one(shell, binary, home)).collect()
}

fn one(shell: &Shell, binary: &Path, home: &Home) -> Option<Measured> {
    let folder = binary.parent()?.display().to_string();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
    let mut command: Command = home.command(shell.name, shell.words);
    command
        .arg(shell.script)
        .env("PATH", path)
        .env("BENCH_PROFILE", home.profile())
        .env("BENCH_PREFIX", home.prefix())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let Ok(output) = command.output() else {
        eprintln!("skipped: {} is not installed", shell.name);
        return None;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let value = |name: &str| -> Option<f64> {
        let line = text.lines().rev().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.replace(',', ".").parse().ok()
    };
    let (Some(hooked), Some(plain), Some(fork)) = (value("hooked"), value("plain"), value("fork"))
    else {
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        eprintln!("not measured: the prompt in {}: {}", shell.name, err.trim());
        let why = err.trim().lines().last().unwrap_or("it prints no figures").to_owned();
        return Some(Err((shell.name, why)));
    };
    Some(Ok(PromptCost {
        shell: shell.name,
        hooked,
        plain,
        fork,
        tab: value("tab"),
        budget: shell.budget,
    }))
}
