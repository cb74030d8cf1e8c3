//! Which process asks: a PowerShell that `dotnet` runs, and a runspace without the hook.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::World;
use crate::support::world::Outcome;

const PROGRAM: &str = env!("CARGO_BIN_EXE_ssoenv");

#[test]
fn a_net_tool_that_runs_powershell_gets_its_text() {
    let world = World::new();
    world.ok("login");
    world.ok("use prod --shell sh");
    symlink("/bin/sh", world.path("dotnet")).expect("a link");
    for (file, powershell) in [("pwsh.dll", true), ("other.dll", false), ("notpwsh.dll", false)] {
        fs::create_dir_all(world.path("tool")).expect("a folder");
        world.write(&format!("tool/{file}"), &format!("'{PROGRAM}' use prod\nexit $?\n"));
        let mut command = world.command(world.path("dotnet"));
        let outcome = Outcome::of(command.arg(world.path("tool").join(file)));
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert_eq!(outcome.out.starts_with("${env:AWS_ACCESS_KEY_ID} = '"), powershell, "{file}");
    }
}

#[test]
fn a_runspace_without_the_hook_gets_nothing_and_is_told_what_to_do() {
    let world = World::new();
    world.ok("login");
    let text = world.ok("use prod --shell sh");
    assert!(text.contains("AWS_ACCESS_KEY_ID"));
    // The parent of the program is this process, as it is the runspace's.
    let asked = |words: &[&str], shell: Option<&str>| {
        let mut command = world.ssoenv(words);
        command.env("SSOENV_HOOK_PID", std::process::id().to_string());
        if let Some(shell) = shell {
            command.env("SSOENV_SHELL", shell);
        }
        Outcome::of(&mut command)
    };
    for words in [&["use", "prod"][..], &["use", "prod", "--no-login"], &["use", "-"], &["clear"]] {
        let outcome = asked(words, None);
        assert_eq!((outcome.code, outcome.out.as_str()), (2, ""), "{outcome:?}");
        let verb = words[0];
        let told = format!(
            "error: this runspace has no hook for `ssoenv {verb}`\n\
             cause: the environment belongs to the whole process, not to one runspace\n\
             hint: run one command with credentials: `ssoenv exec PROFILE -- COMMAND`\n\
             hint: or ask for the text: `--shell powershell`\n"
        );
        assert_eq!(outcome.err, told);
    }
    let with_hook = asked(&["use", "prod"], Some("powershell"));
    assert!(with_hook.out.starts_with("#ssoenv/1\nAWS_ACCESS_KEY_ID="), "{with_hook:?}");
    assert!(with_hook.out.ends_with("\n#end\n"), "{with_hook:?}");
    let text = asked(&["use", "prod", "--shell", "powershell"], None);
    assert!(text.out.starts_with("${env:AWS_ACCESS_KEY_ID} = '"), "{text:?}");
    // A shell below that process has an environment of its own.
    let script = format!("'{PROGRAM}' use prod; exit $?");
    let mut command = world.command("/bin/sh");
    command.args(["-c", &script]).env("SSOENV_HOOK_PID", std::process::id().to_string());
    assert_eq!(Outcome::of(&mut command).code, 0);
}

#[test]
fn doctor_knows_the_profiles_that_powershell_reads() {
    let world = World::new();
    symlink("/bin/sh", world.path("dotnet")).expect("a link");
    world.write("pwsh.dll", &format!("'{PROGRAM}' doctor --offline --json\nexit $?\n"));
    let status = || {
        let mut command = world.command(world.path("dotnet"));
        let outcome = Outcome::of(command.arg(world.path("pwsh.dll")));
        let rows: serde_json::Value = serde_json::from_str(&outcome.out).expect("JSON");
        let mut rows = rows.as_array().expect("rows").iter();
        rows.find(|row| row["check"] == "hook").expect("the check")["status"].clone()
    };
    assert_eq!(status(), "warn");
    let folder = world.path(".config/powershell");
    for name in ["Microsoft.PowerShell_profile.ps1", "profile.ps1", "Microsoft.VSCode_profile.ps1"]
    {
        let line = "Invoke-Expression (&'C:\\bin\\ssoenv.exe' init powershell)\r\n";
        let utf16 = line.encode_utf16().flat_map(u16::to_le_bytes);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(name), [0xff, 0xfe].into_iter().chain(utf16).collect::<Vec<_>>())
            .expect("a profile");
        assert_eq!(status(), "ok", "{name}");
        fs::remove_file(folder.join(name)).expect("removed");
    }
}
