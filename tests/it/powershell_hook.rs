//! What PowerShell's hook must never do, read from its text: hand a value of the message to a cmdlet,
//! compare by culture, or let the user's defaults for cmdlets in.

use std::fs;
use std::path::Path;

/// The files of the hook. The completion has no function and no secret.
const FILES: [&str; 5] =
    ["ssoenv.ps1", "ssoenv-run.ps1", "ssoenv-words.ps1", "ssoenv-prompt.ps1", "ssoenv-command.ps1"];

fn text(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("shell").join(file);
    fs::read_to_string(path).expect("a file of the hook")
}

/// Each function of the hook with its lines; functions stand at the start of a line, or in the one
/// `if` around the prompt.
fn functions() -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for file in FILES {
        let text = text(file);
        let mut indent = None;
        for line in text.lines() {
            let level = line.len() - line.trim_start().len();
            match (indent, line.trim_start().strip_prefix("function global:")) {
                (None, Some(rest)) => {
                    found.push((rest.trim_end_matches(" {").to_owned(), Vec::new()));
                    indent = Some(level);
                }
                (Some(own), _) if level == own && line.trim() == "}" => indent = None,
                (Some(_), _) => {
                    found.last_mut().expect("a function").1.push(line.trim().to_owned());
                }
                (None, None) => {}
            }
        }
        assert_eq!(indent, None, "{file}: a function without an end");
    }
    found
}

fn calls_cmdlet(line: &str) -> bool {
    !line.starts_with('#') && line.contains("Microsoft.PowerShell.")
}

#[test]
fn every_function_that_calls_a_cmdlet_clears_the_defaults_first() {
    let functions = functions();
    assert!(functions.len() > 20, "{}", functions.len());
    let mut calling = 0;
    for (name, lines) in &functions {
        let calls: Vec<_> = lines.iter().filter(|line| calls_cmdlet(line)).collect();
        if calls.is_empty() {
            continue;
        }
        calling += 1;
        // The prompt below is called there, with the user's defaults; nothing but a failure is made.
        if name == "prompt" {
            let only = "if (-not $ok) { Microsoft.PowerShell.Utility\\Write-Error '' -ErrorAction Ignore }";
            assert!(calls.iter().all(|line| *line == only), "{calls:?}");
            continue;
        }
        assert!(lines[0].starts_with("[Diagnostics.DebuggerHidden()] param("), "{name}");
        assert_eq!(lines[1], "$PSDefaultParameterValues = @{}", "{name}");
    }
    assert!(calling > 8, "{calling}");
}

#[test]
fn cmdlets_are_called_by_their_whole_names() {
    for file in FILES {
        for line in text(file).lines().filter(|line| !line.trim_start().starts_with('#')) {
            for verb in ["Get-", "Set-", "Remove-", "Write-", "Test-", "Join-", "Split-", "Out-"] {
                for (at, _) in line.match_indices(verb) {
                    let named = line[..at].ends_with('\\');
                    let said = line.trim_start().starts_with("__ssoenv_say '");
                    assert!(named || said, "{file}: {line}");
                }
            }
        }
    }
}

#[test]
fn no_value_of_the_message_reaches_a_cmdlet() {
    let functions = functions();
    let (_, apply) = functions.iter().find(|(name, _)| name == "__ssoenv_apply").expect("apply");
    let calls: Vec<_> = apply.iter().filter(|line| calls_cmdlet(line)).collect();
    // Constrained Language Mode has no other way.
    let [only] = calls.as_slice() else { panic!("{calls:?}") };
    assert!(
        only.starts_with("Microsoft.PowerShell.Management\\Set-Item -LiteralPath ('Env:' + $name)")
    );
    let at = apply.iter().position(|line| line == *only).expect("there");
    let before = [
        "} elseif ($full) {",
        "[Environment]::SetEnvironmentVariable($name, [regex]::Unescape($value))",
        "} else {",
    ];
    assert_eq!(apply[at - 3..at], before);
    // Nor a function of the hook, but for the name to remove.
    for line in apply.iter().filter(|line| line.contains("$value") || line.contains("$lines[")) {
        assert!(!line.contains("__ssoenv_") || line.ends_with("__ssoenv_unset $name }"), "{line}");
    }
}

#[test]
fn no_method_goes_by_culture() {
    const BY_CULTURE: [&str; 10] = [
        ".IndexOf(",
        ".LastIndexOf(",
        ".StartsWith(",
        ".EndsWith(",
        ".Compare(",
        ".CompareTo(",
        ".ToUpper(",
        ".ToLower(",
        ".Replace(",
        ".ToString(",
    ];
    for file in FILES {
        for line in text(file).lines() {
            for method in BY_CULTURE {
                for (at, _) in line.match_indices(method) {
                    // A character is looked for by its number.
                    assert!(line[at..].starts_with(&format!("{method}[char] ")), "{file}: {line}");
                }
            }
        }
    }
}
