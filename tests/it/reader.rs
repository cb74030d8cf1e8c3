//! Messages speak the reader's shell: names quoted, variables removed and text evaluated as it does.

use crate::support::World;
use crate::support::world::Outcome;

const MORE: &str = "[profile \"bob's\"]\nsso_session = corp\nsso_account_id = 111122223333\n\
                    sso_role_name = Admin\n";

/// The words of `ssoenv` in a world with a profile `bob's`, read in this shell.
fn read(world: &World, shell: &str, words: &str) -> Outcome {
    let mut command = world.ssoenv(words.split_whitespace());
    match shell {
        // As in a PowerShell whose hook is loaded: it is the parent.
        "powershell" => command.env("SSOENV_HOOK_PID", std::process::id().to_string()),
        _ => command.env("SSOENV_SHELL", shell),
    };
    Outcome::of(&mut command)
}

fn world() -> World {
    let world = World::new();
    let config = world.read(".aws/config");
    world.write(".aws/config", &format!("{config}\n{MORE}"));
    world
}

#[test]
fn names_are_quoted() {
    let world = world();
    for (shell, name) in
        [("bash", r"'bob'\''s'"), ("fish", r"'bob\'s'"), ("powershell", "'bob''s'")]
    {
        let outcome = read(&world, shell, "exec BOB'S -- true");
        let hint = format!("hint: did you mean `{name}`?\n");
        assert!(outcome.code == 6 && outcome.err.contains(&hint), "{shell}: {outcome:?}");
    }
}

#[test]
fn variables_are_removed() {
    let world = world();
    for (shell, one, three) in [
        (
            "zsh",
            "unset AWS_PROFILE",
            "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN",
        ),
        (
            "fish",
            "set -e AWS_PROFILE",
            "set -e AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN",
        ),
        (
            "powershell",
            "Remove-Item Env:AWS_PROFILE",
            "Remove-Item Env:AWS_ACCESS_KEY_ID, Env:AWS_SECRET_ACCESS_KEY, \
             Env:AWS_SESSION_TOKEN -ErrorAction Ignore",
        ),
    ] {
        let mut command = world.ssoenv(["doctor", "--offline", "--json"]);
        command.env("AWS_PROFILE", "").env("AWS_ACCESS_KEY_ID", "AKIAX");
        // Set, and without a value: the pair is not whole, and all three have to go.
        command.env("AWS_SECRET_ACCESS_KEY", "").env("AWS_SESSION_TOKEN", "");
        match shell {
            "powershell" => command.env("SSOENV_HOOK_PID", std::process::id().to_string()),
            _ => command.env("SSOENV_SHELL", shell),
        };
        let outcome = Outcome::of(&mut command);
        let rows: serde_json::Value = serde_json::from_str(&outcome.out).expect("JSON");
        let fixes: Vec<_> =
            rows.as_array().expect("rows").iter().filter_map(|row| row["fix"].as_str()).collect();
        assert!(fixes.contains(&one) && fixes.contains(&three), "{shell}: {fixes:?}");
        if shell == "powershell" {
            let posix =
                |fix: &&&str| ["unset ", "export ", "eval "].iter().any(|w| fix.contains(w));
            assert_eq!(fixes.iter().find(posix), None);
        }
    }
}

#[test]
fn a_command_of_the_shell_itself_needs_that_shell() {
    let world = World::new();
    world.write("my report.ps1", "Get-Date\n");
    for (command, code, run) in [
        ("Get-S3Bucket -BucketName x", 127, "pwsh -c { Get-S3Bucket -BucketName x }"),
        ("ll", 127, "pwsh -c { ll }"),
        ("./none.ps1", 127, "pwsh -c { ./none.ps1 }"),
    ] {
        for (words, who) in [
            ("prod", "prod"),
            ("--account 111122223333 --role ReadOnly", "--account 111122223333 --role ReadOnly"),
        ] {
            let outcome = read(&world, "powershell", &format!("exec {words} -- {command}"));
            assert_eq!((outcome.code, outcome.out.as_str()), (code, ""), "{outcome:?}");
            let hint = format!(
                "hint: a cmdlet, function or script needs a PowerShell: `ssoenv exec {who} -- {run}`\n"
            );
            assert!(outcome.err.ends_with(&hint), "{outcome:?}");
        }
        let outcome = read(&world, "bash", &format!("exec prod -- {command}"));
        assert!(outcome.err.ends_with("hint: check its spelling and `PATH`\n"), "{outcome:?}");
    }
    // A script is never run by `sh`, whatever its mode.
    world.ok("use prod --shell sh");
    let script = world.path("my report.ps1");
    for mode in [0o600, 0o700] {
        std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(mode))
            .expect("mode");
        let mut command = world.ssoenv(["exec", "prod", "--", "./my report.ps1"]);
        let outcome = Outcome::of(command.env("SSOENV_HOOK_PID", std::process::id().to_string()));
        let hint = "-- pwsh -c { & './my report.ps1' }`\n";
        assert!(outcome.code == 126 && outcome.err.ends_with(hint), "{outcome:?}");
    }
}

#[test]
fn doctor_says_that_another_prompt_has_replaced_the_hooks() {
    let world = World::new();
    let mut command = world.ssoenv(["doctor", "--offline", "--json"]);
    command.env("SSOENV_HOOK_PID", std::process::id().to_string());
    let row = |command: &mut std::process::Command| {
        let outcome = Outcome::of(command);
        let rows: serde_json::Value = serde_json::from_str(&outcome.out).expect("JSON");
        let rows = rows.as_array().expect("rows").iter();
        rows.filter(|row| row["check"] == "hook").cloned().collect::<Vec<_>>()
    };
    let here = row(&mut command);
    assert_eq!((here.len(), here[0]["status"].as_str()), (1, Some("ok")), "{here:?}");
    let replaced = row(command.env("SSOENV_PROMPT_REPLACED", "1"));
    assert_eq!(replaced[0]["what"], "another tool has replaced the prompt of the hook");
    assert_eq!(
        replaced[0]["fix"],
        "load the hook last: move `Invoke-Expression (& ssoenv init powershell)` to the end of \
         your start file"
    );
}
